import ArgumentParser
import CustomerTimeline
import Touchlog
import TouchlogStore

struct ExportPersonCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export-person",
    abstract: "Write everything that is held on one person to a folder, for them to have.",
    discussion: """
      What somebody may ask for who wants to know what is held on them: every event, the timeline for reading, who \
      they are taken for and why, what the projections make of it, and where other customers' events name them. \
      README.txt in the folder says what each file is, and what is in none of them.

      A person is, as for touchlog timeline, the references that the links in force connect, and all of them are \
      exported: who asks what is held on them should not have to know under how many names. Where a link is in doubt, \
      the others' events may be somebody else's: the evidence is in person.json, and --only takes one reference alone.

      The folder is readable by you only, and gets its name when it is whole. It holds personal data in clear, and \
      touchlog erase does not find it: remove it once it is handed over. Look at it before: texts may speak of others.

      Examples:
        touchlog export-person crm:42 --store ./store
        touchlog export-person tel:+46701234567 --out ./request-2025-118
        touchlog export-person crm:42 --only --out ./crm-42-alone
      """)

  @Argument(
    help: ArgumentHelp("The customer's reference, or number:17 for an erased one.", valueName: "reference"),
    transform: { try Reference.parse($0) })
  var customer: Reference

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp(
      "The folder to make; the one above it is there. Default: person-NUMBER, by the log's number of the reference.",
      valueName: "folder"), completion: .directory)
  var out: String?

  @Flag(help: "Only this reference, and not the others of the person.")
  var only = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if out?.isEmpty == true { throw ValidationError("--out: name the folder to make") }
  }

  func run() throws {
    let opened = try store.open(.reading)
    let began = ContinuousClock.now
    let made: PersonExport.Made
    do {
      made = try ReplayRun(isQuiet: quiet).run { progress in
        try TimelineSource.reading(opened, within: Bounds(), progress: progress) { source in
          guard customer != .company else {
            throw Failure("\(customer) is the company itself, and no person", .found)
          }
          guard let person = try source.person(of: customer, alone: only) else { throw try source.unknown(customer) }
          let target = out ?? "person-\(person.references[0].number.value)"
          return try PersonExport(source: source, person: person, madeAt: TimeArgument.now(), isQuiet: quiet)
            .write(to: target)
        }
      }
    } catch let failure as Failure where failure.status == .interrupted || failure.status == .terminated {
      throw Failure("interrupted. Nothing was exported", failure.status)
    }
    try tell(made, ContinuousClock.now - began)
  }

  private func tell(_ made: PersonExport.Made, _ elapsed: Duration) throws {
    var output = Output()
    try output.writeLine(
      """
      \(made.events.counted("event")) of \(made.person.references.count.counted("reference")) in \(made.path), \
      \(made.bytes.byteSize), \(elapsed.short)
      """)
    try output.flush()
    for line in made.remarks { writeWhole("touchlog: \(line)\n", to: standardError) }
  }
}

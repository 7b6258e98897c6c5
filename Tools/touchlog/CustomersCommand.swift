import ArgumentParser
import Catalog
import CustomerTimeline
import Touchlog
import TouchlogReplay
import TouchlogStore

struct CustomersCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "customers",
    abstract: "Find customers by a part of their reference.",
    discussion: """
      Tells how many events each has, when the first and the last happened, and the references that are the same person. \
      Upper and lower case are alike, and a telephone number may have spaces and hyphens. The reference itself comes \
      first, then those that begin with the text, then those that contain it.

      Nobody is found by what was erased: ask for the number, as in `touchlog timeline number:17`. Anonymous customers \
      are shown where the text begins with anon.

      In a pipe: reference, number, events, first, last, other references, with tabs between them and - for what is \
      absent.

      Examples:
        touchlog customers --search 4670 --store ./store
        touchlog customers --search anna@ --limit 5
        touchlog customers --search crm:42 --json
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("A part of the reference. Default: everybody.", valueName: "text"))
  var search = ""

  @Option(help: ArgumentHelp("Show so many at most.", valueName: "n"))
  var limit = 20

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    guard limit > 0 else { throw ValidationError("--limit: expected 1 or more, found \(limit)") }
  }

  func run() throws {
    let opened = try store.open(.reading)
    let found = try opened.customers(matching: search, limit: limit)
    if found.count == 0 {
      if search.isEmpty { throw Failure("the log has no customers yet", .found) }
      throw Failure("no customer's reference contains \(search.inert)", .found)
    }
    let list = try ReplayRun(isQuiet: quiet).run { progress in
      try Replay(of: opened, projections: Catalog.folds).withView(of: CustomerTimeline.name, progress: progress) {
        view in
        try CustomerList(found, search: search, view: view)
      }
    }
    var output = Output()
    if json {
      try output.write(list.json + [UInt8(ascii: "\n")])
    } else {
      try output.write(list.text(Terminal(standardOutput)))
    }
    try output.flush()
  }
}

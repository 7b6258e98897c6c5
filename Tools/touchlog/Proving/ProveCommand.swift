import ArgumentParser
import Catalog
import CustomerTimeline
import Touchlog
import TouchlogProof
import TouchlogReplay
import TouchlogStore

struct ProveCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "prove",
    abstract: "Write a customer's events with what proves them, for whoever has not the store.",
    discussion: """
      A bundle is one NDJSON file: a signed checkpoint of the log as it is now, then each event of the customer with its \
      record, the path that leads from it to the checkpoint's root, and the event itself to be read. \
      touchlog verify-bundle holds all of it against the log's verifier key, without the store.

      It holds the customer's data key, so that the sealed payloads can be opened: whoever has the bundle reads all of \
      this customer's events in any copy of the log, later ones too. With --sealed it has neither key nor reference nor \
      anything to read, and proves the sealed records alone. Of a customer who was erased there is nothing else.

      With --event it is one event's proof instead, after C2SP tlog-proof: a checkpoint, and the path to the leaf, for \
      others' tools.

      It is about the customer of the reference. With --person it is about all references that the links in force \
      connect with it.

      Examples:
        touchlog prove crm:42 --store ./store --out crm-42.bundle
        touchlog prove crm:42 --person --out person.bundle
        touchlog prove crm:42 --event 1027 --out 1027.tlog-proof
        touchlog prove number:17 | touchlog verify-bundle - --key bank.vkey
      """)

  @Argument(
    help: ArgumentHelp("The customer's reference, or number:17 for an erased one.", valueName: "reference"),
    transform: { try Reference.parse($0) })
  var customer: Reference

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("Where it goes; - is standard output.", valueName: "file"), completion: .file())
  var out = "-"

  @Flag(help: "Replace a file that is there.")
  var force = false

  @Flag(help: "Leave out keys, references and readable events.")
  var sealed = false

  @Flag(help: "All references of the person, and not this one alone.")
  var person = false

  @Option(
    help: ArgumentHelp("Prove one event alone, after C2SP tlog-proof.", valueName: "position"),
    transform: { try ProveCommand.position($0) })
  var event: Position?

  @Flag(name: .shortAndLong, help: "Do not say what the bundle has.")
  var quiet = false

  func validate() throws {
    if event != nil, sealed || person {
      throw ValidationError("--event proves one record, sealed as it is; leave --sealed and --person out.")
    }
  }

  private static func position(_ text: String) throws -> Position {
    guard let value = UInt64(text), value < .max else { throw ValidationError("expected a position such as 17") }
    return Position(value)
  }

  func run() throws {
    let opened = try store.open(.reading)
    let key = try store.signingKey(of: opened)
    if out != "-" { try UnfinishedFile.check(out, replaces: force) }
    if let event { return try prove(event, in: opened, signedBy: key) }
    let bundle = try TimelineBundle(of: try customers(in: opened), in: opened, isSealed: sealed, signedBy: key)
    guard bundle.events > 0 else {
      throw Failure("\(customer.text.inert) has no events, so there is nothing to prove\(hint)", .found)
    }
    try write { try bundle.forEachLine($0) }
    let events = bundle.events.counted("event")
    say("\(events) of \(bundle.customers.map(\.shown).joined(separator: ", "))", bundle.checkpoint)
  }

  private func prove(_ position: Position, in store: Store, signedBy key: SigningKey) throws {
    let number = try customers(in: store)[0]
    let named = Reference(normalised: number.description)
    let found = try store.events(Query(from: position, until: position.next, customer: named))
    guard !found.isEmpty, let proof = try EventProof(of: position, in: store, signedBy: key) else {
      throw Failure(
        "\(customer.text.inert) has no event at position \(position). See which with: touchlog read --customer", .found)
    }
    try write { try $0(Array(proof.text.utf8)) }
    say("the event at position \(position)", try Checkpoint(of: proof.checkpoint, by: key.verifier))
  }

  /// Writes to where the output goes; a file has its name once it is whole.
  private func write(_ pieces: ((_ write: ([UInt8]) throws -> Void) throws -> Void)) throws {
    guard out != "-" else {
      var output = Output()
      try pieces { try output.write($0) }
      return try output.flush()
    }
    // What it holds of a customer, the data key first of all, is for whoever it was made for.
    let file = try UnfinishedFile(out, replaces: force, isPrivate: !sealed && event == nil)
    try pieces { piece in
      var piece = piece
      try file.write(&piece)
    }
    _ = try file.finish()
  }

  private func say(_ what: String, _ checkpoint: Checkpoint) {
    guard !quiet else { return }
    let place = out == "-" ? "" : " written to \(out)"
    let log = "the checkpoint of \(checkpoint.origin.inert) at \(checkpoint.size.counted("event"))"
    writeWhole("\(what)\(place), under \(log)\n", to: standardError)
  }

  private var hint: String { person ? "" : ". Those of linked references come with --person" }

  /// Whose events are asked for.
  private func customers(in store: Store) throws -> [CustomerNumber] {
    guard let number = try CustomerNumber(naming: customer) ?? store.number(of: customer) else {
      throw Failure("nobody is known as \(customer.text.inert). List some with: touchlog customers", .found)
    }
    guard person else { return [number] }
    return try ReplayRun(isQuiet: quiet).run { progress in
      try Replay(of: store, projections: Catalog.folds).withView(of: CustomerTimeline.name, progress: progress) {
        Array(Set(try Persons(in: $0, links: CustomerTimeline.links).members(of: number) + [number]))
      }
    }
  }
}

extension BundledCustomer {
  /// Who it is, for people.
  var shown: String { reference.map { "\($0.text.inert) (\(number))" } ?? number.description }
}

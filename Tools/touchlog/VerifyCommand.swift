import ArgumentParser
import JSON
import Touchlog
import TouchlogProof
import TouchlogStore

struct VerifyCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify",
    abstract: "Check every page, every record and every index against the log.",
    discussion: """
      Ends with 0 where all is as it was written, and with 1 where it is not; each damage is told on a line of its \
      own, as soon as it is found. The root is that of the Merkle tree over all records: two stores with the same root \
      hold the same log. A store that was set back as a whole is sound in itself: to know that nothing is missing at \
      the end, compare the root and the number of events with those that you noted.

      All processors look at once. Where something is not as it was written, one looks once more from the start, and \
      says what and where.

      With --against it is proven that the log has only grown since a checkpoint was signed: touchlog checkpoint.

      Examples:
        touchlog verify --store ./store
        touchlog verify --quiet --json | jq .root
        touchlog verify --against 2025-03-01.checkpoint --verifier-key bank.vkey
      """)

  @OptionGroup var store: StoreOptions

  @Option(
    help: ArgumentHelp("A checkpoint that was signed earlier; - is standard input.", valueName: "file"),
    completion: .file())
  var against: String?

  @Option(
    help: ArgumentHelp(
      "With --against: the log's verifier key, or a file with it. Default: that of the store's signing key.",
      valueName: "key|file"), completion: .file())
  var verifierKey: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  @Option(help: ArgumentHelp("How many threads look for damage. Default: one for each processor.", valueName: "n"))
  var jobs: Int?

  @Option(help: ArgumentHelp("How long a page may take before the check goes on without it.", valueName: "seconds"))
  var patience = 60

  func validate() throws {
    if verifierKey != nil, against == nil { throw ValidationError("--verifier-key goes with --against.") }
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs: expected 1 to 1024, found \(jobs)") }
    guard (1...86_400).contains(patience) else {
      throw ValidationError("--patience: expected 1 to 86,400 seconds, found \(patience).")
    }
  }

  /// What is drawn and written while the check goes on; a class, as two closures share it.
  private final class Display {
    private var bar: ProgressBar
    private var output = Output()
    private let json: Bool

    init(isQuiet: Bool, json: Bool) {
      bar = ProgressBar(unit: "events", isQuiet: isQuiet)
      self.json = json
    }

    var elapsed: Duration { bar.elapsed }

    func update(_ done: UInt64, _ total: UInt64) {
      bar.update(Int(done), fraction: total == 0 ? nil : Double(done) / Double(total))
    }

    func show(_ damage: Verification.Damage) throws {
      guard !json else { return }
      bar.clear()
      try writeLine(damage.description.inert)
    }

    func writeLine(_ line: String) throws {
      try output.writeLine(line)
      try output.flush()
    }

    func clear() { bar.clear() }
  }

  func run() throws {
    let earlier = try against.map { try EarlierCheckpoint($0, of: store, verifierKey: verifierKey) }
    let display = Display(isQuiet: quiet, json: json)
    Interruption.watch()
    var run = VerifyRun(
      arguments: try arguments(), patience: .seconds(patience), found: { try display.show($0) },
      progress: { display.update($0, $1) })
    let verification: Verification
    do {
      verification = try run.run()
    } catch {
      display.clear()
      throw VerifyCommand.failure(error, damages: run.damages)
    }
    display.clear()
    let fault = try verification.damages.isEmpty ? earlier?.fault(in: store, verified: verification) : nil
    if json {
      let against = earlier.map { ($0, isBeginning: verification.damages.isEmpty ? fault == nil : nil) }
      try display.writeLine(String(decoding: VerifyCommand.json(verification, fault, against), as: UTF8.self))
    } else if verification.damages.isEmpty {
      let events = verification.events.counted("event")
      try display.writeLine(
        "\(events) verified, all as written, root \(verification.root), \(display.elapsed.short)")
      if let fault { try display.show(fault) } else if let earlier { try display.writeLine(earlier.words) }
    }
    if fault != nil {
      throw Failure("the log is not what it was when the checkpoint was signed, or the checkpoint is not of it", .found)
    }
    guard verification.damages.isEmpty else {
      let comparison = earlier == nil ? "" : ". It was not compared with the checkpoint"
      throw Failure(VerifyCommand.words(for: verification) + comparison, .found)
    }
  }

  /// What names the store to the process that checks it.
  private func arguments() throws -> [String] {
    var arguments = ["--store", try store.path()]
    if let jobs { arguments += ["--jobs", String(jobs)] }
    if let key = store.opening.key { arguments += ["--key", key] }
    if let size = store.opening.space.addressSpace { arguments += ["--address-space", String(size.bytes)] }
    return arguments
  }

  private static func failure(_ error: any Error, damages: [Verification.Damage]) -> any Error {
    let found = damages.isEmpty ? "" : ". \(damages.count.counted("damage")) found so far"
    switch error {
    case let interruption as Interruption: return Failure("interrupted\(found)", interruption.status)
    case let failure as Failure: return Failure(failure.message + found, failure.status)
    default: return error
    }
  }

  private static func words(for verification: Verification) -> String {
    let spans = Set(verification.damages.compactMap(Span.init)).sorted { $0.first < $1.first }
    let shown = spans.prefix(10).map(\.words).joined(separator: ", ")
    let more = spans.count > 10 ? " and \((spans.count - 10).grouped) more" : ""
    let isOne = spans.count == 1 && spans[0].first == spans[0].last
    let place = spans.isEmpty ? "" : ", at position\(isOne ? "" : "s") \(shown)\(more)"
    return """
      \(verification.damages.count.counted("damage")) among \(verification.events.counted("event"))\(place). \
      Keep the store as it is for inspection, and restore a backup
      """
  }

  /// The events that a damage concerns.
  private struct Span: Hashable {
    let first: UInt64
    let last: UInt64

    init?(_ damage: Verification.Damage) {
      guard let position = damage.position else { return nil }
      first = position.value
      last = (damage.through ?? position).value
    }

    var words: String { first == last ? first.grouped : "\(first.grouped) to \(last.grouped)" }
  }

  private static func json(
    _ verification: Verification, _ fault: Verification.Damage?,
    _ against: (checkpoint: EarlierCheckpoint, isBeginning: Bool?)?,
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("events", verification.events)
      object.member("root", verification.root)
      object.key("damages")
      object.array { array in
        for damage in verification.damages + [fault].compactMap({ $0 }) {
          array.object { damage.write(to: &$0) }
        }
      }
      guard let against else { return }
      object.key("against")
      object.object { object in
        object.member("origin", against.checkpoint.checkpoint.origin)
        object.member("size", against.checkpoint.checkpoint.size)
        object.member("root", against.checkpoint.checkpoint.root.hexadecimal)
        if let isBeginning = against.isBeginning { object.member("isBeginning", isBeginning) }
      }
    }
    return writer.bytes
  }
}

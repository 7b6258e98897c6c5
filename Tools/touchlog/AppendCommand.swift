import ArgumentParser
import JSON
import Touchlog
import TouchlogStore

struct AppendCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append",
    abstract: "Append events, given as CloudEvents in JSON.",
    discussion: """
      One event per line; also one array of events, or one event spread over several lines. What is in the log already \
      is recognised, so appending the same again is harmless. Once the receipt is out, the events are on disk.

      A bad event ends the work before its batch is committed, and the error tells how many events are in. With \
      --reject, bad events are written to a file with their reasons, and the work goes on.

      Examples:
        touchlog append events.ndjson --store ./store
        gunzip -c events.ndjson.gz | touchlog append - --store ./store
        touchlog append events.ndjson --reject bad.ndjson
        touchlog append crm-42.json --expect-version 17
        tail -f calls.ndjson | touchlog append - --batch 100 --receipts
      """)

  @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file"), completion: .file())
  var file: String

  @OptionGroup var store: StoreOptions

  @OptionGroup var run: AppendOptions

  @Option(
    help: ArgumentHelp(
      "Append only if the customer has exactly so many events: all in one commit, all of one customer.",
      valueName: "n"))
  var expectVersion: UInt32?

  @Flag(help: "Append only if the customer has no events yet.")
  var expectNew = false

  func validate() throws {
    if expectVersion != nil, expectNew {
      throw ValidationError("--expect-version and --expect-new exclude each other.")
    }
    if expectation != .any, run.reject != nil {
      throw ValidationError("an expected version is about all events at once, so --reject does not go with it.")
    }
  }

  private var expectation: Expectation { expectNew ? .noStream : expectVersion.map { .version($0) } ?? .any }

  func run() async throws {
    let input = try InputFile(
      file, as: "events",
      compressedHint: "gunzip -c \(file == "-" ? "FILE" : file) | touchlog append -")
    let opened = try store.open(.appending)
    let isRejecting = run.reject != nil
    let expectation = expectation
    let append = try run.appending(to: opened, from: input, expecting: expectation)
    let outcome = await append { maker in
      try EventFile(maker.input, isRejecting: isRejecting).read(into: maker)
    }
    opened.stopAppending()
    try run.report(outcome, of: input)
  }
}

/// What `append` and `import` have in common.
struct AppendOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Write bad events to a file, with their reasons, and go on.", valueName: "file"),
    completion: .file())
  var reject: String?

  @Option(help: ArgumentHelp("Events in a commit.", valueName: "n"))
  var batch = 10_000

  @Flag(help: "Print the receipt as one JSON object.")
  var json = false

  @Flag(help: "Print a line of JSON for each commit, once it is on disk.")
  var receipts = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    guard (1...Limits.eventsPerAppend).contains(batch) else {
      throw ValidationError("--batch: expected 1 to \(Limits.eventsPerAppend.grouped) events, found \(batch).")
    }
  }

  /// Puts the run together, and takes over Ctrl-C.
  func appending(
    to store: Store, from input: InputFile, expecting expectation: Expectation = .any,
  ) throws -> AppendRun {
    let rejects = try reject.map { try RejectFile($0, besides: input) }
    Interruption.watch()
    return AppendRun(
      store: store, input: input, batchSize: batch, expectation: expectation, rejects: rejects, isQuiet: quiet,
      printsReceipts: receipts)
  }

  /// Prints the receipt, and ends with an error where the work ended early.
  func report(
    _ outcome: AppendRun.Outcome, of input: InputFile, adding members: (inout JSONWriter) -> Void = { _ in },
    lines: [String] = [],
  ) throws {
    let report = AppendReport(outcome: outcome, inputName: input.name, rejectPath: reject)
    var output = Output()
    if json {
      try output.writeLine(report.json(adding: members))
    } else if outcome.failure == nil {
      try output.writeLine(report.summary)
      for line in lines { try output.writeLine(line) }
    }
    try output.flush()
    guard let error = outcome.failure else { return }
    if let interruption = error as? Interruption {
      throw Failure("interrupted. \(report.remainder)", interruption.status)
    }
    let failure = Failure(explaining: error)
    let hint = failure.isAboutAnEvent && reject == nil ? ". To go on without such events: --reject FILE" : ""
    throw Failure("\(failure.message). \(report.remainder)\(hint)", failure.status)
  }
}

import ArgumentParser
import JSON
import Synchronization
import Touchlog
import TouchlogAdapters
import TouchlogStore

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import",
    abstract: "Append the rows of a table (CSV, TSV) as events, after a mapping.",
    discussion: """
      The mapping is a YAML file that says which events a row becomes. Ids follow from the rows, so importing the same \
      file again is harmless. The report tells which rows were skipped and why, and how many local times were \
      ambiguous (the first was taken) or missing (moved forward) as clocks were changed.

      Examples:
        touchlog import calls.tsv --mapping bank-calls.yaml --store ./store
        gunzip -c calls.tsv.gz | touchlog import - --mapping bank-calls.yaml
      """)

  @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file"), completion: .file())
  var file: String

  @Option(
    help: ArgumentHelp("How rows become events.", valueName: "yaml"), completion: .file(extensions: ["yaml", "yml"]))
  var mapping: String

  @OptionGroup var store: StoreOptions

  @OptionGroup var run: AppendOptions

  func run() async throws {
    let mapping = try readMapping()
    let input = try InputFile(
      file, as: "rows",
      compressedHint: "gunzip -c \(file == "-" ? "FILE" : file) | touchlog import - --mapping \(self.mapping)")
    let opened = try store.open(.appending)
    let isRejecting = run.reject != nil
    let rows = RowReport()
    let append = try run.appending(to: opened, from: input)
    let outcome = await append { maker in
      try ImportCommand.read(maker.input, mapping: mapping, isRejecting: isRejecting, into: maker, report: rows)
    }
    opened.stopAppending()
    let report = rows.value
    try run.report(
      outcome, of: input, adding: { ImportCommand.write(report, to: &$0) },
      lines: report.map { ImportCommand.lines(of: $0) } ?? [])
  }

  private func readMapping() throws -> DelimitedMapping {
    let file = try InputFile(mapping, as: "a mapping in YAML", compressedHint: "gunzip \(mapping)")
    let text = try file.peek(atLeast: 1 << 20)
    do throws(MappingError) {
      return try DelimitedMapping(yaml: String(decoding: text, as: UTF8.self))
    } catch {
      throw Failure("\(mapping): \(error)", .found)
    }
  }

  private static func read(
    _ input: InputFile, mapping: DelimitedMapping, isRejecting: Bool, into maker: BatchMaker, report: RowReport,
  ) throws {
    func reject(_ error: AdapterError) throws {
      guard isRejecting else { throw error }
      maker.reject(error, at: .line(error.line ?? 1), text: nil)
    }
    let reader = DelimitedReader(mapping, source: input.name)
    report.value = try reader.read(input.bytes, rejecting: reject) { event, line in
      // The row is gone by now: what it became stands for it among the rejected.
      try maker.take(event, at: .line(line), text: CloudEvents.encode(event))
    }
    try maker.flush()
  }

  private static func lines(of report: ImportReport) -> [String] {
    var parts = [report.rows.counted("row")]
    for (reason, count) in report.skipped.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      parts.append("\(count.grouped) skipped (\(reason))")
    }
    if report.rejected > 0 { parts.append("\(report.rejected.grouped) unreadable") }
    if report.ambiguousTimes > 0 { parts.append("\(report.ambiguousTimes.counted("ambiguous local time"))") }
    if report.missingTimes > 0 { parts.append("\(report.missingTimes.counted("missing local time"))") }
    return [parts.joined(separator: ", ")]
  }

  private static func write(_ report: ImportReport?, to writer: inout JSONWriter) {
    guard let report else { return }
    writer.key("rows")
    writer.object { rows in
      rows.member("read", report.rows)
      rows.member("events", report.events)
      rows.member("rejected", report.rejected)
      rows.member("ambiguousTimes", report.ambiguousTimes)
      rows.member("missingTimes", report.missingTimes)
      rows.key("skipped")
      rows.object { skipped in
        for (reason, count) in report.skipped.sorted(by: { $0.key < $1.key }) { skipped.member(reason, count) }
      }
    }
  }
}

/// What became of the rows: written by the reading thread at its end, read once the run is over.
private final class RowReport: Sendable {
  private let report = Mutex<ImportReport?>(nil)

  var value: ImportReport? {
    get { report.withLock { $0 } }
    set { report.withLock { $0 = newValue } }
  }
}

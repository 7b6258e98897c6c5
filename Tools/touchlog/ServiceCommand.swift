import ArgumentParser
import Foundation
import JSON
import ServiceConsistency
import Touchlog
import TouchlogAdapters
import TouchlogStore

struct ServiceCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "service",
    abstract: "Tell how the company serves: waits, shares, opinions, standards, and how evenly.",
    discussion: """
      Every report begins with what it rests on and the conventions that it goes by; each is an option. \
      --explain lists the cases behind a figure, with the position of each in the log.

      Figures: \(ServiceFigure.allCases.map(\.rawValue).joined(separator: ", ")).

      Examples:
        touchlog service --store ./store
        touchlog service --by team --period week --calendar office.yaml
        touchlog service --consistency
        touchlog service --by topic --explain abandoned --group billing
        touchlog service --as-of 2025-03-01 --csv > service.csv
      """)

  @OptionGroup var report: ReportOptions

  @OptionGroup var asked: ServiceOptions

  @Flag(help: "How much channels differ beyond chance, and which has shifted since when.")
  var consistency = false

  @Option(help: ArgumentHelp("List the cases behind a figure.", valueName: "figure"), transform: { try Word.parse($0) })
  var explain: ServiceFigure?

  @Option(help: ArgumentHelp("With --explain: of this row; \"not stated\" is one.", valueName: "name"))
  var group: String?

  @Option(
    name: .customLong("in"), help: ArgumentHelp("With --explain: of this period, e.g. 2025-W11.", valueName: "period"))
  var within: String?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print CSV, a line for each figure.")
  var csv = false

  func validate() throws {
    if json, csv { throw ValidationError("--json or --csv: choose one") }
    if explain == nil, group != nil || within != nil { throw ValidationError("--group and --in go with --explain") }
    if within != nil, asked.period == nil { throw ValidationError("--in goes with --period") }
    if consistency, csv || explain != nil { throw ValidationError("--consistency has neither --csv nor --explain") }
  }

  func run() throws {
    let parameters = try asked.parameters()
    var output = Output()
    let bytes = try report.withView(of: ServiceConsistency.name) { view in try self.bytes(view, parameters) }
    try output.write(bytes)
    try output.flush()
  }

  private func bytes(_ view: any View, _ parameters: ServiceParameters) throws -> [UInt8] {
    let terminal = Terminal(standardOutput)
    // In a pipe the same at any width, so that two runs can be compared.
    let width = terminal.isTerminal ? terminal.width : 100
    let style = terminal.hasColour ? ServiceText.Style.colour : .plain
    if let explain { return try cases(behind: explain, view, parameters) }
    if consistency {
      let report = try ConsistencyReport(of: view, parameters)
      return json
        ? report.json + [UInt8(ascii: "\n")] : Array(ServiceText.render(report, width: width, style: style).utf8)
    }
    let report = try ServiceReport(of: view, parameters)
    if json { return report.json + [UInt8(ascii: "\n")] }
    return Array((csv ? ServiceText.csv(report) : ServiceText.render(report, width: width, style: style)).utf8)
  }

  private func cases(behind figure: ServiceFigure, _ view: any View, _ parameters: ServiceParameters) throws -> [UInt8]
  {
    var period: Int?
    if let within {
      period = try ServiceReport(of: view, parameters).rows.first { $0.periodLabel == within }?.period
      if period == nil { throw Failure("--in: nothing began in \(within.inert)", .found) }
    }
    let row =
      group.map { $0 == ServiceReport.Group.notStated.title ? ServiceReport.Group.notStated : .named($0) } ?? .all
    let cases = try ServiceReport.explain(figure, of: row, period: period, in: view, parameters)
    var writer = JSONWriter()
    var lines =
      "\(view.provenance.projection) v\(view.provenance.version) · log at \(view.provenance.head.value.grouped)"
    lines += " · \(figure.title) of \(row.title.inert): \(cases.count.grouped) cases\n"
    if csv { lines = "position,customer,counts,seconds\r\n" }
    try writer.array { array in
      for evidence in cases {
        let customer = try view.reference(of: evidence.customer)?.text ?? evidence.customer.description
        if json {
          evidence.write(to: &array, customer: customer)
        } else {
          lines += evidence.line(customer: customer.inert, isCSV: csv)
        }
      }
    }
    return json ? writer.bytes + [UInt8(ascii: "\n")] : Array(lines.utf8)
  }
}

/// One of a few words, from the command line.
enum Word {
  static func parse<Value: RawRepresentable & CaseIterable>(_ text: String) throws -> Value
  where Value.RawValue == String {
    guard let value = Value(rawValue: text) else {
      throw ValidationError("expected one of \(Value.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return value
  }
}

extension ServiceEvidence {
  fileprivate func line(customer: String, isCSV: Bool) -> String {
    let seconds = microseconds.map { "\(Double($0) / 1e6)" } ?? ""
    let word = counts.map { $0 ? "yes" : "no" } ?? ""
    if isCSV { return "\(position.value),\"\(customer)\",\(word),\(seconds)\r\n" }
    let parts = ["position \(position.value)", customer, word, seconds.isEmpty ? "" : "\(seconds) s"]
    return parts.filter { !$0.isEmpty }.joined(separator: "  ") + "\n"
  }
}

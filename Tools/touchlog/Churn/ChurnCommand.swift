import ArgumentParser
import ChurnRisk
import Touchlog
import TouchlogReplay
import TouchlogStore

struct ChurnCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "churn",
    abstract: "Tell who is about to leave, why, and how far that can be trusted.",
    discussion: """
      A hazard model is learned from what customers lived through month by month, and judged on months that it did not \
      know. Where the log carries no model, the report says so and shows no figure. Two clocks: --as-of looks at what \
      had happened by a time, --as-known-at at what the log knew by then. Times are \(TimeArgument.forms).

      Examples:
        touchlog churn --store ./store
        touchlog churn --top 50 --csv > risks.csv
        touchlog churn crm:42
        touchlog churn --gone silent:90 --repeats contacts
        touchlog churn --as-of 2025-10-01 --json | jq .judgement
      """)

  @Argument(
    help: ArgumentHelp(
      "One customer's page instead: a reference, or number:17 for an erased one.", valueName: "reference"),
    transform: { try Reference.parse($0) })
  var customer: Reference?

  @OptionGroup var asked: ReportOptions

  @Option(help: ArgumentHelp("How many customers to list, the highest risk first.", valueName: "n"))
  var top = 20

  @Option(
    help: ArgumentHelp(
      "When somebody counts as gone: former, or silent:DAYS. Default: former.", valueName: "definition"),
    transform: { try GoneArgument.parse($0) })
  var gone = ChurnParameters.Gone.former

  @Option(
    help: ArgumentHelp(
      "What comes back, in the models of repeat activity: purchases or contacts. Default: purchases.",
      valueName: "what"),
    transform: { try WordArgument.parse($0) })
  var repeats = ChurnParameters.Repeat.purchases

  @Option(
    help: ArgumentHelp(
      "When those begin to count: firstActivity or relationship. Default: firstActivity.", valueName: "when"),
    transform: { try WordArgument.parse($0) })
  var clock = ChurnParameters.Clock.firstActivity

  @Option(help: ArgumentHelp("How many months before the end to judge on. Default: 3.", valueName: "n"))
  var judgedMonths: Int?

  @Option(help: ArgumentHelp("How far ahead repeat activity is expected. Default: 90.", valueName: "days"))
  var horizon: Int?

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(help: "Print the listed customers as CSV.")
  var csv = false

  func validate() throws {
    if json, csv { throw ValidationError("--json and --csv exclude each other") }
    if csv, customer != nil { throw ValidationError("--csv lists customers; for one there is --json") }
    if top < 0 { throw ValidationError("--top: expected 0 or more, found \(top)") }
    if let judgedMonths, !(1...120).contains(judgedMonths) {
      throw ValidationError("--judged-months: expected 1 to 120, found \(judgedMonths)")
    }
    if let horizon, !(1...3650).contains(horizon) {
      throw ValidationError("--horizon: expected 1 to 3650 days, found \(horizon)")
    }
  }

  private var parameters: ChurnParameters {
    var parameters = ChurnParameters()
    parameters.gone = gone
    parameters.repeats = repeats
    parameters.clock = clock
    if let judgedMonths { parameters.judgedMonths = judgedMonths }
    if let horizon { parameters.horizonDays = horizon }
    return parameters
  }

  func run() throws {
    try asked.withView(of: ChurnRisk.name) { view, replay in try write(reportOf: view, replay) }
  }

  private func write(reportOf view: some View, _ replay: Replay) throws {
    let report = try ChurnReport(of: view, parameters) { replay.inParallel($0, $1) }
    var output = Output()
    if let customer {
      let page = try page(of: customer, report, view)
      try json ? output.write(page.json(of: report)) : output.write(ChurnText.render(page, of: report))
    } else if csv {
      try output.write(report.csv(top: top, naming: view))
    } else if json {
      try output.write(report.json(top: top, naming: view))
    } else {
      try output.write(ChurnText.render(report, top: top, naming: view))
    }
    try output.flush()
  }

  private func page(of customer: Reference, _ report: ChurnReport, _ view: some View) throws -> PersonPage {
    guard let number = try CustomerNumber(naming: customer) ?? view.number(of: customer) else {
      throw Failure(
        "nobody is known as \(customer.text.inert). List some with: touchlog read --limit 20", .found)
    }
    guard let page = try report.page(of: number, in: view) else {
      throw Failure(
        "nothing is known of \(customer.text.inert) that the risk of leaving could rest on. See: touchlog timeline "
          + customer.text.inert, .found)
    }
    return page
  }
}

/// When somebody counts as gone, on the command line: `former`, or `silent:180`.
enum GoneArgument {
  static func parse(_ text: String) throws -> ChurnParameters.Gone {
    if text == "former" { return .former }
    let parts = text.split(separator: ":")
    guard parts.count == 2, parts[0] == "silent", let days = Int(parts[1]), (7...3650).contains(days) else {
      throw ValidationError("expected former, or silent: and 7 to 3650 days such as silent:180")
    }
    return .silent(days: days)
  }
}

/// A parameter that is one of a few words.
enum WordArgument {
  static func parse<Word: RawRepresentable<String> & CaseIterable>(_ text: String) throws -> Word {
    guard let word = Word(rawValue: text) else {
      throw ValidationError("expected \(Word.allCases.map(\.rawValue).joined(separator: " or "))")
    }
    return word
  }
}

import ArgumentParser
import Foundation
import ServiceConsistency
import Statistics
import Touchlog
import TouchlogAdapters

/// What a report on service is asked for, and its conventions.
struct ServiceOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("channel, team, agent, location, topic or segment.", valueName: "dimension"),
    transform: { try Word.parse($0) })
  var by: ServiceParameters.Dimension = .channel

  @Option(
    help: ArgumentHelp("day, week or month; else one row for all.", valueName: "period"),
    transform: { try Word.parse($0) })
  var period: ReportingPeriod?

  @Option(
    help: ArgumentHelp("Only what began then or later.", valueName: "time"), transform: { try TimeArgument.parse($0) })
  var from: TimeArgument?

  @Option(help: ArgumentHelp("Only what began before.", valueName: "time"), transform: { try TimeArgument.parse($0) })
  var until: TimeArgument?

  @Option(help: ArgumentHelp("Whose clock periods go by. Default: the calendar's, else UTC.", valueName: "zone"))
  var zone: String?

  @Option(
    help: ArgumentHelp("A business calendar, in YAML: clocks are measured in open time too.", valueName: "file"),
    completion: .file())
  var calendar: String?

  @Option(
    name: .customLong("repeat-window"),
    help: ArgumentHelp("Days within which a further contact is a repeat.", valueName: "days"))
  var repeatWindow: Int = 7

  @Option(
    help: ArgumentHelp("Contacts that are asked for repeats: handled, resolved or all.", valueName: "word"),
    transform: { try Word.parse($0) })
  var anchors: ServiceParameters.Anchors = .handled

  @Option(
    name: .customLong("wait-from"), help: ArgumentHelp("A wait counts from: queued or began.", valueName: "word"),
    transform: { try Word.parse($0) })
  var waitFrom: InteractionEpisode.WaitStart = .queued

  @Option(
    name: .customLong("first-reply"),
    help: ArgumentHelp("Whose first message counts: agent or anybody.", valueName: "word"),
    transform: { try Word.parse($0) })
  var firstReply: InteractionEpisode.FirstReply = .agent

  @Option(
    help: ArgumentHelp("Whose an episode is that several had: first or last.", valueName: "word"),
    transform: { try Word.parse($0) })
  var handler: ServiceParameters.Handler = .last

  @Option(
    name: .customLong("feedback-to"), help: ArgumentHelp("Whose feedback is then: first or last.", valueName: "word"),
    transform: { try Word.parse($0) })
  var feedbackTo: ServiceParameters.Handler = .last

  @Option(
    name: .customLong("standards"), help: ArgumentHelp("Standards that count: inForce or newest.", valueName: "word"),
    transform: { try Word.parse($0) })
  var standards: ServiceParameters.StandardChoice = .inForce

  @Flag(name: .customLong("standards-in-business-time"), help: "Standards are meant in the calendar's open time.")
  var standardsInBusinessTime = false

  @Option(
    name: .customLong("abandoned-waits"), help: ArgumentHelp("To a standard: missed or leftOut.", valueName: "word"),
    transform: { try Word.parse($0) })
  var abandonedWaits: ServiceParameters.AbandonedWaits = .missed

  @Option(
    name: .customLong("overdue-promises"), help: ArgumentHelp("notKept or leftOut.", valueName: "word"),
    transform: { try Word.parse($0) })
  var overduePromises: ServiceParameters.OverduePromises = .notKept

  @Option(
    name: .customLong("percentile-type"), help: ArgumentHelp("1, 6 or 7 of Hyndman and Fan.", valueName: "number"))
  var percentileType: Int = PercentileType.inclusive.rawValue

  @Option(
    name: .customLong("empty-topics"),
    help: ArgumentHelp("Topics that a channel has no cases in: leftOut, borrowed or refused.", valueName: "word"),
    transform: { try Word.parse($0) })
  var emptyTopics: ServiceParameters.EmptyTopics = .leftOut

  @Option(help: ArgumentHelp("The confidence of intervals.", valueName: "share"))
  var level: Double = 0.95

  func validate() throws {
    if !(0...3660).contains(repeatWindow) {
      throw ValidationError("--repeat-window: expected 0 to 3660 days, found \(repeatWindow)")
    }
    if PercentileType(rawValue: percentileType) == nil {
      throw ValidationError("--percentile-type: expected 1, 6 or 7, found \(percentileType)")
    }
    if !(level > 0 && level < 1) { throw ValidationError("--level: expected a share such as 0.95, found \(level)") }
  }

  /// Reads the files that the options name.
  func parameters() throws -> ServiceParameters {
    var parameters = ServiceParameters()
    parameters.by = by
    parameters.period = period
    parameters.from = from?.time
    parameters.until = until?.time
    if let calendar { parameters.calendar = try businessCalendar(calendar) }
    parameters.zone = parameters.calendar?.zone ?? .utc
    if let zone { parameters.zone = try TimeZoneRules(named: zone) }
    parameters.repeatWindowDays = repeatWindow
    parameters.anchors = anchors
    parameters.waitStart = waitFrom
    parameters.firstReply = firstReply
    parameters.handler = handler
    parameters.feedbackBelongs = feedbackTo
    parameters.standards = standards
    parameters.standardsInBusinessTime = standardsInBusinessTime
    parameters.abandonedWaits = abandonedWaits
    parameters.overduePromises = overduePromises
    parameters.percentileType = PercentileType(rawValue: percentileType) ?? .inclusive
    parameters.emptyStrata = emptyTopics
    parameters.level = level
    return parameters
  }

  private func businessCalendar(_ path: String) throws -> BusinessCalendar {
    let text: String
    do {
      text = try String(contentsOf: URL(filePath: path), encoding: .utf8)
    } catch {
      throw Failure("--calendar: \(path.inert) cannot be read: \(error.localizedDescription)", .impossible)
    }
    return try BusinessCalendar(yaml: text)
  }
}

public import Statistics
public import Touchlog

/// What a report on service is asked for, and the conventions that it goes by where reasonable people differ.
///
/// Every report prints them.
public struct ServiceParameters: Hashable, Sendable {
  /// What figures are divided by; all together where nil.
  public var by: Dimension? = .channel
  /// By what once more: for standardisation.
  var then: Dimension?
  /// Into which periods time is divided; one where nil. An episode belongs to the period in which it began, an interaction
  /// to that of its first episode, a promise to that in which it was made, feedback to that in which it was given.
  public var period: ReportingPeriod?
  /// Only what began then or later.
  public var from: Timestamp?
  /// Only what began before.
  public var until: Timestamp?
  /// Whose clock days, weeks and months go by.
  public var zone = TimeZoneRules.utc
  /// When the business is open: clocks are then measured in open time too.
  public var calendar: BusinessCalendar?

  /// What a wait counts from. The default is the queue, as that is what staffing can change; menus and machines before it
  /// are the customer's time too, and `began` counts them.
  public var waitStart = InteractionEpisode.WaitStart.queued
  /// Whose first message is the first reply. The default is an agent's: a bot's greeting answers nothing.
  public var firstReply = InteractionEpisode.FirstReply.agent
  /// To whom an episode belongs that several channels, teams or agents had. The default is the last: they ended it, and
  /// the outcome is theirs.
  public var handler = Handler.last
  /// To whom feedback after a transfer belongs. The default is the last handler, whom customers remember when asked.
  public var feedbackBelongs = Handler.last
  /// Within how many days a further contact is a repeat. Seven is the usual window of the trade.
  public var repeatWindowDays = 7
  /// Which contacts first-contact resolution is asked of. The default is those that were handled: whoever gave up in a
  /// queue is told of by the abandoned, and would come back for another reason.
  public var anchors = Anchors.handled
  /// Which version of a standard an interaction is held against. The default is the one in force when it began: that was
  /// promised then.
  public var standards = StandardChoice.inForce
  /// Whether standards are meant in open time, where there is a calendar. The default is elapsed time, as customers live.
  public var standardsInBusinessTime = false
  /// What an abandoned wait is to the attainment of a standard. The default is a miss: service levels of all calls count so.
  public var abandonedWaits = AbandonedWaits.missed
  /// What a promise is that is past its due time and neither kept, broken nor waived. The default is not kept: a promise
  /// that everybody has forgotten would otherwise count nowhere.
  public var overduePromises = OverduePromises.notKept
  /// Which value stands for a percentile between two of the sample.
  public var percentileType = PercentileType.inclusive
  /// What takes the place of a topic that a channel has no cases in, when channels are compared by the same mix of topics.
  public var emptyStrata = EmptyTopics.leftOut
  /// The confidence of intervals.
  public var level = 0.95

  /// Everything at its default.
  public init() {}

  /// What figures are divided by.
  public enum Dimension: String, Sendable, CaseIterable {
    case channel, team, agent, location, topic, segment
  }

  /// Which of several.
  public enum Handler: String, Sendable, CaseIterable {
    case first, last
  }

  /// Which contacts first-contact resolution is asked of. They are contacts that customers began and whose topic is
  /// known, whatever is chosen.
  public enum Anchors: String, Sendable, CaseIterable {
    /// Those that did not end as abandoned.
    case handled
    /// Those that are stated to be resolved: how well that statement holds.
    case resolved
    /// All.
    case all
  }

  /// Which version of a standard counts.
  public enum StandardChoice: String, Sendable, CaseIterable {
    case inForce, newest
  }

  /// What an abandoned wait is to a standard.
  public enum AbandonedWaits: String, Sendable, CaseIterable {
    case missed, leftOut
  }

  /// What a forgotten promise is.
  public enum OverduePromises: String, Sendable, CaseIterable {
    case notKept, leftOut
  }

  /// What takes the place of a topic without cases; see `StandardisedShare.EmptyStrata`.
  public enum EmptyTopics: String, Sendable, CaseIterable {
    case leftOut, borrowed, refused
  }

  /// Each parameter and its value in words, in a fixed order: what a report prints.
  public var words: [(name: String, value: String)] {
    [
      ("by", by?.rawValue ?? "all together"), ("period", period?.rawValue ?? "whole"),
      ("from", from?.rfc3339 ?? "the first event"), ("until", until?.rfc3339 ?? "the last event"),
      ("zone", zone.name), ("calendar", calendar.map { "\($0)" } ?? "none: elapsed time only"),
      ("wait counts from", waitStart == .queued ? "the queue" : "the start"),
      ("first reply", firstReply == .agent ? "an agent's" : "an agent's or a bot's"),
      ("an episode belongs to", "its \(handler.rawValue) handler"),
      ("feedback belongs to", "the \(feedbackBelongs.rawValue) handler"),
      ("repeat window", "\(repeatWindowDays) days"), ("first contacts", anchors.rawValue),
      ("standard", standards == .inForce ? "in force at the start" : "the newest"),
      ("standards in", standardsInBusinessTime && calendar != nil ? "business time" : "elapsed time"),
      ("abandoned wait", abandonedWaits == .missed ? "misses a standard" : "left out of standards"),
      ("overdue promise", overduePromises == .notKept ? "not kept" : "left out"),
      ("percentiles", "type \(percentileType.rawValue) of Hyndman and Fan, ≈ within 1 % above 1,000 values"),
      ("topics without cases", emptyStrata.rawValue), ("level", "\(level)"),
    ]
  }
}

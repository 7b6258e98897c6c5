/// A figure of the report on service, by the name under which `--explain` knows it.
public enum ServiceFigure: String, Sendable, CaseIterable {
  /// Interactions.
  case interactions
  /// Clocks of episodes, see `InteractionEpisode`.
  case wait, firstReply, handle, resolution, visitLateness
  /// Of the ended episodes that the customer began: those that ended as abandoned.
  case abandoned
  /// Of the ended episodes that were not abandoned: those whose matter was settled.
  case resolved
  /// Of the anchors: no further contact of the same person on the same topic, on any channel, within the window.
  case firstContactResolved
  /// Of the anchors: followed by such a contact.
  case repeated
  /// Of the anchors: followed by such a contact, the first of them on another channel.
  case repeatedElsewhere
  /// Of the interactions: handed over at least once.
  case transferred
  /// Of the interactions: reopened at least once.
  case reopened
  /// Of the promises that are settled or overdue, and not waived: kept by the time that was due last.
  case promiseKept
  /// Opinions by instrument.
  case csat, nps, ces, servqual

  /// The clocks, in the order of `Field.metric`.
  public static let clocks: [ServiceFigure] = [.wait, .firstReply, .handle, .resolution, .visitLateness]
  /// The shares.
  public static let shares: [ServiceFigure] = [
    .abandoned, .resolved, .firstContactResolved, .repeated, .repeatedElsewhere, .transferred, .reopened, .promiseKept,
  ]
  /// The opinions, in the order of `Field.instrument`.
  public static let opinions: [ServiceFigure] = [.csat, .nps, .ces, .servqual]

  /// Whether it needs to know the person, so that its identity coverage is shown beside it.
  public var needsPerson: Bool {
    self == .firstContactResolved || self == .repeated || self == .repeatedElsewhere
  }

  /// The figure in words, for a table's head.
  public var title: String {
    switch self {
    case .firstReply: "first reply"
    case .visitLateness: "visit lateness"
    case .firstContactResolved: "first-contact resolution"
    case .repeatedElsewhere: "repeated elsewhere"
    case .promiseKept: "promise kept on time"
    case .csat, .nps, .ces: rawValue.uppercased()
    default: rawValue
    }
  }

  /// What it is, in a line that every report prints; empty for a count.
  public var definition: String {
    switch self {
    case .interactions: ""
    case .wait: "to the first answer, or to the end for those who gave up; contacts that customers began"
    case .firstReply: "from the start to the first reply, on written channels"
    case .handle: "from the first answer or arrival to the end, less holds"
    case .resolution: "from the start or reopening to the end that settled it"
    case .visitLateness: "arrival after the end of the latest window; 0 for those in time"
    case .abandoned: "ended as abandoned, of all that ended and that customers began"
    case .resolved: "ended as resolved or solved, of all that ended and were not abandoned"
    case .firstContactResolved: "no further contact of the person on the topic within the window, nor a reopening"
    case .repeated: "such a contact or reopening came, whose window has ended"
    case .repeatedElsewhere: "and came on a channel that the contact was not on"
    case .transferred: "handed over at least once"
    case .reopened: "reopened at least once"
    case .promiseKept: "kept by the time due last, of those settled or overdue and not waived"
    case .csat: "answers in the upper quarter of the scale"
    case .nps: "promoters (9–10) less detractors (0–6)"
    case .ces, .servqual: "mean on a scale from 1 to 7"
    }
  }

  /// Its place among the figures of its kind.
  var place: Int {
    switch self {
    case .interactions: 0
    case .wait: 0
    case .firstReply: 1
    case .handle: 2
    case .resolution: 3
    case .visitLateness: 4
    case .abandoned: 0
    case .resolved: 1
    case .firstContactResolved: 2
    case .repeated: 3
    case .repeatedElsewhere: 4
    case .transferred: 5
    case .reopened: 6
    case .promiseKept: 7
    case .csat: 0
    case .nps: 1
    case .ces: 2
    case .servqual: 3
    }
  }
}

public import Statistics
public import Touchlog

extension ServiceReport {
  /// The figures of one group in one period.
  public struct Row: Sendable, Equatable {
    /// What the figures are of.
    public let group: Group
    /// The period's number; nil where the report has one period.
    public let period: Int?
    /// The period as ISO 8601 writes it; empty where the report has one.
    public let periodLabel: String
    /// Interactions that began then, each once.
    public let interactions: Int
    /// Events behind the interactions and promises.
    public let events: Int
    /// Persons behind the interactions, as far as they are known, linked references counted once.
    public let persons: Int
    /// Those of them who had more than one.
    public let returning: Int
    /// Of how many of the interactions the person is known.
    public let identified: Share
    /// In the order of `ServiceFigure.clocks`.
    public let clocks: [Clock]
    /// In the order of `ServiceFigure.shares`.
    public let shares: [ShareFigure]
    /// In the order of `ServiceFigure.opinions`.
    public let opinions: [Opinion]
    /// Those that held for something here.
    public let attainments: [Attainment]

    /// A clock's figures.
    public func clock(_ figure: ServiceFigure) -> Clock? { clocks.first { $0.figure == figure } }
    /// A share's figures.
    public func share(_ figure: ServiceFigure) -> ShareFigure? { shares.first { $0.figure == figure } }
    /// An opinion's figures.
    public func opinion(_ figure: ServiceFigure) -> Opinion? { opinions.first { $0.figure == figure } }
  }

  /// What a row is of.
  public enum Group: Hashable, Sendable {
    /// Everything together.
    case all
    /// A channel, team, agent, location, topic or segment, by name.
    case named(String)
    /// What names none.
    case notStated

    /// The name, for a table.
    public var title: String {
      switch self {
      case .all: "all"
      case .named(let name): name
      case .notStated: "not stated"
      }
    }
  }

  /// What a clock measured.
  public struct Clock: Sendable, Equatable {
    /// Which clock.
    public let figure: ServiceFigure
    /// In elapsed time.
    public let elapsed: Lengths
    /// In open time of the calendar; nil without one.
    public let business: Lengths?
  }

  /// How long something took, in seconds.
  public struct Lengths: Sendable, Equatable {
    /// How many were measured.
    public let count: Int
    /// Exact; nil where none was measured.
    public let meanSeconds: Double?
    /// The median; nil where none was measured.
    public let p50Seconds: Double?
    /// Nil where none was measured.
    public let p90Seconds: Double?
    /// Nil where none was measured.
    public let p95Seconds: Double?
    /// Whether percentiles are exact, or within 1 %.
    public let isExact: Bool
  }

  /// A share with what stands behind it.
  public struct ShareFigure: Sendable, Equatable {
    /// Which share.
    public let figure: ServiceFigure
    /// How many of how many.
    public let share: Share
    /// Wilson's; nil without cases.
    public let interval: ConfidenceInterval?
    /// Of how many of the cases that would count the person is known; nil for figures that need not know.
    public let coverage: Share?
  }

  /// What customers say, and what the company believes.
  public struct Opinion: Sendable, Equatable {
    /// Which questionnaire.
    public let figure: ServiceFigure
    /// What customers said.
    public let given: Score
    /// What the company stated that they would: beliefs that name the row's group, and all in the row of everything.
    public let believed: Score
  }

  /// A questionnaire's score by its definition.
  ///
  /// | | score | of |
  /// |---|---|---|
  /// | csat | share of answers in the upper quarter of the scale: 4 and 5 of 5 | Wilson's interval |
  /// | nps | promoters (9, 10) less detractors (0–6), as a share of answers, −1 to 1 | normal interval |
  /// | ces, servqual | mean on a scale from 1 to 7 | Student's interval |
  public struct Score: Sendable, Equatable {
    /// How many answers there are.
    public let answers: Int
    /// Nil without answers.
    public let value: Double?
    /// Nil without answers, or with one where the spread is needed.
    public let interval: ConfidenceInterval?
    /// The mean on the questionnaire's own scale: csat 1–5, nps 0–10, the others 1–7; nil without answers.
    public let mean: Double?
  }

  /// How far a standard was kept.
  public struct Attainment: Sendable, Equatable {
    /// The standard's name; empty where it has none.
    public let standard: String
    /// The clock that it limits.
    public let figure: ServiceFigure
    /// The channel that it holds for; all where nil.
    public let channel: Channel?
    /// Within the limit, of how many.
    public let share: Share
    /// Wilson's.
    public let interval: ConfidenceInterval?
    /// The limits of its versions, from the oldest on; which of them counted says the parameter `standards`.
    public let thresholdsSeconds: [Double]
    /// What the newest version asks for.
    public let target: Double
  }
}

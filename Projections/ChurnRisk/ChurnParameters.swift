public import Touchlog

/// What a churn report takes for granted, each with its default; `conventions` gives the reasons.
public struct ChurnParameters: Sendable, Hashable {
  /// When a person counts as gone.
  public enum Gone: Sendable, Hashable {
    /// `relationship.changed` to `former`. Only who is `active` by then can leave.
    case former
    /// No activity in so many days. Only who was active in as many days before can fall silent.
    case silent(days: Int)
  }

  /// What comes back, in the model of repeat activity.
  public enum Repeat: String, Sendable, Hashable, CaseIterable {
    case purchases
    /// Contacts that the customer began, and purchases.
    case contacts
  }

  /// When the model of repeat activity begins to count.
  public enum Clock: String, Sendable, Hashable, CaseIterable {
    /// The first activity, which is not a repeat.
    case firstActivity
    /// `relationship.changed` to `active`: all activities are repeats.
    case relationship
  }

  /// When a person counts as gone.
  public var gone = Gone.former
  /// T: what is dated later is not looked at. The end of the log where nil.
  public var cut: Timestamp?
  /// How many months before T are held back to judge the hazard model, T1 being their begin; at least as many as the
  /// definition of gone looks ahead.
  public var judgedMonths = 3
  /// How many months before T the hazard model learns from at most.
  public var learnedMonths = 24
  /// How far ahead repeat activity is expected, in days.
  public var horizonDays = 90
  /// What comes back.
  public var repeats = Repeat.purchases
  /// Since when it counts.
  public var clock = Clock.firstActivity
  /// The confidence of all intervals.
  public var level = 0.95
  /// The weight of the penalty on large coefficients, see `LogisticRegression`.
  public var penalty = 1.0
  /// How often the rarer outcome must come for each feature.
  public var outcomesPerFeature = 5.0
  /// About how many person-months in which nobody left are learned from at most; above that, a sample.
  public var stayedMonthsMax = 200_000
  /// About how many persons the model is judged on at most; above that, a sample.
  public var judgedPersonsMax = 100_000
  /// About how many persons the models of repeat activity are learned from at most; above that, a sample.
  public var repeatPersonsMax = 60_000

  /// The defaults.
  public init() {}

  /// How many calendar months the definition of gone looks ahead.
  var windowMonths: Int {
    switch gone {
    case .former: 1
    case .silent(let days): max(1, (days * 12 + 364) / 365)
    }
  }
}

extension ChurnParameters {
  /// A choice where reasonable people differ.
  public struct Convention: Sendable, Hashable {
    /// What is chosen.
    public let name: String
    /// The choice.
    public let value: String
    /// Why it is the default, or what it does.
    public let reason: String
  }

  /// All choices, for the provenance.
  public var conventions: [Convention] {
    func convention(_ name: String, _ value: String, _ reason: String) -> Convention {
      Convention(name: name, value: value, reason: reason)
    }
    return [
      convention(
        "gone", gone.words,
        "a stated end needs no guess; a silence is known only when it is over, so it costs months of judgement"),
      convention("horizon", "\(horizonDays) days", "a quarter: long enough for repeats, short enough to act on"),
      convention(
        "repeats", repeats.rawValue,
        "purchases are what the models were made for; activities of one day, UTC, are one"),
      convention(
        "clock", clock == .firstActivity ? "the first activity" : "the relationship's begin",
        "as published (Fader, Hardie and Lee 2005): the first activity is how a customer becomes known"),
      convention(
        "judged", "\(max(judgedMonths, windowMonths)) months before T",
        "a quarter gives outcomes enough, and leaves most months to learn from"),
      convention("learned", "\(learnedMonths) months at most", "what held before that may hold no more"),
      convention(
        "recent", "the calendar month before, UTC",
        "a month is how often the risk is asked for; earlier ones count in features of their own"),
      convention(
        "good contact", "resolved, no wait beyond the standard",
        "both are what a customer came for, and what was promised"),
      convention(
        "poor contact", "unresolved, abandoned, missed, or a wait beyond the standard",
        "any one of them is enough to be remembered"),
      convention(
        "wait", "from each queueing to its answer, against the standard in force when it began",
        "a second wait after a transfer is lived through too"),
      convention(
        "identity", "as known at T, and for the judged model as known at T1",
        "that two references are one person is often learned from a later contact"),
      convention(
        "samples",
        "at most about \(ChurnFigures.grouped(stayedMonthsMax)) months in which nobody left, "
          + "\(ChurnFigures.grouped(judgedPersonsMax)) persons to judge on, \(ChurnFigures.grouped(repeatPersonsMax)) "
          + "histories",
        "more makes figures later and hardly sharper; chosen by a hash of the person's number"),
      convention(
        "penalty", ChurnFigures.decimal(penalty, 2), "weak: about as much as knowing that effects are not huge"),
      convention("level", ChurnFigures.percent(level, 0), "usual"),
    ]
  }
}

extension ChurnParameters.Gone {
  /// In words, e.g. `no activity for 180 days`.
  public var words: String {
    switch self {
    case .former: "relationship.changed to former, in the next month"
    case .silent(let days): "no activity in the next \(days) days"
    }
  }
}

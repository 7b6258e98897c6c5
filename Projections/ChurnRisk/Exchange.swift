public import Statistics

/// How many good contacts bring the risk back to where it was before one bad experience: the ratio of their
/// coefficients, with Fieller's interval.
public struct Exchange: Sendable {
  /// What went wrong.
  public enum Harm: String, Sendable, CaseIterable {
    /// What poor contacts are made of on average.
    case poorContact
    case unresolved
    case wait
    case brokenPromise

    /// In words, after “after”.
    public var words: String {
      switch self {
      case .poorContact: "a poor contact of the usual kind"
      case .unresolved: "a contact that ended unresolved"
      case .wait: "a wait beyond the standard"
      case .brokenPromise: "a broken promise"
      }
    }
  }

  /// What people say: “it takes twelve good experiences to make up for one poor one”. A claim, and not a constant.
  public static let claimed = 12.0

  /// What went wrong.
  public let harm: Harm
  /// How many good contacts outweigh it.
  public let goodContacts: Double
  /// Nil where good contacts are not known to lower the risk at all: then there is no such number.
  public let interval: ConfidenceInterval?

  /// Whether the claim is ruled out.
  public var rulesOutTwelve: Bool { interval.map { !$0.contains(Exchange.claimed) } ?? false }

  /// The exchange rates of a model.
  ///
  /// - Parameter rows: what poor contacts are made of is taken from these.
  static func all(of model: HazardModel, _ rows: PersonMonthRows, level: Double) -> [Exchange] {
    Harm.allCases.map { harm in
      let ratio = model.sample.exchangeRatio(
        ofCombination: weights(of: harm, rows), by: Feature.good.rawValue, level: level)
      let helps = model.coefficient(.good).estimate < 0
      return Exchange(harm: harm, goodContacts: ratio.value, interval: helps ? ratio.interval : nil)
    }
  }

  private static func weights(of harm: Harm, _ rows: PersonMonthRows) -> [Double] {
    var weights = Array(repeating: 0.0, count: Feature.count)
    switch harm {
    case .unresolved: weights[Feature.unresolved.rawValue] = 1
    case .wait: weights[Feature.waits.rawValue] = 1
    case .brokenPromise: weights[Feature.broken.rawValue] = 1
    case .poorContact:
      let parts: [Feature] = [.unresolved, .abandoned, .waits]
      var sum = 0.0
      for index in 0..<rows.count {
        for part in parts {
          let count = Double(rows.values[index * Feature.count + part.rawValue])
          weights[part.rawValue] += count
          sum += count
        }
      }
      if sum > 0 { for part in parts { weights[part.rawValue] /= sum } }
    }
    return weights
  }
}

/// A share as it would be with another mix of cases: direct standardisation, Σ wₛpₛ / Σ wₛ over strata (topics, say) with
/// the variance Σ wₛ²·var(pₛ) / (Σ wₛ)² (Rothman, Greenland and Lash, Modern Epidemiology, chapter 3).
///
///     try StandardisedShare(of: phoneByTopic, weights: topicsOfAll, emptyStrata: .leftOut).value
public struct StandardisedShare: Sendable, Equatable {
  /// What takes the place of a stratum that has weight and no cases.
  public enum EmptyStrata: Sendable, Equatable {
    /// It is left out, and the other weights make up the whole. What is compared is then the share of the covered mix;
    /// `coverage` says how much that is. The default, because it invents nothing.
    case leftOut

    /// The stratum's share among these others, with its variance, e.g. of all channels together: the mix stays the
    /// same for every group, at the price that groups are drawn towards each other.
    case borrowed(from: [Share])

    /// No figure.
    case refused
  }

  /// The variance of one stratum's share.
  public enum VarianceRule: Sendable, Equatable {
    /// p(1 − p)/n: 0 where all or no cases have it.
    case binomial

    /// The same of (s + ½)/(n + 1), which is above 0 for every share, as `RandomEffects` needs it. The default.
    case halfCaseAdded
  }

  /// The standardised share, between 0 and 1.
  public let value: Double

  public let variance: Double

  /// How much of the weight lies in strata that have cases of their own, between 0 and 1.
  public let coverage: Double

  /// The cases behind it, over all strata with weight.
  public let cases: Int

  /// - Parameters:
  ///   - strata: the group's share in each stratum.
  ///   - weights: the mix to compare by, e.g. how many cases of all groups each stratum has; one per stratum, not
  ///     negative. They need not sum to 1.
  /// - Throws: `StatisticsRefusal` where no stratum with weight has cases, or one has none and `.refused` was chosen.
  public init(
    of strata: [Share], weights: [Double], emptyStrata: EmptyStrata = .leftOut,
    variance rule: VarianceRule = .halfCaseAdded
  ) throws {
    precondition(strata.count == weights.count, "each stratum has its weight")
    precondition(weights.allSatisfy { $0 >= 0 && $0.isFinite }, "weights are finite and not negative")
    if case .borrowed(let others) = emptyStrata {
      precondition(others.count == strata.count, "each stratum has its share to borrow")
    }
    var (used, own, sum, varianceSum) = (0.0, 0.0, 0.0, 0.0)
    var cases = 0
    for (index, stratum) in strata.enumerated() where weights[index] > 0 {
      var share = stratum
      if stratum.cases > 0 {
        own += weights[index]
        cases += stratum.cases
      } else {
        switch emptyStrata {
        case .refused: throw StatisticsRefusal.emptyStratum(index: index)
        case .leftOut: continue
        case .borrowed(let others): share = others[index]
        }
      }
      // A stratum that nobody has cases in cannot be borrowed either.
      guard let value = share.value else { continue }
      used += weights[index]
      sum += weights[index] * value
      varianceSum += weights[index] * weights[index] * Self.variance(of: share, rule)
    }
    guard cases > 0 else { throw StatisticsRefusal.tooFew(what: "cases in strata with weight", found: 0, needed: 1) }
    value = sum / used
    variance = varianceSum / (used * used)
    coverage = own / weights.reduce(0, +)
    self.cases = cases
  }

  /// For `RandomEffects`.
  public var effect: Effect { Effect(estimate: value, variance: variance) }

  /// The share on the scale of logits, with its variance by the delta method, var/(p(1−p))²; nil for 0 and 1.
  public var logit: Effect? {
    guard value > 0, value < 1 else { return nil }
    let slope = value * (1 - value)
    return Effect(estimate: logitOfShare(value), variance: variance / (slope * slope))
  }

  /// share ± z · standard error, kept within 0 and 1.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    let interval = ConfidenceInterval(estimate: value, standardError: variance.squareRoot(), level: level)
    return ConfidenceInterval(lower: max(0, interval.lower), upper: min(1, interval.upper), level: level)
  }

  private static func variance(of share: Share, _ rule: VarianceRule) -> Double {
    let cases = Double(share.cases)
    switch rule {
    case .binomial:
      let value = Double(share.successes) / cases
      return value * (1 - value) / cases
    case .halfCaseAdded:
      let value = (Double(share.successes) + 0.5) / (cases + 1)
      return value * (1 - value) / (cases + 1)
    }
  }
}

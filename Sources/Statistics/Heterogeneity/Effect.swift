import RealModule

/// What was measured of one group (a channel, a trial): an estimate and its variance.
public struct Effect: Sendable, Equatable {
  public let estimate: Double

  /// The square of the estimate's standard error.
  public let variance: Double

  public init(estimate: Double, variance: Double) {
    self.estimate = estimate
    self.variance = variance
  }
}

extension Effect {
  /// How much likelier an outcome is in one group than in another: ln(p₁/p₂), with the variance 1/a − 1/n₁ + 1/c − 1/n₂
  /// (Katz et al. 1978, Biometrics 34). With a cell of 0, half a case is added to each of the four, as is usual
  /// (`correctsZeros`); without that the effect would be infinite, and nil comes back.
  ///
  /// Needs at least one case in each group; otherwise nil.
  public static func logRiskRatio(_ one: Share, against other: Share, correctsZeros: Bool = true) -> Effect? {
    guard let cells = FourCells(one, other, correctsZeros: correctsZeros) else { return nil }
    let oneCases = cells.a + cells.b
    let otherCases = cells.c + cells.d
    return Effect(
      estimate: Double.log(cells.a / oneCases) - Double.log(cells.c / otherCases),
      variance: 1 / cells.a - 1 / oneCases + 1 / cells.c - 1 / otherCases)
  }

  /// The logarithm of the odds ratio, with Woolf's variance 1/a + 1/b + 1/c + 1/d; zeros as in `logRiskRatio`.
  public static func logOddsRatio(_ one: Share, against other: Share, correctsZeros: Bool = true) -> Effect? {
    guard let cells = FourCells(one, other, correctsZeros: correctsZeros) else { return nil }
    return Effect(
      estimate: Double.log(cells.a * cells.d / (cells.b * cells.c)),
      variance: 1 / cells.a + 1 / cells.b + 1 / cells.c + 1 / cells.d)
  }

  /// The difference of two shares, with the variance p₁(1−p₁)/n₁ + p₂(1−p₂)/n₂; nil where either has no cases. The
  /// variance is 0 where both shares are 0 or 1: take logits then.
  public static func difference(_ one: Share, from other: Share) -> Effect? {
    guard let first = share(one), let second = share(other) else { return nil }
    return Effect(estimate: first.estimate - second.estimate, variance: first.variance + second.variance)
  }

  /// A share as it is, with the variance p(1−p)/n; nil without cases.
  public static func share(_ share: Share) -> Effect? {
    guard let value = share.value else { return nil }
    return Effect(estimate: value, variance: value * (1 - value) / Double(share.cases))
  }

  /// A share's logit, ln((s + ½)/(n − s + ½)), with the variance 1/(s + ½) + 1/(n − s + ½) (Haldane 1955, Anscombe
  /// 1956; Gart and Zweifel 1967, Biometrika 54): nearly without bias, and finite for every share. Nil without cases.
  public static func logit(_ share: Share) -> Effect? {
    guard share.cases > 0 else { return nil }
    let with = Double(share.successes) + 0.5
    let without = Double(share.cases - share.successes) + 0.5
    return Effect(estimate: Double.log(with / without), variance: 1 / with + 1 / without)
  }

  /// A mean with the square of its standard error; nil below two values.
  public static func mean(_ moments: Moments) -> Effect? {
    moments.standardError.map { Effect(estimate: moments.mean, variance: $0 * $0) }
  }
}

/// The share whose logit this is.
public func shareOfLogit(_ logit: Double) -> Double { 1 / (1 + Double.exp(-logit)) }

/// ln(p / (1 − p)).
public func logitOfShare(_ share: Double) -> Double { Double.log(share / (1 - share)) }

/// With and without the outcome (a, b) in one group and (c, d) in the other.
private struct FourCells {
  let a: Double
  let b: Double
  let c: Double
  let d: Double

  init?(_ one: Share, _ other: Share, correctsZeros: Bool) {
    guard one.cases > 0, other.cases > 0 else { return nil }
    let cells = [one.successes, one.cases - one.successes, other.successes, other.cases - other.successes]
    let hasZero = cells.contains(0)
    if hasZero && !correctsZeros { return nil }
    let added = hasZero ? 0.5 : 0
    a = Double(cells[0]) + added
    b = Double(cells[1]) + added
    c = Double(cells[2]) + added
    d = Double(cells[3]) + added
  }
}

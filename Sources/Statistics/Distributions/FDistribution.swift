/// The F distribution, of the ratio of two mean squares.
public struct FDistribution: Sendable, Equatable {
  public let numerator: Double
  public let denominator: Double

  /// - Parameters: the degrees of freedom of both mean squares, above 0.
  public init(numerator: Double, denominator: Double) {
    precondition(
      numerator > 0 && denominator > 0, "degrees of freedom are above 0; these are \(numerator) and \(denominator)")
    self.numerator = numerator
    self.denominator = denominator
  }

  /// The probability of a ratio above `f`: the p-value of an analysis of variance.
  public func upperTail(_ f: Double) -> Double {
    guard f > 0 else { return 1 }
    return BetaDistribution(a: denominator / 2, b: numerator / 2).cumulative(
      denominator / (denominator + numerator * f))
  }

  /// The ratio that is not exceeded with this probability (0 to 1).
  public func quantile(_ probability: Double) -> Double {
    let share = BetaDistribution(a: numerator / 2, b: denominator / 2).quantile(probability)
    return denominator * share / (numerator * (1 - share))
  }
}

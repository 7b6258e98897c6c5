/// An interval that covers the true value with a stated confidence.
public struct ConfidenceInterval: Sendable, Equatable {
  public let lower: Double
  public let upper: Double

  /// The confidence, between 0 and 1, e.g. 0.95.
  public let level: Double

  public init(lower: Double, upper: Double, level: Double) {
    self.lower = lower
    self.upper = upper
    self.level = level
  }

  /// From a normal estimate and its standard error.
  public init(estimate: Double, standardError: Double, level: Double) {
    let reach = NormalDistribution.reach(ofLevel: level) * standardError
    self.init(lower: estimate - reach, upper: estimate + reach, level: level)
  }

  public func contains(_ value: Double) -> Bool { value >= lower && value <= upper }
}

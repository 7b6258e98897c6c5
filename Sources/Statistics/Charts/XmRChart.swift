/// A chart of single values over time and of how far each is from the one before, e.g. the mean wait of each week:
/// x̄ ± 2.66·mR̄, and 3.268·mR̄ for the moving ranges (Wheeler, Understanding Variation, 1993; Montgomery, chapter 6).
///
/// 2.66 is 3/d₂ and 3.268 is D₄, for ranges of two (d₂ = 1.128).
///
///     let chart = try XmRChart(trial: weeks[..<26])
///     chart.points(weeks), chart.rangePoints(weeks)
public struct XmRChart: Sendable, Equatable {
  static let limitFactor = 2.66
  static let rangeLimitFactor = 3.268

  /// x̄ of the trial.
  public let centre: Double

  /// mR̄ of the trial.
  public let meanRange: Double

  /// - Parameter trial: the values that limits are learned from, in order.
  /// - Throws: `StatisticsRefusal` below two values.
  public init(trial: some Collection<Double>) throws {
    guard trial.count >= 2 else {
      throw StatisticsRefusal.tooFew(what: "trial values", found: trial.count, needed: 2)
    }
    centre = trial.reduce(0, +) / Double(trial.count)
    meanRange = zip(trial, trial.dropFirst()).reduce(0) { $0 + abs($1.1 - $1.0) } / Double(trial.count - 1)
  }

  public var limits: ControlLimits { ControlLimits(centre: centre, sigma: meanRange * Self.limitFactor / 3) }

  /// mR̄ with its limits, 0 and 3.268·mR̄.
  public var rangeLimits: ControlLimits {
    ControlLimits(
      centre: meanRange, sigma: meanRange * (Self.rangeLimitFactor - 1) / 3, within: 0...Double.infinity)
  }

  /// A point per value.
  public func points(_ values: some Sequence<Double>) -> [ControlPoint] {
    let limits = self.limits
    return values.map { ControlPoint(value: $0, limits: limits) }
  }

  /// A point per moving range: one fewer than there are values, the first from the first value to the second.
  public func rangePoints(_ values: some Collection<Double>) -> [ControlPoint] {
    let limits = rangeLimits
    return zip(values, values.dropFirst()).map { ControlPoint(value: abs($1 - $0), limits: limits) }
  }
}

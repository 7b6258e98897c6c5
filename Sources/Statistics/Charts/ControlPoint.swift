/// What a chart expects where nothing has changed: a centre line, a standard deviation, and limits at three of them.
public struct ControlLimits: Sendable, Equatable {
  public let centre: Double

  /// One zone's width: a third of the way from the centre to a limit that nothing cuts off.
  public let sigma: Double

  /// Not below what can be, e.g. 0 for a share.
  public let lower: Double
  public let upper: Double

  init(centre: Double, sigma: Double, within possible: ClosedRange<Double> = -Double.infinity...Double.infinity) {
    self.centre = centre
    self.sigma = sigma
    lower = max(centre - 3 * sigma, possible.lowerBound)
    upper = min(centre + 3 * sigma, possible.upperBound)
  }
}

/// A value on a chart, and the limits that hold for it.
public struct ControlPoint: Sendable, Equatable {
  public let value: Double
  public let limits: ControlLimits

  /// Whether it lies beyond either limit.
  public var isOut: Bool { value < limits.lower || value > limits.upper }

  /// How many standard deviations it is from the centre; 0 on the centre, infinite beside it where nothing varies.
  public var distance: Double {
    value == limits.centre ? 0 : (value - limits.centre) / limits.sigma
  }

  public init(value: Double, limits: ControlLimits) {
    self.value = value
    self.limits = limits
  }
}

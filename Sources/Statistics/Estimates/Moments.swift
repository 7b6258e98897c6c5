/// Count, mean and spread of numbers, in one pass and mergeable: Welford's update, and Chan, Golub and LeVeque's for two
/// parts ("Algorithms for computing the sample variance", The American Statistician 37, 1983).
///
///     var waits = Moments()
///     waits.add(12.5)
///     waits.mean          // 12.5
///     waits.interval()    // nil: one value tells nothing of the spread
public struct Moments: Sendable, Equatable {
  public private(set) var count: Int

  /// The mean; 0 where there are no values (ask `count`).
  public private(set) var mean: Double

  /// The sum of the squared distances from the mean.
  public private(set) var squaredDeviations: Double

  public init() { self.init(count: 0, mean: 0, squaredDeviations: 0) }

  /// What was kept of an earlier one.
  public init(count: Int, mean: Double, squaredDeviations: Double) {
    precondition(count >= 0 && squaredDeviations >= 0, "counts and squares are not negative")
    self.count = count
    self.mean = mean
    self.squaredDeviations = squaredDeviations
  }

  public init(_ values: some Sequence<Double>) {
    self.init()
    for value in values { add(value) }
  }

  public mutating func add(_ value: Double) {
    count += 1
    let distance = value - mean
    mean += distance / Double(count)
    squaredDeviations += distance * (value - mean)
  }

  public mutating func merge(_ other: Moments) {
    guard other.count > 0 else { return }
    guard count > 0 else {
      self = other
      return
    }
    let total = Double(count + other.count)
    let distance = other.mean - mean
    squaredDeviations += other.squaredDeviations + distance * distance * Double(count) * Double(other.count) / total
    mean += distance * Double(other.count) / total
    count += other.count
  }

  /// The variance of the population these values are a sample of (divisor n − 1); nil below two values.
  public var variance: Double? { count < 2 ? nil : squaredDeviations / Double(count - 1) }

  /// The standard error of the mean; nil below two values.
  public var standardError: Double? { variance.map { ($0 / Double(count)).squareRoot() } }

  /// Student's interval for the mean: mean ± t(n − 1) · s / √n; nil below two values.
  public func interval(level: Double = 0.95) -> ConfidenceInterval? {
    precondition(level > 0 && level < 1, "the level of an interval lies between 0 and 1, and \(level) does not")
    guard let standardError else { return nil }
    let reach = StudentT(degreesOfFreedom: Double(count - 1)).quantile(0.5 + level / 2) * standardError
    return ConfidenceInterval(lower: mean - reach, upper: mean + reach, level: level)
  }
}

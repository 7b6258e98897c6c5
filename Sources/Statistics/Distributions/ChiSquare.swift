import RealModule

/// The chi-square distribution.
public struct ChiSquare: Sendable, Equatable {
  public let degreesOfFreedom: Double

  /// - Parameter degreesOfFreedom: above 0.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are above 0; these are \(degreesOfFreedom)")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value of at most `x`.
  public func cumulative(_ x: Double) -> Double { parts(x).lower }

  /// The probability of a value above `x`: the p-value of a chi-square test, exact in the far tail too.
  public func upperTail(_ x: Double) -> Double { parts(x).upper }

  /// The value that is not exceeded with this probability (0 to 1).
  public func quantile(_ probability: Double) -> Double {
    precondition(
      probability >= 0 && probability <= 1, "a probability lies between 0 and 1, and \(probability) does not")
    if probability == 0 { return 0 }
    if probability == 1 { return .infinity }
    var upper = max(degreesOfFreedom, 1)
    while cumulative(upper) < probability { upper *= 2 }
    return rootOfIncreasing(
      from: 0, to: upper, startingAt: upper / 2, function: { cumulative($0) - probability }, slope: density)
  }

  private func density(_ x: Double) -> Double {
    let half = degreesOfFreedom / 2
    return 0.5 * Double.exp((half - 1) * Double.log(x / 2) - x / 2 - Double.logGamma(half))
  }

  /// The regularised incomplete gamma functions, by the series below the mean and Lentz's continued fraction above it
  /// (Press et al., Numerical Recipes, section 6.2).
  private func parts(_ x: Double) -> (lower: Double, upper: Double) {
    guard x > 0 else { return (0, 1) }
    let shape = degreesOfFreedom / 2
    let z = x / 2
    let front = Double.exp(shape * Double.log(z) - z - Double.logGamma(shape))
    if z < shape + 1 {
      var term = 1 / shape
      var sum = term
      var divisor = shape
      while term > sum * 1e-17 {
        divisor += 1
        term *= z / divisor
        sum += term
      }
      return (front * sum, 1 - front * sum)
    }
    let tiny = 1e-300
    var b = z + 1 - shape
    var c = 1 / tiny
    var d = 1 / b
    var fraction = d
    for step in 1...100_000 {
      let m = Double(step)
      let coefficient = -m * (m - shape)
      b += 2
      d = 1 / notZero(coefficient * d + b, tiny)
      c = notZero(b + coefficient / c, tiny)
      let change = d * c
      fraction *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return (1 - front * fraction, front * fraction)
  }
}

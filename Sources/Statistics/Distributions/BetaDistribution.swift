import RealModule

/// The beta distribution with shapes `a` and `b`, on which Student's t and F rest.
public struct BetaDistribution: Sendable, Equatable {
  public let a: Double
  public let b: Double

  /// - Parameters: both shapes above 0.
  public init(a: Double, b: Double) {
    precondition(a > 0 && b > 0, "the shapes of a beta distribution are above 0; these are \(a) and \(b)")
    self.a = a
    self.b = b
  }

  /// The probability of a value of at most `x`: the regularised incomplete beta function, by Lentz's continued fraction
  /// (Press et al., Numerical Recipes, section 6.4). Relative error about 1e-14 for shapes up to some thousands.
  public func cumulative(_ x: Double) -> Double {
    guard x > 0 else { return 0 }
    guard x < 1 else { return 1 }
    // The fraction converges quickly on the side of the mean that `x` lies on.
    if x <= (a + 1) / (a + b + 2) { return lowerPart(x) }
    return 1 - BetaDistribution(a: b, b: a).lowerPart(1 - x)
  }

  /// The probability of a value above `x`.
  public func upperTail(_ x: Double) -> Double {
    BetaDistribution(a: b, b: a).cumulative(1 - x)
  }

  /// The value that is not exceeded with this probability (0 to 1).
  public func quantile(_ probability: Double) -> Double {
    precondition(
      probability >= 0 && probability <= 1, "a probability lies between 0 and 1, and \(probability) does not")
    if probability == 0 || probability == 1 { return probability }
    return rootOfIncreasing(
      from: 0, to: 1, startingAt: a / (a + b), function: { cumulative($0) - probability }, slope: density)
  }

  func density(_ x: Double) -> Double {
    Double.exp((a - 1) * Double.log(x) + (b - 1) * Double.log(onePlus: -x) - logBeta(a, b))
  }

  private func lowerPart(_ x: Double) -> Double {
    let front = Double.exp(a * Double.log(x) + b * Double.log(onePlus: -x) - logBeta(a, b)) / a
    return front * continuedFraction(x)
  }

  private func continuedFraction(_ x: Double) -> Double {
    let tiny = 1e-300
    var c = 1.0
    var d = 1 / notZero(1 - (a + b) * x / (a + 1), tiny)
    var fraction = d
    // It needs about the square root of the larger shape.
    for step in 1...100_000 {
      let m = Double(step)
      let even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
      d = 1 / notZero(1 + even * d, tiny)
      c = notZero(1 + even / c, tiny)
      fraction *= d * c
      let odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
      d = 1 / notZero(1 + odd * d, tiny)
      c = notZero(1 + odd / c, tiny)
      let change = d * c
      fraction *= change
      if abs(change - 1) < 1e-15 { break }
    }
    return fraction
  }
}

/// ln B(a, b).
func logBeta(_ a: Double, _ b: Double) -> Double {
  Double.logGamma(a) + Double.logGamma(b) - Double.logGamma(a + b)
}

func notZero(_ value: Double, _ tiny: Double) -> Double { abs(value) < tiny ? tiny : value }

/// Where an increasing function is 0 between two ends: Newton's steps, halving wherever they leave the bracket.
func rootOfIncreasing(
  from lower: Double, to upper: Double, startingAt start: Double, function: (Double) -> Double,
  slope: (Double) -> Double
) -> Double {
  var lower = lower
  var upper = upper
  var x = start
  for _ in 0..<300 {
    let value = function(x)
    if value == 0 { return x }
    if value < 0 { lower = x } else { upper = x }
    var next = x - value / slope(x)
    // Also for a slope of 0 or beyond what can be counted.
    if !(next > lower && next < upper) { next = lower + (upper - lower) / 2 }
    if abs(next - x) <= 2e-16 * abs(next) || next == lower || next == upper { return next }
    x = next
  }
  return x
}

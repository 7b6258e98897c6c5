import RealModule

/// A fitted logistic regression: ln(p/(1 − p)) = intercept + Σ coefficient · feature.
public struct LogisticModel: Sendable, Equatable {
  public struct Coefficient: Sendable, Equatable {
    public let name: String

    /// The change of the log odds for one more of the feature, in the feature's own unit.
    public let estimate: Double

    public let standardError: Double

    /// The feature's mean and standard deviation over all cases; estimate · spread compares features with each other.
    public let mean: Double
    public let spread: Double

    public func interval(level: Double = 0.95) -> ConfidenceInterval {
      ConfidenceInterval(estimate: estimate, standardError: standardError, level: level)
    }
  }

  /// The log odds where all features are 0, and its standard error.
  public let intercept: Double
  public let interceptStandardError: Double

  /// In the order of the features. One that is the same in all rows says nothing: its coefficient is 0, without error.
  public let coefficients: [Coefficient]

  /// Features that alone tell some of the outcomes perfectly: only the penalty keeps their coefficients finite.
  public let separating: [String]

  /// Of the data, without the penalty.
  public let logLikelihood: Double

  public let cases: Double
  public let happened: Double

  /// How the search ended, and after how many evaluations.
  public let stop: StopReason
  public let evaluations: Int

  /// Of the intercept and the coefficients, in this order.
  let covariance: SymmetricMatrix

  /// The log odds for a row of features.
  public func logOdds(_ row: some Collection<Float>) -> Double {
    precondition(row.count == coefficients.count, "a row has a number for each feature")
    return zip(coefficients, row).reduce(intercept) { $0 + $1.0.estimate * Double($1.1) }
  }

  /// The probability of the outcome for a row of features.
  public func probability(_ row: some Collection<Float>) -> Double { shareOfLogit(logOdds(row)) }

  /// The interval of that probability: the log odds ± z · their standard error, turned into probabilities. It speaks of
  /// the estimate, not of what will happen.
  public func interval(_ row: some Collection<Float>, level: Double = 0.95) -> ConfidenceInterval {
    let variance = max(0, covariance.quadraticForm([1] + row.map { Double($0) }))
    let logOdds = ConfidenceInterval(
      estimate: logOdds(row), standardError: variance.squareRoot(), level: level)
    return ConfidenceInterval(
      lower: shareOfLogit(logOdds.lower), upper: shareOfLogit(logOdds.upper), level: level)
  }

  /// The standard error of Σ weight · coefficient, e.g. of the difference of two; one weight per coefficient.
  public func standardError(ofCombination weights: [Double]) -> Double {
    precondition(weights.count == coefficients.count, "a weight for each coefficient")
    return max(0, covariance.quadraticForm([0] + weights)).squareRoot()
  }

  /// How many of one feature outweigh one of another: −(numerator's coefficient)/(denominator's), with Fieller's interval
  /// (Fieller 1954, Journal of the Royal Statistical Society B 16): the ratios for which numerator + ratio ·
  /// denominator is not told apart from 0. E.g. how many good contacts bring back what one poor one cost.
  ///
  /// The interval is nil where the denominator's own coefficient is not told apart from 0 at this level: then no ratio,
  /// however large, is ruled out.
  ///
  /// - Parameters: the features by their places, and the confidence.
  public func exchangeRatio(
    of numerator: Int, by denominator: Int, level: Double = 0.95
  ) -> (value: Double, interval: ConfidenceInterval?) {
    var weights = Array(repeating: 0.0, count: coefficients.count)
    weights[numerator] = 1
    return exchangeRatio(ofCombination: weights, by: denominator, level: level)
  }

  /// The same for Σ weight · numerator, e.g. what a poor contact is made of on average.
  ///
  /// - Parameters: a weight per coefficient, the denominator by its place, and the confidence.
  public func exchangeRatio(
    ofCombination weights: [Double], by denominator: Int, level: Double = 0.95
  ) -> (value: Double, interval: ConfidenceInterval?) {
    precondition(weights.count == coefficients.count, "a weight for each coefficient")
    let a = -zip(weights, coefficients).reduce(0) { $0 + $1.0 * $1.1.estimate }
    let b = coefficients[denominator].estimate
    let z = NormalDistribution.reach(ofLevel: level)
    let shared = weights.indices.reduce(0) { $0 + weights[$1] * covariance($1, denominator) }
    // (a − ratio · b)² = z² · (var a − 2 · ratio · cov + ratio² · var b), a quadratic equation.
    let square = b * b - z * z * covariance(denominator, denominator)
    let half = a * b + z * z * shared
    let constant = a * a - z * z * covariance.quadraticForm([0] + weights)
    guard square > 0 else { return (a / b, nil) }
    let reach = max(0, half * half - square * constant).squareRoot()
    return (
      a / b, ConfidenceInterval(lower: (half - reach) / square, upper: (half + reach) / square, level: level)
    )
  }

  /// The covariance of two coefficients, by their places.
  public func covariance(_ one: Int, _ other: Int) -> Double { covariance[one + 1, other + 1] }
}

/// Student's t distribution.
///
///     StudentT(degreesOfFreedom: 4).quantile(0.975)  // 2.776
public struct StudentT: Sendable, Equatable {
  public let degreesOfFreedom: Double

  /// - Parameter degreesOfFreedom: above 0, not necessarily whole.
  public init(degreesOfFreedom: Double) {
    precondition(degreesOfFreedom > 0, "degrees of freedom are above 0; these are \(degreesOfFreedom)")
    self.degreesOfFreedom = degreesOfFreedom
  }

  /// The probability of a value of at most `t`.
  public func cumulative(_ t: Double) -> Double {
    let outside = outsideBoth(t)
    return t < 0 ? outside / 2 : 1 - outside / 2
  }

  /// The probability of a value further from 0 than `t`, on either side: a two-sided p-value.
  public func outsideBoth(_ t: Double) -> Double {
    BetaDistribution(a: degreesOfFreedom / 2, b: 0.5).cumulative(degreesOfFreedom / (degreesOfFreedom + t * t))
  }

  /// The value that is not exceeded with this probability (0 to 1).
  public func quantile(_ probability: Double) -> Double {
    precondition(
      probability >= 0 && probability <= 1, "a probability lies between 0 and 1, and \(probability) does not")
    if probability < 0.5 { return -quantile(1 - probability) }
    // t² / (t² + degrees of freedom) has a beta distribution.
    let share = BetaDistribution(a: 0.5, b: degreesOfFreedom / 2).quantile(2 * probability - 1)
    return (degreesOfFreedom * share / (1 - share)).squareRoot()
  }
}

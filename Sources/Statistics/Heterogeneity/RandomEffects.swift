/// How much groups differ beyond chance, after DerSimonian and Laird ("Meta-analysis in clinical trials", Controlled
/// Clinical Trials 7, 1986), with I² after Higgins and Thompson (Statistics in Medicine 21, 2002).
///
///     let between = try RandomEffects(channels.compactMap { Effect.logit($0) })
///     between.q, between.probability      // do they differ at all?
///     between.betweenVariance             // τ², in the square of the effects' unit
///     between.shrunken[2]                 // what the third channel's effect is likely to be
public struct RandomEffects: Sendable, Equatable {
  /// The effects, in the order they were given.
  public let effects: [Effect]

  /// Cochran's Q = Σ wᵢ(yᵢ − ȳ)², with wᵢ = 1/vᵢ and ȳ weighted by them.
  public let q: Double

  /// How many effects there are, less one.
  public let degreesOfFreedom: Int

  /// The probability of a Q this large where all effects are truly equal (chi-square).
  public let probability: Double

  /// τ² = max(0, (Q − df) / (Σw − Σw²/Σw)): the variance of the true effects between groups.
  public let betweenVariance: Double

  /// I² = max(0, (Q − df)/Q): the share of the spread that is not chance, between 0 and 1.
  public let inconsistency: Double

  /// The mean of the true effects: weighted by 1/(vᵢ + τ²).
  public let pooled: Double

  /// Of the pooled effect: 1/√Σ 1/(vᵢ + τ²).
  public let standardError: Double

  /// - Throws: `StatisticsRefusal` below two effects, and where a variance is not above 0 or an estimate not finite.
  public init(_ effects: [Effect]) throws {
    guard effects.count >= 2 else {
      throw StatisticsRefusal.tooFew(what: "effects to compare", found: effects.count, needed: 2)
    }
    for (index, effect) in effects.enumerated() {
      guard effect.variance > 0, effect.variance.isFinite else {
        throw StatisticsRefusal.unusable(
          what: "the variance of effect", index: index, value: effect.variance,
          wayOut: "Leave the group out, or compare logits, whose variance is above 0 for every share")
      }
      guard effect.estimate.isFinite else {
        throw StatisticsRefusal.unusable(
          what: "effect", index: index, value: effect.estimate, wayOut: "Leave the group out")
      }
    }
    let weights = effects.map { 1 / $0.variance }
    let sum = weights.reduce(0, +)
    let fixed = weightedMean(effects, weights)
    let q = zip(effects, weights).reduce(0) { $0 + $1.1 * ($1.0.estimate - fixed) * ($1.0.estimate - fixed) }
    let freedom = Double(effects.count - 1)
    let excess = max(0, q - freedom)
    // Of two effects with very unequal variances the divisor is tiny, but above 0: Σw > Σw²/Σw.
    let divisor = sum - weights.reduce(0) { $0 + $1 * $1 } / sum
    let betweenVariance = divisor > 0 ? excess / divisor : 0
    let randomWeights = effects.map { 1 / ($0.variance + betweenVariance) }

    self.effects = effects
    self.q = q
    degreesOfFreedom = effects.count - 1
    probability = ChiSquare(degreesOfFreedom: freedom).upperTail(q)
    self.betweenVariance = betweenVariance
    inconsistency = q > 0 ? excess / q : 0
    pooled = weightedMean(effects, randomWeights)
    standardError = 1 / randomWeights.reduce(0, +).squareRoot()
  }

  /// Of the pooled effect: effect ± z · standard error.
  public func interval(level: Double = 0.95) -> ConfidenceInterval {
    ConfidenceInterval(estimate: pooled, standardError: standardError, level: level)
  }

  /// An effect drawn towards the pooled one, as far as its own data are few.
  public struct Shrunken: Sendable, Equatable {
    public let estimate: Double
    public let standardError: Double

    /// How much of it is its own estimate and not the pooled one: τ²/(τ² + vᵢ), between 0 and 1.
    public let ownShare: Double

    public func interval(level: Double = 0.95) -> ConfidenceInterval {
      ConfidenceInterval(estimate: estimate, standardError: standardError, level: level)
    }
  }

  /// The empirical-Bayes estimate of each group's true effect, in the order they were given: λᵢyᵢ + (1 − λᵢ)μ with
  /// λᵢ = τ²/(τ² + vᵢ), and the variance λᵢvᵢ + (1 − λᵢ)²·se(μ)² (Raudenbush and Bryk 1985, Journal of Educational
  /// Statistics 10). τ² itself is taken as known, so the intervals are a little short where groups are few.
  public var shrunken: [Shrunken] {
    effects.map { effect in
      let own = betweenVariance / (betweenVariance + effect.variance)
      let variance = own * effect.variance + (1 - own) * (1 - own) * standardError * standardError
      return Shrunken(
        estimate: own * effect.estimate + (1 - own) * pooled, standardError: variance.squareRoot(), ownShare: own)
    }
  }
}

private func weightedMean(_ effects: [Effect], _ weights: [Double]) -> Double {
  zip(effects, weights).reduce(0) { $0 + $1.1 * $1.0.estimate } / weights.reduce(0, +)
}

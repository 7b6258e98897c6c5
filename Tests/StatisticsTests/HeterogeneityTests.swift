import Testing

@testable import Statistics

@Suite struct HeterogeneityTests {
  /// The 13 trials of BCG vaccine (Colditz et al. 1994): ill and well of the treated, ill and well of the others.
  private static let trials: [(tpos: Int, tneg: Int, cpos: Int, cneg: Int)] = [
    (4, 119, 11, 128), (6, 300, 29, 274), (3, 228, 11, 209), (62, 13_536, 248, 12_619), (33, 5_036, 47, 5_761),
    (180, 1_361, 372, 1_079), (8, 2_537, 10, 619), (505, 87_886, 499, 87_892), (29, 7_470, 45, 7_232),
    (17, 1_699, 65, 1_600), (186, 50_448, 141, 27_197), (5, 2_493, 3, 2_338), (27, 16_886, 29, 17_825),
  ]

  private static func effects() throws -> [Effect] {
    try trials.map { trial in
      try #require(
        Effect.logRiskRatio(
          Share(trial.tpos, of: trial.tpos + trial.tneg), against: Share(trial.cpos, of: trial.cpos + trial.cneg)))
    }
  }

  /// As published with metafor (Viechtbauer 2010), method DL; the further digits from statsmodels 0.15,
  /// `combine_effects(method_re="dl")`.
  @Test func `the BCG trials give the published heterogeneity`() throws {
    let between = try RandomEffects(try Self.effects())
    #expect(agree(between.q, 152.2330080823733))
    #expect(between.degreesOfFreedom == 12)
    #expect(agree(between.probability, 1.9967e-26, within: 1e-3))
    #expect(agree(between.betweenVariance, 0.3087602628623761))
    #expect(agree(between.inconsistency, 0.9211734685456205))
    #expect(agree(between.pooled, -0.7141172220732273))
    #expect(agree(between.standardError, 0.1787420895354031))
    #expect(agree(between.interval().lower, -1.06444528, within: 1e-8))
    #expect(agree(between.interval().upper, -0.36378916, within: 1e-7))
  }

  /// The formula of Raudenbush and Bryk, computed with NumPy.
  @Test func `shrunken effects agree with their formula`() throws {
    let shrunken = try RandomEffects(try Self.effects()).shrunken
    for (found, expected) in zip(shrunken, [-0.79939097, -1.24857357, -0.98442901, -1.39727719]) {
      #expect(agree(found.estimate, expected, within: 1e-8))
    }
    for (found, expected) in zip(shrunken, [0.40852317, 0.35232755, 0.43315169, 0.13751547]) {
      #expect(agree(found.standardError, expected, within: 1e-7))
    }
  }

  /// statsmodels 0.15, `Table2x2` of the first trial.
  @Test func `effects of a table of four agree with statsmodels`() throws {
    let treated = Share(4, of: 123)
    let others = Share(11, of: 139)
    let risk = try #require(Effect.logRiskRatio(treated, against: others))
    let odds = try #require(Effect.logOddsRatio(treated, against: others))
    #expect(agree(risk.estimate, -0.8893113339202054) && agree(risk.variance, 0.3255847650039614))
    #expect(agree(odds.estimate, -0.9386941408703926) && agree(odds.variance, 0.3571249522536287))
  }

  @Test func `a cell of zero has half a case, or no effect`() throws {
    let zero = Share(0, of: 10)
    let effect = try #require(Effect.logRiskRatio(zero, against: Share(5, of: 10)))
    #expect(effect.estimate.isFinite && effect.variance > 0)
    #expect(Effect.logRiskRatio(zero, against: Share(5, of: 10), correctsZeros: false) == nil)
    #expect(Effect.logRiskRatio(zero, against: Share(0, of: 0)) == nil)
    #expect(try #require(Effect.logit(zero)).variance.isFinite)
    #expect(Effect.difference(zero, from: Share(0, of: 0)) == nil)
  }

  /// 0.8 − 0.4 with 0.8 · 0.2/10 + 0.4 · 0.6/50, and 3/√3 squared for the mean of 1, 4, 7, by hand.
  @Test func `differences of shares, and means, carry their variance`() throws {
    let difference = try #require(Effect.difference(Share(8, of: 10), from: Share(20, of: 50)))
    #expect(agree(difference.estimate, 0.4) && agree(difference.variance, 0.0208))
    let mean = try #require(Effect.mean(Moments([1, 4, 7])))
    #expect(agree(mean.estimate, 4) && agree(mean.variance, 3))
    #expect(Effect.mean(Moments([1])) == nil)
  }

  @Test func `a logit is undone by its share`() throws {
    let logit = try #require(Effect.logit(Share(29_999, of: 100_000)))
    #expect(abs(shareOfLogit(logit.estimate) - 0.29999) < 1e-5)
    #expect(agree(logit.variance, 1 / (100_000 * 0.29999 * 0.70001), within: 1e-3))
  }

  @Test func `effects that are all alike differ by nothing, and are all drawn to their mean`() throws {
    let between = try RandomEffects([1.0, 2, 5].map { Effect(estimate: 0.3, variance: $0) })
    #expect(between.q == 0 && between.betweenVariance == 0 && between.inconsistency == 0)
    #expect(between.probability == 1)
    for effect in between.shrunken {
      #expect(agree(effect.estimate, 0.3) && effect.ownShare == 0)
      #expect(agree(effect.standardError, between.standardError))
    }
  }

  @Test func `a shift moves the pooled effect and nothing else`() throws {
    let effects = try Self.effects()
    let before = try RandomEffects(effects)
    let after = try RandomEffects(effects.map { Effect(estimate: $0.estimate + 3, variance: $0.variance) })
    #expect(agree(after.q, before.q, within: 1e-10))
    #expect(agree(after.betweenVariance, before.betweenVariance, within: 1e-10))
    #expect(agree(after.pooled, before.pooled + 3, within: 1e-12))
  }

  @Test func `what cannot be compared is refused with the way out`() throws {
    #expect(throws: StatisticsRefusal.tooFew(what: "effects to compare", found: 1, needed: 2)) {
      try RandomEffects([Effect(estimate: 1, variance: 1)])
    }
    let refusal = #expect(throws: StatisticsRefusal.self) {
      try RandomEffects([Effect(estimate: 1, variance: 1), Effect(estimate: 0, variance: 0)])
    }
    #expect(
      try #require(refusal).description
        == "the variance of effect number 2 is 0.0, which the method has no meaning for. Leave the group out, or "
        + "compare logits, whose variance is above 0 for every share")
  }
}

@Suite struct StandardisationTests {
  private let strata = [Share(8, of: 10), Share(20, of: 50), Share(1, of: 4)]

  /// 0.3 · 0.8 + 0.6 · 0.4 + 0.1 · 0.25, by hand; the variance with NumPy.
  @Test func `a share is weighted by another mix`() throws {
    let share = try StandardisedShare(of: strata, weights: [30, 60, 10], variance: .binomial)
    #expect(agree(share.value, 0.505))
    #expect(agree(share.variance, 0.00363675))
    #expect(share.coverage == 1 && share.cases == 64)
  }

  @Test func `weighted by its own mix it is the share as it is`() throws {
    let share = try StandardisedShare(of: strata, weights: strata.map { Double($0.cases) })
    #expect(agree(share.value, 29.0 / 64))
  }

  @Test func `an empty stratum is left out, borrowed, or refused`() throws {
    let gap = [strata[0], Share(0, of: 0), strata[2]]
    let left = try StandardisedShare(of: gap, weights: [30, 60, 10])
    #expect(agree(left.value, (30 * 0.8 + 10 * 0.25) / 40))
    #expect(agree(left.coverage, 0.4))
    let borrowed = try StandardisedShare(of: gap, weights: [30, 60, 10], emptyStrata: .borrowed(from: strata))
    #expect(agree(borrowed.value, 0.505))
    #expect(agree(borrowed.coverage, 0.4) && borrowed.cases == 14)
    #expect(throws: StatisticsRefusal.emptyStratum(index: 1)) {
      try StandardisedShare(of: gap, weights: [30, 60, 10], emptyStrata: .refused)
    }
    #expect(try StandardisedShare(of: gap, weights: [30, 0, 10], emptyStrata: .refused).coverage == 1)
  }

  @Test func `nothing is standardised to nothing`() {
    #expect(throws: StatisticsRefusal.self) { try StandardisedShare(of: [Share(0, of: 0)], weights: [1]) }
    #expect(throws: StatisticsRefusal.self) { try StandardisedShare(of: [Share(1, of: 2)], weights: [0]) }
  }

  @Test func `a share of all still has a variance that can be compared`() throws {
    let share = try StandardisedShare(of: [Share(9, of: 9)], weights: [1])
    #expect(share.value == 1 && share.variance > 0)
    #expect(share.logit == nil && share.interval().upper == 1)
  }
}

import Foundation
import RealData
import Testing

@testable import Statistics

@Suite struct BetaGeometricTests {
  /// The parameters that Fader, Hardie and Lee print for CDNOW.
  private static let published = BetaGeometric(r: 0.243, alpha: 4.414, a: 0.793, b: 2.426)
  private static let customer = RepeatHistory(repeats: 2, last: 30.43, age: 38.86)

  /// "Implementing the BG/NBD model in Excel": 1.226; the further digits from the paper's formula with SciPy's ₂F₁.
  @Test func `the published expectation and probability of a customer`() {
    let model = Self.published
    #expect(agree(model.expectedRepeats(within: 39, after: Self.customer), 1.226028174767135, within: 1e-11))
    #expect(agree(model.probabilityAlive(Self.customer), 0.726578570080673))
  }

  /// The closed form with SciPy's ₂F₁.
  @Test(arguments: [
    (0.5, 0.3, 0.7, 2, 0.19885186561726212), (12, 0.8, 2.5, 1.5, 1.9843044256466469),
    (40, 0.95, 0.3, 6, 242.5268602333284), (0.25, 0.99, 3, 0.5, 0.8244189810391295),
  ])
  func `the sum is the closed form`(_ row: (shape: Double, z: Double, a: Double, b: Double, expected: Double)) {
    let found = BetaGeometric.expectedWhileAlive(shape: row.shape, within: row.z, leaving: row.a, staying: row.b)
    #expect(agree(found, row.expected, within: 1e-11))
  }

  @Test func `the expectation has no hole where the closed form has one, and no limit of size`() {
    let values = [1 - 1e-9, 1, 1 + 1e-9].map {
      BetaGeometric.expectedWhileAlive(shape: 2, within: 0.6, leaving: $0, staying: 3)
    }
    #expect(agree(values[0], values[1], within: 1e-8) && agree(values[2], values[1], within: 1e-8))
    let large = BetaGeometric.expectedWhileAlive(shape: 3_000, within: 0.5, leaving: 0.8, staying: 2.4)
    #expect(large.isFinite && large > 1)
    #expect(BetaGeometric.expectedWhileAlive(shape: 2, within: 0, leaving: 1, staying: 3) == 0)
  }

  @Test func `nobody ever leaves where p is next to nothing, so all that is expected is the rate`() {
    let steady = BetaGeometric(r: 2, alpha: 5, a: 1e-9, b: 10)
    #expect(agree(steady.expectedRepeats(within: 30), 12, within: 1e-6))
    let history = RepeatHistory(repeats: 3, last: 4, age: 10)
    #expect(agree(steady.expectedRepeats(within: 30, after: history), 5.0 / 15 * 30, within: 1e-6))
  }

  @Test func `who never came back is alive for certain in one variant, and less so by the day in the other`() {
    let silent = [1.0, 10, 100].map { RepeatHistory(repeats: 0, last: 0, age: $0) }
    let modified = BetaGeometric(r: 0.525, alpha: 6.183, a: 0.891, b: 1.614, variant: .modified)
    #expect(silent.allSatisfy { Self.published.probabilityAlive($0) == 1 })
    let alive = silent.map { modified.probabilityAlive($0) }
    #expect(alive[0] < 1 && alive[1] < alive[0] && alive[2] < alive[1] && alive[2] > 0)
  }

  @Test func `expectations grow with the horizon, and silence lowers them`() {
    for model in [Self.published, BetaGeometric(r: 0.5, alpha: 6, a: 1, b: 1.6, variant: .modified)] {
      let horizons = stride(from: 0.0, through: 2_000, by: 100)
      let expected = horizons.map { model.expectedRepeats(within: $0, after: Self.customer) }
      #expect(expected[0] == 0)
      #expect(zip(expected, expected.dropFirst()).allSatisfy { $0 < $1 })
      let silent = (39...80).map { age in
        model.probabilityAlive(RepeatHistory(repeats: 2, last: 30.43, age: Double(age)))
      }
      #expect(zip(silent, silent.dropFirst()).allSatisfy { $0 > $1 })
    }
  }

  /// SciPy 1.17.
  @Test(arguments: [
    (0.01, -100.56088545786868), (0.5, -1.9635100260214235), (1, -0.5772156649015329), (3.7, 1.1671535393615113),
    (50, 3.9019896734278925),
  ])
  func `digamma agrees with tables`(_ row: (x: Double, expected: Double)) {
    #expect(agree(digamma(row.x), row.expected, within: 1e-13))
  }
}

@Suite struct BetaGeometricFitTests {
  private static func cdnow() throws -> [RepeatHistory] {
    try SharedData.unzippedTable("cdnow/cdnow_customers_summary.csv.gz").map { row in
      RepeatHistory(
        repeats: try #require(Int(row[1])), last: try #require(Double(row[2])), age: try #require(Double(row[3])))
    }
  }

  /// Fader, Hardie and Lee 2005, table 2: r, α, a, b and the log-likelihood. The standard errors, and the expectation
  /// at the maximum, from the same likelihood in SciPy 1.17 (Nelder and Mead, second differences).
  @Test(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
  func `CDNOW gives the published BG/NBD model`() throws {
    let fit = try BetaGeometricFit(try Self.cdnow())
    #expect(abs(fit.model.r - 0.243) < 0.001 && abs(fit.model.alpha - 4.414) < 0.001)
    #expect(abs(fit.model.a - 0.793) < 0.001 && abs(fit.model.b - 2.426) < 0.001)
    #expect(abs(fit.logLikelihood + 9582.4256) < 1e-3)
    #expect(agree(fit.standardErrors.r, 0.012557, within: 1e-3))
    #expect(agree(fit.standardErrors.alpha, 0.37822, within: 1e-3))
    #expect(agree(fit.standardErrors.a, 0.18572, within: 2e-3))
    #expect(agree(fit.standardErrors.b, 0.70535, within: 2e-3))
    #expect(fit.customers == 2_357 && fit.startsInAgreement == 3 && fit.stop != .evaluations)

    let history = RepeatHistory(repeats: 2, last: 30.43, age: 38.86)
    #expect(abs(fit.model.expectedRepeats(within: 39, after: history) - 1.2259) < 1e-3)
    #expect(abs(fit.model.expectedRepeats(within: 39) - 1.19502) < 1e-3)
    let interval = fit.aliveInterval(history)
    #expect(interval.contains(fit.model.probabilityAlive(history)) && interval.upper - interval.lower < 0.2)
  }

  /// As published with BTYDplus and lifetimes: 0.525, 6.183, 0.891, 1.614; the rest as above.
  @Test(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
  func `CDNOW gives the published MBG/NBD model`() throws {
    let fit = try BetaGeometricFit(try Self.cdnow(), variant: .modified)
    #expect(abs(fit.model.r - 0.525) < 0.001 && abs(fit.model.alpha - 6.183) < 0.001)
    #expect(abs(fit.model.a - 0.891) < 0.001 && abs(fit.model.b - 1.614) < 0.001)
    #expect(abs(fit.logLikelihood + 9582.1327) < 1e-3)
    #expect(agree(fit.standardErrors.b, 0.53747, within: 2e-3))
    #expect(
      abs(fit.model.expectedRepeats(within: 39, after: .init(repeats: 2, last: 30.43, age: 38.86)) - 1.26267) < 1e-3)
    #expect(abs(fit.model.probabilityAlive(.init(repeats: 0, last: 0, age: 38.86)) - 0.38972) < 1e-3)
    #expect(abs(fit.model.expectedRepeats(within: 500) - 4.34372) < 5e-3)
  }

  @Test(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
  func `another unit of time changes alpha and nothing else`() throws {
    let weeks = try Self.cdnow()
    let days = weeks.map { RepeatHistory(repeats: $0.repeats, last: $0.last * 7, age: $0.age * 7) }
    let (one, other) = (try BetaGeometricFit(weeks), try BetaGeometricFit(days.reversed()))
    #expect(agree(other.model.alpha, one.model.alpha * 7, within: 1e-4))
    #expect(agree(other.model.r, one.model.r, within: 1e-4) && agree(other.model.b, one.model.b, within: 1e-4))
  }

  /// Customers as the model has them, watched for a time of their own.
  private static func simulated(_ truth: BetaGeometric, customers: Int, seed: UInt64) -> [RepeatHistory] {
    var numbers = SeededNumbers(seed: seed)
    return (0..<customers).map { _ in
      let age = 30 + 50 * numbers.uniform()
      // A gamma variable of shape 2 is the sum of two exponential ones; a beta(1, b) one has a closed quantile.
      let rate = -log(numbers.uniform() * numbers.uniform()) / truth.alpha
      let leaves = 1 - pow(numbers.uniform(), 1 / truth.b)
      var (now, last, repeats) = (0.0, 0.0, 0)
      var alive = truth.variant == .original || numbers.uniform() >= leaves
      while alive {
        now += -log(numbers.uniform()) / rate
        guard now <= age else { break }
        (last, repeats) = (now, repeats + 1)
        alive = numbers.uniform() >= leaves
      }
      return RepeatHistory(repeats: repeats, last: last, age: age)
    }
  }

  @Test(arguments: [BetaGeometric.Variant.original, .modified])
  func `planted parameters are recovered within their errors`(_ variant: BetaGeometric.Variant) throws {
    let truth = BetaGeometric(r: 2, alpha: 15, a: 1, b: 3, variant: variant)
    let fit = try BetaGeometricFit(Self.simulated(truth, customers: 1_500, seed: 5), variant: variant)
    #expect(abs(fit.model.r - 2) < 3.5 * fit.standardErrors.r)
    #expect(abs(fit.model.alpha - 15) < 3.5 * fit.standardErrors.alpha)
    #expect(abs(fit.model.a - 1) < 3.5 * fit.standardErrors.a)
    #expect(abs(fit.model.b - 3) < 3.5 * fit.standardErrors.b)
    #expect(fit.standardErrors.r < 0.5 && fit.standardErrors.b < 1.5)
  }

  @Test(arguments: [BetaGeometric.Variant.original, .modified])
  func `the gradient is that of the likelihood`(_ variant: BetaGeometric.Variant) {
    let histories = [
      RepeatHistory(repeats: 0, last: 0, age: 9, customers: 3), RepeatHistory(repeats: 4, last: 8, age: 11),
      RepeatHistory(repeats: 1, last: 0.5, age: 30), RepeatHistory(repeats: 4, last: 2, age: 40),
    ]
    let likelihood = RepeatLikelihood(histories, variant)
    let point = [-0.4, 1.2, 0.3, 0.9]
    let gradient = likelihood.gradient(at: point)
    for index in 0..<4 {
      let ends = [1e-5, -1e-5].map { step in
        var moved = point
        moved[index] += step
        var none = MutableSpan<Double>()
        return likelihood.value(at: moved.span, gradient: &none) * likelihood.customers
      }
      #expect(abs((ends[0] - ends[1]) / 2e-5 - gradient[index]) < 1e-7, "parameter \(index)")
    }
  }

  @Test func `too little data is refused with what is needed`() {
    let few = Array(repeating: RepeatHistory(repeats: 0, last: 0, age: 10), count: 80)
    #expect(
      throws: RepeatRefusal.tooFew(customers: 80, returning: 0, neededCustomers: 50, neededReturning: 20)
    ) { try BetaGeometricFit(few) }
    #expect(throws: RepeatRefusal.self) { try BetaGeometricFit([]) }
  }

  @Test func `customers of whom none ever leaves hold no model`() {
    // All came back like clockwork to the last, and all alike: neither rates nor leaving differ.
    let steady = (0..<400).map { index in
      RepeatHistory(repeats: 10, last: 10 - Double(index % 4) * 1e-3, age: 10)
    }
    #expect(throws: RepeatRefusal.self) { try BetaGeometricFit(steady) }
  }

  @Test func `customers of whom everybody leaves at once hold no model`() {
    let once = (0..<400).map { RepeatHistory(repeats: 1, last: Double($0 % 20 + 1), age: 50) }
    #expect(throws: RepeatRefusal.self) { try BetaGeometricFit(once) }
    let never = (0..<400).map { _ in RepeatHistory(repeats: 1, last: 0, age: 0) }
    #expect(throws: RepeatRefusal.undetermined) { try BetaGeometricFit(never) }
  }

  @Test func `a search that is cut short is refused`() {
    let truth = BetaGeometric(r: 2, alpha: 15, a: 1, b: 3)
    #expect(throws: RepeatRefusal.self) {
      try BetaGeometricFit(
        Self.simulated(truth, customers: 300, seed: 8), requiring: .init(evaluations: 3))
    }
  }
}

import Foundation
import Testing

@testable import Simulation

@Suite struct RandomnessTests {
  @Test(arguments: [1e-300, 1e-9, 0.5, 0.7071, 1, 1.4142, 2, 3.7, 12_345.678, 1e300])
  func `the logarithm is the library's, to a few units in the last place`(x: Double) {
    #expect(abs(naturalLogarithm(x) - log(x)) <= 4e-16 * max(1, abs(log(x))))
  }

  @Test(arguments: [-690, -20.5, -1, -1e-9, 0, 0.3466, 1, 2.5, 88, 690])
  func `the exponential is the library's, to a few units in the last place`(x: Double) {
    #expect(abs(exponential(x) / exp(x) - 1) <= 1e-15 * max(1, abs(x)))
  }

  @Test(arguments: [-7.5, -3, -1.96, -0.5, 0, 0.5, 1.96, 3, 7.5])
  func `the normal distribution is the library's`(z: Double) {
    #expect(abs(normalDistribution(z) - 0.5 * erfc(-z / 2.0.squareRoot())) < 1e-14)
  }

  /// The published definitions, worked out by hand for a state of 1, 2, 3, 4, and SplitMix64's first number of seed 0.
  @Test func `the generators give their published numbers`() {
    var random = Randomness(state: (1, 2, 3, 4))
    #expect((0..<3).map { _ in random.next() } == [11_520, 0, 1_509_978_240])
    var counter: UInt64 = 0
    #expect(Randomness.splitMix64(&counter) == 0xE220_A839_7B1D_CDAF)
  }

  @Test func `two generators of one seed agree, of two seeds they do not`() {
    var a = Randomness(seed: 1)
    var b = Randomness(seed: 1)
    var c = Randomness(seed: 2)
    let first = (0..<100).map { _ in a.next() }
    #expect(first == (0..<100).map { _ in b.next() })
    #expect(first != (0..<100).map { _ in c.next() })
  }

  @Test func `the distributions have their means and spreads`() {
    var random = Randomness(seed: 5)
    let count = 40_000
    func moments(_ draw: () -> Double) -> (mean: Double, variance: Double) {
      let values = (0..<count).map { _ in draw() }
      let mean = values.reduce(0, +) / Double(count)
      return (mean, values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(count))
    }
    let normal = moments { random.normal() }
    #expect(abs(normal.mean) < 0.02 && abs(normal.variance - 1) < 0.03)
    for shape in [0.5, 1.1, 4] {
      let gamma = moments { random.gamma(shape: shape) }
      #expect(abs(gamma.mean - shape) < 0.04 && abs(gamma.variance / shape - 1) < 0.08)
    }
    let beta = moments { random.beta(0.8, 6) }
    #expect(abs(beta.mean - 0.8 / 6.8) < 0.004)
    for mean in [0.3, 7, 80] {
      let poisson = moments { Double(random.poisson(mean: mean)) }
      #expect(abs(poisson.mean / mean - 1) < 0.03 && abs(poisson.variance / mean - 1) < 0.06)
    }
    let wait = moments { random.exponentialWait(rate: 0.25) }
    #expect(abs(wait.mean - 4) < 0.1)
    let below = moments { Double(random.below(10)) }
    #expect(abs(below.mean - 4.5) < 0.06)
  }
}

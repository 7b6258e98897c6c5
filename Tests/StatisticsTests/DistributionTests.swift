import Testing

@testable import Statistics

/// Expected figures without another origin are from SciPy 1.17.
@Suite struct DistributionTests {
  @Test(arguments: [(0.975, 1.959963984540054), (0.5, 0), (0.01, -2.3263478740408408), (1e-20, -9.262340089798408)])
  func `normal quantiles agree with tables`(_ row: (probability: Double, expected: Double)) {
    #expect(agree(NormalDistribution.quantile(row.probability), row.expected))
  }

  @Test(arguments: [0.001, 0.2, 0.5, 0.87, 0.999])
  func `normal quantiles and probabilities undo each other`(_ probability: Double) {
    #expect(agree(NormalDistribution.cumulative(NormalDistribution.quantile(probability)), probability))
    #expect(agree(NormalDistribution.upperTail(-NormalDistribution.quantile(probability)), probability))
  }

  @Test(arguments: [
    (0.975, 1, 12.706204736174694), (0.975, 4, 2.7764451051977934), (0.995, 30, 2.7499956535672254),
    (0.9, 2.5, 1.7302509288071766), (0.975, 1e6, 1.959966356814107),
  ])
  func `t quantiles agree with tables`(_ row: (probability: Double, degrees: Double, expected: Double)) {
    let t = StudentT(degreesOfFreedom: row.degrees)
    #expect(agree(t.quantile(row.probability), row.expected, within: 1e-9))
    #expect(agree(t.quantile(1 - row.probability), -row.expected, within: 1e-9))
    #expect(agree(t.cumulative(row.expected), row.probability, within: 1e-10))
  }

  @Test func `t probabilities agree with tables`() {
    #expect(agree(StudentT(degreesOfFreedom: 7).cumulative(2.1), 0.9630644018935387))
    #expect(agree(StudentT(degreesOfFreedom: 2).cumulative(-0.3), 0.3962428304200888))
  }

  @Test(arguments: [
    (0.975, 5.0, 18.0, 3.381967805875243), (0.025, 5, 18, 0.15718616136624453), (0.95, 3, 20, 3.098391212140781),
    (0.99, 1, 1, 4052.1806954768217),
  ])
  func `F quantiles agree with tables`(_ row: (probability: Double, above: Double, below: Double, expected: Double)) {
    let f = FDistribution(numerator: row.above, denominator: row.below)
    #expect(agree(f.quantile(row.probability), row.expected, within: 1e-9))
    #expect(agree(f.upperTail(row.expected), 1 - row.probability, within: 1e-10))
  }

  @Test(arguments: [
    (0.95, 1.0, 3.841458820694124), (0.975, 12, 23.33666415864534), (0.01, 3, 0.11483180189911707),
    (0.5, 200, 199.33372983863097),
  ])
  func `chi-square quantiles agree with tables`(_ row: (probability: Double, degrees: Double, expected: Double)) {
    let chiSquare = ChiSquare(degreesOfFreedom: row.degrees)
    #expect(agree(chiSquare.quantile(row.probability), row.expected, within: 1e-10))
    #expect(agree(chiSquare.cumulative(row.expected), row.probability, within: 1e-10))
  }

  @Test func `tails far out are exact`() {
    #expect(agree(ChiSquare(degreesOfFreedom: 12).upperTail(152.233), 1.9967721373353058e-26, within: 1e-10))
    #expect(agree(ChiSquare(degreesOfFreedom: 4).upperTail(0.5), 0.9735009788392561))
    #expect(agree(BetaDistribution(a: 0.3, b: 4).upperTail(0.9), 1.3077471385078676e-05))
    #expect(agree(FDistribution(numerator: 5, denominator: 15).upperTail(11.03), 0.00013437785204911817, within: 1e-10))
  }

  @Test(arguments: [
    (0.3, 0.5, 0.5, 0.2061073738537634), (0.975, 9, 3, 0.9397822658270933), (0.01, 200, 1000, 0.14248154665371066),
  ])
  func `beta quantiles agree with tables`(_ row: (probability: Double, a: Double, b: Double, expected: Double)) {
    #expect(agree(BetaDistribution(a: row.a, b: row.b).quantile(row.probability), row.expected, within: 1e-10))
  }

  @Test func `every quantile of a grid is undone by its probability`() {
    for a in [0.2, 1, 3.7, 60] {
      for b in [0.4, 1, 12, 500] {
        let beta = BetaDistribution(a: a, b: b)
        for probability in [0.001, 0.1, 0.5, 0.9, 0.999] {
          let x = beta.quantile(probability)
          #expect(agree(beta.cumulative(x), probability, within: 1e-9), "a \(a), b \(b), p \(probability)")
        }
      }
    }
  }
}

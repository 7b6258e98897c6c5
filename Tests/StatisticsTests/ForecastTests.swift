import Statistics
import Testing

@Suite struct ForecastTests {
  private static let probabilities = [0.1, 0.4, 0.4, 0.35, 0.8, 0.4, 0.8, 0.9, 0.05, 0.6]
  private static let outcomes = [false, false, true, false, true, true, false, true, false, true]

  /// scikit-learn's documentation of `brier_score_loss`.
  @Test func `the published Brier score`() throws {
    let forecast = Forecast(probabilities: [0.1, 0.9, 0.8, 0.3], outcomes: [false, true, true, false])
    #expect(agree(try #require(forecast.brierScore), 0.0375))
  }

  /// scikit-learn's documentation of `roc_auc_score`: 0.75. The other by counting all pairs of the sample by hand.
  @Test func `the area under the curve, ties counting half`() throws {
    let documented = Forecast(probabilities: [0.1, 0.4, 0.35, 0.8], outcomes: [false, false, true, true])
    #expect(try documented.areaUnderCurve() == 0.75)

    var wins = 0.0
    for (p, came) in zip(Self.probabilities, Self.outcomes) where came {
      for (q, other) in zip(Self.probabilities, Self.outcomes) where !other { wins += p > q ? 1 : p == q ? 0.5 : 0 }
    }
    let forecast = Forecast(probabilities: Self.probabilities, outcomes: Self.outcomes)
    #expect(try forecast.areaUnderCurve() == wins / 25)
  }

  @Test func `no figure depends on the order of the cases`() throws {
    var numbers = SeededNumbers(seed: 3)
    let forecast = Forecast(probabilities: Self.probabilities, outcomes: Self.outcomes)
    for _ in 0..<20 {
      let order = Self.probabilities.indices.shuffled(using: &numbers)
      let other = Forecast(
        probabilities: order.map { Self.probabilities[$0] }, outcomes: order.map { Self.outcomes[$0] })
      #expect(try other.areaUnderCurve() == forecast.areaUnderCurve())
      #expect(other.brierScore == forecast.brierScore)
      #expect(other.calibration(groups: 3) == forecast.calibration(groups: 3))
      #expect(other.lift(top: 0.25) == forecast.lift(top: 0.25))
    }
  }

  @Test func `the reverse forecast has the rest of the area`() throws {
    let reversed = Forecast(probabilities: Self.probabilities.map { 1 - $0 }, outcomes: Self.outcomes)
    let area = try Forecast(probabilities: Self.probabilities, outcomes: Self.outcomes).areaUnderCurve()
    #expect(agree(try reversed.areaUnderCurve(), 1 - area))
  }

  @Test func `one and the same probability ranks by chance and lifts nothing`() throws {
    let forecast = Forecast(probabilities: Array(repeating: 0.3, count: 10), outcomes: Self.outcomes)
    #expect(try forecast.areaUnderCurve() == 0.5)
    #expect(agree(try #require(forecast.lift()), 1))
    let groups = forecast.calibration().groups
    #expect(groups.count == 1 && groups[0].observed == Share(5, of: 10))
    #expect(agree(forecast.calibration().expectedError, 0.2))
  }

  @Test func `the lift of the top tenth`() throws {
    // Of 20 cases the two highest hold two of the four that came: 1 of 1 instead of 1 of 5.
    let probabilities = (0..<20).map { Double($0) / 20 }
    let outcomes = (0..<20).map { [3, 9, 18, 19].contains($0) }
    let forecast = Forecast(probabilities: probabilities, outcomes: outcomes)
    #expect(agree(try #require(forecast.lift(top: 0.1)), 5))
    #expect(agree(try #require(forecast.lift(top: 1)), 1))
    #expect(Forecast(probabilities: [0.5], outcomes: [false]).lift() == nil)
  }

  @Test func `a calibration table holds each case once, ties together`() throws {
    let forecast = Forecast(probabilities: Self.probabilities, outcomes: Self.outcomes)
    let groups = forecast.calibration(groups: 5).groups
    // Ascending: 0.05 0.1 | 0.35 0.4 0.4 0.4 | 0.6 0.8 0.8 | 0.9
    #expect(groups.map(\.observed) == [Share(0, of: 2), Share(2, of: 4), Share(2, of: 3), Share(1, of: 1)])
    #expect(groups.map(\.probabilities) == [0.05...0.1, 0.35...0.4, 0.6...0.8, 0.9...0.9])
    #expect(agree(groups[1].meanForecast, 0.3875))
    // (|0.15 − 0| + |1.55 − 2| + |2.2 − 2| + |0.9 − 1|) / 10
    #expect(agree(forecast.calibration(groups: 5).expectedError, 0.09))
  }

  @Test func `a forecast that is right in each group is calibrated`() {
    var numbers = SeededNumbers(seed: 9)
    let probabilities = (0..<20_000).map { _ in numbers.uniform() }
    let forecast = Forecast(
      probabilities: probabilities, outcomes: probabilities.map { numbers.uniform() < $0 })
    let table = forecast.calibration()
    #expect(table.groups.count == 10 && table.groups.allSatisfy { $0.observed.cases == 2_000 })
    #expect(table.groups.count(where: \.isCalibrated) >= 9)
    #expect(table.expectedError < 0.01)
  }

  @Test func `what only came, or never, cannot be ranked`() {
    #expect(throws: StatisticsRefusal.self) {
      try Forecast(probabilities: [0.2, 0.3], outcomes: [true, true]).areaUnderCurve()
    }
    #expect(throws: StatisticsRefusal.self) {
      try Forecast(probabilities: [0.2, 0.3], outcomes: [false, false]).areaUnderCurve()
    }
    #expect(Forecast(probabilities: [], outcomes: []).brierScore == nil)
  }
}

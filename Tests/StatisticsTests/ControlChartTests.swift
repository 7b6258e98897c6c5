import RealData
import Testing

@testable import Statistics

@Suite struct ControlChartTests {
  /// Montgomery's orange juice cans, as in the R package qcc: p̄, limits and the two points beyond them.
  @Test(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
  func `orange juice gives the published p-chart`() throws {
    let rows = try SharedData.table("control-charts/orangejuice.txt")
    let samples = try rows.map { Share(try #require(Int($0[1])), of: try #require(Int($0[2]))) }
    let trial = zip(rows, samples).filter { $0.0[3] == "TRUE" }.map(\.1)
    try #require(trial.count == 30)

    let chart = try PChart(trial: trial)
    #expect(abs(chart.centre - 0.23133) < 5e-6)
    let limits = chart.limits(cases: 50)
    #expect(abs(limits.lower - 0.05243) < 5e-6 && abs(limits.upper - 0.41024) < 5e-6)
    let points = chart.points(samples)
    #expect(points.prefix(30).enumerated().filter { $0.element?.isOut == true }.map { $0.offset + 1 } == [15, 23])
    #expect(
      NelsonRule.signals(in: Array(points.prefix(30)), rules: [.beyondLimits]).map { $0.point + 1 } == [15, 23])
  }

  /// Montgomery's batches of paint primer, as in qcc.
  @Test(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
  func `viscosity gives the published XmR chart`() throws {
    let rows = try SharedData.table("control-charts/viscosity.txt")
    let values = try rows.map { try #require(Double($0[1])) }
    let trial = Array(values.prefix(20))
    try #require(rows.count { $0[2] == "TRUE" } == 20)

    let chart = try XmRChart(trial: trial)
    #expect(abs(chart.centre - 34.088) < 5e-4)
    #expect(abs(chart.meanRange - 0.57263) < 5e-6)
    #expect(abs(chart.limits.lower - 32.565) < 5e-4 && abs(chart.limits.upper - 35.611) < 5e-4)
    #expect(chart.points(trial).enumerated().filter(\.element.isOut).map { $0.offset + 1 } == [4])
    #expect(agree(chart.rangeLimits.upper, 3.268 * chart.meanRange) && chart.rangeLimits.lower == 0)
    // Batches 3, 4 and 5 are far from each other: 33.59, 35.96.
    #expect(chart.rangePoints(trial).enumerated().filter(\.element.isOut).map { $0.offset + 2 } == [4])
    #expect(chart.points(values).count == 35 && chart.rangePoints(values).count == 34)
  }

  @Test func `a sample without cases has no point, and limits follow a sample's size`() throws {
    let chart = PChart(centre: 0.2)
    let points = chart.points([Share(0, of: 0), Share(5, of: 10), Share(500, of: 1_000)])
    #expect(points[0] == nil)
    #expect(points[1]?.isOut == false && points[2]?.isOut == true)
    #expect(points[1]?.limits.lower == 0)
    let signals = NelsonRule.signals(in: points, rules: [.beyondLimits])
    #expect(signals == [NelsonRule.Signal(rule: .beyondLimits, point: 2, first: 2)])
  }

  @Test func `too short a trial is refused`() {
    #expect(throws: StatisticsRefusal.self) { try PChart(trial: [Share(1, of: 2), Share(0, of: 0)]) }
    #expect(throws: StatisticsRefusal.self) { try XmRChart(trial: [1.0]) }
  }
}

@Suite struct NelsonRuleTests {
  private static func points(_ distances: [Double]) -> [ControlPoint] {
    let limits = ControlLimits(centre: 10, sigma: 2)
    return distances.map { ControlPoint(value: 10 + 2 * $0, limits: limits) }
  }

  /// For each rule the shortest pattern that it speaks of, and the same with one point changed.
  private static let patterns: [(rule: NelsonRule, found: [Double], spared: [Double])] = [
    (.beyondLimits, [3.1], [2.9]),
    (.oneSide, [0.1, 0.2, 0.1, 0.3, 0.1, 0.2, 0.5, 0.1, 0.2], [0.1, 0.2, 0.1, 0.3, 0, 0.2, 0.5, 0.1, 0.2]),
    (.trend, [-1.1, -0.5, 0, 0.2, 0.3, 1.2], [-1.1, -0.5, 0, 0, 0.3, 1.2]),
    (
      .alternating, [0.1, -0.1, 0.2, 0, 0.3, 0.1, 0.4, -1, 1, 0, 0.5, 0.2, 0.9, -0.4],
      [0.1, -0.1, 0.2, 0, 0.3, 0.1, 0.4, -1, 1, 0, 0.5, 0.7, 0.9, -0.4]
    ),
    (.twoOfThreeFarOut, [-2.1, 1, -2.5], [-2.1, 1, 2.5]),
    (.fourOfFiveOut, [1.1, 1.2, -0.3, 1.5, 1.6], [1.1, 1.2, -0.3, -1.5, 1.6]),
    (.tooQuiet, Array(repeating: -0.9, count: 14) + [0.9], Array(repeating: -0.9, count: 14) + [1.1]),
    (.avoidsCentre, [1.1, -1.2, 1.3, -1.4, 1.5, 1.6, -1.7, 1.8], [1.1, -1.2, 1.3, -0.4, 1.5, 1.6, -1.7, 1.8]),
  ]

  @Test(arguments: patterns)
  func `each rule finds its pattern and spares the one beside it`(
    _ pattern: (rule: NelsonRule, found: [Double], spared: [Double])
  ) {
    let last = pattern.rule.span - 1
    #expect(pattern.found.count == pattern.rule.span)
    for sign in [1.0, -1] {
      let found = NelsonRule.signals(in: Self.points(pattern.found.map { $0 * sign }), rules: [pattern.rule])
      #expect(found == [NelsonRule.Signal(rule: pattern.rule, point: last, first: 0)])
      #expect(NelsonRule.signals(in: Self.points(pattern.spared.map { $0 * sign }), rules: [pattern.rule]).isEmpty)
    }
    #expect(NelsonRule.signals(in: Self.points(Array(pattern.found.dropFirst())), rules: [pattern.rule]).isEmpty)
  }

  @Test func `zones are those of each point`() {
    // The same distance from the centre is one standard deviation in a small sample, and more than three in a large one.
    let wide = ControlPoint(value: 12, limits: ControlLimits(centre: 10, sigma: 2))
    let narrow = ControlPoint(value: 12, limits: ControlLimits(centre: 10, sigma: 0.5))
    #expect(NelsonRule.signals(in: [wide, narrow, wide], rules: [.beyondLimits]).map(\.point) == [1])
    #expect(NelsonRule.signals(in: [wide, narrow, narrow], rules: [.twoOfThreeFarOut]).map(\.point) == [2])
  }

  @Test func `a shift is found, with where it began`() throws {
    let before = [0.3, -0.4, 0.1, -0.2, 0.5, -0.1]
    let signals = NelsonRule.signals(in: Self.points(before + Array(repeating: 0.8, count: 12)), rules: [.oneSide])
    #expect(try #require(signals.first).first == 6)
    #expect(signals.map(\.point) == [14, 15, 16, 17])
  }

  @Test func `chance alone rarely makes a pattern`() {
    var numbers = SeededNumbers(seed: 11)
    let count = 20_000
    let points = Self.points((0..<count).map { _ in NormalDistribution.quantile(numbers.uniform()) })
    let signals = NelsonRule.signals(in: points)
    for rule in NelsonRule.allCases {
      #expect(Double(signals.count { $0.rule == rule }) < 0.006 * Double(count), "\(rule)")
    }
    let all = Double(Set(signals.map(\.point)).count) / Double(count)
    #expect(all > 0.01 && all < 0.025)
  }
}

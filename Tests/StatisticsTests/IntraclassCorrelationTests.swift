import Statistics
import Testing

@Suite struct IntraclassCorrelationTests {
  /// Table 2 of Shrout and Fleiss 1979: six targets, four judges.
  private static let ratings: [[Double]] = [
    [9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7],
  ]

  /// The values from the paper (with a third digit from the R package psych), the intervals as psych's `ICC` documents.
  @Test func `all six agree with Shrout and Fleiss`() throws {
    let icc = try IntraclassCorrelation(rows: Self.ratings)
    let rows: [(found: IntraclassCorrelation.Coefficient, value: Double, lower: Double, upper: Double)] = [
      (icc.oneWay.single, 0.166, -0.133, 0.72), (icc.twoWayRandom.single, 0.290, 0.019, 0.76),
      (icc.twoWayMixed.single, 0.715, 0.342, 0.95), (icc.oneWay.average, 0.443, -0.884, 0.91),
      (icc.twoWayRandom.average, 0.620, 0.071, 0.93), (icc.twoWayMixed.average, 0.909, 0.676, 0.99),
    ]
    for row in rows {
      #expect(abs(row.found.value - row.value) <= 0.0005)
      #expect(abs(row.found.interval.lower - row.lower) <= 0.0005)
      #expect(abs(row.found.interval.upper - row.upper) <= 0.006)
    }
  }

  @Test func `judges who agree but for a constant are consistent, not in agreement`() throws {
    let icc = try IntraclassCorrelation(rows: [[1, 3], [2, 4], [5, 7], [6, 8]])
    #expect(icc.twoWayMixed.single.value == 1 && icc.twoWayMixed.average.value == 1)
    #expect(icc.twoWayRandom.single.value < 1 && icc.oneWay.single.value < 1)
  }

  @Test func `judges who agree in everything have coefficients of 1`() throws {
    let icc = try IntraclassCorrelation(rows: [[1, 1, 1], [2, 2, 2], [4, 4, 4]])
    for pair in [icc.oneWay, icc.twoWayRandom, icc.twoWayMixed] {
      #expect(pair.single.value == 1 && pair.average.value == 1)
      #expect(pair.single.interval.lower == 1 && pair.single.interval.upper == 1)
    }
  }

  @Test func `targets that differ less than chance have coefficients below 0`() throws {
    let icc = try IntraclassCorrelation(rows: [[1, 9, 5], [9, 2, 5], [4, 5, 8]])
    for coefficient in [icc.oneWay.single, icc.twoWayRandom.single, icc.twoWayMixed.single] {
      #expect(coefficient.value < 0 && coefficient.interval.lower < coefficient.value)
    }
    #expect(throws: StatisticsRefusal.self) { try IntraclassCorrelation(rows: [[1, 3], [1, 3]]) }
  }

  @Test func `of equal groups, one way by moments is one way by table`() throws {
    let table = try IntraclassCorrelation(rows: Self.ratings).oneWay.single
    let groups = try OneWayIntraclassCorrelation(groups: Self.ratings.map { Moments($0) })
    #expect(groups.typicalSize == 4)
    #expect(agree(groups.value, table.value, within: 1e-10))
    #expect(agree(groups.interval.lower, table.interval.lower, within: 1e-8))
    #expect(agree(groups.interval.upper, table.interval.upper, within: 1e-8))
  }

  /// F and its probability from SciPy 1.17, `f_oneway`; the rest by the formulas with SciPy's quantiles.
  @Test func `groups of any size agree with their formula`() throws {
    let groups = [[3.1, 2.9, 3.6], [4.4, 4.9], [], [2.2, 2.8, 2.1, 2.5], [5.0], [3.9, 3.3, 3.0]].map { Moments($0) }
    let icc = try OneWayIntraclassCorrelation(groups: groups)
    #expect(agree(icc.ratio, 17.711799512704516, within: 1e-10))
    #expect(agree(icc.probability, 0.00048687808012295265, within: 1e-8))
    #expect(icc.typicalSize == 2.5 && icc.groups == 5 && icc.measurements == 13)
    #expect(agree(icc.value, 0.8698716380864384, within: 1e-10))
    #expect(agree(icc.interval.lower, 0.5005453921748007, within: 1e-8))
    #expect(agree(icc.interval.upper, 0.9844279962023623, within: 1e-8))
  }

  @Test func `a planted correlation is found`() throws {
    var numbers = SeededNumbers(seed: 7)
    // Uniform parts with variances 1 and 3: a quarter lies between groups.
    let groups = (0..<2_000).map { index in
      let own = numbers.uniform() * 12.0.squareRoot()
      return Moments((0...(index % 5)).map { _ in own + numbers.uniform() * 6 })
    }
    let icc = try OneWayIntraclassCorrelation(groups: groups)
    #expect(icc.interval.contains(0.25))
    #expect(abs(icc.value - 0.25) < 0.03)
  }

  @Test func `what has no groups to compare is refused`() {
    #expect(throws: StatisticsRefusal.self) { try OneWayIntraclassCorrelation(groups: [Moments([1, 2])]) }
    #expect(throws: StatisticsRefusal.self) { try OneWayIntraclassCorrelation(groups: [Moments([1]), Moments([2])]) }
    #expect(throws: StatisticsRefusal.self) {
      try OneWayIntraclassCorrelation(groups: [Moments([2, 2]), Moments([2])])
    }
    #expect(throws: StatisticsRefusal.self) { try IntraclassCorrelation(rows: [[1, 2]]) }
    #expect(throws: StatisticsRefusal.self) { try IntraclassCorrelation(rows: [[1], [2]]) }
    #expect(throws: StatisticsRefusal.self) { try IntraclassCorrelation(rows: [[1, 1], [1, 1]]) }
  }
}

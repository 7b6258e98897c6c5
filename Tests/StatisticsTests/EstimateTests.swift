import Statistics
import Testing

@Suite struct EstimateTests {
  /// Wilson's interval for 8 of 10 is printed in many places as 0.490–0.943; the further digits, and the other rows, are
  /// from statsmodels 0.15, `proportion_confint(method="wilson")`.
  @Test(arguments: [
    (8, 10, 0.95, 0.49016247153664183, 0.9433178485456247), (0, 20, 0.95, 0, 0.1611251580528194),
    (5_904, 33_066, 0.99, 0.17319164924774363, 0.18404129979119885),
  ])
  func `Wilson's interval agrees with published values`(
    _ row: (successes: Int, cases: Int, level: Double, lower: Double, upper: Double)
  ) throws {
    let interval = try #require(Share(row.successes, of: row.cases).wilson(level: row.level))
    #expect(agree(interval.lower, row.lower))
    #expect(agree(interval.upper, row.upper))
    #expect(interval.level == row.level)
  }

  @Test func `Wilson's interval stays within 0 and 1, holds the share, and mirrors`() throws {
    for cases in 1...40 {
      for successes in 0...cases {
        let share = Share(successes, of: cases)
        let interval = try #require(share.wilson(level: 0.999))
        #expect(interval.lower >= 0 && interval.upper <= 1)
        #expect(interval.contains(try #require(share.value)))
        let mirrored = try #require(Share(cases - successes, of: cases).wilson(level: 0.999))
        #expect(abs(mirrored.lower - (1 - interval.upper)) < 1e-12)
      }
    }
  }

  @Test func `a share of nothing has no value`() {
    #expect(Share(0, of: 0).value == nil)
    #expect(Share(0, of: 0).wilson() == nil)
  }

  /// SciPy 1.17: `t.interval(0.95, 4, mean, sem)`.
  @Test func `the mean has Student's interval`() throws {
    let moments = Moments([5.1, 4.9, 6.2, 5.6, 5.8])
    let interval = try #require(moments.interval())
    #expect(agree(moments.mean, 5.52))
    #expect(agree(interval.lower, 4.866502435208368, within: 1e-10))
    #expect(agree(interval.upper, 6.1734975647916315, within: 1e-10))
  }

  @Test func `one value has a mean and no spread`() {
    #expect(Moments([3]).mean == 3)
    #expect(Moments([3]).variance == nil)
    #expect(Moments([3]).interval() == nil)
    #expect(Moments().standardError == nil)
  }

  @Test func `moments of the parts are those of the whole`() throws {
    var numbers = SeededNumbers(seed: 1)
    let values = (0..<500).map { _ in 1e6 + numbers.uniform() }
    let whole = Moments(values)
    for cut in [0, 1, 250, 499, 500] {
      var parts = Moments(values[..<cut])
      parts.merge(Moments(values[cut...]))
      #expect(parts.count == whole.count)
      #expect(agree(parts.mean, whole.mean, within: 1e-14))
      #expect(agree(parts.squaredDeviations, whole.squaredDeviations, within: 1e-8))
    }
  }
}

import Testing

@testable import Statistics

@Suite struct PercentileTests {
  private static let sample: [Double] = [1, 1, 2, 3, 3, 4, 5, 5, 6, 9]
  private static let shares = [0, 0.1, 0.25, 0.5, 0.9, 0.95, 1]

  /// NumPy 2: `quantile(…, method=)` with `inverted_cdf`, `weibull` and `linear`.
  @Test(arguments: [
    (PercentileType.inverse, [1.0, 1, 2, 3, 6, 9, 9]), (.exclusive, [1, 1, 1.75, 3.5, 8.7, 9, 9]),
    (.inclusive, [1, 1, 2.25, 3.5, 6.3, 7.65, 9]),
  ])
  func `the three types agree with NumPy`(_ row: (type: PercentileType, expected: [Double])) throws {
    var sketch = DurationSketch()
    for value in Self.sample.reversed() { sketch.add(Int64(value)) }
    for (share, expected) in zip(Self.shares, row.expected) {
      #expect(abs(try #require(percentile(share, of: Self.sample, type: row.type)) - expected) < 1e-12)
      let found = try #require(sketch.percentile(share, type: row.type))
      #expect(abs(found.value - expected) < 1e-12)
      #expect(found.isExact)
    }
  }

  @Test func `a share that is not quite a number in binary does not slip to the next value`() {
    #expect(percentile(0.1, of: (1...30).map(Double.init), type: .inverse) == 3)
    #expect(percentile(0.7, of: (1...10).map(Double.init), type: .inverse) == 7)
  }

  @Test func `nothing has no percentile`() {
    #expect(percentile(0.5, of: []) == nil)
    #expect(DurationSketch().percentile(0.5) == nil)
    #expect(DurationSketch().percentiles([0.5, 0.9]).isEmpty)
  }

  @Test func `buckets follow one another without a gap, and their middles are within 1 percent`() {
    var last = -1
    for value in Int64(0)...20_000 {
      let bucket = LogarithmicBuckets.bucket(of: value)
      #expect(bucket == last || bucket == last + 1)
      last = bucket
      #expect(abs(LogarithmicBuckets.middle(of: bucket) - Double(value)) <= Double(value) / 128)
    }
    for exponent in 7..<63 {
      let power = Int64(1) << Int64(exponent)
      for value in [power - 1, power, power + power / 2] {
        let middle = LogarithmicBuckets.middle(of: LogarithmicBuckets.bucket(of: value))
        #expect(abs(middle - Double(value)) <= Double(value) / 128)
      }
    }
    #expect(LogarithmicBuckets.bucket(of: .max) == LogarithmicBuckets.count - 1)
  }

  /// Durations over nine powers of ten, as waits are: skewed, with some that are 0.
  private static func durations(_ count: Int, seed: UInt64) -> [Int64] {
    var numbers = SeededNumbers(seed: seed)
    return (0..<count).map { _ in
      numbers.uniform() < 0.05 ? 0 : Int64(1 / (numbers.uniform() * numbers.uniform() * numbers.uniform()))
    }
  }

  @Test(arguments: PercentileType.allCases)
  func `a percentile from buckets is within 1 percent of the exact one`(_ type: PercentileType) throws {
    for (count, seed) in [(1_001, 1), (4_000, 2), (9_999, 3)] {
      let durations = Self.durations(count, seed: UInt64(seed))
      var sketch = DurationSketch()
      for duration in durations { sketch.add(duration) }
      let sorted = durations.sorted().map(Double.init)
      #expect(!sketch.isExact && sketch.count == count)
      for step in 0...200 {
        let share = Double(step) / 200
        let exact = try #require(percentile(share, of: sorted, type: type))
        let found = try #require(sketch.percentile(share, type: type))
        #expect(abs(found.value - exact) <= DurationSketch.relativeErrorMax * exact, "share \(share) of \(count)")
        #expect(!found.isExact)
      }
    }
  }

  @Test func `up to a thousand values are exact, and one more is not`() throws {
    let durations = Self.durations(1_001, seed: 4)
    var sketch = DurationSketch()
    for duration in durations.dropLast() { sketch.add(duration) }
    #expect(sketch.isExact)
    let exact = percentile(0.9, of: durations.dropLast().sorted().map(Double.init))
    #expect(try #require(sketch.percentile(0.9)).value == exact)
    sketch.add(durations[1_000])
    #expect(!sketch.isExact)
  }

  @Test(arguments: [300, 1_000, 1_001, 5_000])
  func `any parts merged in any order are the same sketch`(_ count: Int) {
    let durations = Self.durations(count, seed: 5)
    var whole = DurationSketch()
    for duration in durations { whole.add(duration) }
    var numbers = SeededNumbers(seed: UInt64(count))
    for parts in [2, 3, 17] {
      var sketches = Array(repeating: DurationSketch(), count: parts)
      for duration in durations { sketches[Int.random(in: 0..<parts, using: &numbers)].add(duration) }
      sketches.shuffle(using: &numbers)
      let merged = sketches.reduce(into: DurationSketch()) { $0.merge($1) }
      #expect(merged == whole)
      #expect(merged.isExact == (count <= 1_000))
      #expect(merged.percentiles([0, 0.5, 0.9, 1]) == whole.percentiles([0, 0.5, 0.9, 1]))
    }
  }

  @Test(arguments: [0, 10, 1_000, 3_000])
  func `a sketch is made again of what was kept of it`(_ count: Int) throws {
    var sketch = DurationSketch()
    for duration in Self.durations(count, seed: 6) { sketch.add(duration) }
    var again = try #require(DurationSketch(sketch.contents))
    #expect(again == sketch)
    again.add(12)
    sketch.add(12)
    #expect(again == sketch)
  }

  @Test func `what no sketch holds makes none`() {
    #expect(DurationSketch(.durations([-1])) == nil)
    #expect(DurationSketch(.durations(Array(repeating: 1, count: 1_001))) == nil)
    #expect(DurationSketch(.buckets(first: 0, counts: [5])) == nil)
    #expect(DurationSketch(.buckets(first: 4_000, counts: [5_000])) == nil)
    #expect(DurationSketch(.buckets(first: -1, counts: [5_000])) == nil)
    #expect(DurationSketch(.buckets(first: 3, counts: [.max, .max])) == nil)
  }
}

/// Percentiles of durations, within 1 % of the exact value: exact up to 1,000 values, and from then on counts in buckets
/// (see `LogarithmicBuckets`; the error is at most 1/128 of a value).
///
///     var waits = DurationSketch()
///     waits.add(wait_µs)
///     waits.merge(other)
///     waits.percentile(0.9)   // (value: 41_000_000, isExact: true)
///
/// Parts may be merged in any order and any grouping, and the result is the same to the last bit. A sketch takes 8 bytes
/// a value while it is exact, and then 512 bytes for each doubling from the smallest duration to the largest.
public struct DurationSketch: Sendable, Equatable {
  /// The relative error of a percentile that is not exact is at most this.
  public static let relativeErrorMax = 0.01

  /// Up to this many values every percentile is exact.
  public static let exactCountMax = 1_000

  /// A percentile, in the unit of the durations, and whether it is exact or within 1 %.
  public struct Percentile: Sendable, Equatable {
    public let value: Double
    public let isExact: Bool
  }

  /// The durations themselves while they are few, in no order.
  private var values: [Int64] = []

  /// How many values each bucket holds, from `firstBucket` on; empty while the sketch is exact.
  private var counts: [Int] = []
  private var firstBucket = 0
  private var countInBuckets = 0

  public init() {}

  /// How many durations there are.
  public var count: Int { values.count + countInBuckets }

  /// Whether every percentile is exact.
  public var isExact: Bool { counts.isEmpty }

  /// - Parameter duration: 0 or more. One that is negative is no duration: clocks that contradict each other are sorted
  ///   out by who reads them.
  @inline(__always)
  public mutating func add(_ duration: Int64) {
    precondition(duration >= 0, "a duration is not negative")
    let index = LogarithmicBuckets.bucket(of: duration) - firstBucket
    if index >= 0 && index < counts.count {
      counts[index] += 1
      countInBuckets += 1
    } else {
      addOutside(duration)
    }
  }

  /// Where it goes when no bucket is ready for it.
  @inline(never)
  private mutating func addOutside(_ duration: Int64) {
    if counts.isEmpty {
      values.append(duration)
      if values.count > Self.exactCountMax { fillBuckets() }
    } else {
      addToBucket(LogarithmicBuckets.bucket(of: duration), count: 1)
    }
  }

  public mutating func merge(_ other: DurationSketch) {
    if isExact && other.isExact {
      values += other.values
      if values.count > Self.exactCountMax { fillBuckets() }
      return
    }
    if isExact { fillBuckets() }
    for value in other.values { addToBucket(LogarithmicBuckets.bucket(of: value), count: 1) }
    for (index, count) in other.counts.enumerated() where count > 0 {
      addToBucket(other.firstBucket + index, count: count)
    }
  }

  /// The duration that this share (0 to 1) does not exceed; nil where there are no durations.
  public func percentile(_ share: Double, type: PercentileType = .inclusive) -> Percentile? {
    guard count > 0 else { return nil }
    if isExact { return sorted.percentile(share, type: type) }
    let (index, fraction) = type.place(of: share, among: count)
    let (value, next) = neighbours(at: index)
    return Percentile(value: value + fraction * (next - value), isExact: false)
  }

  /// Several percentiles, for which the values are put in order only once; empty where there are no durations.
  public func percentiles(_ shares: [Double], type: PercentileType = .inclusive) -> [Percentile] {
    guard count > 0 else { return [] }
    if !isExact { return shares.compactMap { percentile($0, type: type) } }
    let sorted = self.sorted
    return shares.map { sorted.percentile($0, type: type) }
  }

  /// The middles of the buckets of the value at `index` in ascending order, and of the one after it.
  private func neighbours(at index: Int) -> (Double, Double) {
    var passed = 0
    var value: Double?
    for (bucket, count) in counts.enumerated() where count > 0 {
      passed += count
      guard passed > index else { continue }
      let middle = LogarithmicBuckets.middle(of: firstBucket + bucket)
      if let value { return (value, middle) }
      if passed > index + 1 { return (middle, middle) }
      value = middle
    }
    // The last value has none after it.
    let last = value ?? 0
    return (last, last)
  }

  private mutating func fillBuckets() {
    let values = self.values
    self.values = []
    if counts.isEmpty, let first = values.first { widen(toHold: LogarithmicBuckets.bucket(of: first)) }
    for value in values { addToBucket(LogarithmicBuckets.bucket(of: value), count: 1) }
  }

  private mutating func addToBucket(_ bucket: Int, count: Int) {
    widen(toHold: bucket)
    counts[bucket - firstBucket] += count
    countInBuckets += count
  }

  /// Makes room by whole powers of two, so that a stream of durations widens only a few times.
  private mutating func widen(toHold bucket: Int) {
    let step = 64
    let lower = bucket / step * step
    if counts.isEmpty {
      firstBucket = lower
      counts = Array(repeating: 0, count: step)
    } else if lower < firstBucket {
      counts.insert(contentsOf: repeatElement(0, count: firstBucket - lower), at: 0)
      firstBucket = lower
    } else if bucket >= firstBucket + counts.count {
      counts.append(contentsOf: repeatElement(0, count: lower + step - firstBucket - counts.count))
    }
  }

  public static func == (one: DurationSketch, other: DurationSketch) -> Bool { one.contents == other.contents }
}

extension DurationSketch {
  /// What a sketch holds, in a form that is the same for the same durations however they came: to be kept, and to make
  /// the sketch again.
  public enum Contents: Sendable, Equatable {
    /// All durations, ascending.
    case durations([Int64])

    /// How many durations lie in each bucket from this one on; neither the first nor the last count is 0.
    case buckets(first: Int, counts: [Int])
  }

  public var contents: Contents {
    if isExact { return .durations(values.sorted()) }
    let first = counts.firstIndex { $0 > 0 } ?? 0
    let last = counts.lastIndex { $0 > 0 } ?? 0
    return .buckets(first: firstBucket + first, counts: Array(counts[first...last]))
  }

  /// Makes a sketch of what was kept; nil for what no sketch holds: a negative duration or count, too many durations or
  /// too few in buckets, a bucket that there is not.
  public init?(_ contents: Contents) {
    self.init()
    switch contents {
    case .durations(let durations):
      guard durations.count <= Self.exactCountMax, durations.allSatisfy({ $0 >= 0 }) else { return nil }
      values = durations
    case .buckets(let first, let counts):
      guard first >= 0, first < LogarithmicBuckets.count, counts.count <= LogarithmicBuckets.count - first,
        counts.allSatisfy({ $0 >= 0 })
      else { return nil }
      for (index, count) in counts.enumerated() where count > 0 {
        guard !countInBuckets.addingReportingOverflow(count).overflow else { return nil }
        addToBucket(first + index, count: count)
      }
      guard countInBuckets > Self.exactCountMax else { return nil }
    }
  }

  private var sorted: Sorted { Sorted(values: values.sorted()) }

  private struct Sorted {
    let values: [Int64]

    func percentile(_ share: Double, type: PercentileType) -> Percentile {
      let (index, fraction) = type.place(of: share, among: values.count)
      let value = Double(values[index])
      guard fraction > 0 else { return Percentile(value: value, isExact: true) }
      return Percentile(value: value + fraction * (Double(values[index + 1]) - value), isExact: true)
    }
  }
}

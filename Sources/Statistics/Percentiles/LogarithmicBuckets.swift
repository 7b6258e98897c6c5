/// Buckets of whole numbers from 0, each at most 1/64 as wide as its smallest number.
///
/// The number of a bucket is made of a value's highest bits: which bit is the first that is set, and the six below it.
/// That is the linearly interpolated logarithm that Masson, Rim and Lee mention for DDSketch ("DDSketch: a fast and
/// fully-mergeable quantile sketch with relative-error guarantees", PVLDB 12, 2019, section 2.2) and HdrHistogram's
/// layout; it costs a count of leading zeros and a shift.
///
///     value    0 … 127     a bucket each
///            128 … 255     64 buckets, 2 wide
///            256 … 511     64 buckets, 4 wide, and so on
enum LogarithmicBuckets {
  private static let bits = 6

  /// One more than the number of the last bucket.
  static let count = bucket(of: .max) + 1

  @inline(__always)
  static func bucket(of value: Int64) -> Int {
    let shift = max(63 - bits - value.leadingZeroBitCount, 0)
    return (shift << bits) + Int(truncatingIfNeeded: value >> Int64(shift))
  }

  /// The number that stands for all of a bucket: its middle, at most 1/128 of a member away from any member.
  static func middle(of bucket: Int) -> Double {
    let shift = max((bucket >> bits) - 1, 0)
    let first = Int64(bucket - (shift << bits)) << Int64(shift)
    let width = Int64(1) << Int64(shift)
    return Double(first) + Double(width - 1) / 2
  }
}

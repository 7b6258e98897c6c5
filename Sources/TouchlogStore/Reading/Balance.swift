/// Whether two collections hold the same things, each as often, in whatever order: hashes of the one are added, of the
/// other taken away, and nothing must be left.
///
/// The hashes are 128 bits of XXH3 under a seed that is drawn anew for each verification: that different collections
/// balance is a matter of one in 2^64 at worst, and nobody can aim at it.
struct Balance: Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0

  mutating func add(_ bytes: UnsafeRawBufferPointer, seed: UInt64) {
    let hash = Hashing.wide(bytes, seed: seed)
    low &+= hash.low
    high &+= hash.high
  }

  mutating func take(_ bytes: UnsafeRawBufferPointer, seed: UInt64) {
    let hash = Hashing.wide(bytes, seed: seed)
    low &-= hash.low
    high &-= hash.high
  }

  mutating func add(_ other: Balance) {
    low &+= other.low
    high &+= other.high
  }

  /// Whether nothing is left.
  var isEven: Bool { low == 0 && high == 0 }
}

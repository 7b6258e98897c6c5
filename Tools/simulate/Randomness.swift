/// A seeded source of randomness: xoshiro256** (Blackman and Vigna, 2018), its state filled by SplitMix64.
///
/// Written out here, not taken from the standard library, because `SystemRandomNumberGenerator` has no seed and the
/// library's algorithms for ranges may change between Swift versions.
struct Randomness {
  private var s0, s1, s2, s3: UInt64
  private var spareNormal: Double?

  init(seed: UInt64) {
    var counter = seed
    self.init(
      state: (
        Self.splitMix64(&counter), Self.splitMix64(&counter), Self.splitMix64(&counter), Self.splitMix64(&counter)
      ))
  }

  /// Begins at a state of the generator, which must not be all zeros.
  init(state: (UInt64, UInt64, UInt64, UInt64)) {
    (s0, s1, s2, s3) = state
  }

  static func splitMix64(_ counter: inout UInt64) -> UInt64 {
    counter &+= 0x9E37_79B9_7F4A_7C15
    var z = counter
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func next() -> UInt64 {
    let fives = s1 &* 5
    let result = ((fives << 7) | (fives >> 57)) &* 9
    let shifted = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= shifted
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// A whole number in 0 ..< `count`. The bias of multiply-and-shift (below 2⁻³²) is far under what any test sees.
  mutating func below(_ count: Int) -> Int {
    Int(truncatingIfNeeded: next().multipliedFullWidth(by: UInt64(truncatingIfNeeded: count)).high)
  }

  /// A number in [0, 1) of 53 random bits.
  mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  mutating func chance(_ probability: Double) -> Bool { unit() < probability }

  /// A standard normal, by Marsaglia's polar method: needs a logarithm and a root, no trigonometry.
  mutating func normal() -> Double {
    if let spare = spareNormal {
      spareNormal = nil
      return spare
    }
    while true {
      let u = 2 * unit() - 1
      let v = 2 * unit() - 1
      let square = u * u + v * v
      if square >= 1 || square < 1e-300 { continue }
      let factor = (-2 * naturalLogarithm(square) / square).squareRoot()
      spareNormal = v * factor
      return u * factor
    }
  }

  /// A log-normal with this median, `spread` being the standard deviation of its logarithm.
  mutating func logNormal(median: Double, spread: Double) -> Double {
    median * exponential(spread * normal())
  }

  /// An exponential waiting time, in the unit of 1/`rate`.
  mutating func exponentialWait(rate: Double) -> Double { -naturalLogarithm(1 - unit()) / rate }

  /// A gamma variate of scale 1 (Marsaglia and Tsang, 2000).
  mutating func gamma(shape: Double) -> Double {
    if shape < 1 {
      return gamma(shape: shape + 1) * exponential(naturalLogarithm(1 - unit()) / shape)
    }
    let d = shape - 1.0 / 3
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let cube = (1 + c * x) * (1 + c * x) * (1 + c * x)
      if cube <= 0 { continue }
      if naturalLogarithm(1 - unit()) < 0.5 * x * x + d - d * cube + d * naturalLogarithm(cube) { return d * cube }
    }
  }

  mutating func beta(_ a: Double, _ b: Double) -> Double {
    let x = gamma(shape: a)
    return x / (x + gamma(shape: b))
  }

  /// A count with this mean: Knuth's product for small means, the rounded normal from 50 up.
  mutating func poisson(mean: Double) -> Int {
    if mean <= 0 { return 0 }
    if mean > 50 { return max(0, Int((mean + mean.squareRoot() * normal()).rounded())) }
    let limit = exponential(-mean)
    var product = unit()
    var count = 0
    while product > limit {
      count += 1
      product *= unit()
    }
    return count
  }

  /// An index drawn in proportion to the differences of `cumulative`, whose last entry is the total.
  mutating func index(cumulative: [Double]) -> Int {
    let point = unit() * (cumulative.last ?? 0)
    var index = 0
    while index < cumulative.count - 1, cumulative[index] <= point { index += 1 }
    return index
  }
}

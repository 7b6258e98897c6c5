/// A small random number generator whose whole state is its seed, so that a failure can be repeated from one number.
///
/// After Guy Steele, Doug Lea and Christine Flood, "Fast Splittable Pseudorandom Number Generators" (OOPSLA 2014).
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The generator of that seed's numbers.
  public init(seed: UInt64) {
    state = seed
  }

  /// The next number of the sequence.
  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension RandomNumberGenerator {
  /// True about once in `count` times.
  mutating func oneIn(_ count: Int) -> Bool { Int.random(in: 0..<count, using: &self) == 0 }

  /// One of these, which are not empty.
  mutating func pick<Element>(_ elements: some Collection<Element>) -> Element {
    guard let element = elements.randomElement(using: &self) else { preconditionFailure("nothing to pick from") }
    return element
  }
}

import Touchlog

/// SplitMix64 (Steele, Lea, Flood 2014): the same choices for the same seed, on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) {
    state = seed
  }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension [Event] {
  /// The same events under identities of their own, of the same customers unless `subject` names others.
  func renamed(_ kind: String, subject: (Int) -> Reference? = { _ in nil }) -> [Event] {
    enumerated().map { index, event in
      var event = event
      event.id = "\(kind)-\(index)"
      event.source = "/benchmark/single"
      event.subject = subject(index) ?? event.subject
      return event
    }
  }
}

extension Workload {
  /// Customers at random among those with at least so many events; among all, where nobody has so many.
  func customers(_ count: Int, withAtLeast minimum: Int, seed: UInt64) throws -> [String] {
    var totals: [Reference: Int] = [:]
    try forEachEvent(of: lines) { event, _ in
      if let subject = event.subject, subject != .company { totals[subject, default: 0] += 1 }
    }
    let enough = totals.filter { $0.value >= minimum }
    var generator = SeededGenerator(seed: seed)
    // Sorted first, as a dictionary's order changes from run to run.
    let candidates = (enough.isEmpty ? totals : enough).keys.map(\.text).sorted()
    return Array(candidates.shuffled(using: &generator).prefix(count))
  }

  /// Events like those of the workload, spread over all of it, each of a customer that is named.
  func sample(_ count: Int, seed: UInt64) throws -> [Event] {
    var candidates: [Event] = []
    let stride = max(1, events / (count * 4))
    var place = 0
    try forEachEvent(of: lines) { event, _ in
      place += 1
      // Links name a second customer: they would count twice.
      guard place.isMultiple(of: stride), let subject = event.subject, subject != .company,
        !event.type.hasPrefix("identity.")
      else { return }
      candidates.append(event)
    }
    guard !candidates.isEmpty else { throw BenchmarkError("no event names a customer; simulate more --events") }
    var generator = SeededGenerator(seed: seed)
    candidates.shuffle(using: &generator)
    return (0..<count).map { candidates[$0 % candidates.count] }
  }
}

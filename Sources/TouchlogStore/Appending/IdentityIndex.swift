/// Finds the events of a list by a hash of their identity; where hashes are equal, the caller's comparison decides.
///
/// The hash is no secret, and whoever makes ids may make them collide: that costs time, and never a wrong answer.
struct IdentityIndex {
  /// Open addressing: place plus one, 0 where nothing is. Its count is a power of two.
  private var slots: [(hash: UInt64, place: Int)] = []
  private var count = 0

  mutating func reserveCapacity(_ count: Int) {
    if slots.count < count * 2 { grow(to: count * 2) }
  }

  /// Takes in the event at a place, of an identity that is not there yet.
  mutating func insert(_ hash: UInt64, at place: Int) {
    if (count + 1) * 2 > slots.count { grow(to: (count + 1) * 4) }
    put(hash, place + 1)
    count += 1
  }

  /// The place of that hash at which the identity is the same; nil where there is none.
  func place(of hash: UInt64, where isSame: (Int) -> Bool) -> Int? {
    guard !slots.isEmpty else { return nil }
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot].place != 0 {
      if slots[slot].hash == hash, isSame(slots[slot].place - 1) { return slots[slot].place - 1 }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private mutating func put(_ hash: UInt64, _ place: Int) {
    var slot = Int(truncatingIfNeeded: hash) & (slots.count - 1)
    while slots[slot].place != 0 { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = (hash, place)
  }

  private mutating func grow(to least: Int) {
    var size = 16
    while size < least { size *= 2 }
    let former = slots
    slots = Array(repeating: (0, 0), count: size)
    for (hash, place) in former where place != 0 { put(hash, place) }
  }
}

/// Finds the events of a list by a hash of their identity; where hashes are equal, the caller's comparison decides.
///
/// The hash is no secret, and whoever makes ids may make them collide: that costs time, and never a wrong answer.
struct IdentityIndex {
  /// The latest place of each hash.
  private var places: [UInt64: Int] = [:]
  /// The place before it that has the same hash; few have one.
  private var earlier: [Int: Int] = [:]

  mutating func reserveCapacity(_ count: Int) {
    places.reserveCapacity(count)
  }

  /// Takes in the event at a place, of an identity that is not there yet.
  mutating func insert(_ hash: UInt64, at place: Int) {
    if let other = places.updateValue(place, forKey: hash) { earlier[place] = other }
  }

  /// The place of that hash at which the identity is the same; nil where there is none.
  func place(of hash: UInt64, where isSame: (Int) -> Bool) -> Int? {
    var candidate = places[hash]
    while let place = candidate {
      if isSame(place) { return place }
      candidate = earlier[place]
    }
    return nil
  }
}

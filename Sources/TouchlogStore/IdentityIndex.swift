import Touchlog

/// Finds events by their identity in a list of them: by a hash, and where hashes are equal by the texts.
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

  /// Takes in an event, of an identity that is not there yet.
  mutating func insert(_ event: PreparedEvent, at place: Int) {
    if let other = places.updateValue(place, forKey: event.identityHash) { earlier[place] = other }
  }

  /// The place of the event that has the same identity; nil where there is none.
  func place(of event: PreparedEvent, among events: (Int) -> PreparedEvent) -> Int? {
    var candidate = places[event.identityHash]
    while let place = candidate {
      if events(place).hasIdentity(of: event) { return place }
      candidate = earlier[place]
    }
    return nil
  }
}

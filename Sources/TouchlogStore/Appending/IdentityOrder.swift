import Touchlog

/// Events in the order of the identity index's keys: by the number of the source, then by the id's bytes.
///
/// Whoever goes through the index in its order finds the next key on the page that is at hand, mostly.
struct IdentityOrder {
  /// The source's number above, the event's place below.
  private var keys: [UInt64] = []

  mutating func reserveCapacity(_ count: Int) {
    keys.reserveCapacity(count)
  }

  /// Takes in an event by its place, which fits in 32 bits.
  mutating func add(_ place: Int, source: NameNumber) {
    keys.append(UInt64(source.value) << 32 | UInt64(place))
  }

  /// The places with the numbers of their sources, in order.
  ///
  /// - Parameter precedes: whether the id of one place sorts before that of another.
  mutating func sorted(_ precedes: (Int, Int) -> Bool) -> [(place: Int, source: NameNumber)] {
    // By source first: as a source counts its ids upwards, what is left of the sorting is to see that it is done.
    keys.sort()
    var order: [(place: Int, source: NameNumber)] = []
    order.reserveCapacity(keys.count)
    var start = 0
    while start < keys.count {
      let source = keys[start] >> 32
      let end = keys[start...].firstIndex { $0 >> 32 != source } ?? keys.count
      var places = keys[start..<end].map { Int($0 & 0xFFFF_FFFF) }
      places.sort(by: precedes)
      for place in places { order.append((place, NameNumber(UInt32(source)))) }
      start = end
    }
    return order
  }
}

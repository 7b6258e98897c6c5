import Touchlog

/// Events in the order of the identity index's keys: by source, then by the id's bytes.
///
/// Whoever goes through the index in its order finds the next key on the page that is at hand, mostly. Within one
/// request sources have numbers of the request's own, and the order is found before it comes to the writer.
struct IdentityOrder: Sendable {
  /// The events of one source.
  struct Run: Sendable {
    /// The source's number, in whatever numbering was given.
    let source: UInt32
    /// Where its events stand in `places`.
    let range: Range<Int>
  }

  private(set) var runs: [Run] = []
  /// The events' places, run after run, in order within each.
  private(set) var places: [Int] = []

  init() {}

  /// - Parameters:
  ///   - count: how many events there are; fewer than 2^32.
  ///   - source: the number of an event's source.
  ///   - id: an event's id, whose memory outlives the call.
  init(count: Int, source: (Int) -> UInt32, id: (Int) -> UnsafeRawBufferPointer) {
    var keys: [UInt64] = []
    keys.reserveCapacity(count)
    for place in 0..<count { keys.append(UInt64(source(place)) << 32 | UInt64(place)) }
    // By source first: as a source counts its ids upwards, what is left of the sorting is to see that it is done.
    if count > 1 { keys.sort() }
    places.reserveCapacity(count)
    var start = 0
    while start < count {
      let source = keys[start] >> 32
      let end = keys[start...].firstIndex { $0 >> 32 != source } ?? count
      for key in keys[start..<end] { places.append(Int(key & 0xFFFF_FFFF)) }
      if end - start > 1 { places[start..<end].sort { id($0).precedes(id($1)) } }
      runs.append(Run(source: UInt32(source), range: start..<end))
      start = end
    }
  }

  /// The same events in the order that other numbers of their sources make.
  func renumbered(_ source: (Int) -> UInt32) -> IdentityOrder {
    var order = self
    order.runs = runs.map { Run(source: source(places[$0.range.lowerBound]), range: $0.range) }
    order.runs.sort { $0.source < $1.source }
    return order
  }
}

extension AppendGroup {
  /// The planned events in the order of the index of identities, whose sources count as the log numbers them.
  func identityOrder() -> IdentityOrder {
    let (planned, headers) = (planned, headers)
    if requests.count == 1, planned.count == requests[0].count {
      return requests[0].order.renumbered { headers[$0].source.value }
    }
    return IdentityOrder(count: planned.count, source: { headers[$0].source.value }, id: { planned[$0].id })
  }
}

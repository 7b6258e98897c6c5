import Touchlog
import TouchlogTesting

extension Breakage {
  /// Wrong in which events a query gives out.
  static let readings = [
    asking("includes until", noticedBy: "reading both ways from every boundary to every other") {
      if let until = $0.until, until.value < .max { $0.until = until.next }
    },
    asking("excludes from", noticedBy: "reading both ways from every boundary to every other") {
      if let from = $0.from, from.value < .max { $0.from = from.next }
    },
    asking("excludes from when it reads backward", noticedBy: "reading both ways from every boundary to every other") {
      if $0.order == .backward, let from = $0.from, from.value < .max { $0.from = from.next }
    },
    asking("gives out one event too many", noticedBy: "reading both ways from every boundary to every other") {
      if let limit = $0.limit, limit < .max { $0.limit = limit + 1 }
    },
    asking(
      "forgets the bounds within a stream",
      noticedBy: "reading one customer's stream from every boundary to every other"
    ) {
      if $0.customer != nil { $0.until = nil }
    },
    asking("includes occurredUntil", noticedBy: "reading by both clocks, bounds included and excluded") {
      if let until = $0.occurredUntil { $0.occurredUntil = Timestamp(microseconds: until.microseconds + 1) }
    },
    asking("excludes occurredFrom", noticedBy: "reading by both clocks, bounds included and excluded") {
      if let from = $0.occurredFrom { $0.occurredFrom = Timestamp(microseconds: from.microseconds + 1) }
    },
    asking("excludes recordedThrough", noticedBy: "reading by both clocks, bounds included and excluded") {
      if let through = $0.recordedThrough { $0.recordedThrough = Timestamp(microseconds: through.microseconds - 1) }
    },
    asking("takes one type at a time", noticedBy: "reading by type and by channel", "reading under random conditions") {
      $0.types = Set($0.types.sorted().prefix(1))
    },
    asking("looks at no channel", noticedBy: "reading by type and by channel") { $0.channels = [] },
    Breakage(
      "counts the limit before the other conditions",
      noticedBy: "reading one customer's stream from every boundary to every other", "reading under random conditions"
    ) {
      BrokenStore($0) {
        $0.asking = { query in
          var query = query
          query.limit = nil
          return query
        }
        $0.reading = { events, query in
          let limit = UInt64(query.limit ?? 1000)
          return events.filter { $0.position.value < limit }
        }
      }
    },
    Breakage(
      "reads forward only", noticedBy: "reading both ways from every boundary to every other",
      "what was appended is read at once"
    ) {
      BrokenStore($0) {
        $0.asking = { query in
          var query = query
          query.order = .forward
          return query
        }
      }
    },
    Breakage("leaves the last event to a later reading", noticedBy: "what was appended is read at once") {
      BrokenStore($0) { $0.reading = { events, query in query == Query() ? events : Array(events.dropLast()) } }
    },
    Breakage(
      "gives out half of a request", noticedBy: "readers see whole requests while others append"
    ) {
      BrokenStore($0) { $0.reading = { events, _ in Array(events.prefix(7)) } }
    },
  ]

  private static func asking(
    _ description: String, noticedBy cases: String..., change: @escaping @Sendable (inout Query) -> Void,
  ) -> Breakage {
    Breakage(description, noticedBy: cases) { inner in
      BrokenStore(inner) {
        $0.asking = { query in
          var query = query
          change(&query)
          return query
        }
      }
    }
  }
}

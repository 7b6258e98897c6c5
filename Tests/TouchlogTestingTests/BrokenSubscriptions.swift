import Synchronization
import Touchlog
import TouchlogTesting

extension Breakage {
  /// Wrong in what a subscription gives out, and when.
  static let subscriptions = [
    following(
      "gives the last event again when it begins to follow",
      noticedBy: "a subscription goes on with what is appended", "a subscription waits where it has seen all"
    ) {
      $0.beginning = { follower, position in
        follower.isFollowing && position.value > 0 ? Position(position.value - 1) : position
      }
    },
    following(
      "loses what is appended while it turns from catching up to following",
      noticedBy: "a subscription goes on with what is appended", "nothing is lost or repeated while many append"
    ) {
      $0.giving = { batch, position in
        // The newest event, where there is a page with more.
        Subscription.Batch(
          events: batch.events.filter { $0.position.value == 0 || $0.position.next < batch.head },
          position: batch.position, head: batch.head)
      }
    },
    following(
      "gives each commit by itself", noticedBy: "a subscriber that takes its time finds whole batches"
    ) { $0.pageSize = 1 },
    following(
      "gives all that it has at once", noticedBy: "a subscriber that takes its time finds whole batches"
    ) { $0.pageSize = 1_000_000 },
    following(
      "stands still where no event passes",
      noticedBy: "a subscription's conditions hold for what is appended, and positions go on regardless"
    ) {
      $0.giving = { batch, position in
        batch.events.isEmpty ? Subscription.Batch(events: [], position: position, head: batch.head) : batch
      }
    },
    following(
      "forgets the conditions when it follows",
      noticedBy: "a subscription's conditions hold for what is appended, and positions go on regardless"
    ) {
      $0.asking = { follower, query in
        if follower.isFollowing { query = Query(from: query.from, until: query.until) }
      }
    },
    following(
      "forgets occurredFrom", noticedBy: "a subscription keeps to the query's conditions"
    ) { $0.asking = { _, query in query.occurredFrom = nil } },
    Breakage(
      "looks up at its start whom it follows",
      noticedBy: "a subscription's conditions hold for what is appended, and positions go on regardless"
    ) {
      BrokenStore($0) {
        $0.subscribing = { inner, query in
          let isKnown = try query.customer.map { try inner.streamVersion(of: $0) > 0 } ?? true
          return try Subscription(to: query) {
            BrokenFollower(inner, query) {
              $0.giving = { batch, _ in
                isKnown ? batch : Subscription.Batch(events: [], position: batch.position, head: batch.head)
              }
            }
          }
        }
      }
    },
    following(
      "includes until", noticedBy: "a subscription gives the log so far, from every boundary to every other"
    ) { follower in
      let end = follower.query.until
      follower.asking = { _, query in
        if let end, query.until == end, end.value < .max { query.until = end.next }
      }
    },
    Breakage(
      "begins at the log's end where its start is beyond",
      noticedBy: "a subscription from beyond the log's end waits for that position"
    ) {
      BrokenStore($0) {
        $0.subscribing = { inner, query in
          var query = query
          query.from = try query.from.map { min($0, try inner.head()) }
          return try inner.subscription(to: query)
        }
      }
    },
    Breakage(
      "begins its second loop where the first has ended", noticedBy: "each loop over a subscription begins at its start"
    ) {
      BrokenStore($0) {
        $0.subscribing = { inner, query in
          let loops = Counter()
          return try Subscription(to: query) {
            let isFirst = loops.next() == 1
            return BrokenFollower(inner, query) {
              $0.beginning = { follower, position in isFirst ? position : follower.query.until ?? position }
            }
          }
        }
      }
    },
    Breakage(
      "takes any query",
      noticedBy: "a subscription has no end to be read from, no limit and no time to look back at"
    ) {
      BrokenStore($0) {
        $0.subscribing = { inner, query in try inner.subscription(to: Query(from: query.from, until: query.until)) }
      }
    },
    following(
      "does not notice that its task was cancelled", noticedBy: "cancelling a task ends its subscription at once"
    ) {
      $0.sleeping = {
        // A task of its own, which nobody cancels.
        try await Task { try await Task.sleep(for: .milliseconds(20)) }.value
      }
    },
    following(
      "goes on when the log is closed", noticedBy: "closing the log ends its subscriptions, and refuses appends"
    ) { _ in },
  ]

  private static func following(
    _ description: String, noticedBy cases: String..., change: @escaping @Sendable (inout BrokenFollower) -> Void,
  ) -> Breakage {
    Breakage(description, noticedBy: cases) {
      BrokenStore($0) {
        $0.subscribing = { inner, query in
          try Subscription(to: query) { BrokenFollower(inner, query, change) }
        }
      }
    }
  }
}

import Touchlog
import TouchlogTesting

/// A subscriber's reader with something wrong in it; as it is made, it polls the store, and is right but for one thing:
/// it does not notice that the store is closed.
struct BrokenFollower: Follower {
  let store: InMemoryEventStore
  let query: Query
  /// Events of the log that a page passes at most.
  var pageSize = Subscription.batchEvents
  /// Whether it has seen the log's end before.
  var isFollowing = false
  /// Changes where a page begins.
  var beginning: @Sendable (BrokenFollower, Position) -> Position = { $1 }
  /// Changes what a page asks for.
  var asking: @Sendable (BrokenFollower, inout Query) -> Void = { _, _ in }
  /// Changes what a page gives.
  var giving: @Sendable (Subscription.Batch, Position) -> Subscription.Batch = { batch, _ in batch }
  /// A short sleep between two looks.
  var sleeping: @Sendable () async throws -> Void = { try await Task.sleep(for: .milliseconds(1)) }
  private var seen = Position(0)

  init(_ store: InMemoryEventStore, _ query: Query, _ change: (inout BrokenFollower) -> Void = { _ in }) {
    self.store = store
    self.query = query
    change(&self)
  }

  mutating func page(from position: Position) throws -> Subscription.Batch? {
    seen = try store.head()
    var query = query
    query.from = beginning(self, position)
    let last = min(query.until ?? seen, seen, Position((query.from ?? position).value + UInt64(pageSize)))
    query.until = last
    asking(self, &query)
    let batch = Subscription.Batch(
      events: try store.events(query), position: max(position, query.until ?? last), head: seen)
    if last == seen { isFollowing = true }
    return giving(batch, position)
  }

  mutating func waitForMore() async throws -> Bool {
    while try store.head() == seen { try await sleeping() }
    return true
  }
}

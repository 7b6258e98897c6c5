import LMDB
public import Touchlog

extension Store {
  /// Follows the log: gives out, in batches, what a query admits of the log so far, and then what is appended.
  ///
  /// It works across processes: what this one commits wakes the subscriber at once, and what another process commits is
  /// seen within 50 ms. No transaction is open between batches. A subscription keeps the store open that it is of.
  ///
  /// - Throws: `SubscriptionError`, where the query is backward, has a limit or looks back at a time of the log's clock.
  public func subscription(to query: Query) throws -> Subscription {
    try Subscription(to: query) { [self] in StoreFollower(store: self, query: query) }
  }
}

/// Reads the log page by page for one subscriber, and finds out when it has grown.
///
/// Each page has a reader of its own: a customer's key that one of them keeps would outlive the customer's erasure.
struct StoreFollower: Follower {
  private let store: Store
  private let query: Query
  private var wakes: AsyncStream<Void>.Iterator
  /// The log's transaction whose state the last page saw.
  private var seen: UInt64 = 0
  private var pause = shortestPause
  /// What was found of the customer's stream and is still to be given out, and up to where the log was looked through.
  private var found: (positions: ArraySlice<Position>, end: Position)?

  /// After news, more is likely soon; a log at rest is looked at twenty times a second, which costs next to nothing.
  private static let shortestPause = Duration.milliseconds(1)
  private static let longestPause = Duration.milliseconds(50)

  /// Headers that a page passes at most.
  private let pageHeaders: UInt64

  /// - Parameter pageHeaders: the default is some milliseconds' work.
  init(store: Store, query: Query, pageHeaders: UInt64 = 1 << 16) {
    self.store = store
    self.query = query
    self.pageHeaders = pageHeaders
    // Before the first page: what is committed after that page wakes.
    wakes = store.log.commits.listen().makeAsyncIterator()
  }

  mutating func page(from position: Position) throws -> Subscription.Batch? {
    let batch = try store.log.commits.whileOpen { try read(from: position) }
    if let batch, batch.position > position { pause = StoreFollower.shortestPause }
    return batch
  }

  mutating func waitForMore() async throws -> Bool {
    let commits = store.log.commits
    while !commits.isClosed {
      if commits.isAnnouncing { return await wakes.next() != nil }
      try await Task.sleep(for: pause)
      pause = min(pause * 2, StoreFollower.longestPause)
      // Not only a later one: a commit whose process was killed at its very end may be taken back by the next.
      let last = try commits.whileOpen { try store.log.environment.lastTransaction() }
      if last != seen { return last != nil }
    }
    return false
  }

  // MARK: Pages

  private mutating func read(from position: Position) throws -> Subscription.Batch {
    var query = query
    query.from = position
    let log = store.log
    let (head, filter) = try log.environment.read { transaction in
      seen = transaction.id
      return (try log.head(in: transaction), try HeaderFilter(query, log: log, in: transaction))
    }
    var reader = LogReader(log: log, query: query)
    guard let filter else {
      // Nothing is there, or nothing of the types that are asked for.
      let end = min(query.until ?? head, head)
      return Subscription.Batch(events: [], position: max(position, end), head: head)
    }
    if let customer = query.customer {
      return try stream(of: customer, from: position, filter: filter, head: head, with: &reader)
    }
    let end = min(position.value + pageHeaders, filter.positions.upperBound)
    let (events, next) = try reader.page(of: position.value..<end, filter: filter)
    return Subscription.Batch(events: events, position: next, head: head)
  }

  /// A stream is chained backwards, so it is walked once for all pages that lead up to the log's end.
  private mutating func stream(
    of customer: Reference, from position: Position, filter: HeaderFilter, head: Position, with reader: inout LogReader,
  ) throws -> Subscription.Batch {
    var (positions, end) =
      try found ?? (
        reader.streamPositions(of: customer, filter: filter)[...], Position(filter.positions.upperBound)
      )
    let page = positions.prefix(Subscription.batchEvents)
    positions = positions.dropFirst(page.count)
    found = positions.isEmpty ? nil : (positions, end)
    return Subscription.Batch(
      events: try reader.events(at: page), position: positions.first ?? end, head: head)
  }
}

extension LogReader {
  /// The events of a stretch of the log that pass a filter, up to a batch's worth, and the position behind what was
  /// looked at.
  mutating func page(of range: Range<UInt64>, filter: HeaderFilter) throws -> (events: [OpenedEvent], next: Position) {
    try page { (log, vault, opener, tables) in
      var positions: [Position] = []
      let rest = try LogReader.scan(
        range, order: .forward, wanted: Subscription.batchEvents, tables: tables, filter: filter, in: log,
        into: &positions)
      return (try positions.map { try opener.event(at: $0, log: log, vault: vault) }, Position(rest.lowerBound))
    }
  }

  /// The events at these positions.
  mutating func events(at positions: some Sequence<Position>) throws -> [OpenedEvent] {
    try page { (log, vault, opener, _) in try positions.map { try opener.event(at: $0, log: log, vault: vault) } }
  }
}

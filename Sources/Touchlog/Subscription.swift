/// The log from a position on, and then what is appended to it: catch up, then follow.
///
/// ```swift
/// for try await batch in try store.subscription(to: Query(from: checkpoint, types: ["complaint.raised"])) {
///   for event in batch.events { … }
///   checkpoint = batch.position
/// }
/// ```
///
/// Each event that the query admits comes once, in the order of positions, whether it was in the log before or is
/// appended later; there is no seam between the two. What is appended is not pushed: a commit only wakes the
/// subscriber, who then reads on from where it was. So a slow one costs no memory, and finds whole batches waiting.
///
/// The sequence ends when the log is closed, and at the query's `until`. It throws `CancellationError` as soon as the
/// task is cancelled, and otherwise what reading the log throws. It never ends a wait on its own. Each loop over it
/// begins at the query's `from`.
public struct Subscription: AsyncSequence, Sendable {
  /// The most events in a batch.
  public static let batchEvents = 512

  /// Some of the events of a subscription, and how far the log is seen with them.
  public struct Batch: Sendable {
    /// What the query admits, in the order of positions; at most `batchEvents`, and none where a stretch of the log
    /// has nothing for it.
    public let events: [OpenedEvent]
    /// The position up to which all is seen, itself excluded: kept as a checkpoint, it is the `from` to go on with.
    /// It grows from batch to batch, also where no event passes the query.
    public let position: Position
    /// How many events the log had when the batch was read. What is between `position` and here is still to come.
    public let head: Position

    /// A batch by its parts, for implementations of `EventStore`.
    public init(events: [OpenedEvent], position: Position, head: Position) {
      self.events = events
      self.position = position
      self.head = head
    }
  }

  private let start: Position
  private let end: Position?
  private let makeFollower: @Sendable () -> any Follower

  /// A subscription, for implementations of `EventStore`.
  ///
  /// - Parameters:
  ///   - query: what is subscribed to.
  ///   - makeFollower: reads the log for one loop over the sequence, and waits for its growth.
  /// - Throws: what of the query makes no sense for a subscription.
  public init(
    to query: Query, following makeFollower: @escaping @Sendable () -> any Follower,
  ) throws(SubscriptionError) {
    if query.order == .backward { throw .backward }
    if let limit = query.limit { throw .limit(limit) }
    if let time = query.recordedThrough { throw .recordedThrough(time) }
    start = query.from ?? Position(0)
    end = query.until
    self.makeFollower = makeFollower
  }

  /// Begins at the query's `from`.
  public func makeAsyncIterator() -> Iterator {
    Iterator(position: start, end: end, follower: makeFollower())
  }

  /// One loop over a subscription.
  public struct Iterator: AsyncIteratorProtocol {
    private var position: Position
    private let end: Position?
    private var follower: any Follower
    private var isOver = false

    fileprivate init(position: Position, end: Position?, follower: any Follower) {
      self.position = position
      self.end = end
      self.follower = follower
    }

    /// The next batch, waiting for it where the log has no more; nil when the log was closed, or `until` is reached.
    public mutating func next() async throws -> Batch? {
      guard !isOver else { return nil }
      // Unless a batch comes, there is nothing after this.
      isOver = true
      // A long way to catch up must not keep others from a thread.
      await Task.yield()
      while end.map({ position < $0 }) ?? true {
        try Task.checkCancellation()
        guard let batch = try follower.page(from: position) else { break }
        if batch.position > position {
          position = batch.position
          isOver = false
          return batch
        }
        guard try await follower.waitForMore() else { break }
      }
      // A wait that was cut short by the task's end looks like the log's end.
      try Task.checkCancellation()
      return nil
    }
  }
}

/// Reads a log for one subscriber, and waits for its growth: what an implementation of `EventStore` brings for
/// `Subscription`.
public protocol Follower {
  /// What the subscription's query admits from a position on, as far as it is quickly found: no thread should be kept
  /// for more than some milliseconds. The batch's position is that of the parameter where the log has no more.
  ///
  /// - Returns: nil once the log was closed.
  mutating func page(from position: Position) throws -> Subscription.Batch?

  /// Waits until the log may have grown since the last page was read; no growth may be slept through.
  ///
  /// - Returns: false when nothing more comes: the log was closed, or the task was cancelled, which must end the wait
  ///   at once.
  mutating func waitForMore() async throws -> Bool
}

/// What of a query makes no sense for a subscription.
public enum SubscriptionError: Error, Hashable, Sendable {
  /// The last event first: there is always a later one.
  case backward
  /// At most so many events.
  case limit(Int)
  /// As it was known at a time.
  case recordedThrough(Timestamp)
}

extension SubscriptionError: CustomStringConvertible {
  /// What came, and what to do instead.
  public var description: String {
    switch self {
    case .backward:
      "a subscription goes forward, as what comes is last; found order backward. Read backward without subscribing"
    case .limit(let limit):
      "a subscription has no limit, as its batches are read ahead; found \(limit). Leave the loop at that many events"
    case .recordedThrough(let time):
      """
      a subscription waits for what the log does not know yet; found recordedThrough \(time.rfc3339). Read it without \
      subscribing, or give the position that it stands for as until
      """
    }
  }
}

extension EventStore {
  /// The whole log, and then what is appended to it; see `subscription(to:)`.
  public func subscription() throws -> Subscription {
    try subscription(to: Query())
  }
}

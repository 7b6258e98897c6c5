import Synchronization
import Touchlog

/// One loop over a subscription under test: takes batch after batch, and checks what holds for each.
struct Listener {
  private let query: Query
  private var iterator: Subscription.Iterator
  /// All events that came.
  private(set) var events: [OpenedEvent] = []
  /// Up to where all is seen.
  private(set) var position: Position
  /// How many batches came.
  private(set) var batches = 0

  init(_ query: Query = Query(), to store: any EventStore) throws {
    self.query = query
    iterator = try store.subscription(to: query).makeAsyncIterator()
    position = query.from ?? Position(0)
  }

  /// The positions of all events that came.
  var positions: [UInt64] { events.map(\.position.value) }

  /// Takes the next batch; nil at the end.
  @discardableResult
  mutating func next() async throws -> Subscription.Batch? {
    guard let batch = try await iterator.next() else { return nil }
    let subject = "a batch of a subscription to \(query.shown)"
    if batch.position <= position {
      throw ConformanceFailure(
        "position of \(subject)", expected: "more than \(position)", found: "\(batch.position)")
    }
    if batch.head < batch.position {
      throw ConformanceFailure(
        "head of \(subject)", expected: "\(batch.position) at least", found: "\(batch.head)")
    }
    if batch.events.count > Subscription.batchEvents {
      throw ConformanceFailure(
        subject, expected: "\(Subscription.batchEvents) events at most", found: "\(batch.events.count)")
    }
    var place = position
    for event in batch.events {
      guard event.position >= place, event.position < batch.position else {
        throw ConformanceFailure(
          "an event of \(subject)", expected: "a position from \(place), below \(batch.position)",
          found: "\(event.position)")
      }
      place = event.position.next
    }
    events += batch.events
    position = batch.position
    batches += 1
    return batch
  }

  /// Takes batches until all is seen up to a position.
  mutating func listen(until end: Position) async throws {
    while position < end {
      guard try await next() != nil else {
        throw ConformanceFailure(
          "a subscription to \(query.shown)", expected: "to go on to \(end)", found: "its end at \(position)")
      }
    }
  }

  /// Takes batches to the end.
  mutating func listenToEnd() async throws {
    while try await next() != nil {}
  }
}

extension Trial {
  /// Runs what a store in order does at once, and fails where it takes so long that it will never be done.
  ///
  /// Time is counted in short sleeps, so that a machine which is busy with other things counts slowly too.
  func soon<Value: Sendable>(
    _ subject: String, file: StaticString = #fileID, line: UInt = #line,
    _ body: @escaping @Sendable () async throws -> Value,
  ) async throws -> Value {
    let outcome = Outbox<Value>()
    let task = Task {
      do { outcome.put(.success(try await body())) } catch { outcome.put(.failure(error)) }
    }
    var slept = Duration.zero
    while slept < EventStoreConformance.patience {
      if let result = outcome.content { return try result.get() }
      // Short at first, as most is done at once.
      let pause = min(Duration.microseconds(100) + slept / 2, .milliseconds(10))
      try await Task.sleep(for: pause)
      slept += pause
    }
    task.cancel()
    throw ConformanceFailure(subject, expected: "to happen soon", found: "nothing", file: file, line: line)
  }
}

/// Where a task leaves its result for one who does not wait for it.
private final class Outbox<Value: Sendable>: Sendable {
  private let result = Mutex<Result<Value, any Error>?>(nil)

  var content: Result<Value, any Error>? { result.withLock { $0 } }

  func put(_ result: Result<Value, any Error>) {
    self.result.withLock { $0 = result }
  }
}

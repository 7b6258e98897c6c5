public import Touchlog

/// Runs a store side by side with the in-memory store: random operations, the same on both, with the same answers.
///
/// The operations are appends of random batches with and without expectations, retries of all kinds, events that
/// contradict stored ones or one another, invalid and empty requests, readings under random conditions, jumps of the
/// clock, and, where the store can do so, closing and opening it anew. Now and then, and at the end, all that is in
/// the logs is compared.
///
/// ```swift
/// @Test(arguments: 1...20 as ClosedRange<UInt64>)
/// func `the store behaves like the model`(seed: UInt64) async throws {
///   let directory = try TemporaryDirectory()
///   defer { directory.remove() }
///   let store = try await ModelTest(seed: seed).run { clock in
///     try Store.create(at: directory.path, clock: clock)
///   } reopen: { store, clock in
///     try await store.close()
///     return try Store.open(at: directory.path, clock: clock)
///   }
///   try await store.close()
/// }
/// ```
public struct ModelTest: Sendable {
  /// What the operations follow from.
  public let seed: UInt64
  /// How many operations there are.
  public let steps: Int

  /// A run of so many random operations, which follow from the seed alone.
  public init(seed: UInt64, steps: Int = 200) {
    self.seed = seed
    self.steps = steps
  }

  /// Makes a store and compares it with the model.
  ///
  /// - Parameters:
  ///   - makeStore: Makes an empty store with that clock.
  ///   - reopen: Closes the store and opens it again, with that clock; nil where there is nothing to open.
  /// - Returns: The store as it was left, to be closed.
  /// - Throws: `ModelFailure`, with the seed, the step and the operation, also for errors that the store throws.
  @discardableResult
  public func run<Store: EventStore>(
    _ makeStore: (_ clock: @escaping @Sendable () -> Timestamp) async throws -> Store,
    reopen: ((_ store: Store, _ clock: @escaping @Sendable () -> Timestamp) async throws -> Store)? = nil,
  ) async throws -> Store {
    let clock = ManualClock()
    var store = try await makeStore(clock.reading)
    let model = InMemoryEventStore(clock: clock.reading)
    var script = OperationScript(seed: seed)
    for step in 0..<steps {
      let operation = script.next()
      do {
        switch operation {
        case .moveClock(let seconds):
          clock.move(seconds: seconds)
        case .reopen:
          if let reopen { store = try await reopen(store, clock.reading) }
          try Comparison(store: store, model: model).compareLogs()
        default:
          try await Comparison(store: store, model: model).run(operation)
        }
        if case .append(let events, _) = operation { script.note(events, in: try model.head()) }
      } catch {
        throw ModelFailure(seed: seed, step: step, operation: operation.description, cause: error)
      }
    }
    do {
      try Comparison(store: store, model: model).compareLogs()
    } catch {
      throw ModelFailure(seed: seed, step: steps, operation: "comparing the logs", cause: error)
    }
    return store
  }
}

/// A store does not behave like the model.
public struct ModelFailure: Error, CustomStringConvertible {
  /// The run: `ModelTest(seed:)` repeats it.
  public let seed: UInt64
  /// The operation's number, from 0.
  public let step: Int
  /// What was being done.
  public let operation: String
  /// The difference, a `ConformanceFailure`, or what the store has thrown.
  public let cause: any Error

  /// The run, the step, the operation and the difference, in one line.
  public var description: String { "seed \(seed), step \(step), \(operation): \(cause)" }
}

/// The store and its model, and what is compared of them.
private struct Comparison {
  let store: any EventStore
  let model: InMemoryEventStore

  func run(_ operation: Operation) async throws {
    switch operation {
    case .append(let events, let expectation):
      let expected = try await model.outcome(of: events, expecting: expectation)
      let found = try await store.outcome(of: events, expecting: expectation)
      try expect("the outcome", found, is: expected)
      try expect("head", try store.head(), is: try model.head())
    case .read(let query):
      try compare(query)
    case .version(let customer):
      try expect(
        "version of \(customer)", try store.streamVersion(of: customer), is: try model.streamVersion(of: customer))
    case .compare:
      try compareLogs()
    case .moveClock, .reopen:
      preconditionFailure("the run itself moves the clock and opens the store")
    }
  }

  /// Everything, in both directions, and every stream.
  func compareLogs() throws {
    try expect("head", try store.head(), is: try model.head())
    try compare(Query())
    try compare(Query(order: .backward))
    for customer in EventGenerator.customers + [.company] {
      try expect(
        "version of \(customer)", try store.streamVersion(of: customer), is: try model.streamVersion(of: customer))
      try compare(Query(customer: customer))
    }
  }

  private func compare(_ query: Query) throws {
    let found = try store.events(query)
    let expected = try model.events(query)
    try expect("positions of \(query.shown)", found.map(\.position.value), is: expected.map(\.position.value))
    for (found, expected) in zip(found, expected) {
      let place = "position \(expected.position) of \(query.shown)"
      try expect("identity at \(place)", found.event.identity, is: expected.event.identity)
      try expect("recordedAt at \(place)", found.recordedAt, is: expected.recordedAt)
      try expect("customer at \(place)", found.customer?.bytes, is: expected.customer?.bytes)
      try expect("customer number at \(place)", found.customerNumber, is: expected.customerNumber)
      try expect("stream version at \(place)", found.streamVersion, is: expected.streamVersion)
      try expect("erasure at \(place)", found.isErased, is: expected.isErased)
      guard let field = found.event.firstDifference(from: expected.event) else { continue }
      throw ConformanceFailure(
        "\(field) at \(place)", expected: expected.event.shown(field), found: found.event.shown(field))
    }
  }
}

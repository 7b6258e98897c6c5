import JSON
import Touchlog
import TouchlogTesting

/// An in-memory store with something wrong in it.
struct BrokenStore: EventStore {
  let inner: InMemoryEventStore
  var appending: @Sendable (InMemoryEventStore, [Event], Expectation) async throws -> Receipt = {
    try await $0.append($1, expecting: $2)
  }
  var asking: @Sendable (Query) -> Query = { $0 }
  var giving: @Sendable (OpenedEvent) -> OpenedEvent = { $0 }
  var reading: @Sendable ([OpenedEvent], Query) -> [OpenedEvent] = { events, _ in events }
  var counting: @Sendable (Position) -> Position = { $0 }
  var subscribing: @Sendable (InMemoryEventStore, Query) throws -> Subscription = { try $0.subscription(to: $1) }

  init(_ inner: InMemoryEventStore, _ change: (inout BrokenStore) -> Void) {
    self.inner = inner
    change(&self)
  }

  func append(_ events: [Event], expecting expectation: Expectation) async throws -> Receipt {
    try await appending(inner, events, expectation)
  }

  func head() throws -> Position { counting(try inner.head()) }

  func read(_ query: Query, _ body: (OpenedEvent) throws -> Void) throws {
    for event in reading(try inner.events(asking(query)), query) { try body(giving(event)) }
  }

  func streamVersion(of customer: Reference) throws -> UInt32 { try inner.streamVersion(of: customer) }

  func subscription(to query: Query) throws -> Subscription { try subscribing(inner, query) }

  func close() throws { try inner.close() }
}

extension EventStoreConformance {
  static func named(_ name: String) -> Case {
    guard let found = allCases.first(where: { $0.name == name }) else { preconditionFailure("no case “\(name)”") }
    return found
  }
}

extension Receipt {
  func with(positions: [Position]) -> Receipt {
    Receipt(
      positions: positions, appended: appended, streamVersion: streamVersion, head: head, durability: durability)
  }
}

extension OpenedEvent {
  func with(
    recordedAt: Timestamp? = nil, customerNumber: CustomerNumber? = nil, event: Event? = nil,
  ) -> OpenedEvent {
    OpenedEvent(
      position: position, recordedAt: recordedAt ?? self.recordedAt,
      customerNumber: customerNumber ?? self.customerNumber, customer: customer, streamVersion: streamVersion,
      event: event ?? self.event, isErased: isErased)
  }
}

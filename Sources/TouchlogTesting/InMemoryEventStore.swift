import JSON
import Synchronization
public import Touchlog

/// An event store that keeps everything in memory: the reference by which others are measured, and a quick store for
/// tests of what stands on one.
///
/// It is meant to be read: a list of events, an identity index, and the rules of `EventStore.append`, one after the
/// other. Any number of threads use it at once; a lock makes one append at a time out of them.
///
/// The errors of an append are decided in this order, which every store keeps. First what is wrong with the request by
/// itself, so that it is refused in the same way whatever the log holds, even when all of it is stored:
/// 1. `tooManyEvents`;
/// 2. `invalid`, for the first such event;
/// 3. `severalCustomers`, under an expectation: the first event's customer and the first that is another;
/// 4. `conflictWithinRequest`, for the first event that differs from the first with its identity.
///
/// Then what the log has to say:
/// 5. `conflict`, for the first such event;
/// 6. `partlyStored`, under an expectation, with events that are there twice counted once;
/// 7. `unexpectedVersion`, unless the request is wholly stored.
///
/// After `close`, a request that is right by itself is `closed`.
///
/// Numbers of customers count from 0 as they first appear: for each event its own customer, then those that its `data`
/// refers to. A refused request uses none up.
public final class InMemoryEventStore: EventStore {
  private let clock: @Sendable () -> Timestamp
  private let log = Mutex(Log())
  private let wakes = WakeList()

  /// An empty store.
  ///
  /// - Parameter clock: The log's clock. It may jump back; `recordedAt` then stays where it was.
  public init(clock: @escaping @Sendable () -> Timestamp) {
    self.clock = clock
  }

  /// Adds events, as `EventStore` says.
  ///
  /// - Returns: A receipt whose durability is `.memory`.
  /// - Throws: `AppendError`, for the first fault in the order above; never `failed`.
  public func append(_ events: [Event], expecting expectation: Expectation) async throws -> Receipt {
    let now = clock()
    let incoming = try InMemoryEventStore.check(events, now: now)
    if expectation != .any { try InMemoryEventStore.requireOneCustomer(of: incoming) }
    try InMemoryEventStore.refuseConflicts(within: incoming)
    let receipt = try log.withLock { try $0.append(incoming, expecting: expectation, now: now) }
    wakes.wakeAll()
    return receipt
  }

  /// How many events there are.
  public func head() throws -> Position {
    log.withLock { Position(UInt64($0.events.count)) }
  }

  /// Gives out the events that a query asks for.
  ///
  /// What `body` sees is the log as it was when the reading began, so `body` may call the store. A negative limit is a
  /// programmer error.
  ///
  /// - Throws: What `body` throws, which ends the reading.
  public func read(_ query: Query, _ body: (OpenedEvent) throws -> Void) throws {
    let limit = query.limit ?? .max
    precondition(limit >= 0, "a query for at most \(limit) events")
    let events = log.withLock { $0.events }
    var given = 0
    for index in 0..<events.count {
      if given == limit { return }
      let event = events[query.order == .forward ? index : events.count - 1 - index]
      guard InMemoryEventStore.doesMatch(event, query) else { continue }
      given += 1
      try body(event)
    }
  }

  /// How many events a customer's stream has; 0 for an unknown customer.
  public func streamVersion(of customer: Reference) throws -> UInt32 {
    log.withLock { $0.customers[customer.bytes]?.version ?? 0 }
  }

  /// Follows the log, as `EventStore` says.
  public func subscription(to query: Query) throws -> Subscription {
    try Subscription(to: query) { [self] in
      InMemoryFollower(store: self, query: query, wakes: wakes.listen().makeAsyncIterator())
    }
  }

  /// Ends subscriptions, and refuses later appends.
  public func close() throws {
    log.withLock { $0.isClosed = true }
    wakes.finish()
  }

  /// The events from a position on that pass a query, among as many as a batch may hold; nil when the log is closed.
  fileprivate func page(of query: Query, from position: Position) -> Subscription.Batch? {
    log.withLock { log in
      if log.isClosed { return nil }
      let count = UInt64(log.events.count)
      let end = min(query.until?.value ?? count, count)
      guard position.value < end else {
        return Subscription.Batch(events: [], position: position, head: Position(count))
      }
      let stretch = log.events[Int(position.value)..<Int(end)].prefix(Subscription.batchEvents)
      return Subscription.Batch(
        events: stretch.filter { InMemoryEventStore.doesMatch($0, query) },
        position: Position(position.value + UInt64(stretch.count)), head: Position(count))
    }
  }

  private static func doesMatch(_ opened: OpenedEvent, _ query: Query) -> Bool {
    let event = opened.event
    if let from = query.from, opened.position < from { return false }
    if let until = query.until, opened.position >= until { return false }
    if let customer = query.customer, opened.customer?.bytes != customer.bytes { return false }
    if !query.types.isEmpty, !query.types.contains(event.type) { return false }
    if !query.channels.isEmpty, event.channel.map(query.channels.contains) != true { return false }
    if !query.interactions.isEmpty, event.interaction.map(query.interactions.contains) != true { return false }
    if let from = query.occurredFrom, event.occurredAt < from { return false }
    if let until = query.occurredUntil, event.occurredAt >= until { return false }
    if let through = query.recordedThrough, opened.recordedAt > through { return false }
    return true
  }
}

/// Reads the list for one subscriber.
private struct InMemoryFollower: Follower {
  let store: InMemoryEventStore
  let query: Query
  var wakes: AsyncStream<Void>.Iterator

  func page(from position: Position) -> Subscription.Batch? { store.page(of: query, from: position) }

  mutating func waitForMore() async -> Bool { await wakes.next() != nil }
}

// MARK: What is wrong with a request by itself

/// An event on its way into the log.
private struct Incoming {
  /// In normal form.
  let event: Event
  let customer: Reference
  /// Those that `data` refers to.
  let others: [Reference]

  var identity: Identity { Identity(source: Array(event.source.utf8), id: Array(event.id.utf8)) }
}

/// What makes an event the same event, by bytes.
private struct Identity: Hashable {
  let source: [UInt8]
  let id: [UInt8]
}

extension InMemoryEventStore {
  private static func check(_ events: [Event], now: Timestamp) throws(AppendError) -> [Incoming] {
    guard events.count <= Limits.eventsPerAppend else { throw .tooManyEvents(events.count) }
    var checker = EventChecker()
    var incoming: [Incoming] = []
    for (index, event) in events.enumerated() {
      do throws(EventError) {
        let checked = try checker.check(event)
        try checkTime(of: event, now: now)
        incoming.append(
          Incoming(
            event: checked.normalForm, customer: checked.customer, others: checked.references.map(\.reference)))
      } catch {
        throw .invalid(index: index, error)
      }
    }
    return incoming
  }

  private static func checkTime(of event: Event, now: Timestamp) throws(EventError) {
    guard event.occurredAt <= now.adding(seconds: Limits.futureSeconds) else {
      throw EventError(
        field: "time", expected: "no more than a day ahead of the log's clock", found: event.occurredAt.rfc3339)
    }
  }

  private static func requireOneCustomer(of events: [Incoming]) throws(AppendError) {
    guard let first = events.first?.customer,
      let other = events.first(where: { $0.customer.bytes != first.bytes })?.customer
    else { return }
    throw .severalCustomers(first, other)
  }

  private static func refuseConflicts(within events: [Incoming]) throws(AppendError) {
    var firsts: [Identity: Int] = [:]
    for (index, incoming) in events.enumerated() {
      let event = incoming.event
      guard let earlier = firsts[incoming.identity] else {
        firsts[incoming.identity] = index
        continue
      }
      if let field = event.firstDifference(from: events[earlier].event) {
        throw .conflictWithinRequest(index: index, earlier: earlier, id: event.id, source: event.source, field: field)
      }
    }
  }
}

// MARK: What the log has to say

private struct Log {
  var events: [OpenedEvent] = []
  var isClosed = false
  /// By normal form.
  var customers: [[UInt8]: (number: CustomerNumber, version: UInt32)] = [:]
  private var positions: [Identity: Position] = [:]

  mutating func append(
    _ incoming: [Incoming], expecting expectation: Expectation, now: Timestamp,
  ) throws(AppendError) -> Receipt {
    if isClosed { throw .closed }
    try refuseConflicts(of: incoming)
    let identities = Set(incoming.map(\.identity))
    let stored = identities.count { positions[$0] != nil }
    let new = identities.count - stored
    if expectation != .any, new > 0, let customer = incoming.first?.customer {
      if stored > 0 { throw .partlyStored(stored: stored, new: new) }
      try check(expectation, of: customer)
    }
    for event in incoming where positions[event.identity] == nil { add(event, now: now) }
    return receipt(for: incoming, appended: new)
  }

  private func refuseConflicts(of incoming: [Incoming]) throws(AppendError) {
    for (index, incoming) in incoming.enumerated() {
      let event = incoming.event
      guard let position = positions[incoming.identity],
        let field = event.firstDifference(from: events[Int(position.value)].event)
      else { continue }
      throw .conflict(index: index, id: event.id, source: event.source, stored: position, field: field)
    }
  }

  private func check(_ expectation: Expectation, of customer: Reference) throws(AppendError) {
    let found = version(of: customer)
    let isMet =
      switch expectation {
      case .any: true
      case .noStream: found == 0
      case .version(let version): found == version
      }
    guard isMet else { throw .unexpectedVersion(customer: customer, expected: expectation, found: found) }
  }

  private mutating func add(_ incoming: Incoming, now: Timestamp) {
    let position = Position(UInt64(events.count))
    let version = version(of: incoming.customer)
    let number = number(of: incoming.customer)
    for other in incoming.others { _ = self.number(of: other) }
    customers[incoming.customer.bytes] = (number, version + 1)
    positions[incoming.identity] = position
    events.append(
      OpenedEvent(
        position: position, recordedAt: max(now, events.last?.recordedAt ?? now), customerNumber: number,
        customer: incoming.customer, streamVersion: version, event: incoming.event))
  }

  private func receipt(for incoming: [Incoming], appended: Int) -> Receipt {
    let names = Set(incoming.map(\.customer.bytes))
    let customer = names.count == 1 ? names.first : nil
    return Receipt(
      positions: incoming.compactMap { positions[$0.identity] }, appended: appended,
      streamVersion: customer.map { customers[$0]?.version ?? 0 }, head: Position(UInt64(events.count)),
      durability: .memory)
  }

  private func version(of customer: Reference) -> UInt32 {
    customers[customer.bytes]?.version ?? 0
  }

  /// The customer's number, the next one for a new customer.
  private mutating func number(of customer: Reference) -> CustomerNumber {
    if let known = customers[customer.bytes] { return known.number }
    let number = CustomerNumber(UInt32(customers.count))
    customers[customer.bytes] = (number, 0)
    return number
  }
}

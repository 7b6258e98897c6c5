/// A log of events: what Touchlog asks of whatever keeps it.
///
/// `EventStoreConformance` in TouchlogTesting is the suite that each implementation passes.
public protocol EventStore: Sendable {
  /// Adds events in one atomic, durable commit.
  ///
  /// Events that are stored already are recognised and not added again. A request that is wholly stored already
  /// answers with its first positions, whatever version it expects; a mix of stored and new events is refused under
  /// an expectation, and otherwise the new ones are added. What is in the request twice counts once. Under an
  /// expectation, all events must be of one customer.
  ///
  /// - Returns: the positions, in the order of the events.
  /// - Throws: `AppendError`; nothing of the request is in the log then.
  func append(_ events: [Event], expecting expectation: Expectation) async throws -> Receipt

  /// How many events there are.
  func head() throws -> Position

  /// Gives out the events that a query asks for, one by one, in its order. `body` may call the store.
  func read(_ query: Query, _ body: (OpenedEvent) throws -> Void) throws

  /// How many events a customer's stream has; 0 for an unknown customer.
  func streamVersion(of customer: Reference) throws -> UInt32

  /// Follows the log: gives out, in batches, what a query admits of the log so far, and then what is appended.
  ///
  /// - Throws: `SubscriptionError`, where the query is backward, has a limit or looks back at a time of the log's clock.
  func subscription(to query: Query) throws -> Subscription

  /// Writes what is queued, and ends the use of the log: subscriptions end, and later appends are refused with
  /// `AppendError.closed`. Nothing else may be asked of it any more.
  func close() throws
}

extension EventStore {
  /// Adds events, whatever the streams hold; see `append(_:expecting:)`.
  public func append(_ events: [Event]) async throws -> Receipt {
    try await append(events, expecting: .any)
  }

  /// The events that a query asks for, in its order.
  public func events(_ query: Query = Query()) throws -> [OpenedEvent] {
    var events: [OpenedEvent] = []
    try read(query) { events.append($0) }
    return events
  }
}

/// What an append expects of the stream that it adds to.
public enum Expectation: Hashable, Sendable, CustomStringConvertible {
  /// Nothing.
  case any
  /// That the customer has no events yet.
  case noStream
  /// That the customer has so many events.
  case version(UInt32)

  /// In words, for a message.
  public var description: String {
    switch self {
    case .any: "any version"
    case .noStream: "no stream"
    case .version(let version): "version \(version)"
    }
  }
}

/// What an acknowledgement is worth.
public enum Durability: String, Sendable {
  /// On disk before the answer: it survives a power cut.
  case synced
  /// In memory only: gone with the process.
  case memory
}

/// The answer to an append.
public struct Receipt: Hashable, Sendable {
  /// Where the events are, in the order in which they were given.
  public let positions: [Position]
  /// How many of them are new; the others were in the log before.
  public let appended: Int
  /// How many events the customer's stream has now; nil when the request names several customers.
  public let streamVersion: UInt32?
  /// How many events the log had, once these were in.
  public let head: Position
  /// What the acknowledgement is worth.
  public let durability: Durability

  /// A receipt by its parts, for implementations of `EventStore`.
  public init(
    positions: [Position], appended: Int, streamVersion: UInt32?, head: Position, durability: Durability,
  ) {
    self.positions = positions
    self.appended = appended
    self.streamVersion = streamVersion
    self.head = head
    self.durability = durability
  }

  /// How many were in the log before, or earlier in the request.
  public var duplicates: Int { positions.count - appended }
}

/// Why an append was refused. Nothing of it is in the log; only after `failed`, the disk may have it all the same.
public enum AppendError: Error, Hashable, Sendable {
  /// An event is not what the catalogue asks for. `index` counts from 0 in the request.
  case invalid(index: Int, EventError)
  /// The identity is taken by an event with other content. `field` names the first difference.
  case conflict(index: Int, id: String, source: String, stored: Position, field: String)
  /// Two events of the request have one identity and different content.
  case conflictWithinRequest(index: Int, earlier: Int, id: String, source: String, field: String)
  /// The stream is not where the request expects it.
  case unexpectedVersion(customer: Reference, expected: Expectation, found: UInt32)
  /// Under an expectation, all events must be of one customer.
  case severalCustomers(Reference, Reference)
  /// Under an expectation, a request must be wholly new or wholly stored.
  case partlyStored(stored: Int, new: Int)
  /// More events than `Limits.eventsPerAppend`.
  case tooManyEvents(Int)
  /// The log gave up after a failed write or sync, and acknowledges nothing until it was opened anew.
  case failed(cause: String)
  /// The log was closed.
  case closed
}

extension AppendError: CustomStringConvertible {
  /// What was expected, what came, and the way out.
  public var description: String {
    switch self {
    case .invalid(let index, let error):
      "event \(index): \(error)"
    case .conflict(let index, let id, let source, let stored, let field):
      """
      event \(index): \(source) has already sent an event \(id), stored at position \(stored), with another \(field). \
      An event never changes: give the new one an id of its own
      """
    case .conflictWithinRequest(let index, let earlier, let id, let source, let field):
      "event \(index): has the identity of event \(earlier), \(source) \(id), and another \(field)"
    case .unexpectedVersion(let customer, let expected, let found):
      "\(customer): expected \(expected), found version \(found). Read the stream again, decide again, and retry"
    case .severalCustomers(let first, let second):
      "an expected version is about one customer, and the request names \(first) and \(second)"
    case .partlyStored(let stored, let new):
      """
      \(stored) of the events are in the log already and \(new) are not, which an expected version forbids. \
      Retry exactly the request that was sent before
      """
    case .tooManyEvents(let count):
      "\(count) events in one append, and \(Limits.eventsPerAppend) is the most. Send them in parts"
    case .failed(let cause):
      "the log takes no events since a write failed: \(cause.sentence) Mend the cause and open the log again"
    case .closed:
      "the log is closed"
    }
  }
}

extension String {
  /// With one full stop at the end: the causes of some storages bring their own.
  fileprivate var sentence: String { hasSuffix(".") ? self : self + "." }
}

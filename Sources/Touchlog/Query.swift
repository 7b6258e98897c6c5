/// Which events to read, and in which order. All conditions hold at once.
public struct Query: Hashable, Sendable {
  /// The direction in which events are given out, by position.
  public enum Order: Sendable {
    case forward
    case backward
  }

  /// Oldest position first, or newest.
  public var order: Order
  /// The first position, included.
  public var from: Position?
  /// The last position, excluded.
  public var until: Position?
  /// Only this customer's stream.
  public var customer: Reference?
  /// Only these types; all when empty.
  public var types: Set<String>
  /// Only these channels; all when empty.
  public var channels: Set<Channel>
  /// Only these interactions, by name; all when empty.
  public var interactions: Set<String>
  /// Only what happened from here on, included.
  public var occurredFrom: Timestamp?
  /// Only what happened before, excluded.
  public var occurredUntil: Timestamp?
  /// Only what the log took by then, included: as it was known at that time.
  public var recordedThrough: Timestamp?
  /// At most so many events; not negative.
  public var limit: Int?

  /// A query; what is left out asks for nothing, so `Query()` is the whole log.
  public init(
    order: Order = .forward, from: Position? = nil, until: Position? = nil, customer: Reference? = nil,
    types: Set<String> = [], channels: Set<Channel> = [], interactions: Set<String> = [],
    occurredFrom: Timestamp? = nil,
    occurredUntil: Timestamp? = nil, recordedThrough: Timestamp? = nil, limit: Int? = nil,
  ) {
    self.order = order
    self.from = from
    self.until = until
    self.customer = customer
    self.types = types
    self.channels = channels
    self.interactions = interactions
    self.occurredFrom = occurredFrom
    self.occurredUntil = occurredUntil
    self.recordedThrough = recordedThrough
    self.limit = limit
  }
}

/// An event as the log gives it out, with its texts.
public struct OpenedEvent: Sendable {
  /// Its place in the log.
  public let position: Position
  /// When the log took it, by the log's clock.
  public let recordedAt: Timestamp
  /// Whose stream it is in, by number; it stays when the customer is erased.
  public let customerNumber: CustomerNumber
  /// Whose stream it is in; nil when the customer was erased.
  public let customer: Reference?
  /// Its place in that stream, from 0.
  public let streamVersion: UInt32
  /// The event. Without `data` and extensions where the customer was erased.
  public let event: Event
  /// Whether the payload could be opened.
  public let isErased: Bool

  /// An event by its parts, for implementations of `EventStore`.
  public init(
    position: Position, recordedAt: Timestamp, customerNumber: CustomerNumber, customer: Reference?,
    streamVersion: UInt32, event: Event, isErased: Bool = false,
  ) {
    self.position = position
    self.recordedAt = recordedAt
    self.customerNumber = customerNumber
    self.customer = customer
    self.streamVersion = streamVersion
    self.event = event
    self.isErased = isErased
  }
}

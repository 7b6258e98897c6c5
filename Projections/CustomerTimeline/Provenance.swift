public import Touchlog

extension Timeline {
  /// What a timeline rests on: whose it is, how far the log had come, and which of it was looked at.
  public struct Provenance: Hashable, Sendable {
    /// Nil when the customer was erased, or was never there.
    public let customer: Reference?
    /// Nil when the log knows no such customer.
    public let customerNumber: CustomerNumber?
    /// How many events the log had when it was read.
    public let head: Position
    /// Which of the events were looked at.
    public let bounds: Bounds

    /// Puts together what the reader of the log knows.
    public init(
      customer: Reference?, customerNumber: CustomerNumber?, head: Position, bounds: Bounds = Bounds(),
    ) {
      self.customer = customer
      self.customerNumber = customerNumber
      self.head = head
      self.bounds = bounds
    }
  }

  /// Which events count, by both clocks. All conditions hold at once.
  public struct Bounds: Hashable, Sendable {
    /// As it was: only what had happened by then, included.
    public var asOf: Timestamp?
    /// As it was known: only what the log had taken by then, included.
    public var asKnownAt: Timestamp?
    /// As it was known when the log had so many events.
    public var until: Position?

    /// Bounds that are all open unless stated.
    public init(asOf: Timestamp? = nil, asKnownAt: Timestamp? = nil, until: Position? = nil) {
      self.asOf = asOf
      self.asKnownAt = asKnownAt
      self.until = until
    }

    /// Whether an event lies within.
    public func contains(_ opened: OpenedEvent) -> Bool {
      if let asOf, opened.event.occurredAt > asOf { return false }
      if let asKnownAt, opened.recordedAt > asKnownAt { return false }
      if let until, opened.position >= until { return false }
      return true
    }
  }
}

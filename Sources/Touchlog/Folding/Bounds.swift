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

  /// Whether nothing is left out.
  public var areOpen: Bool { self == Bounds() }
}

/// What a report's figures rest on.
public struct Provenance: Hashable, Sendable {
  /// The projection that made the rows.
  public var projection: String
  /// Its version.
  public var version: UInt32
  /// How many events of the log were looked at: those at lower positions.
  public var head: Position
  /// Which of them count.
  public var bounds: Bounds
  /// How many events count.
  public var events: UInt64
  /// The end of the log, for censoring: the as-of time, else the latest occurredAt that is not after its own recordedAt;
  /// nil where no event counts.
  public var end: Timestamp?
  /// Customers who are left out whole, as one of their events could not be folded.
  public var parkedCustomers: Int

  /// A provenance by its parts.
  public init(
    projection: String, version: UInt32, head: Position, bounds: Bounds = Bounds(), events: UInt64 = 0,
    end: Timestamp? = nil, parkedCustomers: Int = 0,
  ) {
    self.projection = projection
    self.version = version
    self.head = head
    self.bounds = bounds
    self.events = events
    self.end = end
    self.parkedCustomers = parkedCustomers
  }
}

public import Touchlog

extension Timeline {
  /// What a timeline rests on: whose it is, how far the log had come, and which of it was looked at.
  public struct Provenance: Hashable, Sendable {
    /// Nil when the customer was erased, or was never there.
    public let customer: Reference?
    /// Nil when the log knows no such customer.
    public let customerNumber: CustomerNumber?
    /// All references that are this person, the one that was asked for first; none for an unknown customer.
    public let references: [NumberedReference]
    /// How many events the log had when it was read.
    public let head: Position
    /// Which of the events were looked at.
    public let bounds: Bounds
    /// Up to when the log tells what happened, for promises that are overdue; nil where it is not known.
    public let end: Timestamp?

    /// Puts together what the reader of the log knows.
    ///
    /// - Parameter references: The person's; the customer's own, where nil.
    public init(
      customer: Reference?, customerNumber: CustomerNumber?, references: [NumberedReference]? = nil, head: Position,
      bounds: Bounds = Bounds(), end: Timestamp? = nil,
    ) {
      self.customer = customer
      self.customerNumber = customerNumber
      self.references =
        references ?? customerNumber.map { [NumberedReference(number: $0, reference: customer)] } ?? []
      self.head = head
      self.bounds = bounds
      self.end = end
    }
  }

  /// One of the references that are a person.
  public struct NumberedReference: Hashable, Sendable {
    /// Its number in the log.
    public let number: CustomerNumber
    /// Nil when it was erased.
    public let reference: Reference?

    /// A reference by its parts.
    public init(number: CustomerNumber, reference: Reference?) {
      self.number = number
      self.reference = reference
    }
  }

  /// Which events count, by both clocks.
  public typealias Bounds = Touchlog.Bounds
}

extension Bounds {
  /// Whether an event lies within.
  public func contains(_ opened: OpenedEvent) -> Bool {
    if let asOf, opened.event.occurredAt > asOf { return false }
    if let asKnownAt, opened.recordedAt > asKnownAt { return false }
    if let until, opened.position >= until { return false }
    return true
  }
}

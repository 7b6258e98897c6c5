/// Consecutive headers, lent for folding: a few hundred, which several projections read one after the other while the
/// processor's cache has them.
public struct EventBatch: ~Escapable {
  /// The first header's position.
  public let start: Position
  @usableFromInline let headers: Span<UnsafeRawBufferPointer>

  /// Lends headers of the current layout.
  ///
  /// - Precondition: Each has the length that it says, and stays where it is as long as the span.
  @_lifetime(copy headers)
  package init(start: Position, headers: Span<UnsafeRawBufferPointer>) {
    self.start = start
    self.headers = headers
  }

  /// How many headers there are.
  @inlinable
  public var count: Int { headers.count }

  /// A header.
  @inlinable
  public subscript(index: Int) -> RecordedEvent {
    @_lifetime(copy self)
    get {
      // Proof: whoever made the batch has checked each header, and keeps it as long as the span.
      let event = RecordedEvent(
        position: Position(start.value + UInt64(index)), checked: RawSpan(_unsafeBytes: headers[index]))
      return _overrideLifetime(event, copying: headers)
    }
  }
}

/// What a fold has to know of the events that it has seen, beside the rows.
public struct FoldTally: Hashable, Sendable, BitwiseCopyable {
  /// How many events counted.
  public var events: UInt64 = 0
  /// The latest occurredAt that is not after its own recordedAt, in microseconds; `Int64.min` where there is none. That
  /// somebody was erased is nothing that happened with customers: figures must not end later for it.
  public var end: Int64 = .min

  /// `Catalogue.customerErased`, as a number that needs no look-up.
  @usableFromInline static var erasureCode: UInt16 { 112 }

  /// Nothing seen.
  @inlinable
  public init() {}

  /// Takes in what another stretch has seen.
  public mutating func merge(_ other: FoldTally) {
    events += other.events
    end = max(end, other.end)
  }
}

extension Projection where Self: ~Copyable {
  /// Folds a batch: those events that had occurred by `latest`.
  ///
  /// - Parameter park: told of each event that could not be folded.
  @inlinable
  public mutating func fold(
    _ batch: borrowing EventBatch, through latest: Timestamp, tally: inout FoldTally,
    park: (CustomerNumber, Position, FoldFault) -> Void,
  ) {
    for index in 0..<batch.count {
      let event = batch[index]
      let occurredAt = event.occurredAt
      if occurredAt > latest { continue }
      tally.events &+= 1
      if occurredAt.microseconds > tally.end, occurredAt <= event.recordedAt, event.typeCode != FoldTally.erasureCode {
        tally.end = occurredAt.microseconds
      }
      do throws(FoldFault) {
        try apply(event)
      } catch {
        park(event.customer, event.position, error)
      }
    }
  }
}

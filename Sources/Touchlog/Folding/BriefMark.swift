/// A mark without words of its own: when, at which position, its type, and sixteen bits.
///
/// 16 bytes, for what happens often: half of a `Mark`, with which it shares order and rules.
///
/// ```
///  0                 8                                     16
///  ├─────────────────┼─────────────────────────────────────┤
///  │   occurredAt    │ position 40 · type 8 · detail 16    │
///  └─────────────────┴─────────────────────────────────────┘
/// ```
///
/// The detail is the projection's: by default channel 4 · choice 4 · choice 4 · 0, as in a `Mark`.
public struct BriefMark: RowValue, Hashable, Comparable {
  /// When it happened.
  public let occurredAt: Timestamp
  @usableFromInline let place: UInt64

  /// All zero.
  @inlinable
  public init() {
    occurredAt = Timestamp(microseconds: 0)
    place = 0
  }

  /// The mark of an event, with its channel and choices.
  @inlinable @inline(__always)
  public init(_ event: borrowing RecordedEvent) {
    let choices = event.choiceCodes
    self.init(
      event,
      detail: UInt16(event.channelCode & 0xF) << 12 | UInt16(choices.0 & 0xF) << 8 | UInt16(choices.1 & 0xF) << 4)
  }

  /// The mark of an event, with sixteen bits that the projection fills.
  @inlinable @inline(__always)
  public init(_ event: borrowing RecordedEvent, detail: UInt16) {
    occurredAt = event.occurredAt
    place = event.position.value << 24 | UInt64(event.typeCode & 0xFF) << 16 | UInt64(detail)
  }

  /// The event's place in the log.
  @inlinable
  public var position: Position { Position(place >> 24) }
  /// The event's type in the `Catalogue`.
  @inlinable
  public var typeCode: UInt16 { UInt16(place >> 16 & 0xFF) }
  /// What the projection filled in.
  @inlinable
  public var detail: UInt16 { UInt16(truncatingIfNeeded: place) }
  /// The channel's raw value, 0 for none: where the detail is as by default.
  @inlinable
  public var channelCode: UInt8 { UInt8(truncatingIfNeeded: detail >> 12) }
  /// A choice of a detail that is as by default; nil where absent.
  ///
  /// - Parameter index: 0 or 1, as in `RecordedEvent.choice(_:)`.
  @inlinable
  public func choice(_ index: Int) -> Int? {
    let code = Int(detail >> (index == 0 ? 8 : 4) & 0xF)
    return code == 0 ? nil : code - 1
  }

  /// By occurredAt, then by position.
  @inlinable
  public static func < (left: BriefMark, right: BriefMark) -> Bool {
    (left.occurredAt.microseconds, left.place) < (right.occurredAt.microseconds, right.place)
  }
}

/// A table whose rows are sets of brief marks.
public struct BriefMarkTable: ~Copyable, Sendable {
  /// The entries: what `Projection.visitTables` shows.
  public var table: FoldTable

  /// A table without rows.
  ///
  /// - Parameters:
  ///   - thing: what a key's thing is, for an export; nil where a customer has one row.
  ///   - columns: what the marks show; by default, their detail is channel and choices.
  @inlinable
  public init(
    thing: ThingColumn? = .thing, columns: @escaping @Sendable @autoclosure () -> [RowColumn<BriefMark>] = BriefMark.columns,
  ) {
    table = FoldTable(
      stride: MemoryLayout<BriefMark>.stride,
      describe: { RowDescription(BriefMark.self, thing: thing, fields: columns()) }, merge: nil)
  }

  /// Adds a mark to the row of a customer.
  ///
  /// - Parameters:
  ///   - customer: the event's.
  ///   - thing: which of the customer's rows.
  @inlinable @inline(__always)
  public mutating func add(_ mark: BriefMark, of customer: CustomerNumber, thing: UInt64 = 0) {
    table.append(RowKey(customer, thing: thing)).storeBytes(of: mark, as: BriefMark.self)
  }
}

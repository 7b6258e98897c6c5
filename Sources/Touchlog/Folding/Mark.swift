/// What a row keeps of one event: when, at which position, its type, and two words that the projection fills.
///
/// 32 bytes. Marks are a set, ordered by `occurredAt`, then position: folding an event twice adds nothing, and what
/// depends on order (episodes, holds, the standard in force) is derived from them when read.
///
/// ```
///  0                 8                                     16       24       32
///  ├─────────────────┼─────────────────────────────────────┼────────┼────────┤
///  │   occurredAt    │ position 40 · type 8 · channel 4 ·  │ first  │ second │
///  │                 │ choice 4 · choice 4 · part 4 bits   │        │        │
///  └─────────────────┴─────────────────────────────────────┴────────┴────────┘
/// ```
public struct Mark: RowValue, Hashable, Comparable {
  /// When it happened.
  public let occurredAt: Timestamp
  @usableFromInline let place: UInt64
  /// The first word.
  public let first: UInt64
  /// The second word.
  public let second: UInt64

  /// All zero.
  @inlinable
  public init() {
    occurredAt = Timestamp(microseconds: 0)
    place = 0
    first = 0
    second = 0
  }

  /// The mark of an event.
  ///
  /// - Parameters:
  ///   - event: gives the time, position, type, channel and both choices.
  ///   - part: tells the marks of one event in one row apart, 0 to 15.
  @inlinable
  public init(_ event: borrowing RecordedEvent, part: UInt8 = 0, first: UInt64 = 0, second: UInt64 = 0) {
    occurredAt = event.occurredAt
    place =
      event.position.value << 24 | UInt64(event.typeCode & 0xFF) << 16 | UInt64(event.channelCode) << 12
      | UInt64(event.choiceCodes.0 & 0xF) << 8 | UInt64(event.choiceCodes.1 & 0xF) << 4 | UInt64(part & 0xF)
    self.first = first
    self.second = second
  }

  /// The event's place in the log.
  @inlinable
  public var position: Position { Position(place >> 24) }
  /// The event's type in the `Catalogue`.
  @inlinable
  public var typeCode: UInt16 { UInt16(place >> 16 & 0xFF) }
  /// The touch-point; nil where the event names none.
  @inlinable
  public var channel: Channel? { Channel(rawValue: UInt8(place >> 12 & 0xF)) }
  /// A field that is one of a few words: the word's place in the field's list; nil where absent.
  ///
  /// - Parameter index: 0 or 1, as in `RecordedEvent.choice(_:)`.
  @inlinable
  public func choice(_ index: Int) -> Int? {
    let code = Int(place >> (index == 0 ? 8 : 4) & 0xF)
    return code == 0 ? nil : code - 1
  }
  /// Which of the event's marks in this row it is.
  @inlinable
  public var part: UInt8 { UInt8(place & 0xF) }

  /// By occurredAt, then by position, then by part.
  @inlinable
  public static func < (left: Mark, right: Mark) -> Bool {
    (left.occurredAt.microseconds, left.place) < (right.occurredAt.microseconds, right.place)
  }
}

// The words of a mark, as projections fill them.
extension Mark {
  /// Two names in one word; an absent one is 0.
  @inlinable
  public static func word(_ upper: NameNumber?, _ lower: NameNumber?) -> UInt64 {
    UInt64(upper.map { $0.value &+ 1 } ?? 0) << 32 | UInt64(lower.map { $0.value &+ 1 } ?? 0)
  }

  /// The upper name of a word that `word(_:_:)` made.
  @inlinable
  public static func upperName(_ word: UInt64) -> NameNumber? {
    let value = UInt32(truncatingIfNeeded: word >> 32)
    return value == 0 ? nil : NameNumber(value - 1)
  }

  /// The lower name of a word that `word(_:_:)` made.
  @inlinable
  public static func lowerName(_ word: UInt64) -> NameNumber? {
    let value = UInt32(truncatingIfNeeded: word)
    return value == 0 ? nil : NameNumber(value - 1)
  }

  /// A mark that keeps who attended and what it was about: agent and team, topic and location.
  @inlinable
  public init(naming event: borrowing RecordedEvent) {
    self.init(
      event, first: Mark.word(event.agent, event.team), second: Mark.word(event.topic, event.location))
  }

  /// The agent of a mark that was made by `init(naming:)`.
  @inlinable
  public var agent: NameNumber? { Mark.upperName(first) }
  /// The team of a mark that was made by `init(naming:)`.
  @inlinable
  public var team: NameNumber? { Mark.lowerName(first) }
  /// The topic of a mark that was made by `init(naming:)`.
  @inlinable
  public var topic: NameNumber? { Mark.upperName(second) }
  /// The location of a mark that was made by `init(naming:)`.
  @inlinable
  public var location: NameNumber? { Mark.lowerName(second) }
}

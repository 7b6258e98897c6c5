// What of an interaction's events is kept, the same in every projection that asks how interactions went.
extension MarkTable {
  /// Adds what an event says of an interaction to the row of its customer and that interaction, if it says anything.
  ///
  /// | type | marks |
  /// |---|---|
  /// | `contact.*`, `visit.*`, `guide.*` | part 0: agent, team, topic, location |
  /// | `visit.scheduled` | and part 1: `windowStart`, `windowEnd` in microseconds |
  /// | `complaint.*`, `praise.given` that name an interaction | part 0 |
  /// | `feedback.given` that names an interaction | part 0; part 1: `score`, `min`; part 2: `max`, dimension |
  ///
  /// Everything else says nothing of an interaction's course, or has a table of its own: promises, purchases, links.
  @inlinable @inline(__always)
  public mutating func addInteraction(_ event: borrowing RecordedEvent) {
    guard let interaction = event.interaction else { return }
    switch event.typeCode {
    case InteractionCodes.contact, InteractionCodes.guide, InteractionCodes.remarks, 17...19:
      add(Mark(naming: event), of: event.customer, thing: interaction.thing)
    case InteractionCodes.visitScheduled:
      add(Mark(naming: event), of: event.customer, thing: interaction.thing)
      add(
        Mark(
          event, part: 1, first: UInt64(bitPattern: event.slot(0) ?? 0), second: UInt64(bitPattern: event.slot(1) ?? 0)),
        of: event.customer, thing: interaction.thing)
    case InteractionCodes.feedback:
      addScore(event, of: event.customer, thing: interaction.thing)
    default: break
    }
  }

  /// Adds the three marks of a `feedback.given`: who and what (part 0), `score` and `min` (1), `max` and dimension (2).
  @inlinable
  public mutating func addScore(_ event: borrowing RecordedEvent, of customer: CustomerNumber, thing: UInt64) {
    add(Mark(naming: event), of: customer, thing: thing)
    add(
      Mark(
        event, part: 1, first: UInt64(bitPattern: event.slot(0) ?? 0), second: UInt64(bitPattern: event.slot(1) ?? 0)),
      of: customer, thing: thing)
    let dimension = event.slot(3).map { NameNumber(UInt32(truncatingIfNeeded: $0)) }
    add(
      Mark(event, part: 2, first: UInt64(bitPattern: event.slot(2) ?? 0), second: Mark.word(nil, dimension)),
      of: customer, thing: thing)
  }
}

/// The codes of the types that are part of an interaction, as numbers, since a catalogue's type is looked up by whoever
/// folds millions of events; a test holds them against the `Catalogue`.
@usableFromInline
enum InteractionCodes {
  @usableFromInline static var contact: ClosedRange<UInt16> {
    @inlinable @inline(__always) get { 1...9 }
  }
  @usableFromInline static var visit: ClosedRange<UInt16> {
    @inlinable @inline(__always) get { 16...19 }
  }
  @usableFromInline static var guide: ClosedRange<UInt16> {
    @inlinable @inline(__always) get { 40...42 }
  }
  @usableFromInline static var remarks: ClosedRange<UInt16> {
    @inlinable @inline(__always) get { 64...66 }
  }
  @usableFromInline static var visitScheduled: UInt16 {
    @inlinable @inline(__always) get { 16 }
  }
  @usableFromInline static var feedback: UInt16 {
    @inlinable @inline(__always) get { 56 }
  }

  static let contactStarted: UInt16 = 1
  static let contactQueued: UInt16 = 2
  static let contactAnswered: UInt16 = 3
  static let contactHeld: UInt16 = 4
  static let contactResumed: UInt16 = 5
  static let contactMessage: UInt16 = 6
  static let contactTransferred: UInt16 = 7
  static let contactEnded: UInt16 = 8
  static let contactReopened: UInt16 = 9
  static let visitArrived: UInt16 = 17
  static let visitCompleted: UInt16 = 18
  static let visitMissed: UInt16 = 19
  static let guideStarted: UInt16 = 40
  static let guideStep: UInt16 = 41
  static let guideFinished: UInt16 = 42
}

extension Mark {
  /// Whether it is of a contact, a visit or a guide: part of an interaction's course, and not a remark about it.
  @inlinable
  public var isOfCourse: Bool {
    InteractionCodes.contact.contains(typeCode) || InteractionCodes.visit.contains(typeCode)
      || InteractionCodes.guide.contains(typeCode)
  }

  /// The first word of a mark that was made of a number, see `MarkTable.addInteraction(_:)`.
  @inlinable
  public var firstNumber: Int64 { Int64(bitPattern: first) }
  /// The second word of a mark that was made of a number, see `MarkTable.addInteraction(_:)`.
  @inlinable
  public var secondNumber: Int64 { Int64(bitPattern: second) }
}

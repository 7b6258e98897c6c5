public import Touchlog

/// How evenly the company serves: clocks, shares and opinions, channel by channel.
///
/// `ServiceReport` computes the figures from a view, and `ConsistencyReport` how far channels differ.
public struct ServiceConsistency: Projection, ~Copyable {
  /// Names the view on disk.
  public static let name = "service-consistency"
  /// Raised when the fold or a row changes.
  public static let version: UInt32 = 2
  /// What happened in each interaction: a row per customer and interaction, see `MarkTable.addInteraction(_:)`.
  public static let interactions = TableName<Mark>("interactions")
  /// What became of each promise: a row per customer and promise. Part 0 of a mark names who and what; part 1, where the
  /// event states a due time, has it in its first word, in microseconds.
  public static let promises = TableName<Mark>("promises")
  /// Feedback that names no interaction: a row per customer, marks as in `MarkTable.addScore(_:of:thing:)`.
  public static let feedback = TableName<Mark>("feedback")
  /// Which segments a customer was put into: a row per customer; the segment is the second word's lower name.
  public static let segments = TableName<Mark>("segments")
  /// Which references name one person, see `Persons`.
  public static let links = TableName<Mark>("links")
  /// What the company declared: a row per month, counted from January 1970, UTC.
  ///
  /// `standard.declared`: part 1 has `thresholdSeconds` in millionths and `targetShare`, part 2 `from` in microseconds, or
  /// the event's own time, and the standard's name. `belief.stated`: as feedback, with the department instead of the
  /// dimension in part 2.
  public static let company = TableName<Mark>("company")

  var interactions = MarkTable(thing: .interaction, columns: Mark.interactionColumns)
  var promises = MarkTable(thing: ThingColumn("promise", .hash) { .hash($0) }, columns: promiseColumns)
  var feedback = MarkTable(thing: nil, columns: Mark.eventColumns + Mark.nameColumns + Mark.scoreColumns)
  var segments = MarkTable(thing: nil, columns: segmentColumns)
  var links = MarkTable(thing: .otherReference, columns: Mark.eventColumns)
  var company = MarkTable(thing: nil, columns: companyColumns)

  /// Has folded nothing.
  public init() {}

  /// Adds what an event says to its customer's rows.
  public mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    switch event.typeCode {
    case 1...19, 40...42, 64...66: interactions.addInteraction(event)
    case 48...52: addPromise(event)
    case 56:
      if event.interaction == nil {
        feedback.addScore(event, of: event.customer, thing: 0)
      } else {
        interactions.addInteraction(event)
      }
    case 57: addBelief(event)
    case 72: addStandard(event)
    case 80, 81: _ = links.addLink(event)
    case 89:
      let segment = event.slot(0).map { NameNumber(UInt32(truncatingIfNeeded: $0)) }
      segments.add(Mark(event, second: Mark.word(nil, segment)), of: event.customer)
    default: break
    }
  }

  private mutating func addPromise(_ event: borrowing RecordedEvent) {
    guard let promise = event.slot(0) else { return }
    let thing = UInt64(bitPattern: promise)
    promises.add(Mark(naming: event), of: event.customer, thing: thing)
    guard event.typeCode <= 49, let due = event.slot(1) else { return }
    promises.add(Mark(event, part: 1, first: UInt64(bitPattern: due)), of: event.customer, thing: thing)
  }

  private mutating func addBelief(_ event: borrowing RecordedEvent) {
    let thing = ServiceConsistency.month(of: event.occurredAt)
    company.add(Mark(naming: event), of: event.customer, thing: thing)
    company.add(
      Mark(
        event, part: 1, first: UInt64(bitPattern: event.slot(0) ?? 0), second: UInt64(bitPattern: event.slot(1) ?? 0)),
      of: event.customer, thing: thing)
    let department = event.slot(4).map { NameNumber(UInt32(truncatingIfNeeded: $0)) }
    company.add(
      Mark(event, part: 2, first: UInt64(bitPattern: event.slot(2) ?? 0), second: Mark.word(nil, department)),
      of: event.customer, thing: thing)
  }

  private mutating func addStandard(_ event: borrowing RecordedEvent) {
    let thing = ServiceConsistency.month(of: event.occurredAt)
    let name = event.slot(0).map { NameNumber(UInt32(truncatingIfNeeded: $0)) }
    company.add(
      Mark(
        event, part: 1, first: UInt64(bitPattern: event.slot(1) ?? 0), second: UInt64(bitPattern: event.slot(2) ?? 0)),
      of: event.customer, thing: thing)
    let from = event.slot(3) ?? event.occurredAt.microseconds
    company.add(
      Mark(event, part: 2, first: UInt64(bitPattern: from), second: Mark.word(nil, name)), of: event.customer,
      thing: thing)
  }

  /// Keeps the company's rows small, whose events are all of one customer.
  private static func month(of time: Timestamp) -> UInt64 {
    UInt64(bitPattern: Int64(ReportingPeriod.month.number(of: time.civil.date)))
  }

  /// Visits all tables.
  public mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit(ServiceConsistency.interactions.name, &interactions.table)
    try visit(ServiceConsistency.promises.name, &promises.table)
    try visit(ServiceConsistency.feedback.name, &feedback.table)
    try visit(ServiceConsistency.segments.name, &segments.table)
    try visit(ServiceConsistency.links.name, &links.table)
    try visit(ServiceConsistency.company.name, &company.table)
  }
}

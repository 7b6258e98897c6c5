public import Touchlog

/// Who is about to leave, and why.
///
/// Rows keep when things happened, and nothing that depends on order: waits, the standard in force, promises that were
/// moved, and who is one person with whom are found when a report reads them.
///
/// ```swift
/// let view = try log.view(of: ChurnRisk.self)
/// let report = try ChurnReport(of: view, ChurnParameters())
/// ```
public struct ChurnRisk: Projection, ~Copyable {
  /// Names the view on disk.
  public static let name = "churn-risk"
  /// Raised when the fold or a row changes.
  public static let version: UInt32 = 1

  /// The course of each contact: a row per customer and interaction.
  public static let contacts = TableName<BriefMark>("contacts")
  /// Visits with their windows, in the marks' words: a row per customer and interaction.
  public static let visits = TableName<Mark>("visits")
  /// Purchases, feedback (the detail is the score, 0 to `scoreScale`), complaints and changes of the relationship: a row
  /// per customer.
  public static let moments = TableName<BriefMark>("moments")
  /// What is promised and what comes of it, in the marks' words the promise and its due time (`noTime` without): a row
  /// per customer.
  public static let promises = TableName<Mark>("promises")
  /// Limits that the company has set itself, in the marks' words the limit in microseconds and from when it holds.
  public static let standards = TableName<Mark>("standards")
  /// Who is one person with whom: what `Persons` reads.
  public static let links = TableName<Mark>("links")

  /// The best answer to a questionnaire; the worst is 0.
  static let scoreScale: Int64 = 10_000
  /// Stands for a time that the event does not name.
  static let noTime = UInt64(bitPattern: Int64.min)

  var contacts = BriefMarkTable(thing: .interaction)
  var visits = MarkTable(thing: .interaction, columns: visitColumns)
  var moments = BriefMarkTable(thing: nil, columns: momentColumns)
  var promises = MarkTable(thing: nil, columns: promiseColumns)
  var standards = MarkTable(thing: nil, columns: standardColumns)
  var links = MarkTable(thing: .otherReference, columns: Mark.eventColumns)

  /// Has folded nothing.
  public init() {}

  /// Adds what an event says to its customer's rows.
  public mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    switch event.typeCode {
    case TypeCode.contactStarted, TypeCode.contactQueued, TypeCode.contactAnswered, TypeCode.contactTransferred,
      TypeCode.contactEnded, TypeCode.contactReopened:
      guard let interaction = event.interaction else { return }
      contacts.add(BriefMark(event), of: event.customer, thing: interaction.thing)
    case TypeCode.visitScheduled, TypeCode.visitArrived, TypeCode.visitCompleted, TypeCode.visitMissed:
      guard let interaction = event.interaction else { return }
      visits.add(
        Mark(event, first: ChurnRisk.word(event.slot(0)), second: ChurnRisk.word(event.slot(1))),
        of: event.customer, thing: interaction.thing)
    case TypeCode.purchaseMade, TypeCode.complaintRaised, TypeCode.relationshipChanged:
      moments.add(BriefMark(event), of: event.customer)
    case TypeCode.feedbackGiven:
      guard let score = ChurnRisk.score(event) else { return }
      moments.add(BriefMark(event, detail: score), of: event.customer)
    case TypeCode.promiseMade, TypeCode.promiseRenegotiated, TypeCode.promiseKept, TypeCode.promiseBroken,
      TypeCode.promiseWaived:
      promises.add(
        Mark(event, first: UInt64(bitPattern: event.slot(0) ?? 0), second: ChurnRisk.word(event.slot(1))),
        of: event.customer)
    case TypeCode.standardDeclared:
      // The limit is kept in millionths of a second: in microseconds.
      standards.add(
        Mark(event, first: UInt64(bitPattern: event.slot(1) ?? 0), second: ChurnRisk.word(event.slot(3))),
        of: event.customer)
    default: _ = links.addLink(event)
    }
  }

  /// Visits all tables.
  public mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit(ChurnRisk.contacts.name, &contacts.table)
    try visit(ChurnRisk.visits.name, &visits.table)
    try visit(ChurnRisk.moments.name, &moments.table)
    try visit(ChurnRisk.promises.name, &promises.table)
    try visit(ChurnRisk.standards.name, &standards.table)
    try visit(ChurnRisk.links.name, &links.table)
  }

  @inline(__always)
  private static func word(_ time: Int64?) -> UInt64 { UInt64(bitPattern: time ?? .min) }

  /// Where the answer lies between the worst and the best that could be given; nil where they are the same.
  private static func score(_ event: borrowing RecordedEvent) -> UInt16? {
    guard let score = event.slot(0), let least = event.slot(1), let most = event.slot(2), most > least
    else { return nil }
    // Within the range, as the catalogue asks. The difference of two decimals fits, times ten thousand it need not.
    let (part, whole) = (score - least, most - least)
    let (product, isTooLarge) = part.multipliedReportingOverflow(by: scoreScale)
    let scaled = isTooLarge ? part / (whole / scoreScale) : product / whole
    return UInt16(clamping: min(max(scaled, 0), scoreScale))
  }
}

/// The catalogue's codes as numbers: a catalogue's type is looked up in a table, and this is asked for each event. A test
/// holds them to the catalogue.
enum TypeCode {
  static var contactStarted: UInt16 { 1 }
  static var contactQueued: UInt16 { 2 }
  static var contactAnswered: UInt16 { 3 }
  static var contactTransferred: UInt16 { 7 }
  static var contactEnded: UInt16 { 8 }
  static var contactReopened: UInt16 { 9 }
  static var visitScheduled: UInt16 { 16 }
  static var visitArrived: UInt16 { 17 }
  static var visitCompleted: UInt16 { 18 }
  static var visitMissed: UInt16 { 19 }
  static var promiseMade: UInt16 { 48 }
  static var promiseRenegotiated: UInt16 { 49 }
  static var promiseKept: UInt16 { 50 }
  static var promiseBroken: UInt16 { 51 }
  static var promiseWaived: UInt16 { 52 }
  static var feedbackGiven: UInt16 { 56 }
  static var complaintRaised: UInt16 { 64 }
  static var standardDeclared: UInt16 { 72 }
  static var relationshipChanged: UInt16 { 88 }
  static var purchaseMade: UInt16 { 96 }
}

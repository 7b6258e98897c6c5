public import Touchlog

/// What customers complain of, and whether what was settled comes again.
public struct Complaints: Projection, ~Copyable {
  public static let name = "complaints"
  public static let version: UInt32 = 1

  /// One row for each customer and topic.
  public static let topics = TableName<Tally>("topics")
  /// The complaints of each customer and topic, and their settlements.
  public static let courses = TableName<Mark>("courses")

  var topics = RowTable<Tally>()
  var courses = MarkTable()

  public init() {}

  public mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    switch event.typeCode {
    case Catalogue.complaintRaised.code:
      let severity = UInt32(clamping: event.slot(0) ?? 0)
      topics.add(Tally(raised: 1, gravest: severity), of: event.customer, thing: Complaints.thing(event.topic))
      courses.add(Mark(event), of: event.customer, thing: Complaints.thing(event.topic))
    case Catalogue.complaintResolved.code:
      courses.add(Mark(event), of: event.customer, thing: Complaints.thing(event.topic))
    default: break
    }
  }

  public mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit(Complaints.topics.name, &topics.table)
    try visit(Complaints.courses.name, &courses.table)
  }

  /// A topic as the thing of a row; 0 where none is stated.
  static func thing(_ topic: NameNumber?) -> UInt64 { topic.map { UInt64($0.value) + 1 } ?? 0 }

  /// The topic of a row.
  static func topic(_ thing: UInt64) -> NameNumber? { thing == 0 ? nil : NameNumber(UInt32(thing - 1)) }
}

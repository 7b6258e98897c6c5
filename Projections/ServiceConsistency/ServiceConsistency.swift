public import Touchlog

/// How evenly the company serves: clocks, shares and opinions, channel by channel.
public struct ServiceConsistency: Projection, ~Copyable {
  /// Names the view on disk.
  public static let name = "service-consistency"
  /// Raised when the fold or a row changes.
  public static let version: UInt32 = 1
  /// What happened in each interaction: one row per customer and interaction.
  public static let interactions = TableName<Mark>("interactions")

  var interactions = MarkTable()

  /// Has folded nothing.
  public init() {}

  /// Adds what an event says to its customer's rows.
  public mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    guard let interaction = event.interaction else { return }
    interactions.add(Mark(naming: event), of: event.customer, thing: interaction.thing)
  }

  /// Visits all tables.
  public mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit(ServiceConsistency.interactions.name, &interactions.table)
  }
}

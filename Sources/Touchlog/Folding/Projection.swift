/// A fold of events into rows that merge: what can be rebuilt by replay.
///
/// ```swift
/// public struct Complaints: Projection, ~Copyable {
///   public static let name = "complaints"
///   public static let version: UInt32 = 1
///   public static let customers = TableName<Count>("customers")
///
///   var customers = RowTable<Count>()
///
///   public init() {}
///
///   public mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
///     guard event.typeCode == Catalogue.complaintRaised.code else { return }
///     customers.add(Count(events: 1), of: event.customer)
///   }
///
///   public mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
///     try visit(Complaints.customers.name, &customers.table)
///   }
/// }
/// ```
///
/// `apply` adds to tables and asks nothing of them. A row is what one event says, and rows under one key merge, whatever
/// the order and the grouping: so any split of the log, folded in pieces, gives the same view. What depends on order is
/// derived from marks when a view is read. A projection imports `Touchlog` and `Statistics`, and nothing else: no clock,
/// no randomness, no storage. <doc:Write-a-projection> goes from a question to a report.
public protocol Projection: ~Copyable, Sendable {
  /// Names the view on disk; never changes. Lower-case words with hyphens.
  static var name: String { get }

  /// Raised when the fold or a row changes: the view is then built anew, beside the old one.
  static var version: UInt32 { get }

  /// A projection that has folded nothing.
  init()

  /// Adds what an event says to the rows of the event's customer, and to no other's.
  ///
  /// - Throws: `FoldFault`, when the event cannot be folded. Its customer is then parked: left out whole, until it is
  ///   released. What was added before the throw does no harm.
  mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault)

  /// Visits all tables, always in the same order, each under its name. A table's name never changes.
  mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows

  /// Folds a batch. Not to be implemented: it is a requirement so that the loop is compiled with `apply` in it.
  mutating func fold(
    _ batch: borrowing EventBatch, through latest: Timestamp, tally: inout FoldTally,
    park: (CustomerNumber, Position, FoldFault) -> Void)
}

/// Why an event could not be folded.
public struct FoldFault: Error, Hashable, CustomStringConvertible {
  /// What was expected, and what is there.
  public let reason: String

  /// A fault with its reason, a part of a sentence: `the score is above its maximum`.
  public init(_ reason: String) {
    self.reason = reason
  }

  /// The reason.
  public var description: String { reason }
}

/// A table's name, and what it holds: how a report asks a view for rows.
public struct TableName<Value: RowValue>: Sendable {
  /// The name on disk.
  public let name: String

  /// The table of that name.
  public init(_ name: String) {
    self.name = name
  }
}

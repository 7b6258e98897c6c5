public import Touchlog

/// A table of a view, as it is read without knowing its rows' type.
public struct ViewTable: Sendable {
  /// The table's name.
  public let name: String
  let description: RowDescription

  /// The columns of its lines: the customer, the thing where the table has one, and the fields.
  public var columns: [RowDescription.Column] { description.columns }
}

extension Fold {
  /// What the projection's tables consist of, in the projection's order.
  public func tables() throws -> [ViewTable] {
    var tables: [ViewTable] = []
    try another().visitTables { name, table in
      tables.append(ViewTable(name: name, description: table.describe()))
    }
    return tables
  }
}

extension View {
  /// Calls `body` with each line of a table, in the order of its columns: one for each row that merges, and one for each
  /// mark of a row of marks. Rows come in the order of their keys, and marks in theirs.
  ///
  /// ```swift
  /// for table in try Fold(ChurnRisk.self).tables() {
  ///   try view.forEachLine(of: table) { line in … }
  /// }
  /// ```
  ///
  /// - Parameter table: one of the tables of the view's projection.
  /// - Precondition: `Replay.withView` gave the view, or it is a `FoldedView`.
  public func forEachLine(of table: ViewTable, _ body: ([RowField]) throws -> Void) throws {
    var line = table.description.emptyLine
    try forEachRowBytes(in: table.name) { key, bytes in
      try table.description.forEachLine(of: key, bytes, into: &line, body)
    }
  }
}

import GRDB

/// A database that was exported, read back through GRDB. Apart from the tests, whose comparisons GRDB's operators would
/// take for SQL.
struct ExportedDatabase {
  private let queue: DatabaseQueue

  init(_ path: String) throws {
    queue = try DatabaseQueue(path: path)
  }

  /// The names of its tables, sorted.
  func tables() throws -> [String] {
    try queue.read { try String.fetchAll($0, sql: "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name") }
  }

  /// A table's columns and their types.
  func types(in table: String) throws -> [String: String] {
    try queue.read { database in
      try database.columns(in: table).reduce(into: [:]) { types, column in types[column.name] = column.type }
    }
  }

  /// The columns of each index on a table.
  func indexes(on table: String) throws -> [[String]] {
    try queue.read { database in try database.indexes(on: table).map(\.columns) }
  }

  /// What a query gives, with the columns' names first; each value as a text.
  func rows(_ sql: String) throws -> [[String?]] {
    try queue.read { database in
      let statement = try database.makeStatement(sql: sql)
      let rows = try Row.fetchAll(statement).map { row in Array(row.databaseValues).map(ExportedDatabase.text) }
      return [statement.columnNames] + rows
    }
  }

  private static func text(_ value: DatabaseValue) -> String? {
    switch value.storage {
    case .null: nil
    case .int64(let number): String(number)
    // As the other formats write it, without a fraction that says nothing.
    case .double(let number): number.rounded().isEqual(to: number) ? String(Int64(number)) : String(number)
    case .string(let text): text
    case .blob: "blob"
    }
  }
}

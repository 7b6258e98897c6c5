import GRDB
import GRDBSQLite
import Touchlog

/// Writes tables into a SQLite database that nobody else has: no journal, as a database that is not finished is removed.
struct SQLiteWriter: TableWriter {
  private let database: Database
  private let texts: ExportedTexts
  private var table = ""
  private var columns: [ExportedColumn] = []
  private var insertion: Statement?
  /// The texts of a line, one after the other.
  private var bytes: [UInt8] = []
  private var pending: [LentText] = []
  private var linesInTransaction = 0

  /// So many lines go into a transaction.
  private static let linesPerTransaction = 100_000

  init(_ database: Database, naming: any Naming) {
    self.database = database
    texts = ExportedTexts(naming) { Array($0.utf8) }
  }

  /// Calls `body` with a new database in an empty file.
  static func withDatabase<Result>(at path: String, _ body: (Database) throws -> Result) throws -> Result {
    var configuration = Configuration()
    // A transaction that an error has left open is given up with its file.
    configuration.allowsUnsafeTransactions = true
    configuration.prepareDatabase { database in
      try database.execute(
        sql: """
          PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE;
          PRAGMA cache_size = -65536
          """)
    }
    do {
      let queue = try DatabaseQueue(path: path, configuration: configuration)
      let result = try queue.writeWithoutTransaction(body)
      try queue.close()
      return result
    } catch let error as DatabaseError {
      throw Failure("writing \(path): \(error.message ?? "SQLite error \(error.resultCode.rawValue)")", .impossible)
    }
  }

  mutating func begin(_ table: String, _ columns: [ExportedColumn]) throws {
    self.table = table
    self.columns = columns
    let list = columns.map { "\($0.name.quotedDatabaseIdentifier) \(SQLiteWriter.type(of: $0))" }
    try database.execute(sql: "CREATE TABLE \(table.quotedDatabaseIdentifier) (\(list.joined(separator: ", ")))")
    let places = columns.map { _ in "?" }.joined(separator: ", ")
    insertion = try database.makeStatement(sql: "INSERT INTO \(table.quotedDatabaseIdentifier) VALUES (\(places))")
    try database.beginTransaction(.immediate)
    linesInTransaction = 0
  }

  private static func type(of column: ExportedColumn) -> String {
    switch column.kind {
    case _ where column.isReference: "TEXT"
    case .integer, .customer: "INTEGER"
    case .decimal: "REAL"
    case .time, .name, .hash, .word: "TEXT"
    }
  }

  mutating func add(_ line: [RowField]) throws {
    guard let statement = insertion?.sqliteStatement else { preconditionFailure("lines belong to a table") }
    if linesInTransaction == SQLiteWriter.linesPerTransaction {
      try database.commit()
      try database.beginTransaction(.immediate)
      linesInTransaction = 0
    }
    linesInTransaction += 1
    // Bound through SQLite's own calls, of which a line needs ten: GRDB's arguments take several times as long.
    bytes.removeAll(keepingCapacity: true)
    for index in columns.indices {
      let column = columns[index]
      try bind(line[column.place], column, at: Int32(index + 1), to: statement)
    }
    // Texts are lent until the line is in, which is why they are bound once all are there.
    let code = bytes.withUnsafeBytes { bytes in
      for text in pending { text.bind(from: bytes, to: statement) }
      return sqlite3_step(statement)
    }
    pending.removeAll(keepingCapacity: true)
    sqlite3_reset(statement)
    guard code == SQLITE_DONE else { throw DatabaseError(resultCode: ResultCode(rawValue: code), message: message) }
  }

  private var message: String { String(cString: sqlite3_errmsg(database.sqliteConnection)) }

  /// Binds a number, or notes a text.
  private mutating func bind(
    _ value: RowField, _ column: ExportedColumn, at place: Int32, to statement: OpaquePointer,
  ) throws {
    let start = bytes.count
    switch value {
    case .none:
      sqlite3_bind_null(statement, place)
      return
    case .integer(let value):
      sqlite3_bind_int64(statement, place, value)
      return
    case .decimal(let value):
      sqlite3_bind_double(statement, place, Double(value) / Double(Field.decimalScale))
      return
    case .customer(let customer):
      guard column.isReference else {
        sqlite3_bind_int64(statement, place, Int64(customer.value))
        return
      }
      guard try texts.append(referenceOf: customer, to: &bytes) else {
        sqlite3_bind_null(statement, place)
        return
      }
    case .time(let time): time.appendRFC3339(to: &bytes)
    case .name(let name): try texts.append(name, to: &bytes)
    case .hash(let hash): bytes.append(hexadecimal: hash)
    case .word(let word): bytes.append(contentsOf: word.utf8)
    }
    pending.append(LentText(place: place, start: start, count: bytes.count - start))
  }

  mutating func end() throws {
    insertion = nil
    try database.commit()
    for column in columns where column.kind == .customer && !column.isReference {
      let name = "\(table)_\(column.name)".quotedDatabaseIdentifier
      try database.execute(
        sql: """
          CREATE INDEX \(name) ON \(table.quotedDatabaseIdentifier) (\(column.name.quotedDatabaseIdentifier))
          """)
    }
  }
}

/// A text that is bound where it lies.
private struct LentText {
  let place: Int32
  let start: Int
  let count: Int

  func bind(from bytes: UnsafeRawBufferPointer, to statement: OpaquePointer) {
    // An empty text has an address of its own: a null pointer would be bound as NULL.
    guard let base = bytes.baseAddress else {
      sqlite3_bind_text(statement, place, "", 0, nil)
      return
    }
    sqlite3_bind_text(
      statement, place, (base + start).assumingMemoryBound(to: CChar.self), Int32(clamping: count), nil)
  }
}

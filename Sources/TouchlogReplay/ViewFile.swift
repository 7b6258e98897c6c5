import LMDB
import Touchlog

extension ViewKey: Storable {
  func lendBytes(_ body: (UnsafeRawBufferPointer) -> Int32) -> Int32 {
    withUnsafeBytes(of: self) { body($0) }
  }
}

/// A view on disk: an LMDB environment with a table for each of the projection's.
///
/// | table | key | value |
/// |---|---|---|
/// | one for each of the projection's, `t:` and its name | `ViewKey`, 12 bytes | the row, as `RowCodec` writes it: marks, or one value |
/// | `parked` | customer number, UInt32 | position, UInt64, and the reason |
/// | `meta` | `shape`, `state` | see `ViewShape.description`, `ViewState` |
///
/// Rows and checkpoint change in one commit. Nothing here is needed to keep the log: a view can be deleted.
final class ViewFile: Sendable {
  let path: String
  let shape: ViewShape
  let environment: Environment
  let tables: [Table]
  let parked: Table
  let meta: Table

  enum MetaKey {
    static let shape = Array("shape".utf8)
    static let state = Array("state".utf8)
  }

  /// Opens a view, or makes it.
  ///
  /// - Parameter makes: whether a view is made where none is. Only for one that is built beside its place: whoever reads
  ///   must not make one in the moment in which another process puts a new one there.
  /// - Throws: `ReplayError.foreignView`, when something else lies there; `ReplayError.viewDamaged`.
  init(
    at path: String, shape: ViewShape, store: String, access: Environment.Access, durability: Environment.Durability,
    addressSpace: Int, makes: Bool = false,
  ) throws {
    self.path = path
    self.shape = shape
    var options = Environment.Options()
    options.access = access
    options.durability = durability
    options.addressSpace = addressSpace
    options.createDirectory = makes
    let description = Array(shape.description(store: store).utf8)
    // LMDB would fail on it in words that help nobody, or begin it anew.
    guard FileSystem.bytes(path + "/data.mdb") != 0 else {
      throw ReplayError.viewDamaged(path: path, what: "data.mdb is empty")
    }
    (environment, tables, parked, meta) = try viewed(path) {
      let environment = try Environment(directory: path, options: options)
      try ViewFile.checkLength(of: environment)
      let isNew = try makes && ViewFile.isEmpty(environment)
      if isNew {
        let tables = try shape.tables.map { try environment.createTable(named: "t:" + $0.name) }
        let parked = try environment.createTable(named: "parked", keys: .uint32)
        let meta = try environment.createTable(named: "meta")
        try environment.write { transaction in
          try transaction.put(ViewState().encoded, at: MetaKey.state, in: meta)
          try transaction.put(description, at: MetaKey.shape, in: meta)
        }
        return (environment, tables, parked, meta)
      }
      let meta = try ViewFile.openTable("meta", of: environment, path: path)
      try environment.read { transaction in
        let found = try transaction.unsafeGet(MetaKey.shape, from: meta).map { Array($0) }
        guard found == description else {
          throw ReplayError.foreignView(path: path, reason: ViewFile.difference(found, description))
        }
      }
      let tables = try shape.tables.map { try ViewFile.openTable("t:" + $0.name, of: environment, path: path) }
      let parked = try environment.openTable(named: "parked", keys: .uint32)
      return (environment, tables, parked, meta)
    }
  }

  /// Refuses a file that was cut short, before a page is touched that is not there: the system would end the process.
  private static func checkLength(of environment: Environment) throws {
    let written = try environment.bytesUpToLastPage()
    let there = FileSystem.bytes(environment.directory + "/data.mdb") ?? 0
    // A few pages at the end may never have been written.
    guard there < written - max(written / 20, 1 << 18) else { return }
    throw ReplayError.viewDamaged(
      path: environment.directory, what: "data.mdb has \(there) bytes, and \(written) were written")
  }

  private static func isEmpty(_ environment: Environment) throws -> Bool {
    do {
      _ = try environment.openTable(named: "meta")
      return false
    } catch  where error.code == .tableMissing {
      return true
    }
  }

  private static func openTable(_ name: String, of environment: Environment, path: String) throws -> Table {
    do {
      return try environment.openTable(named: name)
    } catch  where error.code == .tableMissing {
      throw ReplayError.foreignView(path: path, reason: "it is no view, or one that was never finished")
    }
  }

  private static func difference(_ found: [UInt8]?, _ expected: [UInt8]) -> String {
    func lines(_ bytes: [UInt8]) -> [Substring] { String(decoding: bytes, as: UTF8.self).split(separator: "\n") }
    guard let found else { return "it does not say what it is" }
    let pairs = zip(lines(found), lines(expected))
    guard let (is_, should) = pairs.first(where: { $0 != $1 }) else { return "it has other tables" }
    return "expected “\(should)”, found “\(is_)”"
  }

  /// What the view knows of itself.
  func state<Access>(in transaction: borrowing Transaction<Access>) throws -> ViewState {
    let state = try transaction.unsafeGet(MetaKey.state, from: meta).flatMap { ViewState(encoded: $0) }
    guard let state else { throw ReplayError.viewDamaged(path: path, what: "it does not say how far it has come") }
    return state
  }

  func put(_ state: ViewState, in transaction: inout WriteTransaction) throws {
    try transaction.put(state.encoded, at: MetaKey.state, in: meta)
  }

  /// What the view knows of itself, now.
  func state() throws -> ViewState {
    try viewed(path) { try environment.read { try state(in: $0) } }
  }

  /// Whoever is left out, with the reasons.
  func parkedCustomers<Access>(in transaction: borrowing Transaction<Access>) throws -> [CustomerNumber: ParkedCustomer]
  {
    var customers: [CustomerNumber: ParkedCustomer] = [:]
    var cursor = try transaction.cursor(in: parked)
    while try cursor.next() {
      let value = cursor.unsafeValue
      guard value.count >= 8 else {
        throw ReplayError.viewDamaged(path: path, what: "a parked customer has no position")
      }
      let position = Position(UInt64(littleEndian: value.loadUnaligned(as: UInt64.self)))
      customers[CustomerNumber(UInt32(cursor.integerKey))] = ParkedCustomer(
        position: position, reason: String(decoding: value.dropFirst(8), as: UTF8.self))
    }
    return customers
  }

  func put(
    _ parkedCustomer: ParkedCustomer, of customer: CustomerNumber, in transaction: inout WriteTransaction,
  ) throws {
    var value = withUnsafeBytes(of: parkedCustomer.position.value.littleEndian) { Array($0) }
    value += parkedCustomer.reason.utf8
    try transaction.put(value, at: customer.value, in: parked)
  }

  /// Removes all rows of a customer.
  func removeRows(of customer: CustomerNumber, in transaction: inout WriteTransaction) throws {
    for table in tables {
      var keys: [RowKey] = []
      do {
        var cursor = try transaction.cursor(in: table)
        var isThere = try cursor.seek(atOrAfter: ViewKey(RowKey(customer)))
        while isThere, let key = ViewKey.decode(cursor.unsafeKey), key.customer == customer {
          keys.append(key)
          isThere = try cursor.next()
        }
      }
      for key in keys { _ = try transaction.delete(ViewKey(key), from: table) }
    }
  }

  /// Ends the use of the view.
  func close() throws { try viewed(path) { try environment.close() } }
}

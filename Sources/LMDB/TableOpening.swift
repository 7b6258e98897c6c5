internal import CLMDB
internal import Synchronization

extension Environment {
  /// Opens the table `name`, which must exist. Opening it again answers the same table.
  ///
  /// Waits for the write transaction that is open, if any, since LMDB lets one transaction at a time open tables; so
  /// the thread that holds it must not call this, and uses ``Transaction/createTable(named:keys:)``. Read transactions
  /// that began earlier cannot use the table.
  ///
  /// - Throws: ``LMDBError/Code/tableMissing`` when there is no such table, ``LMDBError/Code/keysMismatch(_:)`` when it
  ///   was created with other keys, ``LMDBError/Code/tablesFull`` when ``Options/maximumTables`` are open already.
  @available(*, noasync, message: "it may wait for a write transaction")
  public func openTable(named name: String, keys: Table.Keys = .bytes) throws(LMDBError) -> Table {
    if options.access == .readWrite {
      let transaction = try beginWrite()
      let table = try transaction.openTable(named: name, keys: keys, flags: 0)
      try transaction.commit()
      return table
    }
    return try tableOpening.withLock { _ throws(LMDBError) in
      let transaction = try beginRead()
      let table = try transaction.openTable(named: name, keys: keys, flags: 0)
      try transaction.finish(.openTable)
      return table
    }
  }

  /// Opens the table `name`, and creates it, in a transaction of its own, where it does not exist. Otherwise as
  /// ``openTable(named:keys:)``.
  @available(*, noasync, message: "it may wait for a write transaction")
  public func createTable(named name: String, keys: Table.Keys = .bytes) throws(LMDBError) -> Table {
    var transaction = try beginWrite()
    let table = try transaction.createTable(named: name, keys: keys)
    try transaction.commit()
    return table
  }
}

extension Transaction where Access == WriteAccess {
  /// Opens the table `name`, and creates it where it does not exist. Other transactions can use it once this one has
  /// committed; if this one aborts, it must not be used any more.
  ///
  /// - Throws: ``LMDBError/Code/keysMismatch(_:)`` when the table was created with other keys,
  ///   ``LMDBError/Code/tablesFull`` when ``Environment/Options/maximumTables`` are open already.
  public mutating func createTable(named name: String, keys: Table.Keys = .bytes) throws(LMDBError) -> Table {
    try openTable(named: name, keys: keys, flags: UInt32(MDB_CREATE))
  }
}

extension Transaction {
  borrowing func openTable(named name: String, keys: Table.Keys, flags: UInt32) throws(LMDBError) -> Table {
    var handle: MDB_dbi = 0
    let keyFlags = keys == .bytes ? 0 : UInt32(MDB_INTEGERKEY)
    let code = mdb_dbi_open(pointer, name, flags | keyFlags, &handle)
    if code == MDB_NOTFOUND { throw environment.failure(.tableMissing, .openTable, table: name) }
    if code != MDB_SUCCESS { throw environment.failure(LMDBError.Code(code), .openTable, table: name) }
    environment.tableNames.withLock { names in names[handle] = name }
    let table = Table(handle: handle, environment: serial, keys: keys)
    if let found = try otherKeys(of: table) {
      throw environment.failure(.keysMismatch(found), .openTable, table: name)
    }
    return table
  }

  /// What the keys of a table are, if they are not what it was opened with. LMDB records that keys are integers but not
  /// how wide they are, so the first key tells.
  private borrowing func otherKeys(of table: Table) throws(LMDBError) -> Table.Keys? {
    var flags: UInt32 = 0
    let code = mdb_dbi_flags(pointer, table.handle, &flags)
    if code != MDB_SUCCESS { throw LMDBError(code, .openTable, transaction: pointer, table: table.handle) }
    guard flags & UInt32(MDB_INTEGERKEY) != 0 else { return table.keys == .bytes ? nil : .bytes }
    var cursor = try cursor(in: table)
    guard try cursor.first() else { return table.keys == .bytes ? .uint64 : nil }
    let found: Table.Keys = cursor.key.byteCount == 4 ? .uint32 : .uint64
    return found == table.keys ? nil : found
  }
}

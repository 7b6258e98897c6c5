public import CLMDB

extension Transaction {
  /// The value at `key`, or nil where the table has none. The span points into the memory map, and is valid until the
  /// transaction ends or changes something.
  @inlinable
  @_lifetime(borrow self)
  public borrowing func get<Key: Storable & ~Copyable & ~Escapable>(
    _ key: borrowing Key, from table: Table
  ) throws(LMDBError) -> RawSpan? {
    guard let bytes = try unsafeGet(key, from: table) else { return nil }
    return _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
  }

  /// As ``get(_:from:)``, without the compiler's watch over the lifetime: for paths where spans cost.
  @inlinable
  package borrowing func unsafeGet<Key: Storable & ~Copyable & ~Escapable>(
    _ key: borrowing Key, from table: Table
  ) throws(LMDBError) -> UnsafeRawBufferPointer? {
    table.check(environment: serial, keys: Key.keys)
    let pointer = pointer
    var value = MDB_val()
    let code = key.lendBytes { bytes in
      var key = MDB_val(bytes)
      return mdb_get(pointer, table.handle, &key, &value)
    }
    if code == MDB_SUCCESS { return value.bytes }
    if code == MDB_NOTFOUND { return nil }
    throw LMDBError(code, .get, transaction: pointer, table: table.handle)
  }

  /// Whether the table has an entry at `key`.
  @inlinable
  public borrowing func contains<Key: Storable & ~Copyable & ~Escapable>(
    _ key: borrowing Key, in table: Table
  ) throws(LMDBError) -> Bool {
    try unsafeGet(key, from: table) != nil
  }

  /// The number of entries in the table; constant time.
  public borrowing func count(of table: Table) throws(LMDBError) -> Int {
    try statistics(of: table).entries
  }

  /// The size and shape of the table; constant time.
  public borrowing func statistics(of table: Table) throws(LMDBError) -> TableStatistics {
    table.check(environment: serial)
    var statistics = MDB_stat()
    let code = mdb_stat(pointer, table.handle, &statistics)
    if code != MDB_SUCCESS { throw LMDBError(code, .statistics, transaction: pointer, table: table.handle) }
    return TableStatistics(statistics)
  }

  /// A cursor over the table, on no entry yet. The transaction cannot change anything while the cursor is in use.
  @_lifetime(borrow self)
  public borrowing func cursor(in table: Table) throws(LMDBError) -> Cursor<ReadAccess> {
    Cursor(try openCursor(in: table), keys: table.keys, borrowing: self)
  }

  borrowing func openCursor(in table: Table) throws(LMDBError) -> OpaquePointer {
    table.check(environment: serial)
    var cursor: OpaquePointer?
    let code = mdb_cursor_open(pointer, table.handle, &cursor)
    guard code == MDB_SUCCESS, let cursor else {
      throw LMDBError(code, .openCursor, transaction: pointer, table: table.handle)
    }
    return cursor
  }
}

public import CLMDB

/// Whatever writes is `mutating`, so no span that the transaction lent before can be used afterwards: a write may move
/// or overwrite the page that it points into.
extension Transaction where Access == WriteAccess {
  /// Stores `value` at `key`, in place of the value that is there, if any.
  @inlinable
  public mutating func put<Value: Storable & ~Copyable & ~Escapable, Key: Storable & ~Copyable & ~Escapable>(
    _ value: borrowing Value, at key: borrowing Key, in table: Table
  ) throws(LMDBError) {
    let code = store(value, at: key, in: table, flags: 0)
    if code != MDB_SUCCESS { throw LMDBError(code, .put, transaction: pointer, table: table.handle) }
  }

  /// Stores `value` at `key`, which must sort after all keys of the table. That fills pages wholly, and is faster than
  /// ``put(_:at:in:)``.
  ///
  /// - Throws: ``LMDBError/Code/keyExists`` when `key` sorts before the last key or is equal to it.
  @inlinable
  public mutating func append<Value: Storable & ~Copyable & ~Escapable, Key: Storable & ~Copyable & ~Escapable>(
    _ value: borrowing Value, at key: borrowing Key, in table: Table
  ) throws(LMDBError) {
    let code = store(value, at: key, in: table, flags: UInt32(MDB_APPEND))
    if code != MDB_SUCCESS { throw LMDBError(code, .append, transaction: pointer, table: table.handle) }
  }

  /// Stores `value` at `key`, unless there is a value already. Answers whether it stored.
  @inlinable
  public mutating func insert<Value: Storable & ~Copyable & ~Escapable, Key: Storable & ~Copyable & ~Escapable>(
    _ value: borrowing Value, at key: borrowing Key, in table: Table
  ) throws(LMDBError) -> Bool {
    let code = store(value, at: key, in: table, flags: UInt32(MDB_NOOVERWRITE))
    if code == MDB_SUCCESS { return true }
    if code == MDB_KEYEXIST { return false }
    throw LMDBError(code, .put, transaction: pointer, table: table.handle)
  }

  @inlinable
  func store<Value: Storable & ~Copyable & ~Escapable, Key: Storable & ~Copyable & ~Escapable>(
    _ value: borrowing Value, at key: borrowing Key, in table: Table, flags: UInt32
  ) -> Int32 {
    table.check(environment: serial, keys: Key.keys)
    let pointer = pointer
    return value.lendBytes { valueBytes in
      key.lendBytes { keyBytes in
        var key = MDB_val(keyBytes)
        var value = MDB_val(valueBytes)
        return mdb_put(pointer, table.handle, &key, &value, flags)
      }
    }
  }

  /// Makes room for a value of `byteCount` bytes at `key`, in place of the value that is there, if any, and calls
  /// `fill` with it: a value can be laid out in its page without being put together elsewhere first.
  ///
  /// - Parameters:
  ///   - appending: whether `key` sorts after all keys of the table, as ``append(_:at:in:)`` wants it.
  ///   - fill: must write every byte, for what it leaves is whatever was in memory there.
  @inlinable
  public mutating func reserve<Key: Storable & ~Copyable & ~Escapable>(
    _ byteCount: Int, at key: borrowing Key, in table: Table, appending: Bool = false,
    fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(LMDBError) {
    table.check(environment: serial, keys: Key.keys)
    let pointer = pointer
    let flags = UInt32(MDB_RESERVE) | (appending ? UInt32(MDB_APPEND) : 0)
    var value = MDB_val(mv_size: byteCount, mv_data: nil)
    let code = key.lendBytes { bytes in
      var key = MDB_val(bytes)
      return mdb_put(pointer, table.handle, &key, &value, flags)
    }
    if code != MDB_SUCCESS {
      throw LMDBError(code, appending ? .append : .put, transaction: pointer, table: table.handle)
    }
    fill(UnsafeMutableRawBufferPointer(start: value.mv_data, count: byteCount))
  }

  /// Removes the entry at `key`. Answers whether there was one.
  @inlinable
  public mutating func delete<Key: Storable & ~Copyable & ~Escapable>(
    _ key: borrowing Key, from table: Table
  ) throws(LMDBError) -> Bool {
    table.check(environment: serial, keys: Key.keys)
    let pointer = pointer
    let code = key.lendBytes { bytes in
      var key = MDB_val(bytes)
      return mdb_del(pointer, table.handle, &key, nil)
    }
    if code == MDB_SUCCESS { return true }
    if code == MDB_NOTFOUND { return false }
    throw LMDBError(code, .delete, transaction: pointer, table: table.handle)
  }

  /// Removes all entries of the table, and keeps the table.
  public mutating func clear(_ table: Table) throws(LMDBError) {
    table.check(environment: serial)
    let code = mdb_drop(pointer, table.handle, 0)
    if code != MDB_SUCCESS { throw LMDBError(code, .clear, transaction: pointer, table: table.handle) }
  }

  /// A cursor that can write, on no entry yet. It has the transaction for itself: use ``cursor(in:)`` to read several
  /// tables side by side, and the transaction's own ``put(_:at:in:)`` to write to several.
  @_lifetime(&self)
  public mutating func writeCursor(in table: Table) throws(LMDBError) -> Cursor<WriteAccess> {
    Cursor(try openCursor(in: table), keys: table.keys, mutating: &self)
  }
}

public import CLMDB

extension Cursor where Access == WriteAccess {
  /// Stores `value` at `key`, in place of the value that is there, if any. The cursor is at the entry afterwards, but
  /// must be moved before it is read.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func put<Value: Storable & ~Copyable & ~Escapable, Key: Storable & ~Copyable & ~Escapable>(
    _ value: borrowing Value, at key: borrowing Key
  ) throws(LMDBError) {
    let code = store(value, at: key, flags: 0)
    if code != MDB_SUCCESS { throw LMDBError(code, .put, cursor: pointer) }
  }

  /// Stores `value` at `key`, which must sort after all keys of the table: the fastest way to write, as the cursor
  /// stays at the end and searches for nothing. The cursor is at the entry afterwards, but must be moved before it is
  /// read.
  ///
  /// - Throws: ``LMDBError/Code/keyExists`` when `key` sorts before the last key or is equal to it.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append<Value: Storable & ~Copyable & ~Escapable, Key: Storable & ~Copyable & ~Escapable>(
    _ value: borrowing Value, at key: borrowing Key
  ) throws(LMDBError) {
    let code = store(value, at: key, flags: UInt32(MDB_APPEND))
    if code != MDB_SUCCESS { throw LMDBError(code, .append, cursor: pointer) }
  }

  /// Makes room for a value of `byteCount` bytes at `key`, which must sort after all keys of the table, and calls `fill`
  /// with it; as ``append(_:at:)``, for a value that is laid out in its page.
  ///
  /// - Parameter fill: must write every byte, for what it leaves is whatever was in memory there.
  /// - Throws: ``LMDBError/Code/keyExists`` when `key` sorts before the last key or is equal to it.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func append<Key: Storable & ~Copyable & ~Escapable>(
    byteCount: Int, at key: borrowing Key, fill: (UnsafeMutableRawBufferPointer) -> Void
  ) throws(LMDBError) {
    precondition(keys == Key.keys, "a key's type is not the one that the table was opened with")
    place = .written
    let pointer = pointer
    var value = MDB_val(mv_size: byteCount, mv_data: nil)
    let code = key.lendBytes { bytes in
      var key = MDB_val(bytes)
      return mdb_cursor_put(pointer, &key, &value, UInt32(MDB_APPEND) | UInt32(MDB_RESERVE))
    }
    if code != MDB_SUCCESS { throw LMDBError(code, .append, cursor: pointer) }
    fill(UnsafeMutableRawBufferPointer(start: value.mv_data, count: byteCount))
  }

  /// Removes the current entry. ``next()`` then moves to the entry that followed it, ``previous()`` to the one before.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func delete() throws(LMDBError) {
    precondition(place == .entry, "the cursor is on no entry that it could delete")
    place = .written
    let code = mdb_cursor_del(pointer, 0)
    if code != MDB_SUCCESS { throw LMDBError(code, .delete, cursor: pointer) }
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func store<Value: Storable & ~Copyable & ~Escapable, Key: Storable & ~Copyable & ~Escapable>(
    _ value: borrowing Value, at key: borrowing Key, flags: UInt32
  ) -> Int32 {
    precondition(keys == Key.keys, "a key's type is not the one that the table was opened with")
    place = .written
    let pointer = pointer
    return value.lendBytes { valueBytes in
      key.lendBytes { keyBytes in
        var key = MDB_val(keyBytes)
        var value = MDB_val(valueBytes)
        return mdb_cursor_put(pointer, &key, &value, flags)
      }
    }
  }
}

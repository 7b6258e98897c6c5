public import CLMDB

/// A place in a ``Table``, from which its entries are read in order, forward and backward.
///
/// ```swift
/// var cursor = try transaction.cursor(in: headers)
/// var isOnEntry = try cursor.seek(atOrAfter: UInt64(1000))
/// while isOnEntry {
///   fold(position: cursor.integerKey, header: cursor.value)
///   isOnEntry = try cursor.next()
/// }
/// ```
///
/// A cursor begins on no entry. From there, and after a search that found nothing, ``next()`` goes to the first entry
/// and ``previous()`` to the last. At either end of the table it stays on its entry, and the move answers false.
///
/// It cannot outlive its transaction, and what it lends is valid until it moves. It belongs to its transaction's
/// thread.
public struct Cursor<Access: TransactionAccess>: ~Copyable, ~Escapable {
  @usableFromInline let pointer: OpaquePointer
  @usableFromInline let keys: Table.Keys
  @usableFromInline var place = CursorPlace.none
  @usableFromInline var entryKey = MDB_val()
  @usableFromInline var entryValue = MDB_val()

  @_lifetime(borrow transaction)
  init<Owner>(_ pointer: OpaquePointer, keys: Table.Keys, borrowing transaction: borrowing Transaction<Owner>) {
    self.pointer = pointer
    self.keys = keys
  }

  @_lifetime(&transaction)
  init(_ pointer: OpaquePointer, keys: Table.Keys, mutating transaction: inout WriteTransaction) {
    self.pointer = pointer
    self.keys = keys
  }

  deinit {
    mdb_cursor_close(pointer)
  }
}

/// Where a cursor is.
@usableFromInline
enum CursorPlace: UInt8 {
  /// On no entry.
  case none
  /// On the entry whose key and value it knows.
  case entry
  /// On an entry that it wrote, or where the entry was that it deleted: moves start there, nothing can be read.
  case written
}

extension Cursor {
  /// Whether there is a current entry, whose ``key`` and ``value`` can be read.
  @inlinable
  public var isOnEntry: Bool { place == .entry }

  /// The current entry's key. Reading it on no entry is a programmer's error.
  @inlinable
  public var key: RawSpan {
    @_lifetime(borrow self)
    get { _overrideLifetime(RawSpan(_unsafeBytes: unsafeKey), borrowing: self) }
  }

  /// The current entry's value. Reading it on no entry is a programmer's error.
  @inlinable
  public var value: RawSpan {
    @_lifetime(borrow self)
    get { _overrideLifetime(RawSpan(_unsafeBytes: unsafeValue), borrowing: self) }
  }

  /// The current entry's key, in a table whose keys are `UInt64` or `UInt32`.
  @inlinable
  public var integerKey: UInt64 {
    let bytes = unsafeKey
    switch keys {
    case .uint64: return bytes.loadUnaligned(as: UInt64.self)
    case .uint32: return UInt64(bytes.loadUnaligned(as: UInt32.self))
    case .bytes: preconditionFailure("the keys of the cursor's table are bytes, and not integers")
    }
  }

  /// As ``key``, without the compiler's watch over the lifetime.
  @inlinable
  package var unsafeKey: UnsafeRawBufferPointer {
    precondition(place == .entry, "the cursor is on no entry: move it, and read only when the move answers true")
    return entryKey.bytes
  }

  /// As ``value``, without the compiler's watch over the lifetime.
  @inlinable
  package var unsafeValue: UnsafeRawBufferPointer {
    precondition(place == .entry, "the cursor is on no entry: move it, and read only when the move answers true")
    return entryValue.bytes
  }

  /// Moves to the first entry. Answers whether there is one.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func first() throws(LMDBError) -> Bool {
    place = .none
    return try move(MDB_FIRST)
  }

  /// Moves to the last entry. Answers whether there is one.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func last() throws(LMDBError) -> Bool {
    place = .none
    return try move(MDB_LAST)
  }

  /// Moves to the next entry, from no entry to the first. Answers whether it moved.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func next() throws(LMDBError) -> Bool {
    try move(place == .none ? MDB_FIRST : MDB_NEXT)
  }

  /// Moves to the previous entry, from no entry to the last. Answers whether it moved.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func previous() throws(LMDBError) -> Bool {
    try move(place == .none ? MDB_LAST : MDB_PREV)
  }

  /// Moves to the entry at `key`. Answers whether there is one; if not, the cursor is on no entry.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func seek<Key: Storable & ~Copyable & ~Escapable>(
    _ key: borrowing Key
  ) throws(LMDBError) -> Bool {
    try search(key, MDB_SET_KEY)
  }

  /// Moves to the first entry whose key is `key` or sorts after it. Answers whether there is one; if not, the cursor is
  /// on no entry.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func seek<Key: Storable & ~Copyable & ~Escapable>(
    atOrAfter key: borrowing Key
  ) throws(LMDBError) -> Bool {
    try search(key, MDB_SET_RANGE)
  }

  /// Moves to the last entry whose key is `key` or sorts before it. Answers whether there is one; if not, the cursor is
  /// on no entry.
  @inlinable
  @_lifetime(self: copy self)
  public mutating func seek<Key: Storable & ~Copyable & ~Escapable>(
    atOrBefore key: borrowing Key
  ) throws(LMDBError) -> Bool {
    if try search(key, MDB_SET_RANGE) {
      let pointer = pointer
      var found = entryKey
      let order = key.lendBytes { bytes in
        var key = MDB_val(bytes)
        return mdb_cmp(mdb_cursor_txn(pointer), mdb_cursor_dbi(pointer), &found, &key)
      }
      if order == 0 { return true }
    }
    if try previous() { return true }
    place = .none
    return false
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func move(_ operation: MDB_cursor_op) throws(LMDBError) -> Bool {
    var key = MDB_val()
    var value = MDB_val()
    return try arrive(mdb_cursor_get(pointer, &key, &value, operation), key, value)
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func search<Key: Storable & ~Copyable & ~Escapable>(
    _ key: borrowing Key, _ operation: MDB_cursor_op
  ) throws(LMDBError) -> Bool {
    precondition(keys == Key.keys, "a key's type is not the one that the table was opened with")
    place = .none
    let pointer = pointer
    var found = MDB_val()
    var value = MDB_val()
    let code = key.lendBytes { bytes in
      found = MDB_val(bytes)
      return mdb_cursor_get(pointer, &found, &value, operation)
    }
    return try arrive(code, found, value)
  }

  @inlinable
  @_lifetime(self: copy self)
  mutating func arrive(_ code: Int32, _ key: MDB_val, _ value: MDB_val) throws(LMDBError) -> Bool {
    if code == MDB_SUCCESS {
      entryKey = key
      entryValue = value
      place = .entry
      return true
    }
    if code == MDB_NOTFOUND { return false }
    throw LMDBError(code, .moveCursor, cursor: pointer)
  }
}

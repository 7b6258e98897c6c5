public import CLMDB

/// A named table of an ``Environment``: keys in order, each with one value.
///
/// A table is two small numbers, cheap to copy and to keep. Open it once, at the start, with
/// ``Environment/openTable(named:keys:)`` or ``Environment/createTable(named:keys:)``, and use it in every transaction
/// that begins afterwards, on any thread, until the environment is closed. Using it with another environment, or with
/// a key of another kind, is a programmer's error and stops the process. A table that was created in a transaction
/// which then aborted does not exist, and must not be used.
public struct Table: Sendable, Hashable {
  /// How the keys of a table are sorted and compared.
  public enum Keys: UInt8, Sendable, Hashable {
    /// Byte strings of 1 to 511 bytes, compared from the first byte on.
    case bytes
    /// `UInt64`, compared as numbers; eight bytes each, in the machine's byte order.
    case uint64
    /// `UInt32`, compared as numbers; four bytes each, in the machine's byte order.
    case uint32
  }

  @usableFromInline let handle: MDB_dbi

  /// The `Environment.serial` that the handle is valid in: handles of two environments look alike.
  @usableFromInline let environment: UInt32

  /// How the keys are compared.
  public let keys: Keys

  /// Stops the process when a table is used with a foreign environment or a key of another kind: LMDB itself would
  /// answer from whatever table has the same number, or compare bytes that are not there.
  @inlinable
  func check(environment: UInt32, keys: Keys) {
    precondition(self.environment == environment, "a table was used in a transaction of another environment")
    precondition(self.keys == keys, "a key's type is not the one that the table was opened with")
  }

  @inlinable
  func check(environment: UInt32) {
    precondition(self.environment == environment, "a table was used in a transaction of another environment")
  }

  @usableFromInline
  init(handle: MDB_dbi, environment: UInt32, keys: Keys) {
    self.handle = handle
    self.environment = environment
    self.keys = keys
  }
}

/// The size and shape of a ``Table`` in one transaction.
public struct TableStatistics: Sendable, Hashable {
  /// The number of entries.
  public let entries: Int
  /// The height of the B-tree, in pages; 0 when the table is empty.
  public let depth: Int
  /// Pages that hold keys and page numbers.
  public let branchPages: Int
  /// Pages that hold entries.
  public let leafPages: Int
  /// Pages that hold values too large for a leaf.
  public let overflowPages: Int
  /// The size of a page, in bytes.
  public let pageSize: Int

  /// The bytes of all pages of the table, free space inside them included.
  public var bytes: Int { (branchPages + leafPages + overflowPages) * pageSize }

  init(_ statistics: MDB_stat) {
    entries = statistics.ms_entries
    depth = Int(statistics.ms_depth)
    branchPages = statistics.ms_branch_pages
    leafPages = statistics.ms_leaf_pages
    overflowPages = statistics.ms_overflow_pages
    pageSize = Int(statistics.ms_psize)
  }
}

extension MDB_val {
  @inlinable
  init(_ bytes: UnsafeRawBufferPointer) {
    // LMDB takes keys and values through a mutable pointer, and writes through it only with `MDB_RESERVE`.
    self.init(mv_size: bytes.count, mv_data: UnsafeMutableRawPointer(mutating: bytes.baseAddress))
  }

  @inlinable
  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(start: mv_data, count: mv_size) }
}

public import CLMDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A fault of LMDB or of the system under it: what failed, where, why, and what to do about it.
public struct LMDBError: Error, Sendable, Hashable {
  /// Why an operation failed.
  public enum Code: Sendable, Hashable {
    /// The environment has reached its reserved size (`MDB_MAP_FULL`).
    case mapFull
    /// All reader slots are taken (`MDB_READERS_FULL`).
    case readersFull
    /// Another process has grown the environment beyond this one's reserved size (`MDB_MAP_RESIZED`).
    case mapResized
    /// A page is not what it should be (`MDB_CORRUPTED`).
    case corrupted
    /// A page that is referred to does not exist (`MDB_PAGE_NOTFOUND`).
    case pageNotFound
    /// The files were written by an incompatible LMDB (`MDB_VERSION_MISMATCH`).
    case versionMismatch
    /// The data file is not one of LMDB (`MDB_INVALID`).
    case invalid
    /// A fatal error happened earlier, and the environment must be opened anew (`MDB_PANIC`).
    case panic
    /// The transaction cannot go on, for an operation in it failed before (`MDB_BAD_TXN`).
    case badTransaction
    /// The transaction has changed too many pages (`MDB_TXN_FULL`).
    case transactionFull
    /// The key exists, or, where it was appended, sorts before the last one (`MDB_KEYEXIST`).
    case keyExists
    /// Nothing is there (`MDB_NOTFOUND`).
    case notFound
    /// The key is empty or too long, or the value too large (`MDB_BAD_VALSIZE`).
    case badValueSize
    /// As many tables are open as ``Environment/Options/maximumTables`` allows (`MDB_DBS_FULL`).
    case tablesFull
    /// The transaction does not know the table (`MDB_BAD_DBI`).
    case badTable
    /// The reader's slot was taken away (`MDB_BAD_RSLOT`).
    case badReaderSlot
    /// The operation does not fit the table (`MDB_INCOMPATIBLE`).
    case incompatible
    /// There is no table of that name.
    case tableMissing
    /// The table has keys of another kind, which is given.
    case keysMismatch(Table.Keys)
    /// There is no environment in the directory.
    case environmentMissing
    /// This process has the environment open already.
    case alreadyOpen
    /// The environment was opened before this process was forked.
    case usedAfterFork
    /// The directory is on a network file system, whose name is given.
    case networkFileSystem(String)
    /// The environment was closed.
    case closed
    /// The environment cannot be closed while this many transactions and calls use it.
    case transactionsOpen(Int)
    /// The environment was opened for reading only.
    case readOnly
    /// The directory to copy to has files in it.
    case targetNotEmpty
    /// A system call failed with this `errno`.
    case system(Int32)
    /// LMDB answered with a code that is not known here.
    case other(Int32)
  }

  /// What was to be done. The raw value completes "could not …".
  public enum Operation: String, Sendable, Hashable {
    /// ``Environment/init(directory:options:)``
    case open = "open the environment"
    /// ``Environment/close()``
    case close = "close the environment"
    /// ``Environment/read(_:)``, ``Environment/beginRead()`` or ``IdleReadTransaction/renew()``
    case beginRead = "begin a read transaction"
    /// ``Environment/write(_:)`` or ``Environment/beginWrite()``
    case beginWrite = "begin a write transaction"
    /// ``Transaction/commit()``
    case commit = "commit"
    /// ``Environment/openTable(named:keys:)`` or ``Transaction/createTable(named:keys:)``
    case openTable = "open the table"
    /// ``Transaction/get(_:from:)``
    case get = "get a value"
    /// ``Transaction/put(_:at:in:)``, `insert`, `reserve`, or a write cursor's `put`
    case put = "store a value"
    /// ``Transaction/append(_:at:in:)``, or a write cursor's `append`
    case append = "append a value"
    /// ``Transaction/delete(_:from:)``, or a write cursor's `delete`
    case delete = "delete an entry"
    /// ``Transaction/clear(_:)``
    case clear = "clear the table"
    /// ``Transaction/statistics(of:)`` or ``Transaction/count(of:)``
    case statistics = "read the statistics"
    /// ``Transaction/cursor(in:)`` or ``Transaction/writeCursor(in:)``
    case openCursor = "open a cursor"
    /// A cursor's move or search.
    case moveCursor = "move the cursor"
    /// ``Environment/sync()``
    case sync = "sync"
    /// ``Environment/copy(toDirectory:compacting:)``
    case copy = "copy the environment"
    /// ``Environment/information()``
    case information = "inspect the environment"
    /// ``Environment/readers()``
    case readers = "list the readers"
    /// ``Environment/clearStaleReaders()``
    case clearStaleReaders = "clear stale readers"
  }

  /// Why the operation failed.
  public let code: Code

  /// What was to be done.
  public let operation: Operation

  /// The directory of the environment, or the one to copy to.
  public let path: String

  /// The table's name, where one is involved.
  public let table: String?

  /// An error as this module throws it; stores throw and test with their own.
  public init(_ code: Code, _ operation: Operation, path: String, table: String? = nil) {
    self.code = code
    self.operation = operation
    self.path = path
    self.table = table
  }

  /// Finds path and name through LMDB's own references, so that nothing on the way to an error costs the hot path.
  @usableFromInline @inline(never)
  init(_ code: Int32, _ operation: Operation, transaction: OpaquePointer, table: MDB_dbi) {
    // Proof: the environment put itself there, and a transaction, which the caller holds, keeps it alive.
    let environment = Unmanaged<Environment>.fromOpaque(mdb_env_get_userctx(mdb_txn_env(transaction)))
      .takeUnretainedValue()
    // LMDB answers EINVAL where a transaction does not know a table's handle.
    self.init(
      code == EINVAL ? .badTable : Code(code), operation, path: environment.directory,
      table: environment.name(of: table))
  }

  @usableFromInline @inline(never)
  init(_ code: Int32, _ operation: Operation, cursor: OpaquePointer) {
    self.init(code, operation, transaction: mdb_cursor_txn(cursor), table: mdb_cursor_dbi(cursor))
  }
}

extension LMDBError.Code {
  /// What LMDB, or the system through it, answered.
  init(_ code: Int32) {
    self =
      switch code {
      case MDB_KEYEXIST: .keyExists
      case MDB_NOTFOUND: .notFound
      case MDB_PAGE_NOTFOUND: .pageNotFound
      case MDB_CORRUPTED: .corrupted
      case MDB_PANIC: .panic
      case MDB_VERSION_MISMATCH: .versionMismatch
      case MDB_INVALID: .invalid
      case MDB_MAP_FULL: .mapFull
      case MDB_DBS_FULL: .tablesFull
      case MDB_READERS_FULL: .readersFull
      case MDB_TXN_FULL: .transactionFull
      case MDB_MAP_RESIZED: .mapResized
      case MDB_INCOMPATIBLE: .incompatible
      case MDB_BAD_RSLOT: .badReaderSlot
      case MDB_BAD_TXN: .badTransaction
      case MDB_BAD_VALSIZE: .badValueSize
      case MDB_BAD_DBI: .badTable
      case 1...: .system(code)
      default: .other(code)
      }
  }
}

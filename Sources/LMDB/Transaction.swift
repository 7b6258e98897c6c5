internal import CLMDB

/// What a transaction may do. ``ReadAccess`` and ``WriteAccess`` are its only two kinds.
public protocol TransactionAccess {}

/// A transaction or cursor that reads.
public enum ReadAccess: TransactionAccess {}

/// A transaction or cursor that reads and writes.
public enum WriteAccess: TransactionAccess {}

/// A transaction that sees one state of the environment, and cannot change it.
public typealias ReadTransaction = Transaction<ReadAccess>

/// The transaction that may change the environment.
public typealias WriteTransaction = Transaction<WriteAccess>

/// A transaction on an ``Environment``: ``ReadTransaction`` or ``WriteTransaction``.
///
/// A function that reads takes `borrowing Transaction<some TransactionAccess>`, and serves both. A transaction belongs
/// to one thread at a time, and a write transaction to the one that began it: ended by another, it stops the process.
/// At the end of its scope it aborts, unless it was committed.
///
/// Bytes are lent as spans that point into the memory map: nothing is copied, and the compiler keeps them from
/// outliving the transaction, or the next change that a write transaction makes.
public struct Transaction<Access: TransactionAccess>: ~Copyable {
  @usableFromInline let pointer: OpaquePointer

  /// `Environment.serial`, kept here so that each operation can compare it without following a reference.
  @usableFromInline let serial: UInt32

  let environment: Environment

  /// The thread that must end the transaction; 0 for a read transaction, which any thread may.
  private let thread: UInt

  private var isEnded = false

  init(_ pointer: OpaquePointer, in environment: Environment, thread: UInt) {
    self.pointer = pointer
    self.environment = environment
    self.thread = thread
    serial = environment.serial
  }

  deinit {
    if isEnded { return }
    // A forked child must not touch the parent's locks and reader slots.
    if environment.isOwned {
      if thread != 0 { environment.releaseWriter(thread) }
      mdb_txn_abort(pointer)
    }
    environment.leave()
  }

  /// The number of the transaction whose state a read transaction sees, or the number that a write transaction will
  /// commit: one more. Numbers grow by one with each commit that changes something.
  public var id: UInt64 { UInt64(mdb_txn_id(pointer)) }
}

extension Transaction where Access == WriteAccess {
  /// Commits all changes at once, as ``Environment/Durability`` says.
  ///
  /// - Throws: ``LMDBError``; the changes are then lost. After an input/output error the environment must be closed and
  ///   opened anew before anything is relied upon.
  @available(*, noasync, message: "a transaction must not live across an await")
  public consuming func commit() throws(LMDBError) {
    try finish(.commit)
  }

  /// Drops all changes. The same happens to a transaction that goes out of scope.
  public consuming func abort() {}
}

extension Transaction {
  /// Commits. A read transaction has no changes to commit, but keeps the tables that it opened, where an abort closes
  /// them.
  consuming func finish(_ operation: LMDBError.Operation) throws(LMDBError) {
    try environment.checkProcess(operation)
    isEnded = true
    if thread != 0 { environment.releaseWriter(thread) }
    let code = mdb_txn_commit(pointer)
    environment.leave()
    if code != MDB_SUCCESS { throw environment.failure(LMDBError.Code(code), operation) }
  }
}

extension Transaction where Access == ReadAccess {
  /// Lets go of the snapshot, so that its pages can be used again, and keeps the reader's slot for
  /// ``IdleReadTransaction/renew()``, which is cheaper than a new transaction.
  public consuming func reset() -> IdleReadTransaction {
    isEnded = true
    mdb_txn_reset(pointer)
    return IdleReadTransaction(pointer, in: environment)
  }
}

/// A reader's slot without a snapshot: what ``Transaction/reset()`` leaves of a read transaction.
public struct IdleReadTransaction: ~Copyable {
  private let pointer: OpaquePointer
  private let environment: Environment
  private var isEnded = false

  init(_ pointer: OpaquePointer, in environment: Environment) {
    self.pointer = pointer
    self.environment = environment
  }

  deinit {
    if isEnded { return }
    if environment.isOwned { mdb_txn_abort(pointer) }
    environment.leave()
  }

  /// A read transaction that sees the environment as it is now.
  @available(*, noasync, message: "a transaction must not live across an await")
  public consuming func renew() throws(LMDBError) -> ReadTransaction {
    try environment.checkProcess(.beginRead)
    let code = mdb_txn_renew(pointer)
    if code != MDB_SUCCESS { throw environment.failure(LMDBError.Code(code), .beginRead) }
    isEnded = true
    return ReadTransaction(pointer, in: environment, thread: 0)
  }
}

internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// An LMDB environment: a directory with one memory-mapped file of tables, and a lock file.
///
/// ```swift
/// var options = Environment.Options()
/// options.createDirectory = true
/// let environment = try Environment(directory: "log", options: options)
/// let headers = try environment.createTable(named: "headers", keys: .uint64)
/// try environment.write { transaction in
///   try transaction.append([1, 2, 3], at: UInt64(0), in: headers)
/// }
/// let size = try environment.read { transaction in try transaction.get(UInt64(0), from: headers)?.byteCount }
/// ```
///
/// One write transaction is open at a time, over all threads and processes; others wait for it. Readers never wait, and
/// see the environment as it was when they began. Any number of processes may open an environment, each of them once.
///
/// What an environment lends is bound to its transaction by the compiler. None of these compiles: a span kept after its
/// transaction, or beyond the next write or move of its cursor; a cursor kept after its transaction; a transaction
/// committed twice, or with a cursor open, or begun in an `async` function.
///
/// The compiler (Swift 6.3) counts what was lent as in use up to the end of the enclosing braces, so end those before
/// you write or commit: `if let value = try transaction.get(…) { … }`, `do { var cursor = … }`; and declare a
/// transaction that you commit yourself as `var`. One misuse passes it by, and must be avoided: a cursor that is put
/// into a `var` of type `Cursor?` which was declared outside the transaction.
public final class Environment: Sendable {
  /// The directory, as it was given.
  public let directory: String

  /// The options that the environment was opened with.
  public let options: Options

  // Proof: LMDB lets all threads use an `MDB_env` at once; `usage` keeps it open while one of them does.
  nonisolated(unsafe) let handle: OpaquePointer

  /// Tells this environment's tables from those of others in this process.
  let serial: UInt32

  /// The names of the opened tables by handle, for errors.
  let tableNames = Mutex<[UInt32: String]>([:])

  /// Held while a read-only environment opens a table: LMDB wants one transaction at a time to do so.
  let tableOpening = Mutex<Void>(())

  private let identity: FileIdentity
  private let owner: Int32

  /// How many transactions and other calls use `handle`; negative once it is closed.
  private let usage = Atomic<Int>(0)

  /// The thread that holds the write transaction, or 0.
  private let writer = Atomic<UInt>(0)

  /// Opens the environment in `directory`, and creates its files if `options` allow for it.
  ///
  /// - Throws: ``LMDBError`` with, among others, ``LMDBError/Code/environmentMissing``,
  ///   ``LMDBError/Code/alreadyOpen``, ``LMDBError/Code/networkFileSystem(_:)``, or ``LMDBError/Code/system(_:)``
  ///   with `ENOMEM` where the system refuses the address space.
  public convenience init(directory: String, options: Options = Options()) throws(LMDBError) {
    try self.init(directory: directory, options: options, owner: getpid())
  }

  /// `owner` is this process but in tests, which thereby see what a forked child sees.
  package init(directory: String, options: Options, owner: Int32) throws(LMDBError) {
    let opened = try OpenedEnvironment(directory: directory, options: options, owner: owner)
    self.directory = directory
    self.options = options
    self.owner = owner
    handle = opened.handle
    identity = opened.identity
    serial = opened.serial
    // Unretained: whoever asks for it holds a transaction, which holds the environment.
    mdb_env_set_userctx(handle, Unmanaged.passUnretained(self).toOpaque())
  }

  deinit {
    // A forked child leaves everything alone: closing would clear the parent's reader slots.
    guard getpid() == owner, usage.load(ordering: .acquiring) == 0 else { return }
    mdb_env_close(handle)
    OpenEnvironments.release(identity)
  }

  /// Closes the environment, so that it can be opened anew; the same happens when the last reference to it goes.
  /// Closing it again has no effect; any other use of a closed environment throws ``LMDBError/Code/closed``.
  ///
  /// - Throws: ``LMDBError/Code/transactionsOpen(_:)`` while a transaction is open, and the environment stays open.
  public func close() throws(LMDBError) {
    guard getpid() == owner else { throw failure(.usedAfterFork, .close) }
    let (closing, users) = usage.compareExchange(
      expected: 0, desired: .min, ordering: .acquiringAndReleasing)
    if closing {
      mdb_env_close(handle)
      OpenEnvironments.release(identity)
    } else if users > 0 {
      throw failure(.transactionsOpen(users), .close)
    }
  }

  /// Begins a read transaction, which sees the environment as it is now, and ends with its scope.
  ///
  /// Prefer ``read(_:)``. The transaction belongs to one thread at a time, and keeps the pages of its snapshot from
  /// being used again: a reader that stays makes the file grow.
  @available(*, noasync, message: "a transaction must not live across an await")
  public func beginRead() throws(LMDBError) -> ReadTransaction {
    ReadTransaction(try begin(UInt32(MDB_RDONLY), .beginRead), in: self, thread: 0)
  }

  /// Begins the write transaction, after waiting for the one that is open, if any. It aborts with its scope
  /// unless it was committed.
  ///
  /// Prefer ``write(_:)``. The transaction belongs to the thread that began it, which must also end it, and must not
  /// begin another one meanwhile: it would wait for itself, so that stops the process.
  @available(*, noasync, message: "a transaction must not live across an await")
  public func beginWrite() throws(LMDBError) -> WriteTransaction {
    guard options.access == .readWrite else { throw failure(.readOnly, .beginWrite) }
    let thread = currentThread()
    precondition(
      writer.load(ordering: .relaxed) != thread,
      "a thread began a second write transaction while its first is open, and would wait for itself")
    let pointer = try begin(0, .beginWrite)
    writer.store(thread, ordering: .relaxed)
    return WriteTransaction(pointer, in: self, thread: thread)
  }

  /// Calls `body` with a read transaction, and answers what it answers. What `body` throws passes through.
  @available(*, noasync, message: "a transaction must not live across an await")
  public func read<Result: ~Copyable>(_ body: (borrowing ReadTransaction) throws -> Result) throws -> Result {
    let transaction = try beginRead()
    return try body(transaction)
  }

  /// Calls `body` with the write transaction, commits it when `body` returns, and aborts it when `body` throws. What
  /// `body` throws passes through.
  @available(*, noasync, message: "a transaction must not live across an await")
  public func write<Result: ~Copyable>(_ body: (inout WriteTransaction) throws -> Result) throws -> Result {
    var transaction = try beginWrite()
    let result = try body(&transaction)
    try transaction.commit()
    return result
  }
}

extension Environment {
  private func begin(_ flags: UInt32, _ operation: LMDBError.Operation) throws(LMDBError) -> OpaquePointer {
    try enter(operation)
    var pointer: OpaquePointer?
    let code = mdb_txn_begin(handle, nil, flags, &pointer)
    guard code == MDB_SUCCESS, let pointer else {
      leave()
      throw failure(LMDBError.Code(code), operation)
    }
    return pointer
  }

  /// Keeps the environment open until ``leave()``.
  func enter(_ operation: LMDBError.Operation) throws(LMDBError) {
    try checkProcess(operation)
    if usage.add(1, ordering: .acquiring).oldValue < 0 {
      usage.subtract(1, ordering: .relaxed)
      throw failure(.closed, operation)
    }
  }

  func leave() {
    usage.subtract(1, ordering: .releasing)
  }

  /// Whether this process opened the environment, and did not come by it through a fork.
  var isOwned: Bool { getpid() == owner }

  func checkProcess(_ operation: LMDBError.Operation) throws(LMDBError) {
    if !isOwned { throw failure(.usedAfterFork, operation) }
  }

  /// To be called before the write transaction ends, for the next writer stores its own thread after that.
  func releaseWriter(_ thread: UInt) {
    precondition(thread == currentThread(), "a write transaction was ended by a thread that did not begin it")
    writer.store(0, ordering: .relaxed)
  }

  func name(of handle: UInt32) -> String? {
    tableNames.withLock { names in names[handle] }
  }

  func failure(
    _ code: LMDBError.Code, _ operation: LMDBError.Operation, table: String? = nil
  ) -> LMDBError {
    LMDBError(code, operation, path: directory, table: table)
  }
}

func currentThread() -> UInt {
  #if os(Linux)
    UInt(pthread_self())
  #else
    UInt(bitPattern: pthread_self())
  #endif
}

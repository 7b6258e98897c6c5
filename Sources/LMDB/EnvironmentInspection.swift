internal import CLMDB

extension Environment {
  /// The size and use of an environment.
  public struct Information: Sendable, Hashable {
    /// The reserved size in bytes, which the environment cannot outgrow.
    public let mapSize: Int
    /// The size of a page, in bytes.
    public let pageSize: Int
    /// The number of the last page in use; the first is 0.
    public let lastPage: Int
    /// Pages below the last one that are free, to be used again once no reader sees them.
    public let freePages: Int
    /// The number of the last transaction that was committed.
    public let lastTransaction: UInt64
    /// Reader slots that were ever in use at once, in all processes, since the lock file was made.
    public let readerSlotsUsed: Int
    /// Reader slots there are.
    public let maximumReaders: Int

    /// The bytes of all pages up to the last one, free ones included: what the data file takes.
    public var bytes: Int { (lastPage + 1) * pageSize }
  }

  /// A reader slot in use.
  public struct Reader: Sendable, Hashable {
    /// The process that reads.
    public let process: Int32
    /// The thread that began the transaction, as the system's threads library numbers it.
    public let thread: UInt64
    /// The number of the transaction whose state it sees, and keeps alive; nil while it is idle.
    public let transaction: UInt64?
  }

  /// The environment's size and use. Reads the list of free pages, which takes time proportional to their number.
  @available(*, noasync, message: "it reads the list of free pages")
  public func information() throws(LMDBError) -> Information {
    let transaction = try beginRead()
    var information = MDB_envinfo()
    var statistics = MDB_stat()
    var code = mdb_env_info(handle, &information)
    if code == MDB_SUCCESS { code = mdb_env_stat(handle, &statistics) }
    if code != MDB_SUCCESS { throw failure(LMDBError.Code(code), .information) }
    return Information(
      mapSize: information.me_mapsize,
      pageSize: Int(statistics.ms_psize),
      lastPage: information.me_last_pgno,
      freePages: try transaction.freePages(),
      lastTransaction: UInt64(information.me_last_txnid),
      readerSlotsUsed: Int(information.me_numreaders),
      maximumReaders: Int(information.me_maxreaders)
    )
  }

  /// The bytes of all pages up to the last one, read from the head of the file alone. The file itself may lack a few of
  /// the last pages, which were freed before they were ever written.
  public func bytesUpToLastPage() throws(LMDBError) -> Int {
    try enter(.information)
    defer { leave() }
    var information = MDB_envinfo()
    var statistics = MDB_stat()
    var code = mdb_env_info(handle, &information)
    if code == MDB_SUCCESS { code = mdb_env_stat(handle, &statistics) }
    if code != MDB_SUCCESS { throw failure(LMDBError.Code(code), .information) }
    return (information.me_last_pgno + 1) * Int(statistics.ms_psize)
  }

  /// How many free pages cannot be used again while a reader sees the state of `transaction`.
  @available(*, noasync, message: "it reads the list of free pages")
  public func freePages(heldBy transaction: UInt64) throws(LMDBError) -> Int {
    try beginRead().freePages(since: transaction)
  }

  /// The version of LMDB that this process uses, e.g. `0.9.24`.
  public static var libraryVersion: String {
    var numbers: (Int32, Int32, Int32) = (0, 0, 0)
    mdb_version(&numbers.0, &numbers.1, &numbers.2)
    return "\(numbers.0).\(numbers.1).\(numbers.2)"
  }

  /// The number of the last transaction that was committed, by whichever process. It takes no transaction and no
  /// reader's slot, so it may be asked often; a read transaction that begins now may still see the one before.
  public func lastTransaction() throws(LMDBError) -> UInt64 {
    try enter(.information)
    defer { leave() }
    var information = MDB_envinfo()
    let code = mdb_env_info(handle, &information)
    if code != MDB_SUCCESS { throw failure(LMDBError.Code(code), .information) }
    return UInt64(information.me_last_txnid)
  }

  /// The readers of all processes, in the order of their slots.
  public func readers() throws(LMDBError) -> [Reader] {
    try enter(.readers)
    defer { leave() }
    var lines: [String] = []
    let code = withUnsafeMutablePointer(to: &lines) { lines in
      mdb_reader_list(
        handle,
        { message, context in
          guard let message, let context else { return 0 }
          // Proof: the context is the pointer to `lines`, which is valid until `mdb_reader_list` returns.
          context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: message))
          return 0
        }, lines)
    }
    if code < 0 { throw failure(LMDBError.Code(code), .readers) }
    return lines.joined().split(separator: "\n").compactMap { line in Reader(line: line) }
  }

  /// Frees the slots of readers whose process has died, and answers how many. Such a reader keeps old pages alive, so
  /// call it now and then where processes may be killed.
  public func clearStaleReaders() throws(LMDBError) -> Int {
    try enter(.clearStaleReaders)
    defer { leave() }
    var dead: Int32 = 0
    let code = mdb_reader_check(handle, &dead)
    if code != MDB_SUCCESS { throw failure(LMDBError.Code(code), .clearStaleReaders) }
    return Int(dead)
  }

  /// Brings to disk what was committed under ``Durability/unsynced``, and what can be seen of the commit of a process
  /// that was killed, or whose disk failed, before it was on disk. Beside that, there is nothing to do under
  /// ``Durability/synced``.
  public func sync() throws(LMDBError) {
    guard options.access == .readWrite else { throw failure(.readOnly, .sync) }
    try enter(.sync)
    defer { leave() }
    let code = mdb_env_sync(handle, 1)
    if code != MDB_SUCCESS { throw failure(LMDBError.Code(code), .sync) }
  }
}

extension Environment.Reader {
  /// A line of `mdb_reader_list`: process, thread in hexadecimal digits, and transaction or a dash. Nil for its heading
  /// and for its remark that there are none.
  init?(line: some StringProtocol) {
    let fields = line.split(separator: " ")
    guard fields.count == 3, let process = Int32(fields[0]), let thread = UInt64(fields[1], radix: 16) else {
      return nil
    }
    self.process = process
    self.thread = thread
    transaction = UInt64(fields[2])
  }
}

extension Transaction where Access == ReadAccess {
  /// LMDB keeps free pages in the table with handle 0: by the transaction that freed them, each value a list of page
  /// numbers behind their count. Those of a transaction are used again once all readers see a later one.
  fileprivate borrowing func freePages(since transaction: UInt64 = 0) throws(LMDBError) -> Int {
    let freeList = Table(handle: 0, environment: serial, keys: .uint64)
    var cursor = try cursor(in: freeList)
    var pages = 0
    var isOnEntry = try cursor.seek(atOrAfter: transaction)
    while isOnEntry {
      pages += Int(cursor.unsafeValue.loadUnaligned(as: UInt.self))
      isOnEntry = try cursor.next()
    }
    return pages
  }
}

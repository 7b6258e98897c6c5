package import LMDB
import Synchronization
public import Touchlog

/// A log of events in a directory: what Touchlog is built on.
///
/// ```swift
/// let store = try Store(opening: "./store", keyPath: keyPath, access: .appending)
/// let receipt = try await store.append([event], expecting: .noStream)
/// try store.read(Query(customer: try Reference("crm:42"))) { print($0.event.type) }
/// ```
///
/// The directory holds `log/` (headers, payloads, names and indexes: never changed, only added to) and `vault/` (who
/// the customers are, and the keys of their payloads; `vault-1/`, `vault-2/` … once some were erased). The key that opens
/// the vault lies elsewhere.
///
/// One `Store` at a time, in one process, appends; any number of processes read. A store must not be used after
/// `fork`, nor opened twice in one process, nor lie on a network file system: LMDB's locks do not work there, and each
/// is refused. All methods may be called from any thread; appending suspends, reading blocks its thread.
public final class Store: EventStore, Sendable {
  /// What a store is opened for.
  public enum Access: Sendable {
    case reading
    case appending
  }

  /// How a store is opened.
  public struct Options: Sendable {
    /// Bytes of address space that are reserved for the log; the file grows as it is used. Lower it where `ulimit -v`
    /// or a container's limit refuses a terabyte.
    public var addressSpace = 1 << 40
    /// How many events may wait for the writer before further appends wait outside.
    public var queueCapacity = 50_000
    /// The log's clock.
    public var clock: @Sendable () -> Timestamp = { Timestamp(microseconds: SystemClock.now()) }
    /// Whether a commit waits for the disk. Anything but `.synced` is for benchmarks and tests of faults.
    package var durability = Environment.Durability.synced
    /// The older versions of records that are read. Tests have one of their own.
    var olderFormats = OlderFormat.all
    var formats: RecordFormats { RecordFormats(older: olderFormats) }

    /// What fits most.
    public init() {}
  }

  /// Where the store is.
  public let path: String
  /// Which store it is.
  public let id: StoreID
  let log: Log
  package let options: Options
  private let appending: Mutex<Appending?>
  private let writer: Writer?

  private struct Appending: ~Copyable {
    let thread: WriterThread
    let lock: WriterLock
  }

  /// Makes a store, and writes its key.
  ///
  /// - Parameters:
  ///   - path: a directory that does not exist yet, or is empty.
  ///   - options: how the new store is opened while it is made.
  ///   - keyPath: where the key goes, given the store's id: outside the store, to a file that does not exist.
  ///     What it throws ends the making, before anything is made.
  /// - Returns: the store's id.
  /// - Throws: `StoreError`, when something is at `path` or at the key's, or the disk refuses.
  public static func create(
    at path: String, options: Options = Options(), keyPath: (StoreID) throws(StoreError) -> String,
  ) throws(StoreError) -> StoreID {
    try SystemFile.makeDirectories(SystemFile.parent(of: path))
    let isNew = try SystemFile.makeDirectory(path)
    if !isNew, !(try SystemFile.isEmptyDirectory(path)) { throw StoreError.occupied(path: path) }
    do {
      return try fill(path, options: options, keyPath: keyPath)
    } catch {
      // What was begun would be in the way of a second try.
      SystemFile.removeEnvironments(["log", "vault"], in: path, withFolder: isNew)
      throw error
    }
  }

  private static func fill(
    _ path: String, options: Options, keyPath: (StoreID) throws(StoreError) -> String,
  ) throws(StoreError) -> StoreID {
    let key = StoreKey(for: StoreID())
    let keyPath = try keyPath(key.store)
    try write(key, to: keyPath, outside: path)
    do throws(StoreError) {
      try stored { () throws(LMDBError) in try fillEnvironments(path, options: options, key: key) }
      try SystemFile.sync(directory: path)
    } catch {
      // It was made above, and has sealed nothing.
      SystemFile.remove(keyPath)
      throw error
    }
    return key.store
  }

  private static func fillEnvironments(_ path: String, options: Options, key: StoreKey) throws(LMDBError) {
    let vault = try Environment(directory: path + "/vault", options: options.vault(creating: true))
    _ = try Vault(creating: vault, storeKey: key)
    try vault.close()
    let environment = try Environment(directory: path + "/log", options: options.log(.readWrite, creating: true))
    let tables = try LogTables(creating: environment)
    var transaction = try environment.beginWrite()
    try transaction.put(MerkleFrontier().encoded, at: LogTables.MetaKey.frontier, in: tables.meta)
    try transaction.put(key.store.bytes, at: LogTables.MetaKey.store, in: tables.meta)
    // Written last: a store that was not finished has no format.
    try transaction.put(LogTables.formatVersion.littleEndianBytes, at: LogTables.MetaKey.format, in: tables.meta)
    try transaction.commit()
    try environment.close()
  }

  private static func write(_ key: StoreKey, to keyPath: String, outside path: String) throws(StoreError) {
    let folder = SystemFile.parent(of: keyPath)
    try SystemFile.makeDirectories(folder)
    guard !SystemFile.isInside(folder, folder: path) else {
      throw StoreError.keyUnusable(
        path: keyPath, reason: "it would lie in the store that it opens, and go with every copy. Name another place")
    }
    try key.write(to: keyPath)
  }

  /// Tells a store's id without its key, e.g. to find the key by it.
  public static func id(at path: String, options: Options = Options()) throws(StoreError) -> StoreID {
    let environment = try openEnvironment(at: path, options: options, access: .reading)
    let id = try Store.checkFormat(of: environment, path: path, options: options).id
    try stored { () throws(LMDBError) in try environment.close() }
    return id
  }

  /// Opens a store.
  ///
  /// - Parameters:
  ///   - path: the store's directory.
  ///   - keyPath: the file of the store's key.
  ///   - access: whether it will append; one store at a time can.
  ///   - options: address space, queue, clock.
  /// - Throws: `StoreError`, when there is no store, it is of a newer format, its key is missing or another's, or,
  ///   for appending, another writer holds it.
  public convenience init(
    opening path: String, keyPath: String, access: Access, options: Options = Options(),
  ) throws(StoreError) {
    try self.init(
      opening: path, key: { () throws(StoreError) in try StoreKey(contentsOf: keyPath) }, keyPath: keyPath,
      access: access, options: options)
  }

  /// As `init(opening:keyPath:access:options:)`, with a key that need not be in a file yet.
  ///
  /// - Parameter heldLock: the writer's lock of that path, where the caller has it already.
  init(
    opening path: String, key: () throws(StoreError) -> StoreKey, keyPath: String, access: Access, options: Options,
    heldLock: WriterLock? = nil,
  ) throws(StoreError) {
    let lock = if let heldLock { heldLock } else { try Store.lock(path, access: access) }
    let environment = try Store.openEnvironment(at: path, options: options, access: access)
    let (tables, id) = try Store.checkFormat(of: environment, path: path, options: options)
    let key = try key()
    guard key.store == id else { throw StoreError.keyWrong(path: keyPath) }
    let vaults = Vaults(store: path, storeKey: key, keyPath: keyPath, options: options, access: access)
    self.path = path
    self.id = id
    self.options = options
    log = Log(environment: environment, tables: tables, vaults: vaults, formats: options.formats)
    // Opens it: with another key than its own, it does not open.
    let vault = try log.vault
    if let lock {
      try Store.checkVault(of: log)
      try Store.settle(log)
      _ = try stored { () throws(LMDBError) in
        try environment.clearStaleReaders() + vault.environment.clearStaleReaders()
      }
      try Store.raiseFormat(of: log)
      try log.completeErasures()
      log.commits.startAnnouncing()
      let writer = try Writer(log: log, queueCapacity: options.queueCapacity, clock: options.clock)
      self.writer = writer
      appending = Mutex(Appending(thread: try WriterThread(running: writer), lock: lock))
    } else {
      writer = nil
      appending = Mutex(nil)
    }
  }

  deinit {
    stopAppending()
  }

  /// How many events wait for the writer, and how many requests for room in its queue.
  var queueDepth: (events: Int, waiting: Int) { writer?.queue.depth ?? (0, 0) }

  /// Why nothing is taken any more until the store is opened anew; nil while all is well.
  package var appendFailure: String? { writer?.failure }

  /// Writes what is queued, and stops taking appends: another process may take over. Reading goes on.
  public func stopAppending() {
    guard let writer else { return }
    writer.queue.close()
    appending.withLock { appending in
      guard let stopped = appending.take() else { return }
      stopped.thread.join()
    }
    // From now on others may write, and followers have to look for themselves.
    log.commits.stopAnnouncing()
  }

  /// Writes what is queued, ends subscriptions, and closes the store, which must not be used any more. A store that
  /// goes away does the same; closing tells when it is done, and what went wrong.
  ///
  /// - Throws: `StoreError`, when the store is still being read, other than by subscriptions.
  public func close() throws(StoreError) {
    stopAppending()
    log.commits.close()
    try stored { () throws(LMDBError) in
      try log.environment.close()
      try log.vaults.close()
    }
  }

  // MARK: Appending

  /// Checks, seals and lays out events, on the caller's thread, so that several threads can share the work.
  ///
  /// - Throws: `AppendError.invalid` for the first event that the catalogue refuses, `AppendError.failed` after a failed
  ///   write; `StoreError`.
  @available(*, noasync, message: "call it through append, or from a synchronous function")
  public func prepare(_ events: [Event]) throws -> PreparedEvents {
    try preparer().prepare(events)
  }

  /// The latest time that an event may bear now: `Limits.futureSeconds` ahead of the log's clock.
  public var latestTime: Timestamp { options.clock().adding(seconds: Limits.futureSeconds) }

  /// Seals and lays out events that are checked, on the caller's thread; see `prepare(_:)` of events.
  ///
  /// - Throws: `AppendError.invalid` for the first event that is dated too far ahead; `StoreError`.
  @available(*, noasync, message: "call it from a synchronous function")
  public func prepare(_ events: CheckedEvents) throws -> PreparedEvents {
    try preparer().prepare(events)
  }

  private func preparer() throws -> Preparer {
    guard let writer else { throw StoreError.readOnly(path: path) }
    // After some failures LMDB reads nothing either, and the reason is the failure.
    if let failure = writer.failure { throw AppendError.failed(cause: failure) }
    return Preparer(log: log, latest: latestTime)
  }

  /// Adds prepared events in one atomic, durable commit; see `EventStore.append(_:expecting:)`.
  ///
  /// Cancelling the task does not take the events back.
  public func append(
    _ prepared: PreparedEvents, expecting expectation: Expectation = .any,
  ) async throws -> Receipt {
    guard let writer else { throw StoreError.readOnly(path: path) }
    return try await withCheckedThrowingContinuation { continuation in
      writer.queue.submit(
        .append(
          AppendRequest(
            events: prepared, byteCount: prepared.byteCount, expectation: expectation, answer: continuation)))
    }
  }

  /// Has something done by the writer, between two commits.
  ///
  /// - Throws: what `body` throws, or `AppendError.failed` and `.closed`.
  func onWriter<Answer: Sendable>(_ body: @escaping @Sendable (Writer) throws -> Answer) async throws -> Answer {
    guard let writer else { throw StoreError.readOnly(path: path) }
    return try await withCheckedThrowingContinuation { continuation in
      writer.queue.submit(
        .errand(
          Errand(
            perform: { writer in continuation.resume(with: Result { try body(writer) }) },
            refuse: { continuation.resume(throwing: $0) })))
    }
  }

  /// Checks, seals and adds events in one atomic, durable commit; see `EventStore.append(_:expecting:)`.
  public func append(_ events: [Event], expecting expectation: Expectation) async throws -> Receipt {
    try await append(preparing(events), expecting: expectation)
  }

  /// `prepare` for asynchronous callers: it holds no transaction across a suspension, as it never suspends.
  private func preparing(_ events: [Event]) throws -> PreparedEvents {
    do {
      return try prepare(events)
    } catch StoreError.storage(let error) where error.code == .closed {
      throw AppendError.closed
    }
  }

  // MARK: Reading

  /// How many events there are.
  public func head() throws -> Position {
    try log.environment.read { try log.head(in: $0) }
  }

  /// How many events the log had taken by a time, that time included.
  public func head(recordedThrough time: Timestamp) throws -> Position {
    try log.environment.read { try log.head(recordedThrough: time, in: $0) }
  }

  /// Gives out the events that a query asks for; see `EventStore.read(_:_:)`.
  ///
  /// The end of the log is settled at the start. No transaction is open while `body` runs, so it may take its time,
  /// and may append.
  public func read(_ query: Query, _ body: (OpenedEvent) throws -> Void) throws {
    var reader = LogReader(log: log, query: query)
    try reader.run(body)
  }

  /// Gives out the events at some positions, in that order; otherwise as `read(_:_:)`.
  ///
  /// - Precondition: The positions are below the head.
  package func read(at positions: [Position], _ body: (OpenedEvent) throws -> Void) throws {
    var reader = LogReader(log: log, query: Query())
    var remaining = Int.max
    try reader.run(at: positions, remaining: &remaining, body)
  }

  /// How many events a customer's stream has; 0 for an unknown customer.
  public func streamVersion(of customer: Reference) throws -> UInt32 {
    try log.read { transaction, vault, vaultTransaction in
      let number = try vault.number(of: customer, in: vaultTransaction)
      return try number.flatMap { try log.tail(of: $0, in: transaction)?.version } ?? 0
    }
  }

  /// The customer's number; nil for an unknown reference.
  public func number(of customer: Reference) throws -> CustomerNumber? {
    try log.read { _, vault, transaction in try vault.number(of: customer, in: transaction) }
  }
}

extension Store.Access {
  var environmentAccess: Environment.Access {
    switch self {
    case .reading: .readOnly
    case .appending: .readWrite
    }
  }
}

extension Store.Options {
  func log(_ access: Environment.Access, creating: Bool = false) -> Environment.Options {
    var options = Environment.Options()
    options.addressSpace = addressSpace
    options.access = access
    options.durability = durability
    options.createDirectory = creating
    return options
  }

  /// The vault takes a few hundred bytes a customer, so a sixteenth of the log's space is plenty.
  func vault(_ access: Environment.Access = .readWrite, creating: Bool = false) -> Environment.Options {
    var options = log(access, creating: creating)
    options.addressSpace = max(addressSpace / 16, 16 << 20)
    return options
  }
}

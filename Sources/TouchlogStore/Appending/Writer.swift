import LMDB
import Synchronization
import Touchlog

/// Takes appends from the queue, commits what is waiting at once, and answers: *group commit*.
///
/// Alone, an event waits for nobody; under load one sync carries thousands. The vault is committed before the log:
/// a number without events is no customer, and is used again when its reference returns.
final class Writer: Sendable {
  let queue: AppendQueue
  let log: Log
  let clock: @Sendable () -> Timestamp
  let state: Mutex<State>

  /// What the writer knows of the log's end; true as of the last commit.
  struct State {
    var head: Position
    var frontier: MerkleFrontier
    var lastRecordedAt: Timestamp
    var nextName: UInt32
    var nextCustomer: UInt32
    /// Why nothing is acknowledged any more.
    var failure: String?
  }

  /// About how many bytes one commit takes, so that a failed one loses little work and memory stays bounded.
  static let groupBytes = 64 << 20

  init(log: Log, queueCapacity: Int, clock: @escaping @Sendable () -> Timestamp) throws(StoreError) {
    self.log = log
    self.clock = clock
    queue = AppendQueue(capacity: queueCapacity)
    state = Mutex(
      try log.reading { (transaction, vault, vaultTransaction) throws(StoreError) in
        try Writer.state(of: log, in: transaction, nextCustomer: vault.nextNumber(in: vaultTransaction))
      })
  }

  private static func state(
    of log: Log, in transaction: borrowing ReadTransaction, nextCustomer: UInt32,
  ) throws(StoreError) -> State {
    let head = try log.head(in: transaction)
    let bytes = try stored { () throws(LMDBError) in
      try transaction.unsafeGet(LogTables.MetaKey.frontier, from: log.tables.meta)
    }
    guard let frontier = bytes.flatMap({ MerkleFrontier(encoded: $0) }), frontier.size == head.value else {
      throw StoreError.damaged(position: nil, what: "the Merkle frontier does not fit the \(head) events of the log")
    }
    let last = head.value == 0 ? nil : Position(head.value - 1)
    let names = try stored { () throws(LMDBError) in try transaction.count(of: log.tables.names) }
    return State(
      head: head, frontier: frontier,
      lastRecordedAt: try last.map { (last) throws(StoreError) in try log.recordedAt(last, in: transaction) }
        ?? .earliest,
      nextName: UInt32(names), nextCustomer: nextCustomer)
  }

  /// Why nothing is acknowledged any more; nil while all is well.
  var failure: String? { state.withLock { $0.failure } }

  /// The writer's thread: until the queue is closed and empty.
  func run() {
    while let work = queue.take(limit: Writer.groupBytes) {
      switch work {
      case .appends(let requests): append(requests)
      case .errand(let errand):
        if let failure { errand.refuse(.failed(cause: failure)) } else { errand.perform(self) }
      }
    }
  }

  private func append(_ requests: [AppendRequest]) {
    do {
      if let failure { throw AppendError.failed(cause: failure) }
      try commit(requests)
    } catch {
      let failure = fail(error)
      for request in requests { request.answer.resume(throwing: failure) }
    }
  }

  /// After a commit that failed: whether the disk has it is unknown, and from now on nothing is acknowledged.
  ///
  /// - Returns: what is answered instead.
  func fail(_ error: any Error) -> AppendError {
    if case AppendError.failed(let cause) = error { return .failed(cause: cause) }
    let cause = "\(error)"
    state.withLock { $0.failure = cause }
    return .failed(cause: cause)
  }

  /// Decides, commits and answers; throws before any answer.
  private func commit(_ requests: [AppendRequest]) throws {
    var state = state.withLock { $0 }
    let recordedAt = max(clock(), state.lastRecordedAt)
    // It stays in force while the writer is here.
    let vault = try log.vault
    var transaction = try log.environment.beginWrite()
    var group = AppendGroup(
      log: log, vault: vault, head: state.head, recordedAt: recordedAt, nextCustomer: state.nextCustomer,
      nextName: state.nextName)
    var answers: [Result<AppendGroup.Answer, any Error>] = []
    answers.reserveCapacity(requests.count)
    try vault.environment.read { vault in
      for request in requests {
        do {
          answers.append(.success(try group.decide(request, transaction: transaction, vault: vault)))
        } catch let error as AppendError {
          answers.append(.failure(error))
        }
      }
    }
    if group.planned.isEmpty {
      transaction.abort()
    } else {
      if !group.newCustomers.isEmpty {
        try vault.add(group.newCustomers, next: group.nextCustomer)
      }
      try put(group, frontier: &state.frontier, in: &transaction)
      try transaction.commit()
      state.head = group.head
      state.lastRecordedAt = recordedAt
      state.nextName += UInt32(group.newNames.count)
      state.nextCustomer = group.nextCustomer
      let committed = state
      self.state.withLock { $0 = committed }
      log.names.keep(group.newNames)
      log.keyRing.replace(group.newCustomers)
      log.afterCommit()
    }
    for (request, answer) in zip(requests, answers) {
      request.answer.resume(
        with: answer.map { answer in
          Receipt(
            positions: answer.positions, appended: answer.appended, streamVersion: answer.streamVersion,
            head: group.head, durability: .synced)
        })
    }
  }

  // MARK: Putting

  func put(
    _ group: borrowing AppendGroup, frontier: inout MerkleFrontier, in transaction: inout WriteTransaction,
  ) throws {
    let tables = log.tables
    let first = group.head.value - UInt64(group.planned.count)
    for (number, text) in group.newNames {
      try transaction.append(Array(text.utf8), at: number.value, in: tables.names)
      try transaction.put(number.value.littleEndianBytes, at: Array(text.utf8), in: tables.nameNumbers)
    }
    var leaves: [MerkleFrontier.Digest] = []
    leaves.reserveCapacity(group.planned.count)
    try putHeaders(of: group, first: first, leaves: &leaves, in: &transaction)
    try putPayloads(of: group, first: first, leaves: leaves, in: &transaction)
    try putIdentities(of: group, first: first, in: &transaction)
    for (customer, tail) in group.tails.sorted(by: { $0.key < $1.key }) {
      try transaction.put(tail.encoded, at: customer.value, in: tables.streams)
    }
    for leaf in leaves {
      try frontier.append(leafHash: leaf) { subtree in
        try subtree.root.withBytes { try transaction.put($0, at: LogTables.treeKey(subtree), in: tables.tree) }
      }
    }
    try transaction.put(frontier.encoded, at: LogTables.MetaKey.frontier, in: tables.meta)
  }

  private func putHeaders(
    of group: borrowing AppendGroup, first: UInt64, leaves: inout [MerkleFrontier.Digest],
    in transaction: inout WriteTransaction,
  ) throws(LMDBError) {
    // A cursor stays at the table's end, where the next key belongs.
    var cursor = try transaction.writeCursor(in: log.tables.headers)
    for index in group.planned.indices {
      let digest = group.planned[index].digest
      try cursor.append(
        byteCount: RecordLayout.size(presence: group.headers[index].presence), at: first + UInt64(index)
      ) { bytes in
        group.headers[index].encode(into: bytes)
        Hashing.setChecksum(of: bytes)
        leaves.append(MerkleFrontier.leafHash(UnsafeRawBufferPointer(bytes), digest))
      }
    }
  }

  private func putPayloads(
    of group: borrowing AppendGroup, first: UInt64, leaves: [MerkleFrontier.Digest],
    in transaction: inout WriteTransaction,
  ) throws(LMDBError) {
    var cursor = try transaction.writeCursor(in: log.tables.payloads)
    for index in group.planned.indices {
      let payload = group.planned[index].payload
      try cursor.append(byteCount: payload.count, at: first + UInt64(index)) { bytes in
        bytes.copyMemory(from: payload)
        leaves[index].withBytes { bytes.copyMemory(from: $0) }
      }
    }
  }

  /// In the order of keys: neighbours then share a page while it is at hand.
  private func putIdentities(
    of group: borrowing AppendGroup, first: UInt64, in transaction: inout WriteTransaction,
  ) throws {
    let order = group.identityOrder()
    // A cursor stays on its page, where most next keys belong as well.
    var cursor = try transaction.writeCursor(in: log.tables.identities)
    var key: [UInt8] = []
    for run in order.runs {
      for place in order.places[run.range] {
        LogTables.setIdentityKey(&key, source: NameNumber(run.source), id: group.planned[place].id)
        try cursor.put((first + UInt64(place)).littleEndian, at: key)
      }
    }
  }
}

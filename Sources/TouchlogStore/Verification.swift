import LMDB
public import Touchlog

/// What `Store.verify` found.
public struct Verification: Sendable {
  /// How many events were checked.
  public let events: UInt64
  /// What is not as it was written; empty for a sound store.
  public let damages: [Damage]
  /// The root of the Merkle tree over what is there now: 64 hexadecimal digits.
  public let root: String

  /// One thing that is not as it was written.
  public struct Damage: Sendable, Hashable, CustomStringConvertible {
    /// The event that it concerns, where it concerns one.
    public let position: Position?
    /// The table in which it was found.
    public let table: String
    /// What was expected, and what is there.
    public let what: String

    public var description: String { "\(table)" + (position.map { " at position \($0)" } ?? "") + ": \(what)" }
  }
}

extension Store {
  /// Checks every record and every index against the log.
  ///
  /// Each header's checksum and shape; each payload's leaf hash; the order of positions, times and stream versions;
  /// the Merkle tree from the leaves up; identities, streams and names in both directions; that each customer has a
  /// row in the vault or none at all. It asks for the store's key like all reading, but opens no payload: the leaves
  /// cover what is sealed.
  ///
  /// - Parameter progress: told now and then how many events are checked, and how many there are.
  /// - Returns: what was found; a sound store has no damages.
  /// - Throws: when the environment itself cannot be read; damage to records is reported, not thrown.
  public func verify(
    progress: (_ done: UInt64, _ total: UInt64) -> Void = { _, _ in },
  ) throws -> Verification {
    try log.environment.read { transaction in
      try log.vault.environment.read { vault in
        var verifier = Verifier(log: log)
        try verifier.verifyRecords(in: transaction, progress: progress)
        try verifier.verifyTree(in: transaction)
        try verifier.verifyIdentities(in: transaction)
        try verifier.verifyStreams(in: transaction)
        try verifier.verifyNames(in: transaction)
        try verifier.verifyVault(vault)
        return verifier.result
      }
    }
  }
}

/// Walks the log once, and then holds each index against what it has seen.
struct Verifier: ~Copyable {
  private let log: Log
  private var damages: [Verification.Damage] = []
  private var frontier = MerkleFrontier()
  private var subtrees: [UInt64: MerkleFrontier.Digest] = [:]
  private var tails: [CustomerNumber: StreamTail] = [:]
  private var sources: Set<NameNumber> = []
  private var highestName: UInt32?
  private var lastRecordedAt = Timestamp.earliest
  private var identitiesSeen = 0
  private var head: UInt64 = 0

  init(log: Log) {
    self.log = log
  }

  var result: Verification {
    Verification(events: head, damages: damages, root: frontier.root.hexadecimal)
  }

  private mutating func report(_ what: String, in table: String, at position: UInt64? = nil) {
    damages.append(Verification.Damage(position: position.map { Position($0) }, table: table, what: what))
  }

  // MARK: Records

  mutating func verifyRecords(
    in transaction: borrowing ReadTransaction, progress: (UInt64, UInt64) -> Void,
  ) throws {
    let counts = (
      headers: try transaction.count(of: log.tables.headers), payloads: try transaction.count(of: log.tables.payloads)
    )
    head = UInt64(max(counts.headers, counts.payloads))
    for place in 0..<head {
      if place % 16_384 == 0 { progress(place, head) }
      try verifyRecord(at: place, in: transaction)
    }
    progress(head, head)
  }

  private mutating func verifyRecord(at place: UInt64, in transaction: borrowing ReadTransaction) throws {
    guard let header = try transaction.unsafeGet(place, from: log.tables.headers) else {
      return report("there is no header", in: "headers", at: place)
    }
    guard let payload = try transaction.unsafeGet(place, from: log.tables.payloads) else {
      return report("there is no payload", in: "payloads", at: place)
    }
    guard let parts = PayloadRecord.Parts(payload) else {
      return report("the payload is shorter than it says", in: "payloads", at: place)
    }
    let leaf = MerkleFrontier.leafHash(header, PayloadRecord.digest(ofSealed: parts.sealed))
    let isLeafIntact = leaf.isEqual(to: MerkleFrontier.Digest(copying: parts.leaf))
    let isHeaderIntact = Hashing.isIntact(header)
    if !isHeaderIntact {
      report("the header's checksum does not fit its bytes", in: "headers", at: place)
    } else if !isLeafIntact {
      report("the payload does not fit its leaf hash", in: "payloads", at: place)
    }
    // Not the stored leaf: the tree must show what is there now.
    frontier.append(leafHash: leaf) { subtrees[LogTables.treeKey($0)] = $0.root }
    if isHeaderIntact { try verifyMeaning(of: header, parts: parts, at: place, in: transaction) }
  }

  private mutating func verifyMeaning(
    of header: UnsafeRawBufferPointer, parts: PayloadRecord.Parts, at place: UInt64,
    in transaction: borrowing ReadTransaction,
  ) throws {
    guard let event = RecordedEvent(position: Position(place), bytes: header.bytes) else {
      return report("the header has another shape than it says", in: "headers", at: place)
    }
    if event.recordedAt < lastRecordedAt {
      report("it was recorded before the event ahead of it", in: "headers", at: place)
    }
    lastRecordedAt = max(lastRecordedAt, event.recordedAt)
    let tail = tails[event.customer]
    if event.previous != tail?.last || event.streamVersion != tail?.version ?? 0 {
      report("its place in the stream of \(event.customer) does not follow the one before", in: "headers", at: place)
    }
    tails[event.customer] = StreamTail(last: Position(place), version: event.streamVersion &+ 1)
    let interaction = event.interaction
    let name = String(decoding: parts.interaction, as: UTF8.self)
    if interaction != (parts.interaction.isEmpty ? nil : Hashing.interactionKey(name)) {
      report("the header's interaction is not the payload's", in: "headers", at: place)
    }
    let numbers = [event.source, event.agent, event.team, event.location, event.topic].compactMap { $0 }
    highestName = max(highestName ?? 0, numbers.map(\.value).max() ?? 0)
    sources.insert(event.source)
    let key = LogTables.identityKey(source: event.source, id: parts.id)
    guard let found = try transaction.unsafeGet(key, from: log.tables.identities)?.number(UInt64.self) else {
      return report("its identity is not in the index", in: "identities", at: place)
    }
    identitiesSeen += 1
    if found != place { report("its identity leads to position \(found)", in: "identities", at: place) }
  }

  // MARK: Indexes

  mutating func verifyTree(in transaction: borrowing ReadTransaction) throws {
    let stored = try transaction.unsafeGet(LogTables.MetaKey.frontier, from: log.tables.meta)
    if stored.flatMap({ MerkleFrontier(encoded: $0) }) != frontier {
      report("the Merkle frontier is not that of the records", in: "meta")
    }
    for (key, root) in subtrees.sorted(by: { $0.key < $1.key }) {
      guard let kept = try transaction.unsafeGet(key, from: log.tables.tree), kept.count == 32,
        MerkleFrontier.Digest(copying: kept).isEqual(to: root)
      else {
        report("the subtree \(key & (1 << 56 - 1)) of height \(key >> 56) is not that of the records", in: "tree")
        continue
      }
    }
    let count = try transaction.count(of: log.tables.tree)
    if count != subtrees.count { report("\(count) subtrees, and the records make \(subtrees.count)", in: "tree") }
  }

  /// Each record was looked up already; here, that the index holds nothing else.
  mutating func verifyIdentities(in transaction: borrowing ReadTransaction) throws {
    let count = try transaction.count(of: log.tables.identities)
    guard count != identitiesSeen else { return }
    report("\(count) identities, and the records have \(identitiesSeen)", in: "identities")
  }

  mutating func verifyStreams(in transaction: borrowing ReadTransaction) throws {
    for (customer, tail) in tails.sorted(by: { $0.key < $1.key }) {
      let stored = try transaction.unsafeGet(customer.value, from: log.tables.streams)
      if stored.flatMap({ StreamTail(encoded: $0) }) != tail {
        report("the stream of \(customer) does not end where its events do", in: "streams", at: tail.last.value)
      }
    }
    let count = try transaction.count(of: log.tables.streams)
    if count != tails.count { report("\(count) streams, and the records have \(tails.count)", in: "streams") }
  }

  mutating func verifyNames(in transaction: borrowing ReadTransaction) throws {
    let count = try transaction.count(of: log.tables.names)
    let numbers = try transaction.count(of: log.tables.nameNumbers)
    if count != numbers { report("\(count) names have \(numbers) numbers", in: "name-numbers") }
    if let highestName, Int(highestName) >= count {
      report("a header names number \(highestName), and there are \(count)", in: "names")
    }
    for number in 0..<UInt32(count) {
      guard let text = try transaction.unsafeGet(number, from: log.tables.names) else {
        report("there is no name \(number)", in: "names")
        continue
      }
      let back = try transaction.unsafeGet(Array(text), from: log.tables.nameNumbers)?.number(UInt32.self)
      if back != number { report("name \(number) does not lead back to its number", in: "name-numbers") }
    }
  }

  // MARK: The vault

  mutating func verifyVault(_ transaction: borrowing ReadTransaction) throws {
    var rows: [CustomerNumber: Reference] = [:]
    try log.vault.forEachReference(in: transaction) { rows[$1] = $0 }
    for (number, reference) in rows.sorted(by: { $0.key < $1.key }) {
      do throws(StoreError) {
        let customer = try log.vault.customer(number, in: transaction)
        if customer?.reference != reference { report("\(number) does not lead back to its reference", in: "vault") }
      } catch {
        report(error.finding, in: "vault")
      }
    }
    let next = try log.vault.nextNumber(in: transaction)
    if let highest = tails.keys.max(), highest.value >= next {
      report("the next customer would be \(CustomerNumber(next)), and \(highest) has events", in: "vault")
    }
  }
}

import LMDB
import Touchlog

/// Walks the log once, and then holds each index against what it has seen.
struct Verifier: ~Copyable {
  private let log: Log
  private var damages: [Verification.Damage] = []
  private var frontier = MerkleFrontier()
  private var subtrees: [UInt64: MerkleFrontier.Digest] = [:]
  private var tails: [CustomerNumber: StreamTail] = [:]
  private var highestName: UInt32?
  private var lastRecordedAt = Timestamp.earliest
  private var identitiesSeen = 0
  /// How many records there should be.
  let head: UInt64

  init(log: Log, in transaction: borrowing ReadTransaction) throws {
    self.log = log
    head = UInt64(
      max(try transaction.count(of: log.tables.headers), try transaction.count(of: log.tables.payloads)))
  }

  var result: Verification {
    Verification(events: head, damages: damages, root: frontier.root.hexadecimal)
  }

  mutating func report(_ what: String, in table: String, at position: UInt64? = nil) {
    damages.append(Verification.Damage(position: position.map { Position($0) }, table: table, what: what))
  }

  // MARK: Records

  mutating func verifyRecord(at place: UInt64, in transaction: borrowing ReadTransaction) throws {
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

import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// Several threads that look at a store together see what one sees, and have to see it where their pieces meet: in a
/// small log after each 256 events.
@Suite struct ConfirmationTests {
  private func filledStore(events: Int) async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    for first in stride(from: 0, to: events, by: 100) {
      _ = try await store.append(
        (first..<min(first + 100, events)).map { number in
          // Some payloads have pages of their own.
          let topic = "topic-\(number % 5)"
          return try number % 37 == 5
            ? long("\(number)")
            : started("\(number)", customer: number % 10 == 0 ? nil : "crm:\(number % 20)", topic: topic)
        })
    }
    return place
  }

  private func long(_ id: String) throws -> Event {
    Event(
      id: id, source: "/pbx", type: "note.taken", occurredAt: try #require(Timestamp(rfc3339: "2025-03-01T09:00:00Z")),
      subject: try Reference("crm:7"), data: ["text": .string(String(repeating: "word ", count: 1500))])
  }

  /// How often a verification began from the start, and what it answered.
  private func verify(_ store: Store, jobs: Int?) throws -> (looks: Int, verification: Verification) {
    var looks = 0
    var last: UInt64?
    let verification = try store.verify(jobs: jobs) { done, _ in
      if last.map({ done < $0 }) ?? true { looks += 1 }
      last = done
    }
    return (looks, verification)
  }

  @Test(arguments: [0, 1, 100, 255, 256, 257, 512, 1500])
  func `a sound store is looked at once, by however many threads`(
    events: Int,
  ) async throws {
    let place = try await filledStore(events: events)
    let store = try place.open(.reading)
    let root = try reading(store) { try $0.root.hexadecimal }
    for jobs in [1, 2, 3, 100, nil] {
      let (looks, verification) = try verify(store, jobs: jobs)
      #expect(looks == 1, "\(String(describing: jobs)) threads")
      #expect(verification.damages == [])
      #expect(verification.events == UInt64(events))
      #expect(verification.root == root)
    }
  }

  @Test func `pieces are subtrees of the log, and no larger than takes a moment`() {
    let levels = [0, 1, 600, 16_384, 100_000, 1_000_000, 2_000_000, .max].map {
      ConfirmationPlan.pieceLevel(events: $0)
    }
    #expect(levels == [8, 8, 8, 9, 11, 14, 14, 14])
  }

  private struct Enough: Error {}

  @Test(arguments: [1, 2, 8]) func `what progress throws ends the check, and it is told on the calling thread`(
    jobs: Int,
  ) async throws {
    let place = try await filledStore(events: 1500)
    let store = try place.open(.reading)
    let here = ThreadMark()
    var told = 0
    #expect(throws: Enough.self) {
      try store.verify(jobs: jobs) { _, _ in
        #expect(here.isHere)
        told += 1
        if told == 3 { throw Enough() }
      }
    }
    #expect(told == 3)
    #expect(try store.verify(jobs: jobs).damages == [])
  }

  // MARK: What only the records together show

  /// What is found after a header was changed, and everything that is computed of it: checksum, leaf, tree and frontier
  /// are as if it had been written so. In the end all is as it was.
  private func damages(
    _ place: TemporaryStore, at position: UInt64, forged change: (inout RecordHeader) -> Void,
  ) throws -> [Verification.Damage] {
    var (header, payload): ([UInt8], [UInt8]) = ([], [])
    try self.change(place) { transaction, tables in
      header = try stored(position, in: tables.headers, transaction)
      payload = try stored(position, in: tables.payloads, transaction)
      var forged = try header.withUnsafeBytes { bytes in
        guard let event = RecordedEvent(position: Position(position), bytes: bytes.bytes) else {
          throw StoreError.damaged(position: position, what: "the header cannot be read")
        }
        var header = event.header
        change(&header)
        return header.encoded()
      }
      forged.withUnsafeMutableBytes { Hashing.setChecksum(of: $0) }
      let sealed = payload[32...].withUnsafeBytes { PayloadRecord.digest(ofSealed: $0) }
      let leaf = forged.withUnsafeBytes { MerkleFrontier.leafHash($0, sealed) }
      try transaction.put(forged, at: position, in: tables.headers)
      try transaction.put(leaf.withBytes { Array($0) } + payload[32...], at: position, in: tables.payloads)
      try growTreeAnew(&transaction, tables)
    }
    let store = try place.open(.reading)
    let damages = try store.verify().damages
    #expect(damages == (try store.verify(jobs: 1).damages))
    try store.close()
    try self.change(place) { transaction, tables in
      try transaction.put(header, at: position, in: tables.headers)
      try transaction.put(payload, at: position, in: tables.payloads)
      try growTreeAnew(&transaction, tables)
    }
    return damages
  }

  private func stored(
    _ key: UInt64, in table: Table, _ transaction: borrowing WriteTransaction,
  ) throws -> [UInt8] {
    var bytes: [UInt8] = []
    if let value = try transaction.get(key, from: table) { bytes = value.withUnsafeBytes { Array($0) } }
    return bytes
  }

  private func growTreeAnew(_ transaction: inout WriteTransaction, _ tables: LogTables) throws {
    var frontier = MerkleFrontier()
    var subtrees: [MerkleFrontier.Subtree] = []
    for position in 0..<UInt64(try transaction.count(of: tables.payloads)) {
      let payload = try stored(position, in: tables.payloads, transaction)
      frontier.append(leafHash: payload.withUnsafeBytes { MerkleFrontier.Digest(copying: $0.prefix(32)) }) {
        subtrees.append($0)
      }
    }
    for subtree in subtrees {
      try transaction.put(subtree.root.withBytes { Array($0) }, at: LogTables.treeKey(subtree), in: tables.tree)
    }
    try transaction.put(frontier.encoded, at: LogTables.MetaKey.frontier, in: tables.meta)
  }

  @Test(arguments: [255, 256, 511, 512, 599] as [UInt64])
  func `a forged header whose leaf is right is found by what it says`(position: UInt64) async throws {
    let place = try await filledStore(events: 600)
    let stream = "its place in its customer's stream does not follow the one before"
    for (what, change) in [
      ("it was recorded before the event ahead of it", { $0.recordedAt = Timestamp(microseconds: 1) }),
      (stream, { $0.streamVersion += 1 }),
      (stream, { $0.previous = Position(($0.previous?.value ?? 1000) &- 1) }),
      (stream, { $0.previous = $0.previous == nil ? Position(0) : nil }),
      (stream, { $0.customer = CustomerNumber($0.customer.value == 3 ? 4 : 3) }),
      ("its customer has a number beyond that of events", { $0.customer = CustomerNumber(4_000_000) }),
      ("the header's interaction is not the payload's", { $0.interaction = InteractionKey(high: 1, low: 2) }),
      ("its identity is not in the index", { $0.source = NameNumber(3) }),
    ] as [(String, (inout RecordHeader) -> Void)] {
      let damages = try damages(place, at: position, forged: change)
      #expect(damages.contains { $0.what == what && $0.concerns(Position(position)) }, "\(what): \(damages)")
    }
    let damages = try damages(place, at: position) { $0.team = NameNumber(900) }
    #expect(damages.map(\.what) == ["a header names number 900, and there are 7"])
    #expect(try verify(try place.open(.reading), jobs: 2).looks == 1, "all is as it was")
  }

  @Test func `entries of an index that have changed places are found`() async throws {
    for (table, swap) in [
      (
        "identities",
        { transaction, tables in
          let keys = ["255", "300"].map { LogTables.identityKey(source: NameNumber(0), id: Array($0.utf8)) }
          for (key, position) in zip(keys, [300, 255] as [UInt64]) {
            #expect(try transaction.contains(key, in: tables.identities))
            try transaction.put(position.littleEndianBytes, at: key, in: tables.identities)
          }
        }
      ),
      (
        "streams",
        { transaction, tables in
          for (key, other) in [(1, 2), (2, 1)] as [(UInt32, UInt32)] {
            let tail = StreamTail(last: Position(UInt64(580 + other)), version: 30)
            #expect(try transaction.contains(key, in: tables.streams))
            try transaction.put(tail.encoded, at: key, in: tables.streams)
          }
        }
      ),
    ] as [(String, (inout WriteTransaction, LogTables) throws -> Void)] {
      let place = try await filledStore(events: 600)
      try change(place, swap)
      let (looks, verification) = try verify(try place.open(.reading), jobs: 2)
      #expect(looks == 2)
      #expect(verification.damages.filter { $0.table == table }.count >= 2, "\(table): \(verification.damages)")
    }
  }

  private func change(
    _ place: TemporaryStore, _ body: (inout WriteTransaction, LogTables) throws -> Void,
  ) throws {
    let environment = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: environment)
    try environment.write { try body(&$0, tables) }
    try environment.close()
  }

  /// As `tree`, for asynchronous tests: it never suspends.
  private func reading<Result>(_ store: Store, _ body: (borrowing StoredTree) throws -> Result) throws -> Result {
    try store.tree(body)
  }
}

extension LogTables {
  fileprivate static func identityKey(source: NameNumber, id: [UInt8]) -> [UInt8] {
    id.withUnsafeBytes { identityKey(source: source, id: $0) }
  }
}

extension UnsafeRawBufferPointer {
  fileprivate func prefix(_ count: Int) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[..<count]) }
}

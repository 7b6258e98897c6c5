import LMDB
import Touchlog

/// One of the threads that look at a store together. It stops at the first thing that is not as it should be.
struct ConfirmingThread: ~Copyable {
  let plan: ConfirmationPlan
  private let formats: RecordFormats
  private let customerLimit: UInt64
  let seed: UInt64
  private let file: PageFile
  let vaultFile: PageFile
  var part: ConfirmedPart
  /// Room for a source's number, an id and a position; or a reference and a number. An id may be as long as its length
  /// can say.
  private let room = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16 + 12, alignment: 8)
  /// Leaves that make no kept subtree yet.
  private let leaves = UnsafeMutableBufferPointer<MerkleFrontier.Digest>.allocate(capacity: MerkleFrontier.tileWidth)
  private var leafCount = 0
  var dataKeys: Sealing

  /// - Parameters:
  ///   - log: its file, as this thread is to use it.
  ///   - vault: the same of the vault.
  ///   - overflow: a set for the log's pages, none in it.
  init(_ plan: ConfirmationPlan, log: PageFile, vault: PageFile, overflow: PageSet) {
    self.plan = plan
    formats = plan.formats
    customerLimit = plan.customerLimit
    seed = plan.seed
    file = log
    vaultFile = vault
    dataKeys = Sealing(only: plan.storeKey.secret)
    part = ConfirmedPart(overflow: overflow)
    leaves.initialize(repeating: MerkleFrontier.Digest(repeating: 0))
  }

  deinit {
    room.deallocate()
    leaves.deallocate()
  }

  /// Answers whether all is as it should be, as far as the piece alone can show it.
  mutating func confirm(_ piece: ConfirmationPlan.Piece) -> Bool {
    switch piece {
    case .records(let positions): confirmRecords(at: positions)
    case .identities(let parts): confirmIdentities(in: parts)
    case .streams(let parts): confirmStreams(in: parts)
    case .customers(let parts): confirmCustomers(in: parts)
    case .references(let parts): confirmReferences(in: parts)
    }
  }

  // MARK: Records

  private mutating func confirmRecords(at positions: Range<UInt64>) -> Bool {
    var headers = LeafWalk(plan.headers, from: positions.lowerBound, through: file)
    var payloads = LeafWalk(plan.payloads, from: positions.lowerBound, through: file)
    var frontier = MerkleFrontier()
    leafCount = 0
    var times: (first: Timestamp, last: Timestamp)?
    for place in positions {
      guard ConfirmingThread.move(&headers, to: place), ConfirmingThread.move(&payloads, to: place),
        let recordedAt = confirmRecord(
          at: place, header: headers.value, payload: payloads.value, of: positions, into: &frontier)
      else { return false }
      if !headers.overflow.isEmpty {
        part.overflowPages.headers += UInt64(headers.overflow.count)
        guard part.overflow.insert(all: headers.overflow) else { return false }
      }
      if !payloads.overflow.isEmpty {
        part.overflowPages.payloads += UInt64(payloads.overflow.count)
        guard part.overflow.insert(all: payloads.overflow) else { return false }
      }
      guard recordedAt >= times?.last ?? recordedAt else { return false }
      times = (times?.first ?? recordedAt, recordedAt)
    }
    if positions.upperBound == plan.end {
      guard !headers.next(), headers.isSound, !payloads.next(), payloads.isSound else { return false }
    }
    for leaf in leaves[..<leafCount] { frontier.append(leafHash: leaf) { _ in } }
    guard let times else { return false }
    part.records.append(
      ConfirmedPart.Records(
        positions: positions, frontier: frontier, firstRecordedAt: times.first, lastRecordedAt: times.last))
    return true
  }

  /// Moves to the entry of a position, past those before it on the first leaf; answers whether it is there.
  private static func move(_ walk: inout LeafWalk, to place: UInt64) -> Bool {
    while walk.next() {
      if walk.integerKey >= place { return walk.integerKey == place }
    }
    return false
  }

  /// Answers when the event was recorded; nil where something is not as it should be.
  private mutating func confirmRecord(
    at place: UInt64, header: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, of piece: Range<UInt64>,
    into frontier: inout MerkleFrontier,
  ) -> Timestamp? {
    guard payload.count >= PayloadRecord.leafSize, Hashing.isIntact(header) else { return nil }
    let stored = UnsafeRawBufferPointer(rebasing: payload[..<PayloadRecord.leafSize])
    let sealed = UnsafeRawBufferPointer(rebasing: payload[PayloadRecord.leafSize...])
    let leaf = MerkleFrontier.leafHash(header, PayloadRecord.digest(ofSealed: sealed))
    guard leaf.isEqual(to: MerkleFrontier.Digest(copying: stored)), add(leaf, of: piece, to: &frontier) else {
      return nil
    }
    var scratch = RecordScratch()
    guard let event = formats.event(at: Position(place), header.bytes, in: &scratch),
      let parts = formats.parts(of: payload, under: header),
      event.interaction == ConfirmingThread.interactionKey(parts.interaction), confirmStream(of: event, at: place)
    else { return nil }
    if Verifier.isErasure(event) { part.erasures += 1 }
    note(event.source)
    note(event.agent)
    note(event.team)
    note(event.location)
    note(event.topic)
    // As the key in the index is made: see `LogTables.setIdentityKey`.
    room.storeBytes(of: event.source.value.bigEndian, as: UInt32.self)
    UnsafeMutableRawBufferPointer(rebasing: room[4...]).copyMemory(from: parts.id)
    part.identities.add(ending(4 + parts.id.count, with: place.littleEndian), seed: seed)
    return event.recordedAt
  }

  /// As of a `String` of the name, which is made only where bytes might be no text.
  private static func interactionKey(_ name: UnsafeRawBufferPointer) -> InteractionKey? {
    if name.isEmpty { return nil }
    return name.allSatisfy({ $0 < 0x80 })
      ? Hashing.interactionKey(name) : Hashing.interactionKey(String(decoding: name, as: UTF8.self))
  }

  private mutating func note(_ name: NameNumber?) {
    guard let name else { return }
    part.highestName = max(part.highestName ?? 0, name.value)
  }

  /// Pieces begin where a kept subtree can, and are less than 16 levels high: so they have kept subtrees of one height.
  private mutating func add(
    _ leaf: MerkleFrontier.Digest, of piece: Range<UInt64>, to frontier: inout MerkleFrontier,
  ) -> Bool {
    leaves[leafCount] = leaf
    leafCount += 1
    guard leafCount == MerkleFrontier.tileWidth else { return true }
    leafCount = 0
    let level = MerkleFrontier.tileHeight
    let whole = MerkleFrontier.Subtree(
      level: level, index: (piece.lowerBound + frontier.size) >> UInt64(level),
      root: MerkleFrontier.root(reducing: leaves))
    frontier.append(whole.root, level: level) { _ in }
    part.subtrees += 1
    return plan.tree.value.keeps(whole, through: file)
  }

  /// An event leaves its stream at its position, with one event more, and takes it up where the one before has left it.
  /// What all have left is taken up again once, by an event or by the table of streams: so each stream is one chain,
  /// without a gap.
  private mutating func confirmStream(of event: borrowing RecordedEvent, at place: UInt64) -> Bool {
    let customer = event.customer
    guard UInt64(customer.value) < customerLimit else { return false }
    part.highestCustomer = max(part.highestCustomer ?? 0, customer.value)
    let left = StreamPlace(customer: customer, last: place, version: event.streamVersion &+ 1)
    withUnsafeBytes(of: left) { part.streams.add($0, seed: seed) }
    guard let previous = event.previous else { return event.streamVersion == 0 }
    let found = StreamPlace(customer: customer, last: previous.value, version: event.streamVersion)
    withUnsafeBytes(of: found) { part.streams.take($0, seed: seed) }
    return previous.value < place
  }

  /// Where a stream has got to: 16 bytes without a gap.
  private struct StreamPlace {
    let last: UInt64
    let customer: UInt32
    let version: UInt32

    init(customer: CustomerNumber, last: UInt64, version: UInt32) {
      self.last = last
      self.customer = customer.value
      self.version = version
    }
  }

  // MARK: Indexes

  /// Bytes with a number behind them, until this is asked for again.
  func joined(_ bytes: UnsafeRawBufferPointer, _ number: some BitwiseCopyable) -> UnsafeRawBufferPointer {
    room.copyMemory(from: bytes)
    return ending(bytes.count, with: number)
  }

  /// The first bytes in the room with a number behind them.
  private func ending(_ count: Int, with number: some BitwiseCopyable) -> UnsafeRawBufferPointer {
    room.storeBytes(of: number, toByteOffset: count, as: type(of: number))
    return UnsafeRawBufferPointer(rebasing: room[..<(count + MemoryLayout.size(ofValue: number))])
  }

  private mutating func confirmIdentities(in parts: Range<Int>) -> Bool {
    var walk = LeafWalk(plan.identities, parts: parts, through: file)
    while walk.next() {
      guard walk.value.count == 8, walk.overflow.isEmpty else { return false }
      part.identities.take(joined(walk.key, walk.value.loadUnaligned(as: UInt64.self)), seed: seed)
      part.identityCount += 1
    }
    return walk.isSound
  }

  private mutating func confirmStreams(in parts: Range<Int>) -> Bool {
    var walk = LeafWalk(plan.streams, parts: parts, through: file)
    while walk.next() {
      guard let tail = StreamTail(encoded: walk.value), walk.overflow.isEmpty else { return false }
      let place = StreamPlace(
        customer: CustomerNumber(UInt32(walk.integerKey)), last: tail.last.value, version: tail.version)
      withUnsafeBytes(of: place) { part.streams.take($0, seed: seed) }
      part.streamCount += 1
    }
    return walk.isSound
  }
}

extension PageTree {
  /// Whether the table of subtrees has a root.
  func keeps(_ subtree: MerkleFrontier.Subtree, through file: PageFile) -> Bool {
    let key = LogTables.treeKey(subtree)
    guard let kept = withUnsafeBytes(of: key, { find($0, through: file) }), kept.count == 32 else { return false }
    return MerkleFrontier.Digest(copying: kept).isEqual(to: subtree.root)
  }
}

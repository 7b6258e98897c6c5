import LMDB
import Touchlog

/// Walks one state of a store, each table once, and holds the tables against each other.
struct Verifier: ~Copyable {
  let states: StoreFiles.States
  let storeKey: StoreKey
  let formats: RecordFormats
  var list = DamageList()
  var frontier = MerkleFrontier()
  /// How many perfect subtrees the records have made, and how many are kept.
  var subtrees = 0
  var keptSubtrees = 0
  /// The ends of all streams at `indexed`, and those that have grown since.
  var tails: StreamTails
  var laterTails: [CustomerNumber: StreamTail] = [:]
  var highestName: UInt32?
  /// Events of customers' own streams that say that the customer was erased.
  var erasures = 0
  /// Whether several threads have seen that the data key of each customer in the vault can be unwrapped, and that one
  /// reference leads back to each.
  var areCustomersConfirmed = false
  /// The highest number that has a row in the vault.
  var highestRow: UInt32?
  /// Positions without a record that can be read.
  var missing: [Range<UInt64>] = []
  /// How many events there are.
  var events: UInt64 = 0
  /// The indexes of identities and of streams cover the positions below this one.
  var indexed: UInt64 = 0
  private var lastRecordedAt = Timestamp.earliest
  private var identityKey: [UInt8] = []

  let headers: PageTree
  let payloads: PageTree
  let identities: PageTree
  let tree: PageTree

  init(_ states: StoreFiles.States, storeKey: StoreKey, formats: RecordFormats) {
    self.states = states
    self.storeKey = storeKey
    self.formats = formats
    headers = states.log.tree("headers", keys: .uint64)
    payloads = states.log.tree("payloads", keys: .uint64)
    identities = states.log.tree("identities", keys: .bytes)
    tree = states.log.tree("tree", keys: .uint64)
    indexed = max(headers.entries, payloads.entries)
    // A customer has events, or is known to the vault only, as one whom another is linked to.
    let customers = indexed + states.vault.tree("customers", keys: .uint32).entries + (states.erased?.entries ?? 0)
    tails = StreamTails(limit: Int(clamping: customers))
  }

  var result: Verification {
    Verification(events: events, damages: list.damages, root: frontier.root.hexadecimal)
  }

  /// Checks everything.
  ///
  /// - Parameters:
  ///   - progress: how many events are checked, and how many there are; now and then, and between the tables.
  ///   - found: each damage, soon after it was found.
  mutating func run(
    progress: (UInt64, UInt64) throws -> Void, found: (Verification.Damage) throws -> Void,
  ) throws {
    let end = max(headers.entries, payloads.entries)
    var done: UInt64 = 0
    var beats = 0
    // Whoever waits is to see that it goes on, in a large index as well.
    func beat() throws {
      beats += 1
      if beats % 4096 == 0 { try progress(done, end) }
    }
    try verifyTreePages(beat)
    try verifyRecords(progress: progress, found: found)
    done = events
    for step in Step.allCases {
      try verify(step, beat)
      try list.tell(found)
      try progress(events, events)
    }
  }

  /// What is held against the records, once they are known.
  enum Step: CaseIterable {
    case identities, streams, names, tree, meta, otherTables, logPages, vault, vaultPages
  }

  mutating func verify(_ step: Step, _ beat: () throws -> Void) rethrows {
    switch step {
    case .identities: try verifyIdentities(beat)
    case .streams: try verifyStreams(beat)
    case .names: try verifyNames(beat)
    case .tree: verifyTreeCount()
    case .meta: verifyMeta()
    case .otherTables: try states.log.walkOtherTables(beat)
    case .logPages: states.log.checkAllPagesAreUsed()
    case .vault: try verifyVault(beat)
    case .vaultPages:
      try states.vault.walkOtherTables(beat)
      states.vault.checkAllPagesAreUsed()
    }
    takeFaults()
    list.closeAll()
  }

  mutating func report(_ what: String, in table: String) {
    list.add(what, in: table)
  }

  mutating func report(_ what: String, in table: String, at position: UInt64) {
    list.add(what, in: table, at: position..<position + 1)
  }

  /// Faults of the files become damages, with positions where the table's keys are such.
  mutating func takeFaults() {
    for fault in states.log.takeFaults() {
      let isByPosition = fault.table == headers.name || fault.table == payloads.name
      let end = max(headers.entries, payloads.entries)
      if isByPosition, let keys = fault.keys, keys.lowerBound < end {
        list.add(fault.what, in: fault.table ?? "log", at: keys.lowerBound..<min(keys.upperBound, end - 1) + 1)
      } else {
        list.add(fault.what, in: fault.table ?? "log")
      }
    }
    for fault in states.vault.takeFaults() {
      let table = fault.table.map { ", \($0)" } ?? ""
      list.add(fault.what, in: "vault" + table)
    }
  }

  // MARK: Records

  private mutating func verifyRecords(
    progress: (UInt64, UInt64) throws -> Void, found: (Verification.Damage) throws -> Void,
  ) throws {
    var headers = PageWalk(headers)
    var payloads = PageWalk(payloads)
    let end = max(self.headers.entries, self.payloads.entries)
    var hasHeader = headers.next()
    var hasPayload = payloads.next()
    var place: UInt64 = 0
    var step: UInt64 = 0
    while hasHeader || hasPayload {
      if step % 4096 == 0 {
        takeFaults()
        try list.tell(found)
        try progress(min(place, end), end)
      }
      step += 1
      let headerPlace = hasHeader ? headers.integerKey : .max
      let payloadPlace = hasPayload ? payloads.integerKey : .max
      let next = min(headerPlace, payloadPlace)
      if next >= end {
        report("there is a record at position \(next), and there are \(end) of them", in: "headers")
      } else {
        passOver(place..<next)
        verifyRecord(
          at: next, header: headerPlace == next ? headers.value : nil,
          payload: payloadPlace == next ? payloads.value : nil)
        place = next + 1
      }
      if headerPlace == next { hasHeader = headers.next() }
      if payloadPlace == next { hasPayload = payloads.next() }
    }
    passOver(place..<end)
    events = end
    takeFaults()
    list.closeAll()
    try list.tell(found)
    try progress(end, end)
  }

  /// Positions at which neither table has anything that can be read.
  private mutating func passOver(_ positions: Range<UInt64>) {
    guard !positions.isEmpty else { return }
    list.add("there is no header that can be read", in: "headers", at: positions)
    list.add("there is no payload that can be read", in: "payloads", at: positions)
    for position in positions { lose(position) }
  }

  /// Keeps the leaves behind a lost record in their places.
  private mutating func lose(_ position: UInt64) {
    if let last = missing.last, last.upperBound == position {
      missing[missing.count - 1] = last.lowerBound..<position + 1
    } else {
      missing.append(position..<position + 1)
    }
    add(leafHash: MerkleFrontier.Digest(repeating: 0))
  }

  private mutating func verifyRecord(
    at place: UInt64, header: UnsafeRawBufferPointer?, payload: UnsafeRawBufferPointer?,
  ) {
    if header == nil { report("there is no header that can be read", in: "headers", at: place) }
    if payload == nil { report("there is no payload that can be read", in: "payloads", at: place) }
    guard let header, let payload else { return lose(place) }
    guard payload.count >= PayloadRecord.leafSize else {
      report("the payload is shorter than its leaf hash", in: "payloads", at: place)
      return lose(place)
    }
    // The same in every version, as all that lies in the log is a leaf of one tree.
    let stored = UnsafeRawBufferPointer(rebasing: payload[..<PayloadRecord.leafSize])
    let sealed = UnsafeRawBufferPointer(rebasing: payload[PayloadRecord.leafSize...])
    let leaf = MerkleFrontier.leafHash(header, PayloadRecord.digest(ofSealed: sealed))
    let isHeaderIntact = Hashing.isIntact(header)
    if !isHeaderIntact {
      report("the header's checksum does not fit its bytes", in: "headers", at: place)
    } else if !leaf.isEqual(to: MerkleFrontier.Digest(copying: stored)) {
      report("the payload does not fit its leaf hash", in: "payloads", at: place)
    }
    // Not the stored leaf: the tree must show what is there now.
    add(leafHash: leaf)
    guard isHeaderIntact else { return loseMeaning(of: place) }
    verifyMeaning(of: header, payload: payload, at: place)
  }

  /// What a header said that is not intact is lost to its stream.
  private mutating func loseMeaning(of place: UInt64) {
    missing.append(place..<place + 1)
  }

  private mutating func add(leafHash: MerkleFrontier.Digest) {
    let tree = tree
    var wrong: [String] = []
    var completed = 0
    frontier.append(leafHash: leafHash) { subtree in
      completed += 1
      let key = LogTables.treeKey(subtree)
      let kept = withUnsafeBytes(of: key) { tree.find($0) }
      guard let kept, kept.count == 32, MerkleFrontier.Digest(copying: kept).isEqual(to: subtree.root) else {
        wrong.append("the subtree \(subtree.index) of height \(subtree.level) is not that of the records")
        return
      }
    }
    subtrees += completed
    // What a damaged table does not have any more, was told with its pages.
    if !states.log.isFaulty(tree.name) {
      for what in wrong { report(what, in: tree.name) }
    }
  }

  /// Whether the record at a position was lost, so that what follows from it cannot be known.
  func isMissing(_ position: UInt64) -> Bool {
    var low = 0
    var high = missing.count
    while low < high {
      let middle = (low + high) / 2
      if missing[middle].upperBound <= position { low = middle + 1 } else { high = middle }
    }
    return low < missing.count && missing[low].contains(position)
  }

  // MARK: What a header says

  private mutating func verifyMeaning(
    of header: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, at place: UInt64,
  ) {
    var scratch = RecordScratch()
    guard let event = formats.event(at: Position(place), header.bytes, in: &scratch) else {
      let isNewer = header[0] > RecordLayout.version
      let what = isNewer ? formats.reason(for: header) : "the header has another shape than it says"
      report(what, in: "headers", at: place)
      return loseMeaning(of: place)
    }
    guard let parts = formats.parts(of: payload, under: header) else {
      report("the payload is shorter than it says", in: "payloads", at: place)
      return loseMeaning(of: place)
    }
    if event.recordedAt < lastRecordedAt {
      report("it was recorded before the event ahead of it", in: "headers", at: place)
    }
    lastRecordedAt = max(lastRecordedAt, event.recordedAt)
    if Verifier.isErasure(event) { erasures += 1 }
    verifyStream(
      of: event.customer, previous: event.previous, version: event.streamVersion, at: place)
    let interaction = event.interaction
    let name = String(decoding: parts.interaction, as: UTF8.self)
    if interaction != (parts.interaction.isEmpty ? nil : Hashing.interactionKey(name)) {
      report("the header's interaction is not the payload's", in: "headers", at: place)
    }
    noteName(event.source)
    noteName(event.agent)
    noteName(event.team)
    noteName(event.location)
    noteName(event.topic)
    if place < indexed { verifyIdentity(source: event.source, id: parts.id, at: place) }
  }

  /// Whether an event says that the customer was erased whose stream it is in: the company's names another.
  static func isErasure(_ event: borrowing RecordedEvent) -> Bool {
    event.typeCode == Catalogue.customerErased.code && event.slot(0) == nil
  }

  private mutating func noteName(_ name: NameNumber?) {
    guard let name else { return }
    highestName = max(highestName ?? 0, name.value)
  }

  private mutating func verifyStream(
    of customer: CustomerNumber, previous: Position?, version: UInt32, at place: UInt64,
  ) {
    let tail = laterTails[customer] ?? tails[customer]
    let follows = previous == tail?.last && version == tail?.version ?? 0
    if !follows, !(previous.map { isMissing($0.value) } ?? false) {
      report("its place in its customer's stream does not follow the one before", in: "headers", at: place)
    }
    let next = StreamTail(last: Position(place), version: version &+ 1)
    if place >= indexed {
      laterTails[customer] = next
    } else if !tails.set(next, of: customer) {
      report("its customer has a number beyond that of events", in: "headers", at: place)
    }
  }

  private mutating func verifyIdentity(source: NameNumber, id: UnsafeRawBufferPointer, at place: UInt64) {
    LogTables.setIdentityKey(&identityKey, source: source, id: id)
    let identities = identities
    guard let found = identityKey.withUnsafeBytes({ identities.find($0) })?.number(UInt64.self) else {
      return report("its identity is not in the index", in: "identities", at: place)
    }
    if found != place { report("its identity leads to position \(found)", in: "identities", at: place) }
  }
}

import Touchlog

/// Events that are checked, sealed and laid out, ready to be put: what callers' threads do, so that the writer's has
/// little to do. Made by `Store.prepare`.
public struct PreparedEvents: Sendable {
  private(set) var records: [PreparedRecord]
  /// The payload records, with leaf hashes still to come.
  private var payloads: PayloadBuffer
  /// Payload records that were sealed anew.
  private var others: [PayloadBuffer] = []
  /// The names of the events by the numbers that their headers have for now.
  let names: TextTable
  /// The customers, likewise: those whom the events are about, and those to whom their `data` refers.
  let customers: [KeyRing.Entry]
  /// The events by source, by the numbers in `names`, and id.
  private(set) var order = IdentityOrder()
  /// Which events stand among these before, and where.
  private(set) var repeats: [Int: Int] = [:]
  /// Why all are refused, whatever the log holds: two of one identity have different content.
  private(set) var conflict: AppendError?

  /// - Parameter payloads: where the records' payloads lie.
  init(records: [PreparedRecord], payloads: PayloadBuffer, names: TextTable, customers: [KeyRing.Entry]) {
    self.records = records
    self.payloads = payloads
    self.names = names
    self.customers = customers
    compareIdentities()
  }

  /// What can be told of identities without the log.
  private mutating func compareIdentities() {
    order = IdentityOrder(count: count, source: { records[$0].header.source.value }, id: { records[$0].id })
    repeats = [:]
    conflict = nil
    // Equal ones are neighbours; nearly always there are none.
    let hasRepeats = order.runs.contains { run in
      run.range.dropFirst().contains { place in
        records[order.places[place - 1]].id.hasSameBytes(as: records[order.places[place]].id)
      }
    }
    if hasRepeats { findRepeats() }
  }

  private mutating func findRepeats() {
    var seen = IdentityIndex()
    for index in 0..<count {
      let hash = records[index].identityHash
      guard let first = seen.place(of: hash, where: { hasIdentity(index, of: $0, in: self) }) else {
        seen.insert(hash, at: index)
        continue
      }
      repeats[index] = first
      guard conflict == nil, let field = content(of: index).firstDifference(from: content(of: first)) else { continue }
      conflict = .conflictWithinRequest(
        index: index, earlier: first, id: id(of: index), source: source(of: index), field: field)
    }
  }

  /// How many events there are.
  public var count: Int { records.count }

  /// About how many bytes they will take in the log.
  var byteCount: Int {
    records.reduce(0) { $0 + $1.payload.count + RecordLayout.fixedSize }
  }

  /// Some of the events, in their order.
  public subscript(range: Range<Int>) -> PreparedEvents {
    var part = self
    part.records = Array(records[range])
    part.compareIdentities()
    return part
  }

  /// Whose stream an event belongs to.
  func customer(of index: Int) -> KeyRing.Entry { customers[Int(records[index].header.customer.value)] }

  /// The name of an event's source.
  func source(of index: Int) -> String { names[records[index].header.source.value] }

  /// An event's id.
  func id(of index: Int) -> String {
    withExtendedLifetime(self) { String(decoding: records[index].id, as: UTF8.self) }
  }

  /// Whether two events have one identity, with whatever content.
  func hasIdentity(_ index: Int, of other: Int, in others: PreparedEvents) -> Bool {
    let isSameSource = names.withBytes(of: records[index].header.source.value) { left in
      others.names.withBytes(of: others.records[other].header.source.value) { left.hasSameBytes(as: $0) }
    }
    return isSameSource
      && withExtendedLifetime((self, others)) { records[index].id.hasSameBytes(as: others.records[other].id) }
  }

  /// Seals an event anew, for a customer who got another key since: rare.
  mutating func reseal(_ index: Int, under key: DataKey) {
    let plaintext = plaintext(of: index)
    records[index].header.dataKeyNumber = key.number
    let parts = PayloadRecord.Parts(whole: records[index].payload)
    let buffer = PayloadBuffer(byteCount: records[index].payload.count)
    var sealer = PayloadSealer()
    withExtendedLifetime(self) {
      sealer.seal(
        plaintext, header: records[index].header, id: parts.id, interaction: parts.interaction,
        source: source(of: index).utf8, key: key, into: buffer.bytes)
    }
    records[index].payload = UnsafeRawBufferPointer(buffer.bytes)
    records[index].digest = PayloadRecord.digest(of: records[index].payload)
    others.append(buffer)
  }

  /// What an event's payload was sealed from.
  func plaintext(of index: Int) -> [UInt8] {
    let record = records[index]
    let parts = PayloadRecord.Parts(whole: record.payload)
    var associated: [UInt8] = []
    PayloadRecord.appendAssociatedData(
      header: record.header, id: parts.id, interaction: parts.interaction, source: source(of: index).utf8,
      to: &associated)
    var sealing = Sealing()
    let plaintext = withExtendedLifetime(self) {
      associated.withUnsafeBytes { sealing.open(parts, associated: $0, key: customer(of: index).dataKey.secret) }
    }
    guard let plaintext else { preconditionFailure("what was just sealed opens under the same key") }
    return plaintext
  }
}

/// Memory for payload records. Whoever points into it keeps it.
final class PayloadBuffer: Sendable {
  // Proof: written by the one who makes it, before anybody else has it, and only read from then on.
  nonisolated(unsafe) let bytes: UnsafeMutableRawBufferPointer

  init(byteCount: Int) {
    bytes = .allocate(byteCount: max(1, byteCount), alignment: 8)
  }

  deinit { bytes.deallocate() }
}

/// One event of `PreparedEvents`.
struct PreparedRecord: Sendable {
  /// The header, as far as it is known: its names and customers are numbers of the events' own lists, and what the
  /// commit decides is missing.
  var header: RecordHeader
  /// Which slots hold names and which customers: a bit for each, the first slot's the lowest.
  let nameSlots: UInt16
  let referenceSlots: UInt16
  /// A hash of source and id, by which equal identities are found.
  let identityHash: UInt64
  /// The payload record, in a buffer that the events keep.
  // Proof: what it points at is only read once it was written, and is kept by the events, see `PayloadBuffer`.
  nonisolated(unsafe) var payload: UnsafeRawBufferPointer
  /// The hash of the sealed payload.
  var digest: SHA256.Digest

  /// The event's id, in the payload record.
  var id: UnsafeRawBufferPointer { PayloadRecord.id(in: payload) }
}

import Touchlog

/// Events that are checked, sealed and laid out, ready to be put: what callers' threads do, so that the writer's has
/// little to do. Made by `Store.prepare`.
public struct PreparedEvents: Sendable {
  private(set) var records: [PreparedRecord]
  /// The payload records, one after the other, with leaf hashes still to come.
  private(set) var payloads: [UInt8]
  /// The names of the events by the numbers that their headers have for now.
  let names: TextTable
  /// The customers, likewise: those whom the events are about, and those to whom their `data` refers.
  let customers: [KeyRing.Entry]

  init(records: [PreparedRecord], payloads: [UInt8], names: TextTable, customers: [KeyRing.Entry]) {
    self.records = records
    self.payloads = payloads
    self.names = names
    self.customers = customers
  }

  /// How many events there are.
  public var count: Int { records.count }

  /// About how many bytes they will take in the log.
  var byteCount: Int {
    records.reduce(0) { $0 + $1.payloadCount + RecordLayout.fixedSize }
  }

  /// Some of the events, in their order.
  public subscript(range: Range<Int>) -> PreparedEvents {
    PreparedEvents(records: Array(records[range]), payloads: payloads, names: names, customers: customers)
  }

  /// Whose stream an event belongs to.
  func customer(of index: Int) -> KeyRing.Entry { customers[Int(records[index].header.customer.value)] }

  /// The name of an event's source.
  func source(of index: Int) -> String { names[records[index].header.source.value] }

  /// Calls `body` with an event's payload record.
  func withPayload<Result, Failure: Error>(
    of index: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result,
  ) throws(Failure) -> Result {
    let range = records[index].payloadRange
    return try payloads.span.withUnsafeBytes { (bytes) throws(Failure) in
      try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
    }
  }

  /// Calls `body` with the bytes of an event's id.
  func withID<Result, Failure: Error>(
    of index: Int, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result,
  ) throws(Failure) -> Result {
    try withPayload(of: index) { (payload) throws(Failure) in try body(PayloadRecord.id(in: payload)) }
  }

  /// An event's id.
  func id(of index: Int) -> String { withID(of: index) { String(decoding: $0, as: UTF8.self) } }

  /// Whether two events have one identity, with whatever content.
  func hasIdentity(_ index: Int, of other: Int, in others: PreparedEvents) -> Bool {
    let isSameSource = names.withBytes(of: records[index].header.source.value) { left in
      others.names.withBytes(of: others.records[other].header.source.value) { left.hasSameBytes(as: $0) }
    }
    return isSameSource && withID(of: index) { left in others.withID(of: other) { left.hasSameBytes(as: $0) } }
  }

  /// Seals an event anew, for a customer who got another key since: rare.
  mutating func reseal(_ index: Int, under key: DataKey) throws(StoreError) {
    let content = try plaintext(of: index)
    var header = records[index].header
    header.dataKeyNumber = key.number
    let piece = withPayload(of: index) { payload in
      let parts = PayloadRecord.Parts(whole: payload)
      return PayloadSealer.Texts(
        id: parts.id, interaction: parts.interaction, source: Array(source(of: index).utf8), plaintext: content)
    }
    var sealer = PayloadSealer()
    let payload = piece.sealed(by: &sealer, header: header, key: key)
    records[index].header = header
    records[index].payloadStart = payloads.count
    records[index].payloadCount = payload.count
    records[index].digest = payload.withUnsafeBytes { PayloadRecord.digest(of: $0) }
    payloads.append(contentsOf: payload)
  }

  /// What an event's payload was sealed from.
  func plaintext(of index: Int) throws(StoreError) -> [UInt8] {
    let record = records[index]
    let key = customer(of: index).dataKey
    let plaintext = withPayload(of: index) { payload in
      let parts = PayloadRecord.Parts(whole: payload)
      var associated: [UInt8] = []
      PayloadRecord.appendAssociatedData(
        header: record.header, id: parts.id, interaction: parts.interaction, source: source(of: index).utf8,
        to: &associated)
      var sealing = Sealing()
      return associated.withUnsafeBytes { sealing.open(parts, associated: $0, key: key.secret) }
    }
    guard let plaintext else { preconditionFailure("what was just sealed opens under the same key") }
    return plaintext
  }
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
  /// Where the payload record lies.
  var payloadStart: Int
  var payloadCount: Int
  /// The hash of the sealed payload.
  var digest: SHA256.Digest

  var payloadRange: Range<Int> { payloadStart..<payloadStart + payloadCount }
}

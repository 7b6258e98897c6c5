import JSON
import Touchlog

/// The events that tell of an erasure, prepared as an adapter's are: first one in each customer's own stream, whose
/// header says it all, and then one for each customer in the company's, with the reason.
struct ErasureEvents {
  /// Under which the log names itself as a source.
  static let source = "touchlog"

  let customers: [CustomerNumber]
  let company: KeyRing.Entry
  let reason: String?
  let time: Timestamp
  let generation: VaultGeneration
  /// For each customer, the ids of the two events: such as the source has not used.
  let ids: [(own: String, companys: String)]

  /// Seals and lays out the events.
  func prepared() -> PreparedEvents {
    // The payload of a customer's own event is empty, and nobody needs to open it: its key is kept nowhere.
    let erased = customers.map { number in
      KeyRing.Entry(
        reference: Reference(normalised: number.description), dataKey: DataKey(number: 1), number: number,
        generation: generation)
    }
    var names = TextTable()
    var source = ErasureEvents.source
    let sourceNumber = NameNumber(source.withUTF8 { names.number(of: $0) })
    var sealer = PayloadSealer()
    var records: [PreparedRecord] = []
    records.reserveCapacity(customers.count * 2)
    let data = companyData()
    let size = ids.reduce(0) {
      $0 + PayloadSealer.size(id: $1.own, data: nil) + PayloadSealer.size(id: $1.companys, data: data)
    }
    let payloads = PayloadBuffer(byteCount: size)
    var start = 0
    func add(_ header: RecordHeader, references: UInt16, id: String, data: [UInt8]?, key: DataKey) {
      let size = PayloadSealer.size(id: id, data: data)
      let payload = UnsafeMutableRawBufferPointer(rebasing: payloads.bytes[start..<start + size])
      start += size
      sealer.seal(id: id, source: ErasureEvents.source, data: data, header: header, key: key, into: payload)
      let record = UnsafeRawBufferPointer(payload)
      records.append(
        PreparedRecord(
          header: header, nameSlots: 0, referenceSlots: references,
          identityHash: Hashing.identity(source: ErasureEvents.source, id: id), payload: record,
          digest: PayloadRecord.digest(of: record)))
    }
    for index in customers.indices {
      var header = header(source: sourceNumber, key: erased[index].dataKey)
      header.customer = CustomerNumber(UInt32(index))
      add(header, references: 0, id: ids[index].own, data: nil, key: erased[index].dataKey)
    }
    for index in customers.indices {
      var header = header(source: sourceNumber, key: company.dataKey)
      header.customer = CustomerNumber(UInt32(customers.count))
      header.slots[0] = Int64(index)
      add(header, references: 1, id: ids[index].companys, data: data, key: company.dataKey)
    }
    return PreparedEvents(records: records, payloads: payloads, names: names, customers: erased + [company])
  }

  private func header(source: NameNumber, key: DataKey) -> RecordHeader {
    var header = RecordHeader(typeCode: Catalogue.customerErased.code, occurredAt: time)
    header.source = source
    header.dataKeyNumber = key.number
    return header
  }

  /// With an empty text for the customer, whose number the header has.
  private func companyData() -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.key(Field.customer.name)
      object.string("")
      if let reason {
        object.key(Field.reason.name)
        object.string(reason)
      }
    }
    return writer.bytes
  }
}

extension PayloadSealer {
  /// How long the record of an event of the log's own will be.
  static func size(id: String, data: [UInt8]?) -> Int {
    PayloadRecord.leafSize + PayloadRecord.lengthsSize + id.utf8.count + PayloadRecord.dataLengthSize
      + (data?.count ?? 0) + Sealing.overhead
  }

  /// Writes the record of an event of the log's own, its leaf hash zero.
  mutating func seal(
    id: String, source: String, data: [UInt8]?, header: RecordHeader, key: DataKey,
    into payload: UnsafeMutableRawBufferPointer,
  ) {
    let length = data.map { UInt32($0.count) } ?? PayloadRecord.noData
    Array(id.utf8).withUnsafeBytes { id in
      seal(
        length.littleEndianBytes + (data ?? []), header: header, id: id,
        interaction: UnsafeRawBufferPointer(start: nil, count: 0), source: source.utf8, key: key, into: payload)
    }
  }
}

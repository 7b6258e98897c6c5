/// A header's values, as they are put together for writing; `RecordLayout` draws the bytes that come of them.
public struct RecordHeader: Sendable, Equatable {
  /// The touch-point; nil where the event names none.
  public var channel: Channel?
  /// The type's code, `Catalogue.foreignCode` for a type outside the catalogue.
  public var typeCode: UInt16
  /// The choice bytes; 0 where absent.
  public var choices: (UInt8, UInt8)
  /// When it happened, by the source's clock.
  public var occurredAt: Timestamp
  /// When the log took it, by the log's clock.
  public var recordedAt: Timestamp
  /// Whose stream it is in.
  public var customer: CustomerNumber
  /// Its place in that stream, from 0.
  public var streamVersion: UInt32
  /// The customer's previous event; nil for the first. The position of all ones is taken for nil.
  public var previous: Position?
  /// Where it comes from.
  public var source: NameNumber
  /// Which of the customer's data keys seals the payload.
  public var dataKeyNumber: UInt32
  /// The contact it is part of.
  public var interaction: InteractionKey?
  /// Who attended.
  public var agent: NameNumber?
  /// The agent's team.
  public var team: NameNumber?
  /// The place.
  public var location: NameNumber?
  /// What the contact is about.
  public var topic: NameNumber?
  /// The type's own fields by slot; nil where absent.
  public var slots: RecordSlots

  /// A header without optional parts, for customer 0, taken when it happened.
  public init(typeCode: UInt16, occurredAt: Timestamp) {
    self.typeCode = typeCode
    self.occurredAt = occurredAt
    channel = nil
    choices = (0, 0)
    recordedAt = occurredAt
    customer = CustomerNumber(0)
    streamVersion = 0
    previous = nil
    source = NameNumber(0)
    dataKeyNumber = 0
    slots = RecordSlots()
  }

  /// Whether both come to the same bytes.
  public static func == (left: RecordHeader, right: RecordHeader) -> Bool {
    left.encoded() == right.encoded()
  }

  /// Which optional parts the header has.
  public var presence: UInt16 {
    var presence: UInt16 = 0
    if agent != nil { presence |= RecordLayout.Presence.agent }
    if team != nil { presence |= RecordLayout.Presence.team }
    if location != nil { presence |= RecordLayout.Presence.location }
    if topic != nil { presence |= RecordLayout.Presence.topic }
    if interaction != nil { presence |= RecordLayout.Presence.interaction }
    return presence | slots.presence << RecordLayout.Presence.firstSlot
  }

  /// The header's bytes but for the checksum, whose four bytes are left to the caller.
  ///
  /// - Precondition: `bytes` has `RecordLayout.size(presence:)` bytes.
  public func encode(into bytes: UnsafeMutableRawBufferPointer) {
    let presence = presence
    precondition(bytes.count == RecordLayout.size(presence: presence), "a header is as long as its presence says")
    func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
      bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
    encodeStart(presence: presence, into: bytes)
    store(recordedAt.microseconds, at: RecordLayout.Offset.recordedAt)
    store(customer.value, at: RecordLayout.Offset.customer)
    store(streamVersion, at: RecordLayout.Offset.streamVersion)
    store(previous?.value ?? RecordLayout.noPosition, at: RecordLayout.Offset.previous)
    store(source.value, at: RecordLayout.Offset.source)
    store(dataKeyNumber, at: RecordLayout.Offset.dataKey)
    var offset = RecordLayout.fixedSize
    if let interaction {
      store(interaction.high, at: offset)
      store(interaction.low, at: offset + 8)
      offset += 16
    }
    func storeName(_ name: NameNumber?) {
      guard let name else { return }
      store(name.value, at: offset)
      offset += 4
    }
    storeName(agent)
    storeName(team)
    storeName(location)
    storeName(topic)
    slots.forEachPresent { value in
      store(value, at: offset)
      offset += 8
    }
  }

  /// The first `RecordLayout.startSize` bytes: what is known before the commit, and so sealed along with the payload.
  package func encodeStart(into bytes: UnsafeMutableRawBufferPointer) {
    encodeStart(presence: presence, into: bytes)
  }

  private func encodeStart(presence: UInt16, into bytes: UnsafeMutableRawBufferPointer) {
    func store<Number: FixedWidthInteger>(_ number: Number, at offset: Int) {
      bytes.storeBytes(of: number.littleEndian, toByteOffset: offset, as: Number.self)
    }
    store(RecordLayout.version, at: RecordLayout.Offset.version)
    store(channel?.rawValue ?? 0, at: RecordLayout.Offset.channel)
    store(typeCode, at: RecordLayout.Offset.type)
    store(choices.0, at: RecordLayout.Offset.choices)
    store(choices.1, at: RecordLayout.Offset.choices + 1)
    store(presence, at: RecordLayout.Offset.presence)
    store(occurredAt.microseconds, at: RecordLayout.Offset.occurredAt)
  }

  /// The header's bytes with the checksum's four bytes zero.
  public func encoded() -> [UInt8] {
    let size = RecordLayout.size(presence: presence)
    return [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      bytes.initializeMemory(as: UInt8.self, repeating: 0)
      encode(into: UnsafeMutableRawBufferPointer(rebasing: bytes[..<size]))
      count = size
    }
  }
}

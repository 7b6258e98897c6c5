/// A header as it lies in the log, read in place: what projections fold.
///
/// It lends the bytes of a mapped page and cannot outlive them. Reading a field costs a load; nothing is allocated.
/// Names are numbers here, and texts are not here at all: they are sealed.
public struct RecordedEvent: ~Escapable {
  /// Its place in the log.
  public let position: Position
  @usableFromInline let bytes: RawSpan

  /// Lends a header's bytes; nil when they have another layout's version, or not the length that they say.
  ///
  /// The checksum is not looked at: that is the store's part.
  @_lifetime(copy bytes)
  public init?(position: Position, bytes: RawSpan) {
    guard bytes.byteCount >= RecordLayout.fixedSize + RecordLayout.checksumSize,
      bytes.unsafeLoad(fromByteOffset: 0, as: UInt8.self) == RecordLayout.version
    else { return nil }
    self.position = position
    self.bytes = bytes
    guard bytes.byteCount == RecordLayout.size(presence: presence) else { return nil }
  }

  /// Lends a header's bytes.
  ///
  /// - Precondition: They are of this layout's version, and have the length that they say.
  @inlinable @_lifetime(copy bytes)
  init(position: Position, checked bytes: RawSpan) {
    self.position = position
    self.bytes = bytes
  }

  // The initialiser has compared the length with the presence word, from which every offset below follows.
  @inlinable @inline(__always)
  func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, at offset: Int) -> Number {
    Number(littleEndian: bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: type))
  }

  /// The channel's raw value; 0 where the event names none.
  @inlinable
  package var channelCode: UInt8 { load(UInt8.self, at: RecordLayout.Offset.channel) }
  /// The choice bytes; 0 where absent.
  @inlinable
  package var choiceCodes: (UInt8, UInt8) {
    (load(UInt8.self, at: RecordLayout.Offset.choices), load(UInt8.self, at: RecordLayout.Offset.choices + 1))
  }

  /// The touch-point; nil where the event names none.
  @inlinable
  public var channel: Channel? { Channel(rawValue: load(UInt8.self, at: RecordLayout.Offset.channel)) }
  /// The type's code in the `Catalogue`, 0 for a type outside it.
  @inlinable
  public var typeCode: UInt16 { load(UInt16.self, at: RecordLayout.Offset.type) }
  /// The type's declaration; nil for a type outside the catalogue.
  public var type: EventType? { Catalogue.type(code: typeCode) }
  /// The number of the type's name, for a type outside the catalogue.
  @inlinable
  public var foreignType: NameNumber? {
    typeCode == Catalogue.foreignCode ? slot(0).map { NameNumber(UInt32(truncatingIfNeeded: $0)) } : nil
  }
  /// When it happened, by the source's clock.
  @inlinable
  public var occurredAt: Timestamp { Timestamp(microseconds: load(Int64.self, at: RecordLayout.Offset.occurredAt)) }
  /// When the log took it, by the log's clock.
  @inlinable
  public var recordedAt: Timestamp { Timestamp(microseconds: load(Int64.self, at: RecordLayout.Offset.recordedAt)) }
  /// Whose stream it is in.
  @inlinable
  public var customer: CustomerNumber { CustomerNumber(load(UInt32.self, at: RecordLayout.Offset.customer)) }
  /// The event's place in the customer's stream, from 0.
  @inlinable
  public var streamVersion: UInt32 { load(UInt32.self, at: RecordLayout.Offset.streamVersion) }
  /// The customer's event before this one.
  @inlinable
  public var previous: Position? {
    let value = load(UInt64.self, at: RecordLayout.Offset.previous)
    return value == RecordLayout.noPosition ? nil : Position(value)
  }
  /// Where it comes from.
  @inlinable
  public var source: NameNumber { NameNumber(load(UInt32.self, at: RecordLayout.Offset.source)) }
  /// Which of the customer's data keys seals the payload.
  @inlinable
  public var dataKeyNumber: UInt32 { load(UInt32.self, at: RecordLayout.Offset.dataKey) }

  /// The contact it is part of.
  @inlinable
  public var interaction: InteractionKey? {
    guard presence & RecordLayout.Presence.interaction != 0 else { return nil }
    return InteractionKey(
      high: load(UInt64.self, at: RecordLayout.fixedSize), low: load(UInt64.self, at: RecordLayout.fixedSize + 8))
  }
  /// Who attended.
  @inlinable
  public var agent: NameNumber? { name(RecordLayout.Presence.agent) }
  /// The agent's team.
  @inlinable
  public var team: NameNumber? { name(RecordLayout.Presence.team) }
  /// The place.
  @inlinable
  public var location: NameNumber? { name(RecordLayout.Presence.location) }
  /// What the contact is about.
  @inlinable
  public var topic: NameNumber? { name(RecordLayout.Presence.topic) }

  /// A field of the type's own, by slot; nil where absent.
  ///
  /// - Precondition: `index` is below `RecordLayout.maximumSlots`.
  @inlinable
  public func slot(_ index: Int) -> Int64? {
    precondition((0..<RecordLayout.maximumSlots).contains(index), "a header has no slot \(index)")
    let bit = RecordLayout.Presence.slot(index)
    guard presence & bit != 0 else { return nil }
    let before = (presence >> RecordLayout.Presence.firstSlot) & ((1 << UInt16(index)) - 1)
    return load(Int64.self, at: RecordLayout.slotsOffset(presence) + 8 * before.nonzeroBitCount)
  }

  /// A field of the type's own that is one of a few words: the word's place in the field's list; nil where absent.
  ///
  /// - Precondition: `index` is below `RecordLayout.maximumChoices`.
  @inlinable
  public func choice(_ index: Int) -> Int? {
    precondition((0..<RecordLayout.maximumChoices).contains(index), "a header has no choice \(index)")
    let value = Int(load(UInt8.self, at: RecordLayout.Offset.choices + index))
    return value == 0 ? nil : value - 1
  }

  /// Every value, copied.
  public var header: RecordHeader {
    var header = RecordHeader(typeCode: typeCode, occurredAt: occurredAt)
    header.channel = channel
    header.choices = (
      load(UInt8.self, at: RecordLayout.Offset.choices), load(UInt8.self, at: RecordLayout.Offset.choices + 1)
    )
    header.recordedAt = recordedAt
    header.customer = customer
    header.streamVersion = streamVersion
    header.previous = previous
    header.source = source
    header.dataKeyNumber = dataKeyNumber
    header.interaction = interaction
    header.agent = agent
    header.team = team
    header.location = location
    header.topic = topic
    for slot in 0..<RecordLayout.maximumSlots { header.slots[slot] = self.slot(slot) }
    return header
  }

  @inlinable
  var presence: UInt16 { load(UInt16.self, at: RecordLayout.Offset.presence) }

  @inlinable
  func name(_ bit: UInt16) -> NameNumber? {
    guard presence & bit != 0 else { return nil }
    let before = presence & (bit - 1) & RecordLayout.Presence.names
    let offset = RecordLayout.namesOffset(presence) + 4 * before.nonzeroBitCount
    return NameNumber(load(UInt32.self, at: offset))
  }
}

import Testing
import Touchlog

@Suite struct RecordHeaderTests {
  /// Every part present, each byte telling where it came from.
  private static let fullHeader = {
    var header = RecordHeader(typeCode: 0x0201, occurredAt: Timestamp(microseconds: 0x1716_1514_1312_1110))
    header.channel = .other
    header.choices = (0x04, 0x05)
    header.recordedAt = Timestamp(microseconds: 0x1F1E_1D1C_1B1A_1918)
    header.customer = CustomerNumber(0x2322_2120)
    header.streamVersion = 0x2726_2524
    header.previous = Position(0x2F2E_2D2C_2B2A_2928)
    header.source = NameNumber(0x3332_3130)
    header.dataKeyNumber = 0x3736_3534
    header.interaction = InteractionKey(high: 0x4746_4544_4342_4140, low: 0x4F4E_4D4C_4B4A_4948)
    header.agent = NameNumber(0x5352_5150)
    header.team = NameNumber(0x5756_5554)
    header.location = NameNumber(0x5B5A_5958)
    header.topic = NameNumber(0x5F5E_5D5C)
    header.slots = RecordSlots((0..<11).map { slot in (0..<8).reduce(0) { $0 | Int64(0x60 + slot) << (8 * $1) } })
    return header
  }()

  @Test func `the bytes lie as the drawing says`() {
    var expected: [UInt8] = [1, 13, 0x01, 0x02, 0x04, 0x05, 0xFF, 0xFF]
    expected += 0x10...0x37
    expected += 0x40...0x4F
    expected += 0x50...0x5F
    for slot in 0..<11 { expected += repeatElement(UInt8(0x60 + slot), count: 8) }
    expected += [0, 0, 0, 0]
    #expect(RecordHeaderTests.fullHeader.encoded() == expected)
    #expect(expected.count == RecordLayout.maximumSize)
    #expect(RecordLayout.maximumSize == 172)
  }

  @Test func `a header without optional parts has 52 bytes`() {
    var header = RecordHeader(typeCode: 3, occurredAt: Timestamp(microseconds: 1))
    header.recordedAt = Timestamp(microseconds: -2)
    header.customer = CustomerNumber(5)
    header.source = NameNumber(6)
    header.dataKeyNumber = 7
    var expected: [UInt8] = [1, 0, 3, 0, 0, 0, 0, 0]
    // occurredAt, recordedAt
    expected += [1, 0, 0, 0, 0, 0, 0, 0, 0xFE, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    // customer, stream version, no previous position
    expected += [5, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF]
    // source, data key, checksum
    expected += [6, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0]
    #expect(header.encoded() == expected)
    #expect(expected.count == RecordLayout.size(presence: 0))
  }

  @Test func `parts that are there stand one after the other, in the order of their bits`() {
    var header = RecordHeader(typeCode: 0, occurredAt: Timestamp(microseconds: 0))
    header.team = NameNumber(0x0A0A_0A0A)
    header.topic = NameNumber(0x0B0B_0B0B)
    header.slots = [nil, nil, -1, nil, 2]
    let bytes = header.encoded()
    #expect(header.presence == 1 << 1 | 1 << 3 | 1 << 7 | 1 << 9)
    #expect(
      Array(bytes[48...]) == [10, 10, 10, 10, 11, 11, 11, 11] + [255, 255, 255, 255, 255, 255, 255, 255]
        + [2, 0, 0, 0, 0, 0, 0, 0] + [0, 0, 0, 0])
  }

  @Test func `a header with any of its parts reads as it was written`() {
    var random = SeededRandom(seed: 6962)
    // Every combination of the sixteen optional parts, each with values of its own.
    var misses = 0
    for presence in UInt16.min...UInt16.max {
      let header = randomHeader(presence: presence, &random)
      let bytes = header.encoded()
      if header.presence != presence || bytes.count != RecordLayout.size(presence: presence) { misses += 1 }
      if !isSame(header, bytes) { misses += 1 }
    }
    #expect(misses == 0)
  }

  private func randomHeader(presence: UInt16, _ random: inout SeededRandom) -> RecordHeader {
    func name(_ bit: Int) -> NameNumber? {
      let number = NameNumber(UInt32.random(in: 0 ... .max, using: &random))
      return presence & 1 << bit == 0 ? nil : number
    }
    var header = RecordHeader(typeCode: .random(in: 0 ... .max, using: &random), occurredAt: time(&random))
    header.channel = Channel(rawValue: .random(in: 0...13, using: &random))
    header.choices = (.random(in: 0 ... .max, using: &random), .random(in: 0 ... .max, using: &random))
    header.recordedAt = time(&random)
    header.customer = CustomerNumber(.random(in: 0 ... .max, using: &random))
    header.streamVersion = .random(in: 0 ... .max, using: &random)
    header.previous = Bool.random(using: &random) ? Position(.random(in: 0..<(.max), using: &random)) : nil
    header.source = NameNumber(.random(in: 0 ... .max, using: &random))
    header.dataKeyNumber = .random(in: 0 ... .max, using: &random)
    header.agent = name(0)
    header.team = name(1)
    header.location = name(2)
    header.topic = name(3)
    if presence & 1 << 4 != 0 { header.interaction = InteractionKey(high: random.next(), low: random.next()) }
    for slot in 0..<11 where presence & 1 << (5 + slot) != 0 {
      header.slots[slot] = Int64.random(in: .min ... .max, using: &random)
    }
    return header
  }

  private func time(_ random: inout SeededRandom) -> Timestamp {
    Timestamp(microseconds: .random(in: .min ... .max, using: &random))
  }

  /// Whether each value is read from the bytes as the header has it.
  private func isSame(_ header: RecordHeader, _ bytes: [UInt8]) -> Bool {
    guard let event = RecordedEvent(position: Position(9), bytes: bytes.span.bytes) else { return false }
    func choice(_ value: UInt8) -> Int? { value == 0 ? nil : Int(value) - 1 }
    let isCommonPartSame =
      event.position == Position(9) && event.channel == header.channel && event.typeCode == header.typeCode
      && event.occurredAt == header.occurredAt && event.recordedAt == header.recordedAt
      && event.customer == header.customer && event.streamVersion == header.streamVersion
      && event.previous == header.previous && event.source == header.source
      && event.dataKeyNumber == header.dataKeyNumber
    let isOwnPartSame =
      event.interaction == header.interaction && event.agent == header.agent && event.team == header.team
      && event.location == header.location && event.topic == header.topic
      && event.choice(0) == choice(header.choices.0) && event.choice(1) == choice(header.choices.1)
    let isCopySame = event.header == header && event.header.encoded() == bytes
    for slot in 0..<11 where event.slot(slot) != header.slots[slot] { return false }
    return isCommonPartSame && isOwnPartSame && isCopySame
  }

  @Test func `bytes of another length or version are no header`() {
    func isHeader(_ bytes: [UInt8]) -> Bool { RecordedEvent(position: Position(0), bytes: bytes.span.bytes) != nil }
    let small = RecordHeader(typeCode: 1, occurredAt: Timestamp(seconds: 0)).encoded()
    for good in [small, RecordHeaderTests.fullHeader.encoded()] {
      #expect(isHeader(good))
      for length in 0..<good.count { #expect(!isHeader(Array(good[..<length]))) }
      #expect(!isHeader(good + [0]))
      #expect(!isHeader(good + good))
      for version in UInt8.min...UInt8.max where version != RecordLayout.version {
        #expect(!isHeader([version] + good.dropFirst()))
      }
    }
    // The length must be the one that the presence word says: no bit can be added or taken.
    for bit in 0..<16 {
      var more = small
      more[6 + bit / 8] |= 1 << (bit % 8)
      #expect(!isHeader(more))
      var fewer = RecordHeaderTests.fullHeader.encoded()
      fewer[6 + bit / 8] ^= 1 << (bit % 8)
      #expect(!isHeader(fewer))
    }
  }

  @Test func `a type outside the catalogue is known by the number of its name`() {
    func foreignType(_ header: RecordHeader) -> NameNumber? {
      RecordedEvent(position: Position(0), bytes: header.encoded().span.bytes)?.foreignType
    }
    var header = RecordHeader(typeCode: Catalogue.foreignCode, occurredAt: Timestamp(seconds: 0))
    #expect(foreignType(header) == nil)
    header.slots = [77]
    #expect(foreignType(header) == NameNumber(77))
    header.typeCode = Catalogue.contactQueued.code
    #expect(foreignType(header) == nil)
  }

  @Test func `headers are equal when their bytes are`() {
    var one = RecordHeader(typeCode: 1, occurredAt: Timestamp(seconds: 0))
    var other = one
    other.slots = [nil, nil]
    #expect(one == other)
    other.slots = [nil, 0]
    #expect(one != other)
    one.slots = [0]
    #expect(one != other)
  }

  @Test func `slots and choices that no header has are refused as bugs`() async {
    await #expect(processExitsWith: .failure) {
      var header = RecordHeader(typeCode: 1, occurredAt: Timestamp(seconds: 0))
      header.slots = RecordSlots(Array(repeating: 1, count: 12))
      _ = header.encoded()
    }
    await #expect(processExitsWith: .failure) {
      let bytes = RecordHeader(typeCode: 1, occurredAt: Timestamp(seconds: 0)).encoded()
      _ = RecordedEvent(position: Position(0), bytes: bytes.span.bytes)?.choice(2)
    }
    await #expect(processExitsWith: .failure) {
      let bytes = RecordHeader(typeCode: 1, occurredAt: Timestamp(seconds: 0)).encoded()
      _ = RecordedEvent(position: Position(0), bytes: bytes.span.bytes)?.slot(11)
    }
  }
}

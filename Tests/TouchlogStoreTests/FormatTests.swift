import Crypto
import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// Format version 1, byte by byte: the golden files were written once, and every later version reads them.
@Suite struct FormatTests {
  /// `touchlog-golden-key` under which the golden payload was sealed.
  private static let key = SecretKey((0..<32).map { UInt8($0) })
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")

  private static func golden(_ name: String) throws -> [UInt8] {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return try #require([UInt8](hexadecimal: text.filter { !$0.isWhitespace }), "\(name) is hexadecimal")
  }

  private static func goldenEvent() throws -> Event {
    Event(
      id: "id-1", source: "/pbx/1", type: "feedback.given",
      occurredAt: try #require(Timestamp(rfc3339: "2025-03-01T09:15:00.25+01:00")), subject: try Reference("crm:42"),
      channel: .phone, interaction: "call-1", agent: "anna", topic: "billing",
      dataText: Array(#"{"instrument":"csat","score":4.5,"min":1,"max":5,"dimension":"speed"}"#.utf8),
      extensions: ["traceparent": "00-1"])
  }

  private static func goldenHeader() throws -> RecordHeader {
    var header = try goldenEntry().entry.header
    header.recordedAt = Timestamp(microseconds: 1_740_900_000_000_001)
    header.customer = CustomerNumber(7)
    header.streamVersion = 3
    header.previous = Position(11)
    header.source = NameNumber(2)
    header.agent = NameNumber(5)
    header.topic = NameNumber(6)
    header.slots[3] = 9
    return header
  }

  /// The event checked, and completed with the golden key.
  private static func goldenEntry() throws -> (entry: CheckedEvents.Entry, events: CheckedEvents) {
    var checker = EventChecker()
    var events = CheckedEvents()
    try checker.check(goldenEvent(), into: &events)
    var entry = events.entries[0]
    var identifiers = KeyedHash(key: key)
    entry.complete(from: events.bytes, dataKey: DataKey(number: 1, secret: key), identifiers: &identifiers)
    return (entry, events)
  }

  @Test func `a header is written as its golden file has it`() throws {
    var bytes = try FormatTests.goldenHeader().encoded()
    bytes.withUnsafeMutableBytes { Hashing.setChecksum(of: $0) }
    #expect(bytes.hexadecimal == (try FormatTests.golden("header-v1.hex")).hexadecimal)
  }

  @Test func `the golden header reads as what was written`() throws {
    let bytes = try FormatTests.golden("header-v1.hex")
    bytes.withUnsafeBytes { #expect(Hashing.isIntact($0)) }
    // A lent value is no operand of an expectation, so its values are taken out first.
    guard let event = RecordedEvent(position: Position(12), bytes: bytes.span.bytes) else {
      Issue.record("the golden header has another shape")
      return
    }
    let header = event.header
    let type = event.type?.name
    let choices = [event.choice(0), event.choice(1)]
    let slots = (0..<5).map { event.slot($0) }
    #expect(header == (try FormatTests.goldenHeader()))
    #expect(type == "feedback.given")
    #expect(header.channel == .phone)
    #expect(header.occurredAt.rfc3339 == "2025-03-01T08:15:00.250Z")
    #expect(header.recordedAt.microseconds == 1_740_900_000_000_001)
    #expect(header.customer == CustomerNumber(7))
    #expect(header.streamVersion == 3)
    #expect(header.previous == Position(11))
    #expect(header.source == NameNumber(2))
    #expect(header.dataKeyNumber == 1)
    #expect(header.interaction == Hashing.interactionKey("call-1"))
    #expect(header.agent == NameNumber(5))
    #expect(header.team == nil)
    #expect(header.location == nil)
    #expect(header.topic == NameNumber(6))
    #expect(choices == [0, nil])
    #expect(slots == [4_500_000, 1_000_000, 5_000_000, 9, nil])
  }

  private static func associatedData(
    header: [UInt8], id: String, interaction: UnsafeRawBufferPointer, source: String,
  ) throws -> [UInt8] {
    let header = RecordedEvent(position: Position(0), bytes: header.span.bytes)?.header
    var bytes: [UInt8] = []
    PayloadRecord.appendAssociatedData(
      header: try #require(header), id: id.utf8, interaction: interaction, source: source.utf8, to: &bytes)
    return bytes
  }

  @Test func `the golden payload opens to what was sealed`() throws {
    let record = try FormatTests.golden("payload-v1.hex")
    let header = try FormatTests.golden("header-v1.hex")
    try record.withUnsafeBytes { bytes in
      let parts = try #require(PayloadRecord.Parts(bytes))
      #expect(String(decoding: parts.id, as: UTF8.self) == "id-1")
      #expect(String(decoding: parts.interaction, as: UTF8.self) == "call-1")
      let leaf = header.withUnsafeBytes {
        MerkleFrontier.leafHash($0, PayloadRecord.digest(ofSealed: parts.sealed))
      }
      #expect(leaf.isEqual(to: MerkleFrontier.Digest(copying: parts.leaf)))
      let associated = try FormatTests.associatedData(
        header: header, id: "id-1", interaction: parts.interaction, source: "/pbx/1")
      let plaintext = try #require(
        associated.withUnsafeBytes { Sealing.open(parts, associated: $0, key: FormatTests.key) })
      let data = try #require(try FormatTests.goldenEvent().data)
      #expect(plaintext == UInt32(data.count).littleEndianBytes + data + Array(#"{"traceparent":"00-1"}"#.utf8))
    }
  }

  @Test func `a payload does not open with another header, id, source or key`() throws {
    let record = try FormatTests.golden("payload-v1.hex")
    let header = try FormatTests.golden("header-v1.hex")
    func opens(header: [UInt8], id: String, source: String, key: SecretKey) throws -> Bool {
      try record.withUnsafeBytes { bytes in
        guard let parts = PayloadRecord.Parts(bytes) else { return false }
        let associated = try FormatTests.associatedData(
          header: header, id: id, interaction: parts.interaction, source: source)
        return associated.withUnsafeBytes { Sealing.open(parts, associated: $0, key: key) } != nil
      }
    }
    var otherHeader = header
    otherHeader[8] ^= 1
    #expect(try opens(header: header, id: "id-1", source: "/pbx/1", key: FormatTests.key))
    #expect(try !opens(header: otherHeader, id: "id-1", source: "/pbx/1", key: FormatTests.key))
    #expect(try !opens(header: header, id: "id-2", source: "/pbx/1", key: FormatTests.key))
    #expect(try !opens(header: header, id: "id-1", source: "/pbx/2", key: FormatTests.key))
    #expect(try !opens(header: header, id: "id-1", source: "/pbx/1", key: SecretKey()))
  }

  @Test func `an identifier's hash depends on the store's key, and on every byte of it`() {
    let hash = Hashing.identifier("order-1", key: FormatTests.key)
    #expect(hash == Hashing.identifier("order-1", key: FormatTests.key))
    #expect(hash != Hashing.identifier("order-2", key: FormatTests.key))
    #expect(hash != Hashing.identifier("order-1", key: SecretKey()))
  }

  /// Writes the golden files anew. Off: they change with a new format version only, under a new name.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TOUCHLOG_WRITE_GOLDEN"] == "1"))
  func `golden files are written when asked for`() throws {
    var header = try FormatTests.goldenHeader().encoded()
    header.withUnsafeMutableBytes { Hashing.setChecksum(of: $0) }
    let (entry, events) = try FormatTests.goldenEntry()
    var sealer = PayloadSealer()
    var payload = [UInt8](repeating: 0, count: PayloadSealer.size(of: entry))
    payload.withUnsafeMutableBytes {
      sealer.seal(entry, of: events, key: DataKey(number: 1, secret: FormatTests.key), into: $0)
    }
    let digest = payload.withUnsafeBytes { PayloadRecord.digest(of: $0) }
    let leaf = header.withUnsafeBytes { MerkleFrontier.leafHash($0, digest) }
    leaf.withBytes { payload.replaceSubrange(0..<32, with: $0) }
    for (name, bytes) in [("header-v1.hex", header), ("payload-v1.hex", payload)] {
      let digits = bytes.hexadecimal
      let lines = stride(from: 0, to: digits.count, by: 64).map { digits.dropFirst($0).prefix(64) }
      try FileManager.default.createDirectory(at: FormatTests.folder, withIntermediateDirectories: true)
      try (lines.joined(separator: "\n") + "\n")
        .write(to: FormatTests.folder.appending(path: name), atomically: true, encoding: .utf8)
    }
  }
}

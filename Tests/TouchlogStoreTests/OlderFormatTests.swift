import CustomerTimeline
import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// Records of an older version are read as if they were of the current one, through all that reads records.
@Suite struct OlderFormatTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
  private static let key = SecretKey((0..<32).map { UInt8($0) })

  /// Events without topics and locations, at whole seconds: what version 0 can hold.
  private static func events() throws -> [Event] {
    var events: [Event] = []
    for number in 0..<300 {
      let time = try #require(Timestamp(rfc3339: "2025-03-01T09:00:00Z")).adding(seconds: Int64(number))
      let call = "call-\(number / 3)"
      let subject = number % 7 == 6 ? nil : try Reference("crm:\(number / 3 % 12)")
      events.append(
        [
          Event(
            id: "\(number)", source: "/pbx", type: "contact.started", occurredAt: time, subject: subject,
            channel: .phone, interaction: call, agent: "agent-\(number % 4)", team: "north",
            data: ["direction": "inbound"]),
          Event(
            id: "\(number)", source: "/survey", type: "feedback.given", occurredAt: time, subject: subject,
            channel: .phone, interaction: call,
            data: ["instrument": "csat", "score": 4.5, "min": 1, "max": 5, "text": .string("comment \(number)")]),
          Event(
            id: "\(number)", source: "/crm", type: "identity.linked", occurredAt: time,
            subject: try Reference("crm:\(number % 12)"),
            data: ["other": .string("mailto:c\(number % 12)@example.org"), "confidence": 1]),
        ][number % 3])
    }
    return events
  }

  /// A store of version 0, with what version 1 gave out before.
  private static func earlierStore() async throws -> (place: TemporaryStore, before: [OpenedEvent]) {
    let place = try TemporaryStore()
    let clock: @Sendable () -> Timestamp = { Timestamp(microseconds: 1_741_000_000_000_000) }
    let store = try place.open(clock: clock)
    _ = try await store.append(try events())
    let before = try store.events()
    try store.close()
    try EarlierStore.setBack(place)
    return (place, before)
  }

  /// All that is in events, for comparing.
  private func words(_ events: [OpenedEvent]) -> [String] { events.map { "\($0)" } }

  private static func timeline(of events: [OpenedEvent]) -> Timeline {
    Timeline(
      of: events,
      provenance: Timeline.Provenance(
        customer: events.first?.customer, customerNumber: events.first?.customerNumber ?? CustomerNumber(0),
        head: Position(300), bounds: Timeline.Bounds()))
  }

  @Test func `a store of an older version reads as it did before`() async throws {
    let (place, before) = try await OlderFormatTests.earlierStore()
    let store = try place.open(.reading, options: VersionZero.options)
    #expect(words(try store.events()) == words(before))
    #expect(words(try store.events(Query(order: .backward))) == words(before.reversed()))
    var query = Query()
    query.customer = try Reference("crm:5")
    let own = try store.events(query)
    let ownBefore = before.filter { $0.customer == query.customer }
    #expect(words(own) == words(ownBefore) && !own.isEmpty)
    #expect(OlderFormatTests.timeline(of: own) == OlderFormatTests.timeline(of: ownBefore))
    var feedback = Query()
    feedback.types = ["feedback.given"]
    #expect(try store.events(feedback).count == 100)
    #expect(try store.statistics().types.map(\.events).reduce(0, +) == 300)
  }

  @Test func `the leaves of an older version cover its own bytes`() async throws {
    let (place, _) = try await OlderFormatTests.earlierStore()
    let store = try place.open(.reading, options: VersionZero.options)
    let verification = try store.verify()
    #expect(verification.damages == [])
    #expect(verification.events == 300)
    try store.close()
    try EarlierStore.change(77, in: \.payloads, of: place) { $0[$0.count - 1] ^= 1 }
    let damages = try place.open(.reading, options: VersionZero.options).verify().damages
    #expect(damages.contains { $0.table == "payloads" && $0.position == Position(77) })
  }

  @Test func `records of both versions lie in one log, and an event is recognised across them`() async throws {
    let (place, before) = try await OlderFormatTests.earlierStore()
    let store = try place.open(options: VersionZero.options)
    let receipt = try await store.append(
      try (0..<300).map { try started("new-\($0)", customer: "crm:\($0 % 12)", topic: "topic-\($0 % 3)") })
    #expect(receipt.positions.first == Position(300))
    // The same events again are the same, and another content under an old identity is a conflict.
    _ = try await store.append(try OlderFormatTests.events())
    #expect(try store.head() == Position(600))
    var other = try OlderFormatTests.events()[0]
    other.agent = "somebody else"
    await #expect(throws: AppendError.self) { _ = try await store.append([other]) }
    let all = try store.events()
    #expect(words(Array(all.prefix(300))) == words(before))
    #expect(all.count == 600 && all.last?.event.topic == "topic-2")
    #expect(try store.streamVersion(of: Reference("crm:5")) == UInt32(all.count { $0.customer?.text == "crm:5" }))
    #expect(try store.verify().damages == [])
    try store.close()
    // From the first append on, an earlier version of Touchlog must not open the store.
    #expect(try EarlierStore.format(of: place) == 1)
  }

  @Test func `a version that is not known is refused, a newer one with both numbers`() async throws {
    let (place, _) = try await OlderFormatTests.earlierStore()
    #expect(throws: StoreError.self) { _ = try place.open(.reading) }
    try EarlierStore.change(5, in: \.headers, of: place) { header in
      header[0] = 9
      header.withUnsafeMutableBytes { Hashing.setChecksum(of: $0) }
    }
    let store = try place.open(.reading, options: VersionZero.options)
    let words = "its record has format 9, and this version of Touchlog reads up to 1"
    let error = #expect(throws: StoreError.self) { _ = try store.events() }
    #expect("\(try #require(error))".contains(words))
    #expect(try store.verify().damages.contains { $0.position == Position(5) && $0.what.hasPrefix(words) })
  }

  // MARK: Golden files

  private static func golden(_ name: String) throws -> [UInt8] {
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    return try #require([UInt8](hexadecimal: text.filter { !$0.isWhitespace }), "\(name) is hexadecimal")
  }

  private static func goldenHeader() -> RecordHeader {
    var header = RecordHeader(
      typeCode: Catalogue.type(named: "feedback.given")?.code ?? 0,
      occurredAt: Timestamp(microseconds: 1_740_816_900_000_000))
    header.channel = .phone
    header.choices = (1, 0)
    header.recordedAt = Timestamp(microseconds: 1_740_900_000_000_000)
    header.customer = CustomerNumber(7)
    header.streamVersion = 3
    header.previous = Position(11)
    header.source = NameNumber(2)
    header.dataKeyNumber = 1
    header.interaction = Hashing.interactionKey("call-1")
    header.agent = NameNumber(5)
    header.slots = [4_500_000, 1_000_000, 5_000_000]
    return header
  }

  @Test func `the golden record of version 0 reads as what was written`() throws {
    let header = try OlderFormatTests.golden("header-v0.hex")
    let payload = try OlderFormatTests.golden("payload-v0.hex")
    #expect(VersionZero.encode(OlderFormatTests.goldenHeader()) == header)
    let formats = RecordFormats(older: [VersionZero.format])
    var scratch = RecordScratch()
    let read = formats.event(at: Position(12), header.span.bytes, in: &scratch)?.header
    #expect(read == OlderFormatTests.goldenHeader())
    try header.withUnsafeBytes { header in
      try payload.withUnsafeBytes { payload in
        #expect(Hashing.isIntact(header))
        let parts = try #require(formats.parts(of: payload, under: header))
        #expect(String(decoding: parts.id, as: UTF8.self) == "id-1")
        let leaf = MerkleFrontier.leafHash(header, PayloadRecord.digest(ofSealed: parts.sealed))
        #expect(leaf.isEqual(to: MerkleFrontier.Digest(copying: parts.leaf)))
        let associated = try #require(formats.associatedData(under: header, parts, source: "/pbx/1"))
        let plaintext = associated.withUnsafeBytes {
          Sealing.open(parts, associated: $0, key: OlderFormatTests.key)
        }
        #expect(plaintext == UInt32(2).littleEndianBytes + Array("{}".utf8))
      }
    }
    let isRead = RecordFormats(older: []).event(at: Position(12), header.span.bytes, in: &scratch) != nil
    #expect(!isRead)
  }

  /// As in `FormatTests`; the nonce is fixed, so that the files come out the same.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["TOUCHLOG_WRITE_GOLDEN"] == "1"))
  func `golden files of version 0 are written when asked for`() throws {
    let header = VersionZero.encode(OlderFormatTests.goldenHeader())
    let payload = try VersionZero.seal(
      UInt32(2).littleEndianBytes + Array("{}".utf8), header: header, id: Array("id-1".utf8),
      interaction: Array("call-1".utf8), source: "/pbx/1",
      key: DataKey(number: 1, secret: OlderFormatTests.key), nonce: Array(1...12))
    for (name, bytes) in [("header-v0.hex", header), ("payload-v0.hex", payload)] {
      let digits = bytes.hexadecimal
      let lines = stride(from: 0, to: digits.count, by: 64).map { digits.dropFirst($0).prefix(64) }
      try (lines.joined(separator: "\n") + "\n")
        .write(to: OlderFormatTests.folder.appending(path: name), atomically: true, encoding: .utf8)
    }
  }
}

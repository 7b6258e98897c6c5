import Foundation
import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

/// Flips single bits of a store's files, and expects `verify` to find each that means something, and no other.
///
/// TOUCHLOG_ROT_ROUNDS sets how many bits are flipped, TOUCHLOG_ROT_SEED which ones.
@Suite struct RotTests {
  /// A store with branch pages in every table that grows with events, overflow pages, and pages that became free.
  static func filledStore(events: Int = 1500) async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    var appended = 0
    while appended < events {
      let batch = try (appended..<min(appended + 50, events)).map { try event($0) }
      appended += batch.count
      _ = try await store.append(batch)
    }
    try store.close()
    return place
  }

  private static func event(_ number: Int) throws -> Event {
    let customer = "crm:\((number &* 7919) % 400)"
    // Ids in no order, as a source's random ones.
    let id = String(UInt64(number) &* 0x9E37_79B9_7F4A_7C15, radix: 36)
    let time = try #require(Timestamp(rfc3339: "2025-03-01T09:00:00Z"))
    if number % 40 == 7 {
      return Event(
        id: id, source: "/crm", type: "identity.linked", occurredAt: time, subject: try Reference(customer),
        data: ["other": .string("mailto:customer-\(number)@example.org"), "confidence": 1])
    }
    let text = String(repeating: "word \(number) ", count: number % 50 == 3 ? 700 : number % 4)
    return Event(
      id: id, source: "/chat/\(number % 60)", type: "contact.message", occurredAt: time,
      subject: number % 9 == 0 ? nil : try Reference(customer), channel: .chat, interaction: "chat-\(number / 3)",
      agent: "agent-\(number % 90)", topic: "topic-\(number % 120)",
      data: ["by": "customer", "text": .string(text + "!")])
  }

  /// One of a store's files, with what its bytes mean.
  private struct File {
    let part: String
    let path: String
    let map: PageMap
    /// The bytes of each table and meaning, so that small tables are hit as often as large ones.
    let classes: [[Int]]

    init(_ part: String, of place: TemporaryStore) throws {
      self.part = part
      path = "\(place.path)/\(part)/data.mdb"
      map = PageMap(Array(try Data(contentsOf: URL(filePath: path))), deletes: part == "vault")
      var classes: [Int: [Int]] = [:]
      for (index, meaning) in map.meanings.enumerated() where meaning != .free {
        classes[Int(map.owners[index]) << 8 | Int(meaning.rawValue), default: []].append(index)
      }
      self.classes = classes.sorted { $0.key < $1.key }.map(\.value)
    }

    func write(_ byte: UInt8, at offset: Int) throws {
      let file = try #require(FileHandle(forUpdatingAtPath: path))
      try file.seek(toOffset: UInt64(offset))
      try file.write(contentsOf: [byte])
      try file.close()
    }
  }

  /// What verification says of a damaged store; where it cannot even begin, the reason.
  static func damages(of place: TemporaryStore) -> [Verification.Damage] {
    var told: [Verification.Damage] = []
    do {
      let verification = try Store.verify(
        at: place.path, options: .forTests, keyPath: { _ in place.keyPath }, progress: { _, _ in },
        found: { told.append($0) })
      #expect(told == verification.damages)
      return told
    } catch {
      return told + [Verification.Damage(position: nil, through: nil, table: "store", what: "\(error)")]
    }
  }

  private static let environment = ProcessInfo.processInfo.environment

  @Test func `a flipped bit is found where it means something, and nowhere else`() async throws {
    let rounds = RotTests.environment["TOUCHLOG_ROT_ROUNDS"].flatMap { Int($0) } ?? 120
    var random = SplitMix64(seed: RotTests.environment["TOUCHLOG_ROT_SEED"].flatMap { UInt64($0) } ?? 7)
    let place = try await RotTests.filledStore()
    #expect(RotTests.damages(of: place) == [])
    let files = try [File("log", of: place), File("vault", of: place)]
    for table in ["headers", "payloads", "identities", "streams", "names", "name-numbers"] {
      #expect(files[0].map.branchPages[table] != nil, "\(table) has no branch page")
    }
    for table in ["references", "customers"] {
      #expect(files[1].map.branchPages[table] != nil, "\(table) has no branch page")
    }
    for round in 0..<rounds {
      let file = files[round % 4 == 3 ? 1 : 0]
      let members = file.classes[Int.random(in: 0..<file.classes.count, using: &random)]
      let offset = members[Int.random(in: 0..<members.count, using: &random)]
      let bit = UInt8(1) << UInt8.random(in: 0..<8, using: &random)
      try file.write(file.map.bytes[offset] ^ bit, at: offset)
      let damages = RotTests.damages(of: place)
      try file.write(file.map.bytes[offset], at: offset)
      expect(damages, in: file, at: offset, bit: bit)
    }
    #expect(RotTests.damages(of: place) == [])
  }

  private func expect(_ damages: [Verification.Damage], in file: File, at offset: Int, bit: UInt8) {
    let map = file.map
    let meaning = map.meanings[offset]
    let note = """
      \(file.part), page \(offset / map.pageSize), byte \(offset % map.pageSize), bit \(bit), \
      \(map.tables[Int(map.owners[offset])]), \(meaning): \(damages.prefix(5))
      """
    switch meaning.isFound {
    case true?: #expect(!damages.isEmpty, "\(note)")
    case false?: #expect(damages.isEmpty, "\(note)")
    case nil: break
    }
    if meaning.isFound == true, let positions = map.positions[offset] {
      #expect(damages.contains { $0.concerns(Position(positions.lowerBound)) }, "\(positions) are not named: \(note)")
      if positions.count == 1 {
        let named = Set(damages.compactMap(\.position).map(\.value))
        #expect(named.count < 300, "all of the log is named: \(note)")
      }
    }
  }
}

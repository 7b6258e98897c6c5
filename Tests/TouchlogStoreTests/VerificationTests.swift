import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// Each test damages one table of a sound store behind the store's back, and expects `verify` to name it.
@Suite struct VerificationTests {
  /// A store of 600 events of 20 customers, some anonymous.
  private func filledStore() async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    for batch in 0..<6 {
      _ = try await store.append(
        (0..<100).map { number in
          try started(
            "\(batch)-\(number)", customer: number % 10 == 0 ? nil : "crm:\(number % 20)", topic: "topic-\(number % 5)")
        })
    }
    #expect(try store.verify().damages == [])
    return place
  }

  /// What `verify` finds after a change to the log's tables.
  private func damages(
    _ place: TemporaryStore, after change: (inout WriteTransaction, LogTables) throws -> Void,
  ) throws -> [Verification.Damage] {
    do {
      let environment = try Environment(
        directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
      let tables = try LogTables(opening: environment)
      try environment.write { try change(&$0, tables) }
      try environment.close()
    }
    return try place.open(.reading).verify().damages
  }

  /// Puts something else than a number into a row of the vault.
  private func spoilVault(of place: TemporaryStore) throws {
    let environment = try Environment(
      directory: place.path + "/vault", options: Store.Options.forTests.vault(.readWrite))
    let references = try environment.openTable(named: "references")
    try environment.write { try $0.put([1, 2], at: Array("crm:3".utf8), in: references) }
    try environment.close()
  }

  /// Changes one byte of a value.
  private func flip(_ key: UInt64, byte: Int, in table: Table, _ transaction: inout WriteTransaction) throws {
    var value: [UInt8] = []
    if let stored = try transaction.get(key, from: table) { value = stored.withUnsafeBytes { Array($0) } }
    value[byte < 0 ? value.count + byte : byte] ^= 0x10
    try transaction.put(value, at: key, in: table)
  }

  @Test(arguments: [0, 3, 5, 9, 20, 26, 30, 33, 41, 45, 50, -6, -1])
  func `a changed byte of a header is found at its position`(byte: Int) async throws {
    let place = try await filledStore()
    let damages = try damages(place) { try flip(321, byte: byte, in: $1.headers, &$0) }
    #expect(damages.contains { $0.table == "headers" && $0.concerns(Position(321)) })
  }

  @Test(arguments: [0, 31, 32, 35, 37, 48, 60, -17, -1])
  func `a changed byte of a payload is found at its position`(byte: Int) async throws {
    let place = try await filledStore()
    let damages = try damages(place) { try flip(77, byte: byte, in: $1.payloads, &$0) }
    #expect(damages.contains { $0.table == "payloads" && $0.concerns(Position(77)) })
  }

  @Test func `a record that was taken out is found, and reading says where`() async throws {
    let place = try await filledStore()
    let damages = try damages(place) { transaction, tables in
      _ = try transaction.delete(UInt64(200), from: tables.headers)
    }
    #expect(damages.contains { $0.table == "headers" && $0.concerns(Position(200)) })
  }

  @Test func `a header with a mended checksum still breaks its leaf and the tree`() async throws {
    let place = try await filledStore()
    let damages = try damages(place) { transaction, tables in
      var header: [UInt8] = []
      if let stored = try transaction.get(UInt64(5), from: tables.headers) {
        header = stored.withUnsafeBytes { Array($0) }
      }
      header[8] ^= 1
      header.withUnsafeMutableBytes { Hashing.setChecksum(of: $0) }
      try transaction.put(header, at: UInt64(5), in: tables.headers)
    }
    #expect(damages.contains { $0.table == "payloads" && $0.concerns(Position(5)) })
    #expect(damages.contains { $0.table == "meta" })
    #expect(damages.contains { $0.table == "tree" })
  }

  @Test func `each index is held against the log`() async throws {
    for (table, change) in [
      ("identities", { transaction, tables in try transaction.clear(tables.identities) }),
      (
        "streams",
        { transaction, tables in
          try transaction.put(StreamTail(last: Position(1), version: 1).encoded, at: UInt32(3), in: tables.streams)
        }
      ),
      (
        "streams",
        { transaction, tables in
          try transaction.put(StreamTail(last: Position(1), version: 1).encoded, at: UInt32(3000), in: tables.streams)
        }
      ),
      (
        "name-numbers",
        { transaction, tables in
          try transaction.put(UInt32(9).littleEndianBytes, at: Array("topic-1".utf8), in: tables.nameNumbers)
        }
      ),
      ("names", { transaction, tables in _ = try transaction.delete(UInt32(2), from: tables.names) }),
      (
        "tree",
        { transaction, tables in
          try transaction.put([UInt8](repeating: 0, count: 32), at: UInt64(8) << 56, in: tables.tree)
        }
      ),
      (
        "meta",
        { transaction, tables in
          try transaction.put(MerkleFrontier().encoded, at: LogTables.MetaKey.frontier, in: tables.meta)
        }
      ),
    ] as [(String, (inout WriteTransaction, LogTables) throws -> Void)] {
      let place = try await filledStore()
      let damages = try damages(place, after: change)
      #expect(damages.contains { $0.table == table }, "\(table): \(damages)")
    }
  }

  @Test func `a page that cannot be read is told with the positions on it, and the others are checked`() async throws {
    let place = try await filledStore()
    // Page headers and all: leaf pages of both tables, somewhere in the middle of the file.
    let path = place.path + "/log/data.mdb"
    let file = try #require(FileHandle(forUpdatingAtPath: path))
    let size = try file.seekToEnd()
    try file.seek(toOffset: size / 4096 / 2 * 4096)
    try file.write(contentsOf: [UInt8](repeating: 0xA5, count: 8 * 4096))
    try file.close()
    let verification = try place.open(.reading).verify()
    let positions = Set(verification.damages.compactMap(\.position))
    #expect(verification.events == 600)
    #expect(!verification.damages.isEmpty)
    #expect(positions.count < 600, "what is not on the pages is sound")
  }

  @Test func `a row of the vault that is no number does not keep the rest from being checked`() async throws {
    let place = try await filledStore()
    try spoilVault(of: place)
    let damages = try place.open(.reading).verify().damages
    #expect(Set(damages.map(\.table)) == ["vault"])
  }

  @Test func `progress goes from nothing to all`() async throws {
    let place = try await filledStore()
    var told: [UInt64] = []
    _ = try place.open(.reading).verify { done, total in
      #expect(total == 600)
      told.append(done)
    }
    #expect(told.first == 0 && told.last == 600 && told == told.sorted())
  }
}

import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct `Verifying a store from which somebody was erased` {
  /// Ten customers with three events each, of whom numbers 2 and 5 are erased.
  private static func erased() async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append((0..<30).map { try started("e\($0)", customer: "crm:\($0 % 10)") })
    _ = try await store.erase([CustomerNumber(2), CustomerNumber(5)], reason: nil)
    #expect(try store.verify().damages == [])
    try store.close()
    return place
  }

  private func damages(
    of place: TemporaryStore, vault change: (inout WriteTransaction, VaultTables) throws -> Void,
  ) throws -> [String] {
    let environment = try Environment(directory: place.path + "/vault-1", options: Store.Options.forTests.vault())
    let tables = try VaultTables(opening: environment)
    try environment.write { try change(&$0, tables) }
    try environment.close()
    return try place.open(.reading).verify().damages.map(\.description)
  }

  @Test func `finds an erasure that was struck out`() async throws {
    let found = try damages(of: await Self.erased()) { transaction, tables in
      _ = try transaction.delete(UInt32(5), from: #require(tables.erased))
    }
    #expect(found.contains("vault: 1 customers are erased in it, and 2 by the log"))
    #expect(found.contains("vault: it has given 11 numbers, and knows 9 customers and 1 erased"))
  }

  @Test func `finds a customer whose row was struck out without an erasure`() async throws {
    let found = try damages(of: await Self.erased()) { transaction, tables in
      _ = try transaction.delete(UInt32(7), from: tables.customers)
      _ = try transaction.delete(Array("crm:7".utf8), from: tables.references)
    }
    #expect(found == ["vault: it has given 11 numbers, and knows 8 customers and 2 erased"])
  }

  @Test func `finds an erasure that leads to no event of that kind, or to another's`() async throws {
    for position in [0, 31, 32, 99] {
      let found = try damages(of: await Self.erased()) { transaction, tables in
        let row = ErasedRow(position: Position(UInt64(position)), isAnonymous: false)
        try transaction.put(row.encoded, at: UInt32(2), in: #require(tables.erased))
      }
      #expect(found == ["vault: number:2 was erased, and event \(position) does not say so"])
    }
    let found = try damages(of: await Self.erased()) { transaction, tables in
      try transaction.put([1, 2, 3], at: UInt32(2), in: #require(tables.erased))
    }
    #expect(found == ["vault: the row of number:2, who was erased, is not what was written"])
  }

  @Test func `finds somebody who is erased and has a row`() async throws {
    let found = try damages(of: await Self.erased()) { transaction, tables in
      let row = try #require(try transaction.unsafeGet(UInt32(7), from: tables.customers).map { Array($0) })
      try transaction.put(row, at: UInt32(5), in: tables.customers)
    }
    #expect(found.contains("vault: number:5 was erased, and has a row"))
  }

  private func setVault(_ number: UInt32, of place: TemporaryStore) throws {
    let log = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: log)
    try log.write { try $0.put(number.littleEndianBytes, at: LogTables.MetaKey.vault, in: tables.meta) }
    try log.close()
  }

  @Test func `finds a vault in another's place`() async throws {
    let place = try await Self.erased()
    try setVault(2, of: place)
    func found() throws -> [String] {
      var found: [String] = []
      _ = try Store.verify(
        at: place.path, options: .forTests, keyPath: { _ in place.keyPath }, progress: { _, _ in },
        found: { found.append($0.description) })
      return found
    }
    #expect(try found() == ["vault: the log names vault-2, and there is vault-1 only"])
    #expect(throws: StoreError.self) { try place.open(.reading) }
    try FileManager.default.moveItem(atPath: place.path + "/vault-1", toPath: place.path + "/vault-2")
    #expect(try found() == ["vault: it lies in vault-2, and is number 1"])
  }
}

import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// What is wrong in a vault is met by the threads that look at it together, and told by the one that looks after them.
@Suite struct `A vault that several threads look at` {
  /// 300 customers with an event each, in an order that is not that of their references.
  private func filledStore() async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append((0..<300).map { try started("e\($0)", customer: "crm:\($0 * 7919 % 1000)") })
    return place
  }

  /// What a verification told, and how often it began from the start.
  private func verify(_ place: TemporaryStore, jobs: Int) throws -> (looks: Int, damages: [String]) {
    let store = try place.open(.reading)
    var looks = 0
    var last: UInt64?
    let verification = try store.verify(jobs: jobs) { done, _ in
      if last.map({ done < $0 }) ?? true { looks += 1 }
      last = done
    }
    try store.close()
    return (looks, verification.damages.map(\.description))
  }

  private func change(
    _ place: TemporaryStore, _ body: (inout WriteTransaction, VaultTables) throws -> Void,
  ) throws {
    let environment = try Environment(directory: place.path + "/vault", options: Store.Options.forTests.vault())
    let tables = try VaultTables(opening: environment)
    try environment.write { try body(&$0, tables) }
    try environment.close()
  }

  private func row(_ number: UInt32, of table: Table, _ transaction: borrowing WriteTransaction) throws -> [UInt8] {
    try #require(try transaction.unsafeGet(number, from: table).map { Array($0) })
  }

  private func reference(_ number: Int) -> [UInt8] { Array("crm:\(number * 7919 % 1000)".utf8) }

  /// Expects the same of however many threads, after a change that is undone in the end.
  private func expect(
    _ expected: [String], in place: TemporaryStore,
    after body: (inout WriteTransaction, VaultTables) throws -> Void,
    undone undo: (inout WriteTransaction, VaultTables) throws -> Void,
  ) throws {
    try change(place, body)
    for jobs in [1, 2, 5] {
      let (looks, damages) = try verify(place, jobs: jobs)
      // With several threads, the doubt may be met before an event was counted.
      if jobs == 1 { #expect(looks == 2, "the first look has met nothing, and it is \(expected)") }
      #expect(damages == expected)
    }
    try change(place, undo)
  }

  private func expectSound(_ place: TemporaryStore) throws {
    let (looks, damages) = try verify(place, jobs: 1)
    #expect(looks == 1 && damages == [], "all is as it was")
  }

  @Test func `a flipped bit in a customer's row is told as one thread tells it`() async throws {
    let place = try await filledStore()
    try expectSound(place)
    var stored: [UInt8] = []
    try change(place) { stored = try row(211, of: $1.customers, $0) }
    #expect(stored.count == 64 + reference(211).count)
    // The key's number, nonce, wrapped key and tag; then the reference.
    for byte in [0, 3, 4, 15, 16, 47, 48, 63, 64, stored.count - 1] {
      var flipped = stored
      flipped[byte] ^= 0x04
      let what =
        byte < 64
        ? "the data key of number:211 cannot be unwrapped" : "the reference of number:211 does not lead back to it"
      try expect(["vault: \(what)"], in: place) {
        try $0.put(flipped, at: UInt32(211), in: $1.customers)
      } undone: {
        try $0.put(stored, at: UInt32(211), in: $1.customers)
      }
    }
    try expectSound(place)
  }

  @Test func `a customer's row that is cut off, or another's, is told as one thread tells it`() async throws {
    let place = try await filledStore()
    var (stored, other): ([UInt8], [UInt8]) = ([], [])
    try change(place) {
      stored = try row(7, of: $1.customers, $0)
      other = try row(250, of: $1.customers, $0)
    }
    for (put, what) in [
      (Array(stored.prefix(64)), "the vault's row of number:7 is too short"),
      ([], "the vault's row of number:7 is too short"),
      (other, "the data key of number:7 cannot be unwrapped"),
    ] {
      try expect(["vault: \(what)"], in: place) {
        try $0.put(put, at: UInt32(7), in: $1.customers)
      } undone: {
        try $0.put(stored, at: UInt32(7), in: $1.customers)
      }
    }
  }

  @Test func `a reference that leads astray is told as one thread tells it`() async throws {
    let place = try await filledStore()
    let astray = "vault: the reference of number:120 does not lead back to it"
    for (put, expected) in [
      // A flipped bit: to another customer, or to nobody.
      (UInt32(121).littleEndianBytes, [astray]),
      (UInt32(120 | 1 << 20).littleEndianBytes, [astray, "vault: the reference of number:1048696 leads to no row"]),
      ([120, 0], [astray, "vault: the reference of a row that is no number leads to no row"]),
    ] {
      try expect(expected, in: place) {
        try $0.put(put, at: reference(120), in: $1.references)
      } undone: {
        try $0.put(UInt32(120).littleEndianBytes, at: reference(120), in: $1.references)
      }
    }
    try expect([astray, "vault: the reference of number:140 does not lead back to it"], in: place) {
      try $0.put(UInt32(140).littleEndianBytes, at: reference(120), in: $1.references)
      try $0.put(UInt32(120).littleEndianBytes, at: reference(140), in: $1.references)
    } undone: {
      try $0.put(UInt32(120).littleEndianBytes, at: reference(120), in: $1.references)
      try $0.put(UInt32(140).littleEndianBytes, at: reference(140), in: $1.references)
    }
    try expect([astray], in: place) {
      _ = try $0.delete(reference(120), from: $1.references)
    } undone: {
      try $0.put(UInt32(120).littleEndianBytes, at: reference(120), in: $1.references)
    }
    try expectSound(place)
  }
}

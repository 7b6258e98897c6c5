import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct OpeningTests {
  @Test func `a new store is empty, and opens for reading and for appending`() throws {
    let place = try TemporaryStore()
    let writer = try place.open()
    #expect(try writer.head() == Position(0))
    #expect(try writer.events().isEmpty)
    #expect(try writer.verify().damages == [])
  }

  @Test func `a missing store is told, with how to make one`() {
    let error = #expect(throws: StoreError.self) {
      try Store(opening: "/nowhere/store", keyPath: "/nowhere/key", access: .reading)
    }
    #expect(error.map { "\($0)" } == "there is no store at /nowhere/store. Make one with: touchlog init /nowhere/store")
  }

  @Test func `a store is not made where something is`() throws {
    let place = try TemporaryStore()
    #expect(throws: StoreError.self) { try Store.create(at: place.path) { _ in place.folder + "/other-key" } }
    #expect(throws: StoreError.self) { try Store.create(at: place.keyPath) { _ in place.folder + "/other-key" } }
  }

  @Test func `a file, and a folder of other things, are no store`() throws {
    let place = try TemporaryStore()
    for path in [place.keyPath, place.folder] {
      let error = #expect(throws: StoreError.self) {
        try Store(opening: path, keyPath: place.keyPath, access: .reading)
      }
      guard case .notAStore(let named, _)? = error else {
        Issue.record("expected notAStore, found \(String(describing: error))")
        continue
      }
      #expect(named == path)
    }
  }

  @Test func `a store whose making was cut short is told apart`() throws {
    let place = try TemporaryStore()
    let environment = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: environment)
    try environment.write { _ = try $0.delete(LogTables.MetaKey.format, from: tables.meta) }
    try environment.close()
    let error = #expect(throws: StoreError.self) { try place.open() }
    #expect(error.map { "\($0)" }?.contains("its making was cut short") == true)
  }

  @Test func `a store of a newer format is refused with both formats`() throws {
    let place = try TemporaryStore()
    let environment = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: environment)
    try environment.write { try $0.put(UInt32(7).littleEndianBytes, at: LogTables.MetaKey.format, in: tables.meta) }
    try environment.close()
    let error = #expect(throws: StoreError.self) { try place.open(.reading) }
    guard case .newerFormat(_, found: 7, supported: 1)? = error else {
      Issue.record("expected newerFormat, found \(String(describing: error))")
      return
    }
  }

  @Test func `a store whose payloads are not sealed is refused`() throws {
    let place = try TemporaryStore()
    let environment = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: environment)
    try environment.write {
      try $0.put(UnsealedPayloads.formatVersion.littleEndianBytes, at: LogTables.MetaKey.format, in: tables.meta)
    }
    try environment.close()
    for access in [Store.Access.reading, .appending] {
      let error = #expect(throws: StoreError.self) { try place.open(access) }
      #expect(error.map { "\($0)" }?.contains("seals no payloads. Remove it") == true)
    }
    #expect(throws: StoreError.self) { try Store.id(at: place.path) }
    #expect(Store.sealsPayloads)
  }

  @Test func `a second writer is told who holds the store`() throws {
    let place = try TemporaryStore()
    let first = try place.open()
    let error = #expect(throws: StoreError.self) { try place.open() }
    guard case .heldByWriter(_, let holder)? = error else {
      Issue.record("expected heldByWriter, found \(String(describing: error))")
      return
    }
    #expect(holder.hasPrefix("process \(ProcessInfo.processInfo.processIdentifier) ("))
    first.stopAppending()
  }

  @Test func `a store that was opened for reading refuses to append`() async throws {
    let place = try TemporaryStore()
    let store = try place.open(.reading)
    await #expect(throws: StoreError.self) { try await store.append([started("1")]) }
  }

  @Test func `a missing key, a readable key, a damaged key and another store's key are told apart`() throws {
    let place = try TemporaryStore()
    let other = try TemporaryStore()
    func message(_ keyPath: String) throws -> String {
      let error = #expect(throws: StoreError.self) {
        try Store(opening: place.path, keyPath: keyPath, access: .reading, options: .forTests)
      }
      return "\(try #require(error))"
    }
    #expect(try message(place.folder + "/nothing").contains("the store's key is not at"))
    #expect(try message(other.keyPath).contains("belongs to another store"))
    let key = try String(contentsOfFile: place.keyPath, encoding: .utf8)
    let copy = place.folder + "/copy"
    try key.write(toFile: copy, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: copy)
    #expect(try message(copy).contains("chmod 600"))
    try key.dropLast(9).description.write(toFile: copy, atomically: false, encoding: .utf8)
    try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: copy)
    #expect(try message(copy).contains("damaged"))
    // The right id with other digits: what the vault has sealed does not open.
    let digits = String(repeating: "ab", count: 32)
    let forged = key.split(separator: " ").prefix(2).joined(separator: " ") + " \(digits)\n"
    try forged.write(toFile: copy, atomically: false, encoding: .utf8)
    #expect(try message(copy).contains("belongs to another store"))
  }

  @Test func `a key is not put into the store that it opens`() throws {
    let place = try TemporaryStore()
    let path = place.folder + "/another"
    let error = #expect(throws: StoreError.self) { try Store.create(at: path) { _ in path + "/../another/key" } }
    #expect(error.map { "\($0)" }?.contains("would lie in the store") == true)
  }

  @Test func `the key is its owner's alone, and lies outside the store`() throws {
    let place = try TemporaryStore()
    #expect(SystemFile.permissions(place.keyPath) == 0o600)
    let key = try #require(try String(contentsOfFile: place.keyPath, encoding: .utf8).split(separator: " ").last)
    for part in ["log", "vault"] {
      let bytes = try Data(contentsOf: URL(filePath: "\(place.path)/\(part)/data.mdb"))
      let digits = try #require([UInt8](hexadecimal: key.dropLast()))
      #expect(bytes.range(of: Data(digits)) == nil)
    }
  }
}

import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// Each test damages a sound backup, and expects that restoring refuses it, says why, and leaves nothing.
@Suite struct DamagedBackupTests {
  private func backedUp() async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append((0..<200).map { try started("e\($0)", customer: "crm:\($0 % 20)") })
    _ = try store.backUp(to: place.folder + "/copy")
    try store.close()
    return place
  }

  /// Why the backup is refused.
  private func refusal(_ place: TemporaryStore) throws -> String {
    let before = try FileManager.default.contentsOfDirectory(atPath: place.folder).sorted()
    let error = #expect(throws: StoreError.self) {
      try Store.restore(
        place.folder + "/copy", to: place.folder + "/new", options: .forTests, formerKeyPath: { _ in place.keyPath },
        keyPath: { _ in place.folder + "/new-key" })
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: place.folder).sorted() == before)
    guard case .backupDamaged(let path, let what)? = error else {
      Issue.record("expected backupDamaged, found \(String(describing: error))")
      return ""
    }
    #expect(path == place.folder + "/copy")
    return what
  }

  private func change(_ name: String, in place: TemporaryStore, _ change: (inout Data) throws -> Void) throws {
    let url = URL(filePath: place.folder + "/copy/" + name)
    var data = try Data(contentsOf: url)
    try change(&data)
    try data.write(to: url)
  }

  @Test(arguments: ["log.mdb", "vault.mdb"], [0, 100, 4096, 5000, 12_288, -4096, -1])
  func `a flipped bit in a file`(name: String, byte: Int) async throws {
    let place = try await backedUp()
    try change(name, in: place) { $0[byte < 0 ? $0.count + byte : byte] ^= 0x40 }
    #expect(try refusal(place).hasPrefix("\(name) does not have the digest"))
  }

  @Test(arguments: ["log.mdb", "vault.mdb"])
  func `a file that was cut short, is longer, or is missing`(name: String) async throws {
    let place = try await backedUp()
    let url = URL(filePath: place.folder + "/copy/" + name)
    let whole = try Data(contentsOf: url)
    try whole.dropLast(4096).write(to: url)
    #expect(try refusal(place) == "\(name) has \(whole.count - 4096) bytes, and \(whole.count) were written")
    try (whole + Data(count: 1)).write(to: url)
    #expect(try refusal(place) == "\(name) has \(whole.count + 1) bytes, and \(whole.count) were written")
    try FileManager.default.removeItem(at: url)
    #expect(try refusal(place) == "there is no \(name) in it")
  }

  @Test(arguments: [#""head":200"#: #""head":199"#, #""madeAt":"2"#: #""madeAt":"1"#, #""root":""#: #""root":"0"#])
  func `a changed word of the manifest`(from: String, to: String) async throws {
    let place = try await backedUp()
    try change("backup.json", in: place) { data in
      let range = try #require(data.firstRange(of: Data(from.utf8)))
      data.replaceSubrange(range, with: Data(to.utf8))
    }
    #expect(try refusal(place).hasPrefix("backup.json was changed"))
  }

  @Test func `a manifest that was cut short, and one of a later version`() async throws {
    let place = try await backedUp()
    let url = URL(filePath: place.folder + "/copy/backup.json")
    let text = try String(contentsOf: url, encoding: .utf8)
    try Data(text.utf8.dropLast(40)).write(to: url)
    #expect(try refusal(place).hasPrefix("backup.json is no JSON"))
    try Data(text.replacing(#""format":1"#, with: #""format":2"#).utf8).write(to: url)
    let error = #expect(throws: StoreError.self) { try BackupManifest(of: place.folder + "/copy") }
    guard case .newerFormat(_, found: 2, supported: 1)? = error else {
      Issue.record("expected newerFormat, found \(String(describing: error))")
      return
    }
    try FileManager.default.removeItem(at: url)
    let missing = #expect(throws: StoreError.self) { try BackupManifest(of: place.folder + "/copy") }
    guard case .notABackup? = missing else {
      Issue.record("expected notABackup, found \(String(describing: missing))")
      return
    }
  }

  /// Writes the manifest anew, digests and all, as somebody would who wants the backup to pass.
  private func forge(
    _ place: TemporaryStore, head: Position? = nil, root: String? = nil, files: [BackupManifest.File]? = nil,
  ) throws {
    let folder = place.folder + "/copy"
    let manifest = try BackupManifest(of: folder)
    let forged = BackupManifest(
      store: manifest.store, madeAt: manifest.madeAt, head: head ?? manifest.head, root: root ?? manifest.root,
      files: files ?? manifest.files)
    try Data(forged.encoded).write(to: URL(filePath: folder + "/backup.json"))
  }

  @Test func `a forged manifest does not pass either`() async throws {
    let place = try await backedUp()
    try forge(place, head: Position(150))
    #expect(try refusal(place).contains("do not have the root"))
    try forge(place, head: Position(200), root: String(repeating: "0", count: 64))
    #expect(try refusal(place).contains("do not have the root"))
    try forge(place, files: [])
    #expect(try refusal(place) == "backup.json does not name vault.mdb")
  }

  private func spoilStream(of place: TemporaryStore) throws {
    let log = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: log)
    try log.write { transaction in
      try transaction.put(StreamTail(last: Position(1), version: 1).encoded, at: UInt32(3), in: tables.streams)
    }
    try log.close()
  }

  private func spoilVault(of place: TemporaryStore) throws {
    let vault = try Environment(directory: place.path + "/vault", options: Store.Options.forTests.vault())
    let tables = try VaultTables(opening: vault)
    try vault.write { try $0.put([UInt8](repeating: 1, count: 80), at: UInt32(3), in: tables.customers) }
    try vault.close()
  }

  @Test func `a store that was damaged before it was copied`() async throws {
    let place = try await backedUp()
    try FileManager.default.removeItem(atPath: place.folder + "/copy")
    try spoilStream(of: place)
    _ = try Store.backUp(place.path, to: place.folder + "/copy", options: .forTests)
    #expect(try refusal(place).hasPrefix("its store was so already when it was copied: streams"))
  }

  @Test func `a vault whose row cannot be unwrapped`() async throws {
    let place = try await backedUp()
    try FileManager.default.removeItem(atPath: place.folder + "/copy")
    try spoilVault(of: place)
    _ = try Store.backUp(place.path, to: place.folder + "/copy", options: .forTests)
    #expect(try refusal(place).hasPrefix("its store was so already when it was copied: the data key of"))
  }
}

import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct BackupTests {
  private struct Stop: Error {}

  /// A store of 300 events of 20 customers and a few who are not known.
  private func filledStore() async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    for batch in 0..<3 { _ = try await store.append(BackupTests.events(batch * 100..<batch * 100 + 100)) }
    try store.close()
    return place
  }

  private static func events(_ numbers: Range<Int>) throws -> [Event] {
    try numbers.map { number in
      try started(
        "e\(number)", customer: number % 10 == 0 ? nil : "crm:\(number % 20)", topic: "topic-\(number % 5)")
    }
  }

  /// Backs the store up to `copy` beside it.
  private func backUp(_ place: TemporaryStore) throws -> (path: String, manifest: BackupManifest) {
    let path = place.folder + "/copy"
    return (path, try Store.backUp(place.path, to: path, options: .forTests))
  }

  /// Restores `copy` as `new`, with the key `new-key`, beside the store.
  private func restore(
    _ place: TemporaryStore, keyPath: String? = nil, progress: (RestoreProgress) throws -> Void = { _ in },
  ) throws -> RestoredStore {
    try Store.restore(
      place.folder + "/copy", to: place.folder + "/new", options: .forTests,
      formerKeyPath: { _ in keyPath ?? place.keyPath }, keyPath: { _ in place.folder + "/new-key" }, progress: progress)
  }

  private func openRestored(_ place: TemporaryStore, _ access: Store.Access = .appending) throws -> Store {
    try Store(opening: place.folder + "/new", keyPath: place.folder + "/new-key", access: access, options: .forTests)
  }

  /// All that a store gives out of its events, a line each.
  private func contents(of store: Store) throws -> [String] {
    try store.events().map { "\($0)" }
  }

  private func names(in place: TemporaryStore) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: place.folder))
  }

  @Test func `a restored store holds the same events under the same root, and goes on from there`() async throws {
    let place = try await filledStore()
    let manifest = try backUp(place).manifest
    let original = try place.open(.reading)
    #expect(manifest.head == Position(300) && manifest.store == original.id)
    #expect(try manifest.root == original.verify().root)
    #expect(try BackupManifest(of: place.folder + "/copy") == manifest)
    let restored = try restore(place)
    #expect(restored.id != original.id && restored.manifest == manifest)
    let store = try openRestored(place)
    #expect(store.id == restored.id)
    #expect(try contents(of: store) == contents(of: original))
    let verification = try store.verify()
    #expect(verification.damages == [] && verification.root == manifest.root)
    let retried = try await store.append(BackupTests.events(0..<300))
    #expect(retried.appended == 0 && retried.positions == (0..<300).map { Position($0) })
    let numbers = try (1..<20).map { try store.number(of: Reference("crm:\($0)")) }
    let new = try await store.append([started("new", customer: "crm:new")])
    #expect(new.positions == [Position(300)])
    let number = try store.number(of: Reference("crm:new"))
    #expect(number != nil && !numbers.contains(number))
    #expect(try store.verify().damages == [])
    #expect(try original.head() == Position(300))
  }

  @Test func `the keys of the two stores do not open each other's`() async throws {
    let place = try await filledStore()
    _ = try backUp(place)
    _ = try restore(place)
    let new = place.folder + "/new"
    #expect(throws: StoreError.self) {
      try Store(opening: new, keyPath: place.keyPath, access: .reading, options: .forTests)
    }
    // Not by its id alone: under the new id, the former bits open nothing.
    let former = try String(contentsOfFile: place.keyPath, encoding: .utf8).split(separator: " ")
    let id = try Store.id(at: new)
    let forged = place.folder + "/forged"
    try SystemFile.create(forged, contents: Array("\(former[0]) \(id) \(former[2])".utf8))
    #expect(throws: StoreError.self) {
      try Store(opening: new, keyPath: forged, access: .reading, options: .forTests)
    }
  }

  @Test func `an open store backs itself up while it is appended to`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append(BackupTests.events(0..<300))
    let path = place.folder
    async let appending: Void = {
      for number in 300..<600 { _ = try await store.append(BackupTests.events(number..<number + 1)) }
    }()
    let manifests = try await withCheckedThrowingContinuation { continuation in
      DispatchQueue(label: "backing up").async {
        continuation.resume(
          with: Result { try (0..<5).map { try store.backUp(to: "\(path)/copy\($0 == 0 ? "" : "\($0)")") } })
      }
    }
    try await appending
    #expect(manifests.map(\.head) == manifests.map(\.head).sorted() && manifests[0].head >= Position(300))
    let restored = try restore(place)
    let events = try contents(of: openRestored(place, .reading))
    #expect(UInt64(events.count) == restored.manifest.head.value)
    #expect(try events == Array(contents(of: store).prefix(events.count)))
  }

  /// What the vault has in a customer's row.
  private func row(of reference: String, in vault: Vault) throws -> Data {
    try vault.environment.read { transaction in
      let number = try #require(try vault.number(of: Reference(reference), in: transaction)).value
      return try #require(try transaction.unsafeGet(number, from: vault.contents.customers).map { Data($0) })
    }
  }

  @Test func `a customer who was erased does not travel along`() async throws {
    let place = try TemporaryStore()
    let reference = "crm:somebody-who-wants-to-be-forgotten"
    let store = try place.open()
    _ = try await store.append((0..<50).map { try started("e\($0)", customer: $0 == 25 ? reference : "crm:\($0)") })
    let row = try row(of: reference, in: store.log.vault)
    let number = try #require(try store.number(of: Reference(reference)))
    _ = try await store.erase([number], reason: nil)
    // Of the opened store, and of one that this process has not opened.
    _ = try store.backUp(to: place.folder + "/other")
    try store.close()
    _ = try backUp(place)
    for copy in ["copy", "other"] {
      let copied = try Data(contentsOf: URL(filePath: place.folder + "/\(copy)/vault.mdb"))
      for start in stride(from: 4, to: row.count - 8, by: 4) {
        #expect(copied.firstRange(of: row[start..<start + 8]) == nil)
      }
    }
    _ = try restore(place)
    let restored = try openRestored(place)
    #expect(try restored.events()[25].isErased)
    #expect(try restored.erasure(of: number)?.position == Position(50))
    #expect(try restored.verify().damages == [])
    #expect(FileManager.default.fileExists(atPath: place.folder + "/new/vault/data.mdb"))
    // It goes on as any other: with another vault, and with a list that tells where it comes from.
    let other = try #require(try restored.number(of: Reference("crm:7")))
    let erasure = try await restored.erase([other], reason: nil)
    let list = try ErasureList(contentsOf: erasure.listPath)
    #expect(list.lines.map(\.customer) == [number, other])
    #expect(list.descents == [ErasureList.Descent(restored: restored.id, from: store.id, next: 51)])
    #expect(list.numbers(toEraseIn: store.id, next: 51) == [other, number])
    #expect(try restored.verify().damages == [])
  }

  @Test func `a backup that is stopped leaves nothing, wherever it was`() async throws {
    let place = try await filledStore()
    let before = try names(in: place)
    var stop = 1
    while true {
      var seen = 0
      do {
        _ = try Store.backUp(place.path, to: place.folder + "/copy", options: .forTests) { _, _ in
          seen += 1
          if seen == stop { throw Stop() }
        }
        break
      } catch is Stop {
        #expect(try names(in: place) == before)
        stop += 1
      }
    }
    #expect(stop > 4)
    #expect(try place.open(.reading).verify().damages == [])
  }

  @Test func `a restoring that is stopped leaves neither store nor key, wherever it was`() async throws {
    let place = try await filledStore()
    _ = try backUp(place)
    let before = try names(in: place)
    var stop = 1
    while true {
      var seen = 0
      do {
        _ = try restore(place) { _ in
          seen += 1
          if seen == stop { throw Stop() }
        }
        break
      } catch is Stop {
        #expect(try names(in: place) == before)
        stop += 1
      }
    }
    #expect(stop > 4)
    #expect(try openRestored(place, .reading).verify().damages == [])
  }

  @Test func `a backup goes neither into the store nor over anything`() async throws {
    let place = try await filledStore()
    try FileManager.default.createSymbolicLink(
      atPath: place.folder + "/link", withDestinationPath: place.path + "/vault")
    for target in ["/store", "/store/copy", "/store/../store/log/copy", "/link/copy", "/key", "/nowhere/copy"] {
      #expect(throws: StoreError.self, "\(target)") {
        try Store.backUp(place.path, to: place.folder + target, options: .forTests)
      }
    }
    #expect(try names(in: place) == ["store", "key", "link"])
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: place.path)) == ["log", "vault", "writer.lock"])
    try FileManager.default.createDirectory(atPath: place.folder + "/copy", withIntermediateDirectories: false)
    let copy = place.folder + "/copy/"
    #expect(try Store.backUp(place.path, to: copy, options: .forTests).head == Position(300))
  }

  @Test func `a backup is no store, and opening it says what to do`() async throws {
    let place = try await filledStore()
    let path = try backUp(place).path
    let error = #expect(throws: StoreError.self) {
      try Store(opening: path, keyPath: place.keyPath, access: .reading, options: .forTests)
    }
    #expect("\(try #require(error))".contains("touchlog restore \(path)"))
  }

  @Test func `a store is restored to a vacant place, with the key of the store that was copied`() async throws {
    let place = try await filledStore()
    _ = try backUp(place)
    let other = try TemporaryStore()
    func refused(_ keyPath: String, at path: String, newKey: String = "new-key") -> StoreError? {
      #expect(throws: StoreError.self) {
        try Store.restore(
          place.folder + "/copy", to: place.folder + path, options: .forTests, formerKeyPath: { _ in keyPath },
          keyPath: { _ in place.folder + "/" + newKey })
      }
    }
    let before = try names(in: place)
    guard case .keyWrong? = refused(other.keyPath, at: "/new"),
      case .keyMissing? = refused(place.folder + "/none", at: "/new"),
      case .occupied? = refused(place.keyPath, at: "/store"),
      case .unsuitable? = refused(place.keyPath, at: "/copy/new"),
      case .keyUnusable? = refused(place.keyPath, at: "/new", newKey: "new/key"),
      case .occupied? = refused(place.keyPath, at: "/new", newKey: "key")
    else {
      Issue.record("expected each to be refused for its own reason")
      return
    }
    // The right id with other digits shows when the vault is opened.
    let key = try String(contentsOfFile: place.keyPath, encoding: .utf8).split(separator: " ")
    let forged = other.folder + "/forged"
    try SystemFile.create(
      forged, contents: Array("\(key[0]) \(key[1]) \(String(repeating: "ab", count: 32))".utf8))
    guard case .keyWrong? = refused(forged, at: "/new") else {
      Issue.record("expected a key with other digits to be refused")
      return
    }
    #expect(try names(in: place) == before)
  }

  @Test func `what another process left unfinished is cleared, and what is not its own is left alone`() async throws {
    let place = try await filledStore()
    let unfinished = place.folder + "/copy.unfinished"
    try FileManager.default.createDirectory(atPath: unfinished + "/log", withIntermediateDirectories: true)
    try Data(count: 100).write(to: URL(filePath: unfinished + "/log/data.mdb"))
    try Data(count: 100).write(to: URL(filePath: unfinished + "/vault.mdb"))
    _ = try backUp(place)
    #expect(try names(in: place) == ["store", "key", "copy"])
    let foreign = place.folder + "/new.unfinished"
    try FileManager.default.createDirectory(atPath: foreign, withIntermediateDirectories: true)
    try Data("a poem".utf8).write(to: URL(filePath: foreign + "/poem.txt"))
    #expect(throws: StoreError.self) { try restore(place) }
    #expect(try String(contentsOfFile: foreign + "/poem.txt", encoding: .utf8) == "a poem")
  }

  @Test func `nobody makes what somebody is making`() async throws {
    let place = try await filledStore()
    var second: (any Error)?
    _ = try Store.backUp(place.path, to: place.folder + "/copy", options: .forTests) { done, _ in
      guard done > 0, second == nil else { return }
      do {
        _ = try UnfinishedFolder(for: SystemFile.resolved(place.folder) + "/copy")
      } catch {
        second = error
      }
    }
    guard case .heldByWriter? = second as? StoreError else {
      Issue.record("expected heldByWriter, found \(String(describing: second))")
      return
    }
    #expect(try restore(place).manifest.head == Position(300))
  }
}

import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// What a process leaves that was killed within an erasure, and what the next one makes of it.
@Suite struct `An erasure that was cut short` {
  private static let anna = "crm:anna-forgotten"

  private static func filled() async throws -> (place: TemporaryStore, traces: Traces) {
    let place = try TemporaryStore()
    let store = try place.open()
    for number in 0..<40 {
      _ = try await store.append([started("e\(number)", customer: number % 4 == 0 ? anna : "crm:\(number)")])
    }
    let traces = try Traces(of: anna, in: store)
    try store.close()
    return (place, traces)
  }

  private func folders(of place: TemporaryStore) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: place.path))
  }

  private func copy(_ name: String, as other: String, of place: TemporaryStore) throws {
    try FileManager.default.copyItem(atPath: "\(place.path)/\(name)", toPath: "\(place.path)/\(other)")
  }

  @Test func `before the log's commit has not begun`() async throws {
    let (place, traces) = try await Self.filled()
    // The new vault in any state: whole, half written, or with nothing in it.
    for state in 0..<3 {
      try copy("vault", as: "vault-1", of: place)
      let data = URL(filePath: place.path + "/vault-1/data.mdb")
      if state == 1 { try Data(contentsOf: data).prefix(5000).write(to: data) }
      if state == 2 { try Data().write(to: data) }
      let reading = try place.open(.reading)
      #expect(try reading.number(of: traces.reference) == traces.number)
      #expect(try reading.verify().damages == [])
      try reading.close()
      #expect(try folders(of: place) == ["log", "vault", "vault-1", "writer.lock"])
      let store = try place.open()
      #expect(try folders(of: place) == ["log", "vault", "writer.lock"])
      #expect(try store.events(Query(customer: traces.reference)).count == 10)
      #expect(!FileManager.default.fileExists(atPath: store.erasureListPath))
      try store.close()
    }
    // And can be done then.
    let store = try place.open()
    _ = try await store.erase([traces.number], reason: nil)
    #expect(try traces.found(in: place.path) == [])
  }

  @Test func `after the log's commit is completed by the next opening for appending`() async throws {
    let (place, traces) = try await Self.filled()
    try copy("vault", as: "kept", of: place)
    let store = try place.open()
    let list = store.erasureListPath
    let erasure = try await store.erase([traces.number], reason: nil)
    try store.close()
    let whole = try Data(contentsOf: URL(filePath: list))
    // The former vault in any state, and the list without its line, or with a part of it.
    for state in 0..<5 {
      try copy("kept", as: "vault", of: place)
      let data = URL(filePath: place.path + "/vault/data.mdb")
      var bytes = try Data(contentsOf: data)
      switch state {
      case 1: bytes.replaceSubrange(0..<4096, with: Data(count: 4096))
      case 2: bytes.replaceSubrange(0..<8192, with: Data(count: 8192))
      case 3: bytes = Data()
      default: break
      }
      if state == 4 { try FileManager.default.removeItem(at: data) } else { try bytes.write(to: data) }
      try whole.prefix(state * 20).write(to: URL(filePath: list))
      if state == 0 { try FileManager.default.removeItem(atPath: list) }
      let examination = try Store.examine(place.path, options: .forTests) { _ in place.keyPath }
      let finding = try #require(examination.findings.first { $0.check == .vault })
      #expect(finding.grade == .notice && finding.found.hasPrefix("a former one is still there, as vault,"))
      let reading = try place.open(.reading)
      #expect(try reading.number(of: traces.reference) == nil && reading.verify().damages == [])
      try reading.close()
      #expect(try folders(of: place).contains("vault"), "who only reads changes nothing")
      let next = try place.open()
      #expect(try folders(of: place) == ["log", "vault-1", "writer.lock", "kept"])
      #expect(try Data(contentsOf: URL(filePath: list)) == whole)
      #expect(try next.erasure(of: traces.number)?.position == erasure.customers[0].position)
      try next.close()
    }
    try FileManager.default.removeItem(atPath: place.path + "/kept")
    #expect(try traces.found(in: place.path) == [])
  }

  @Test func `by a list that cannot be written has not begun`() async throws {
    let (place, traces) = try await Self.filled()
    let store = try place.open()
    // A folder stands where the list should be.
    try FileManager.default.createDirectory(atPath: store.erasureListPath, withIntermediateDirectories: false)
    await #expect(throws: StoreError.self) { _ = try await store.erase([traces.number], reason: nil) }
    #expect(try folders(of: place) == ["log", "vault", "writer.lock"])
    #expect(try store.number(of: traces.reference) == traces.number)
    _ = try await store.append([started("later", customer: Self.anna)])
    try FileManager.default.removeItem(atPath: store.erasureListPath)
    _ = try await store.erase([traces.number], reason: nil)
    #expect(try traces.found(in: place.path) == [])
  }

  @Test func `by a list that is damaged is told, and done all the same`() async throws {
    let (place, traces) = try await Self.filled()
    let store = try place.open()
    try Data("no line of a list\n".utf8).write(to: URL(filePath: store.erasureListPath))
    let erasure = try await store.erase([traces.number], reason: nil)
    guard case .erasureListDamaged(store.erasureListPath, 1)? = erasure.listFailure else {
      Issue.record("\(String(describing: erasure.listFailure))")
      return
    }
    #expect(try traces.found(in: place.path) == [])
    try store.close()
    // Appending to a store whose erasures are not listed would go on without that anybody sees it.
    #expect(throws: StoreError.self) { try place.open() }
    try FileManager.default.removeItem(atPath: erasure.listPath)
    _ = try place.open()
    #expect(try ErasureList(contentsOf: erasure.listPath).lines.map(\.customer) == [traces.number])
  }

  @Test func `by a reader waits for it, and is completed when the reader has left`() async throws {
    let (place, traces) = try await Self.filled()
    let store = try place.open()
    // Of this process, as one that reads page by page.
    let release = try holdVault(of: store)
    let erasure = try await store.erase([traces.number], reason: nil, patience: .milliseconds(50))
    #expect(erasure.formerVaults.readers == [getpid()] && !erasure.formerVaults.areGone)
    #expect(try traces.found(in: place.path + "/vault") != [], "what is read stays as it is")
    #expect(try store.number(of: traces.reference) == nil, "and who begins now does not see it")
    #expect(try await store.overwriteFormerVaults(patience: .zero).readers == [getpid()])
    release()
    // Appending does it, now and then.
    for number in 0..<8 { _ = try await store.append([started("later-\(number)", customer: nil)]) }
    #expect(try traces.found(in: place.path) == [])
    #expect(try await store.overwriteFormerVaults(patience: .zero).areGone)
  }

  /// A transaction of the vault that is in force, in a thread of its own; the answer ends it.
  private func holdVault(of store: Store) throws -> () -> Void {
    let (begun, ended, over) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    let vault = try store.log.vault
    Thread.detachNewThread {
      do {
        try vault.environment.read { _ in
          begun.signal()
          _ = ended.wait(timeout: .now() + 60)
        }
      } catch { Issue.record(error) }
      over.signal()
    }
    _ = begun.wait(timeout: .now() + 60)
    return {
      ended.signal()
      _ = over.wait(timeout: .now() + 60)
    }
  }
}

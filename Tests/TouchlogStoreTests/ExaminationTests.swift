import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct ExaminationTests {
  private static let now = Timestamp(seconds: 1_800_000_000)

  private func examine(
    _ place: TemporaryStore, keyPath: String? = nil, change: (inout Store.Options) -> Void = { _ in },
  ) throws -> Examination {
    var options = Store.Options.forTests
    options.clock = { ExaminationTests.now }
    change(&options)
    // The signing key is looked at by whoever signs.
    let signing = Examination.Finding(.signingKey, .ok, "told by the caller")
    return try Store.examine(
      place.path, options: options, signingKey: { _ in signing }, keyPath: { _ in keyPath ?? place.keyPath })
  }

  /// A store with an event that was recorded so many seconds after now, and dated so many.
  private func store(recordedAhead: Int64 = -60, datedAhead: Int64 = -3600) async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open(clock: { ExaminationTests.now.adding(seconds: recordedAhead) })
    _ = try await store.append([
      started("1", at: ExaminationTests.now.adding(seconds: -7200).rfc3339),
      started("2", at: ExaminationTests.now.adding(seconds: datedAhead).rfc3339),
      started("3", at: ExaminationTests.now.adding(seconds: -7200).rfc3339),
    ])
    try store.close()
    return place
  }

  private func finding(_ check: Examination.Check, _ examination: Examination) throws -> Examination.Finding {
    let found = examination.findings.filter { $0.check == check }
    try #require(found.count == 1, "\(found)")
    return found[0]
  }

  @Test func `a healthy store has one finding for each check, and no advice`() async throws {
    let examination = try examine(try await store())
    #expect(examination.findings.map(\.check) == Examination.Check.allCases)
    // Room on the disk is the machine's affair.
    for finding in examination.findings where finding.check != .disk {
      #expect(finding.grade == .ok && finding.advice == nil, "\(finding)")
    }
  }

  @Test func `looking changes nothing`() async throws {
    let place = try await store()
    func contents() throws -> [Data?] {
      try ["log/data.mdb", "vault/data.mdb", "writer.lock"].map {
        try Data(contentsOf: URL(filePath: place.path + "/" + $0))
      }
    }
    let before = try contents()
    _ = try examine(place)
    #expect(try contents() == before)
    #expect(try Set(FileManager.default.contentsOfDirectory(atPath: place.path)) == ["log", "vault", "writer.lock"])
  }

  @Test(arguments: [(-60, .ok), (0, .ok), (30, .notice), (7200, .problem)] as [(Int64, Examination.Grade)])
  func `a log that was written by a clock that was ahead is told`(seconds: Int64, grade: Examination.Grade) async throws
  {
    let found = try finding(.clock, examine(try await store(recordedAhead: seconds)))
    #expect(found.grade == grade, "\(found)")
    #expect(found.figures.contains(Examination.Figure("recordedAheadSeconds", Int(max(0, seconds)))))
  }

  @Test func `an event that is dated far ahead is told with its position`() async throws {
    let found = try finding(.clock, examine(try await store(datedAhead: 40_000)))
    #expect(found.grade == .notice)
    #expect(found.found.hasPrefix("event 1 is dated "))
    #expect(try finding(.clock, examine(try await store(datedAhead: 1800))).grade == .ok)
  }

  @Test func `a missing, a foreign, an open and a misplaced key are told, and the rest is looked at all the same`()
    async throws
  {
    let place = try await store()
    let other = try TemporaryStore()
    let inside = place.path + "/key"
    try FileManager.default.copyItem(atPath: place.keyPath, toPath: inside)
    let open = place.folder + "/open"
    try FileManager.default.copyItem(atPath: place.keyPath, toPath: open)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: open)
    for (path, words) in [
      (place.folder + "/none", "there is none at"), (other.keyPath, "belongs to another store"),
      (open, "others than its owner may read it"), (inside, "it lies in the store that it opens"),
    ] {
      let examination = try examine(place, keyPath: path)
      let found = try finding(.key, examination)
      #expect(found.grade == .problem && found.found.contains(words) && found.advice != nil, "\(found)")
      #expect(examination.grade == .problem)
      #expect(examination.findings.count == Examination.Check.allCases.count)
    }
    let nowhere = try Store.examine(place.path, options: .forTests) { _ in nil }
    #expect(try finding(.key, nowhere).grade == .problem)
  }

  @Test func `modes that let others in are told`() async throws {
    let place = try await store()
    func grade(store: Int, vault: Int, file: Int) throws -> Examination.Finding {
      for (path, mode) in [("/vault/data.mdb", file), ("/vault", vault), ("", store)] {
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: place.path + path)
      }
      return try finding(.permissions, examine(place))
    }
    #expect(try grade(store: 0o700, vault: 0o755, file: 0o644).grade == .ok)
    #expect(try grade(store: 0o755, vault: 0o700, file: 0o644).grade == .notice)
    #expect(try grade(store: 0o755, vault: 0o755, file: 0o600).grade == .notice)
    let open = try grade(store: 0o755, vault: 0o755, file: 0o644)
    #expect(open.grade == .problem && open.found == "everybody may read or write vault/data.mdb")
    let group = try grade(store: 0o750, vault: 0o750, file: 0o640)
    #expect(group.grade == .problem && group.found == "its group may read or write vault/data.mdb")
    #expect(try grade(store: 0o700, vault: 0o700, file: 0o600).grade == .ok)
  }

  @Test func `a vault that is older than the log is told`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append([started("1", customer: "crm:1")])
    try FileManager.default.copyItem(atPath: place.path + "/vault", toPath: place.folder + "/kept")
    _ = try await store.append([started("2", customer: "crm:2")])
    try store.close()
    try FileManager.default.removeItem(atPath: place.path + "/vault")
    try FileManager.default.moveItem(atPath: place.folder + "/kept", toPath: place.path + "/vault")
    #expect(try finding(.vault, examine(place)).grade == .problem)
  }

  @Test func `events that the index of identities lacks are counted`() async throws {
    let place = try await store()
    try clearIdentities(of: place)
    let found = try finding(.indexes, examine(place))
    #expect(found.grade == .problem && found.figures == [Examination.Figure("lagEvents", 3)])
  }

  private func clearIdentities(of place: TemporaryStore) throws {
    let log = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: log)
    try log.write { try $0.clear(tables.identities) }
    try log.close()
  }

  @Test func `a store that does not open is told, and what lies around it`() async throws {
    let place = try await store()
    let file = place.path + "/log/data.mdb"
    try Data(repeating: 0x5A, count: 16_384).write(to: URL(filePath: file))
    let examination = try examine(place)
    let found = try finding(.store, examination)
    #expect(found.grade == .problem && found.found.hasPrefix("it does not open: "))
    #expect(try finding(.permissions, examination).check == .permissions)
    #expect(try finding(.writer, examination).grade == .ok)
    try FileManager.default.removeItem(atPath: file)
    #expect(throws: StoreError.self) { try examine(place) }
  }

  @Test func `address space that runs out is told`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append((0..<3000).map { try started("e\($0)") })
    try store.close()
    let bytes = try #require(SystemFile.byteCount(place.path + "/log/data.mdb"))
    #expect(try finding(.size, examine(place) { $0.addressSpace = bytes * 2 }).grade == .ok)
    #expect(try finding(.size, examine(place) { $0.addressSpace = bytes * 10 / 9 }).grade == .notice)
    #expect(try finding(.size, examine(place) { $0.addressSpace = bytes }).grade == .problem)
  }

  @Test func `a writer is told while it lives, and what a killed one left behind`() throws {
    let place = try TemporaryStore()
    let line = "process 4711 (touchlog append)\n"
    try Data(line.utf8).write(to: URL(filePath: place.path + "/writer.lock"))
    let killed = try finding(.writer, examine(place))
    #expect(killed.grade == .ok && killed.figures == [Examination.Figure("isHeld", 0)])
    #expect(killed.found.contains("process 4711 (touchlog append), was killed"))
    let lock = try WriterLock(store: place.path, holder: "process 1 (test)")
    let held = try finding(.writer, examine(place))
    #expect(held.found == "it is being written by process 1 (test)")
    #expect(held.figures == [Examination.Figure("isHeld", 1)])
    withExtendedLifetime(lock) {}
  }

  @Test(
    arguments: [(100 << 20, .problem), (600 << 20, .notice), (2 << 30, .notice), (200 << 30, .ok)]
      as [(Int, Examination.Grade)])
  func `a disk that fills is told by what is left and how large the log is`(free: Int, grade: Examination.Grade) {
    #expect(Examiner.disk(freeBytes: free, logBytes: 50 << 30).grade == grade)
  }
}

import Foundation
import LMDB
import Testing

@Suite struct `Care of an environment` {
  let directory: TemporaryDirectory
  let environment: Environment
  let table: Table

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment(directory: directory.path)
    table = try environment.createTable(named: "t", keys: .uint64)
  }

  @Test func `information counts pages, free pages and transactions`() throws {
    let before = try environment.information()
    #expect(before.mapSize == 1 << 40)
    #expect(before.freePages < 10)
    try environment.write { transaction in
      for key in 0..<1000 as Range<UInt64> {
        try transaction.append([UInt8](repeating: 1, count: 1000), at: key, in: table)
      }
    }
    let full = try environment.information()
    #expect(full.lastTransaction == before.lastTransaction + 1)
    #expect(try environment.lastTransaction() == full.lastTransaction)
    #expect(full.bytes > 1_000_000)
    try environment.write { try $0.clear(table) }
    let emptied = try environment.information()
    #expect(emptied.freePages > 240)
    #expect(emptied.freePages <= emptied.lastPage)
    #expect(emptied.pageSize * (emptied.lastPage + 1) == emptied.bytes)
  }

  @Test func `readers are listed with process and transaction`() throws {
    #expect(try environment.readers().isEmpty)
    let transaction = try environment.beginRead()
    let readers = try environment.readers()
    #expect(readers.map(\.process) == [getpid()])
    #expect(readers.map(\.transaction) == [transaction.id])
    #expect(try environment.information().readerSlotsUsed >= 1)
  }

  @Test func `a reader whose process died is cleared, one that lives is not`() async throws {
    let path = directory.path
    await #expect(processExitsWith: .success) { [path = path as String] in try dieReading(path) }
    try check(environment)
  }

  private func check(_ environment: Environment) throws {
    let living = try environment.beginRead()
    #expect(try environment.readers().contains { $0.process != getpid() })
    #expect(try environment.clearStaleReaders() == 1)
    #expect(try environment.readers().map(\.transaction) == [living.id])
    #expect(try environment.clearStaleReaders() == 0)
  }

  @Test(arguments: [false, true])
  func `a copy holds one state, and can be opened`(compacting: Bool) throws {
    try environment.write { transaction in
      for key in 0..<1000 as Range<UInt64> { try transaction.append(key, at: key, in: table) }
    }
    let target = directory.appending("copy")
    try environment.copy(toDirectory: target, compacting: compacting)
    let copy = try Environment(directory: target, options: .with { $0.access = .readOnly })
    let copied = try copy.openTable(named: "t", keys: .uint64)
    #expect(try copy.read { try $0.integerKeys(in: copied) } == Array(0..<1000))
    let mode = try FileManager.default.attributesOfItem(atPath: target + "/data.mdb")[.posixPermissions] as? Int
    #expect(mode == 0o600)
  }

  @Test func `a compacted copy leaves out free pages`() throws {
    try environment.write { try $0.put([UInt8](repeating: 1, count: 1 << 20), at: UInt64(0), in: table) }
    try environment.write { try $0.clear(table) }
    try environment.copy(toDirectory: directory.appending("plain"))
    try environment.copy(toDirectory: directory.appending("compact"), compacting: true)
    func size(_ name: String) throws -> Int? {
      try FileManager.default.attributesOfItem(atPath: directory.appending(name) + "/data.mdb")[.size] as? Int
    }
    let plain = try #require(try size("plain"))
    let compact = try #require(try size("compact"))
    #expect(plain > 1 << 20)
    #expect(compact < 1 << 16)
  }

  @Test func `a target that has files, or no parent, is refused and left alone`() throws {
    #expect(throws: LMDBError(.targetNotEmpty, .copy, path: directory.path)) {
      try environment.copy(toDirectory: directory.path)
    }
    let nowhere = directory.appending("no/where")
    #expect(throws: LMDBError(.system(ENOENT), .copy, path: nowhere)) { try environment.copy(toDirectory: nowhere) }
    #expect(try environment.read { try $0.count(of: table) } == 0)
  }

  @Test func `a copy made while a writer writes is one of the states between commits`() async throws {
    let target = directory.appending("copy")
    let environment = environment
    let table = table
    try await withThrowingTaskGroup { group in
      group.addTask { try writePairs(environment, table, commits: 300) }
      group.addTask { try copyOften(environment, into: target, copies: 5) }
      try await group.waitForAll()
    }
    for number in 0..<5 {
      let keys = try copiedKeys("\(target)-\(number)")
      #expect(keys == Array(0..<UInt64(keys.count)))
      #expect(keys.count % 2 == 0)
    }
  }

  @Test func `an unsynced environment can be synced`() throws {
    let options = Environment.Options.with { options in
      options.durability = .unsynced
      options.createDirectory = true
      options.readAhead = false
    }
    let other = try Environment(directory: directory.appending("other"), options: options)
    let numbers = try other.createTable(named: "t", keys: .uint32)
    try other.write { try $0.put([1] as [UInt8], at: UInt32(1), in: numbers) }
    try other.sync()
    #expect(try other.read { try $0.count(of: numbers) } == 1)
  }
}

/// Ends the process as a crash would, with a read transaction open.
private func dieReading(_ path: String) throws {
  let environment = try Environment(directory: path)
  try environment.read { transaction in _exit(transaction.id > 0 ? EXIT_SUCCESS : EXIT_FAILURE) }
}

/// Appends two entries with each commit, so that an odd number of entries is a state that never was.
private func writePairs(_ environment: Environment, _ table: Table, commits: UInt64) throws {
  for pair in 0..<commits {
    try environment.write { transaction in
      try transaction.append([UInt8](repeating: 1, count: 500), at: pair * 2, in: table)
      try transaction.append([UInt8](repeating: 1, count: 500), at: pair * 2 + 1, in: table)
    }
  }
}

private func copyOften(_ environment: Environment, into target: String, copies: Int) throws {
  for number in 0..<copies {
    try environment.copy(toDirectory: "\(target)-\(number)", compacting: number % 2 == 1)
  }
}

private func copiedKeys(_ directory: String) throws -> [UInt64] {
  let copy = try Environment(directory: directory, options: .with { $0.access = .readOnly })
  let table = try copy.openTable(named: "t", keys: .uint64)
  return try copy.read { try $0.integerKeys(in: table) }
}

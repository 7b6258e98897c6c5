import Foundation
import LMDB
import Testing

@Suite struct `A copy that is given out` {
  let directory: TemporaryDirectory
  let environment: Environment
  let table: Table

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment(directory: directory.path)
    table = try environment.createTable(named: "t", keys: .uint64)
  }

  private struct Stop: Error {}

  private func fill(_ keys: Range<UInt64>) throws {
    try environment.write { transaction in
      for key in keys { try transaction.append([UInt8](repeating: 7, count: 500), at: key, in: table) }
    }
  }

  private func copy(compacting: Bool) throws -> Data {
    var bytes = Data()
    try environment.copy(compacting: compacting) { bytes.append(contentsOf: $0) }
    return bytes
  }

  @Test(arguments: [false, true])
  func `it is a data file that opens, alone and without a lock file`(compacting: Bool) throws {
    try fill(0..<5000)
    let target = directory.appending("copy")
    try FileManager.default.createDirectory(atPath: target, withIntermediateDirectories: false)
    try copy(compacting: compacting).write(to: URL(filePath: target + "/data.mdb"))
    let options = Environment.Options.with { options in
      options.access = .readOnly
      options.usesLockFile = false
    }
    let copied = try Environment(directory: target, options: options)
    let copiedTable = try copied.openTable(named: "t", keys: .uint64)
    #expect(try copied.read { try $0.integerKeys(in: copiedTable) } == Array(0..<5000))
    try copied.close()
    #expect(try FileManager.default.contentsOfDirectory(atPath: target) == ["data.mdb"])
  }

  @Test(arguments: [false, true])
  func `what its reader throws ends it, and the environment goes on`(compacting: Bool) throws {
    try fill(0..<20_000)
    var pieces = 0
    #expect(throws: Stop.self) {
      try environment.copy(compacting: compacting) { _ in
        pieces += 1
        if pieces == 3 { throw Stop() }
      }
    }
    #expect(pieces == 3)
    try fill(20_000..<20_010)
    #expect(try copy(compacting: compacting).count > 10_000_000)
    // Not while a transaction of the copy's were still open.
    try environment.close()
  }

  @Test func `a compacted copy leaves behind what was deleted`() throws {
    let secret = Array("nobody is to read this any more".utf8)
    try environment.write { transaction in
      for key in 0..<200 as Range<UInt64> {
        try transaction.append(key == 100 ? secret : [UInt8](repeating: 1, count: secret.count), at: key, in: table)
      }
    }
    try environment.write { _ = try $0.delete(UInt64(100), from: table) }
    #expect(try copy(compacting: false).firstRange(of: Data(secret)) != nil)
    let compact = try copy(compacting: true)
    for start in stride(from: 0, to: secret.count - 8, by: 4) {
      #expect(compact.firstRange(of: Data(secret[start..<start + 8])) == nil)
    }
  }

  @Test func `free pages that a reader holds back are counted from its state on`() throws {
    try fill(0..<1000)
    let reader = try environment.beginRead()
    #expect(try environment.freePages(heldBy: reader.id) < 10)
    try environment.write { try $0.clear(table) }
    #expect(try environment.freePages(heldBy: reader.id) > 120)
    #expect(try environment.freePages(heldBy: reader.id + 2) == 0)
  }

  @Test func `processes that live and read are told from all others`() async throws {
    #expect(throws: LMDBError(.alreadyOpen, .readers, path: directory.path)) {
      try Environment.livingProcesses(among: [1], inDirectory: directory.path)
    }
    try environment.close()
    let ready = directory.appending("ready")
    let done = directory.appending("done")
    let path = directory.path
    // LMDB takes the lock with a process's first read.
    async let child = #expect(processExitsWith: .success) {
      [path = path as String, ready = ready as String, done = done as String] in
      let environment = try Environment(directory: path)
      try readNothing(environment)
      try Data("\(getpid())".utf8).write(to: URL(filePath: ready), options: .atomic)
      // Where the test fails before it says so, this process must not stay.
      for _ in 0..<120_000 where !FileManager.default.fileExists(atPath: done) { usleep(1000) }
      try environment.close()
    }
    let told = try await contents(of: ready)
    let process = try #require(Int32(told))
    #expect(try Environment.livingProcesses(among: [1, process, getpid()], inDirectory: path) == [process])
    try Data().write(to: URL(filePath: done))
    _ = await child
    #expect(try Environment.livingProcesses(among: [1, process], inDirectory: path).isEmpty)
  }

  /// Waits for a file that another process writes.
  private func contents(of path: String) async throws -> String {
    for _ in 0..<60_000 where !FileManager.default.fileExists(atPath: path) {
      try await Task.sleep(for: .milliseconds(1))
    }
    return try String(contentsOfFile: path, encoding: .utf8)
  }
}

private func readNothing(_ environment: Environment) throws {
  try environment.read { _ in }
}

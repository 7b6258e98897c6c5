import Foundation
import LMDB
import Testing

@Suite struct `Opening an environment` {
  let directory: TemporaryDirectory

  init() throws { directory = try TemporaryDirectory() }

  @Test func `what was written is there after closing and opening again`() throws {
    let first = try Environment(directory: directory.path)
    let table = try first.createTable(named: "t")
    try first.write { try $0.put([1, 2] as [UInt8], at: [9] as [UInt8], in: table) }
    try first.close()
    let second = try Environment(directory: directory.path)
    let again = try second.openTable(named: "t")
    #expect(try second.read { try $0.array(at: [9] as [UInt8], in: again) } == [1, 2])
  }

  @Test func `the same directory is refused a second time, under whatever path, until it is closed`() throws {
    let first = try Environment(directory: directory.path)
    #expect(try code { _ = try Environment(directory: directory.path + "/.") } == .alreadyOpen)
    try first.close()
    let second = try Environment(directory: directory.path)
    try second.close()
  }

  @Test func `the last reference closes`() throws {
    do { _ = try Environment(directory: directory.path) }
    let second = try Environment(directory: directory.path)
    #expect(try second.information().maximumReaders == 510)
  }

  @Test func `a refused opening leaves nothing claimed`() throws {
    let big = Environment.Options.with { $0.addressSpace = 1 << 50 }
    #expect(try code { _ = try Environment(directory: directory.path, options: big) } == .system(ENOMEM))
    let environment = try Environment(directory: directory.path)
    try environment.close()
  }

  @Test func `an address space that the system refuses names the option`() throws {
    let big = Environment.Options.with { $0.addressSpace = 1 << 50 }
    let error = try #require(throws: LMDBError.self) {
      _ = try Environment(directory: directory.path, options: big)
    }
    #expect(error.description.contains("Lower Options.addressSpace"))
  }

  @Test func `the address space is rounded up to pages`() throws {
    let options = Environment.Options.with { $0.addressSpace = 1_000_001 }
    let environment = try Environment(directory: directory.path, options: options)
    let size = try environment.information().mapSize
    #expect(size >= 1_000_001 && size % 4096 == 0 && size < 1_000_001 + 65536)
    #expect(Environment.Options.with { $0.addressSpace = .max }.roundedAddressSpace > 1 << 62)
  }

  @Test func `a missing directory is refused, or made on request`() throws {
    let path = directory.appending("new")
    #expect(try code { _ = try Environment(directory: path) } == .system(ENOENT))
    let options = Environment.Options.with { $0.createDirectory = true }
    let environment = try Environment(directory: path, options: options)
    try environment.close()
    let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    #expect(mode == 0o700)
    let fileMode = try FileManager.default.attributesOfItem(atPath: path + "/data.mdb")[.posixPermissions] as? Int
    #expect(fileMode == 0o600)
  }

  @Test func `reading only needs an environment`() throws {
    let options = Environment.Options.with { $0.access = .readOnly }
    #expect(try code { _ = try Environment(directory: directory.path, options: options) } == .environmentMissing)
    let missing = directory.appending("missing")
    #expect(try code { _ = try Environment(directory: missing, options: options) } == .environmentMissing)
    #expect(try FileManager.default.contentsOfDirectory(atPath: directory.path).isEmpty)
  }

  @Test func `reading only reads, and refuses to write`() throws {
    let writable = try Environment(directory: directory.path)
    let table = try writable.createTable(named: "t", keys: .uint64)
    try writable.write { try $0.put([7] as [UInt8], at: UInt64(1), in: table) }
    try writable.close()
    let environment = try Environment(directory: directory.path, options: .with { $0.access = .readOnly })
    let found = try environment.openTable(named: "t", keys: .uint64)
    #expect(try environment.openTable(named: "t", keys: .uint64) == found)
    #expect(try environment.read { try $0.array(at: UInt64(1), in: found) } == [7])
    #expect(try code { try environment.write { _ in } } == .readOnly)
    #expect(try code { _ = try environment.createTable(named: "u") } == .readOnly)
    #expect(try code { try environment.sync() } == .readOnly)
    #expect(try code { _ = try environment.openTable(named: "u") } == .tableMissing)
  }

  @Test func `a file that is none of LMDB's is refused`() throws {
    let noise = Data(repeating: 0x5A, count: 16384)
    try noise.write(to: URL(filePath: directory.appending("data.mdb")))
    #expect(try code { _ = try Environment(directory: directory.path) } == .invalid)
  }

  @Test func `a closed environment refuses to work, and closing again has no effect`() throws {
    let environment = try Environment(directory: directory.path)
    try environment.close()
    try environment.close()
    #expect(try code { try environment.read { _ in } } == .closed)
    #expect(try code { try environment.write { _ in } } == .closed)
    #expect(try code { try environment.sync() } == .closed)
    #expect(try code { _ = try environment.readers() } == .closed)
  }

  @Test func `closing waits for transactions to end`() throws {
    let environment = try Environment(directory: directory.path)
    let transaction = try environment.beginRead()
    #expect(try code { try environment.close() } == .transactionsOpen(1))
    let idle = transaction.reset()
    #expect(try code { try environment.close() } == .transactionsOpen(1))
    _ = consume idle
    try environment.close()
  }

  @Test func `a forked child is refused`() throws {
    // A fork would duplicate the test's threads' locks, so the environment is told of another owner instead.
    let environment = try Environment(directory: directory.path, options: .init(), owner: getppid())
    #expect(try code { try environment.read { _ in } } == .usedAfterFork)
    #expect(try code { try environment.write { _ in } } == .usedAfterFork)
    #expect(try code { try environment.close() } == .usedAfterFork)
    let own = try Environment(directory: directory.path)
    try own.close()
  }

  @Test(arguments: [0x6969: "NFS", 0xFF53_4D42: "CIFS", 0xFE53_4D42: "SMB 2", 0x0102_1997: "9P", 0x6573_5546: "FUSE"])
  func `network file systems are known by their numbers`(magic: UInt32, name: String) {
    #expect(networkFileSystem(magic: magic) == name)
  }

  @Test(arguments: [0xEF53, 0x5846_5342, 0x9123_683E, 0x0102_1994, 0x794C_7630] as [UInt32])
  func `local file systems are accepted`(magic: UInt32) {
    #expect(networkFileSystem(magic: magic) == nil)
  }
}

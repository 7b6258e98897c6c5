import LMDB
import Synchronization
import Testing

@Suite struct Transactions {
  let directory: TemporaryDirectory
  let environment: Environment
  let table: Table
  let bytes: Table

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment(directory: directory.path)
    table = try environment.createTable(named: "numbers", keys: .uint64)
    bytes = try environment.createTable(named: "bytes")
  }

  private struct Refusal: Error {}

  @Test func `throwing out of a write aborts it, and the error passes through`() throws {
    #expect(throws: Refusal.self) {
      try environment.write { transaction in
        try transaction.put([1] as [UInt8], at: UInt64(1), in: table)
        throw Refusal()
      }
    }
    #expect(try environment.read { try $0.count(of: table) } == 0)
  }

  @Test func `an explicit transaction counts only when it was committed`() throws {
    var dropped = try environment.beginWrite()
    try dropped.put([1] as [UInt8], at: UInt64(1), in: table)
    dropped.abort()
    do {
      var forgotten = try environment.beginWrite()
      try forgotten.put([2] as [UInt8], at: UInt64(2), in: table)
    }
    var kept = try environment.beginWrite()
    try kept.put([3] as [UInt8], at: UInt64(3), in: table)
    try kept.commit()
    #expect(try environment.read { try $0.integerKeys(in: table) } == [3])
  }

  @Test func `a reader sees the state it began with, and ids grow with commits`() throws {
    let before = try environment.beginRead()
    try environment.write { try $0.put([1] as [UInt8], at: UInt64(1), in: table) }
    #expect(try before.contains(UInt64(1), in: table) == false)
    let after = try environment.beginRead()
    #expect(try after.contains(UInt64(1), in: table))
    #expect(after.id == before.id + 1)
  }

  @Test func `a reset reader sees the present when it is renewed`() throws {
    let transaction = try environment.beginRead()
    #expect(try transaction.count(of: table) == 0)
    let idle = transaction.reset()
    #expect(try environment.readers().map(\.transaction) == [nil])
    try environment.write { try $0.put([1] as [UInt8], at: UInt64(1), in: table) }
    let renewed = try idle.renew()
    #expect(try renewed.count(of: table) == 1)
  }

  @Test func `put replaces, insert does not`() throws {
    try environment.write { transaction in
      #expect(try transaction.insert([1] as [UInt8], at: UInt64(5), in: table))
      #expect(try transaction.insert([2] as [UInt8], at: UInt64(5), in: table) == false)
      #expect(try transaction.array(at: UInt64(5), in: table) == [1])
      try transaction.put([3, 3] as [UInt8], at: UInt64(5), in: table)
      #expect(try transaction.array(at: UInt64(5), in: table) == [3, 3])
    }
  }

  @Test func `append wants rising keys`() throws {
    try environment.write { transaction in
      try transaction.append([1] as [UInt8], at: UInt64(256), in: table)
      let error = #expect(throws: LMDBError.self) { try transaction.append([1] as [UInt8], at: UInt64(255), in: table) }
      #expect(error?.code == .keyExists)
      #expect(error?.description.contains("\"numbers\"") == true)
      #expect(error?.description.contains("Append keys in rising order") == true)
      try transaction.append([1] as [UInt8], at: UInt64(257), in: table)
    }
    #expect(try environment.read { try $0.integerKeys(in: table) } == [256, 257])
  }

  @Test func `a reserved value is what was filled in`() throws {
    try environment.write { transaction in
      try transaction.reserve(16, at: UInt64(1), in: table) { $0.copyBytes(from: 0..<16) }
      try transaction.reserve(3, at: UInt64(2), in: table, appending: true) { $0.copyBytes(from: [7, 8, 9]) }
      try transaction.reserve(0, at: UInt64(3), in: table) { #expect($0.isEmpty) }
      #expect(throws: LMDBError(.keyExists, .append, path: directory.path, table: "numbers")) {
        try transaction.reserve(1, at: UInt64(2), in: table, appending: true) { _ in
          Issue.record("there is nothing to fill")
        }
      }
    }
    let values = try environment.read { transaction in
      try (1...3 as ClosedRange<UInt64>).map { key in try transaction.array(at: key, in: table) }
    }
    #expect(values == [Array(0..<16), [7, 8, 9], []])
  }

  @Test func `delete answers whether there was an entry`() throws {
    try environment.write { transaction in
      try transaction.put([1] as [UInt8], at: [1] as [UInt8], in: bytes)
      #expect(try transaction.delete([1] as [UInt8], from: bytes))
      #expect(try transaction.delete([1] as [UInt8], from: bytes) == false)
    }
  }

  @Test func `keys and values may be arrays, spans, buffers and integers`() throws {
    let key: [UInt8] = [1, 2]
    let value: [UInt8] = [3, 4, 5]
    try environment.write { transaction in
      try transaction.put(value.span, at: key.span.bytes, in: bytes)
      #expect(try transaction.array(at: key, in: bytes) == value)
      try key.withUnsafeBytes { key in
        try value.withUnsafeBytes { value in try transaction.put(value, at: key, in: bytes) }
      }
      try transaction.put(UInt32(9).littleEndian, at: [0xFF] as [UInt8], in: bytes)
      #expect(try transaction.array(at: [0xFF] as [UInt8], in: bytes) == [9, 0, 0, 0])
      try transaction.put([] as [UInt8], at: [0xFE] as [UInt8], in: bytes)
      #expect(try transaction.array(at: [0xFE] as [UInt8], in: bytes) == [])
      #expect(try transaction.array(at: [0xFD] as [UInt8], in: bytes) == nil)
    }
  }

  @Test(arguments: [0, 512])
  func `keys are of 1 to 511 bytes`(count: Int) throws {
    #expect(throws: LMDBError(.badValueSize, .put, path: directory.path, table: "bytes")) {
      try environment.write { try $0.put([1] as [UInt8], at: [UInt8](repeating: 1, count: count), in: bytes) }
    }
    try environment.write { try $0.put([1] as [UInt8], at: [UInt8](repeating: 1, count: 511), in: bytes) }
  }

  @Test func `integer keys sort as numbers`() throws {
    let narrow = try environment.createTable(named: "narrow", keys: .uint32)
    let keys: [UInt64] = [1 << 40, 256, 1, 255, .max, 0, 65536]
    try environment.write { transaction in
      for key in keys { try transaction.put([1] as [UInt8], at: key, in: table) }
      for key in keys { try transaction.put([1] as [UInt8], at: UInt32(truncatingIfNeeded: key), in: narrow) }
    }
    #expect(try environment.read { try $0.integerKeys(in: table) } == keys.sorted())
    #expect(try environment.read { try $0.integerKeys(in: narrow) } == [0, 1, 255, 256, 65536, UInt64(UInt32.max)])
  }

  @Test func `a full environment says so, and keeps what it has`() throws {
    try environment.close()
    let small = try Environment(directory: directory.path, options: .with { $0.addressSpace = 256 << 10 })
    let numbers = try small.openTable(named: "numbers", keys: .uint64)
    try small.write { try $0.put([1] as [UInt8], at: UInt64(0), in: numbers) }
    let error = #expect(throws: LMDBError.self) {
      try small.write { transaction in
        for key in 1...UInt64.max { try transaction.append([UInt8](repeating: 1, count: 1000), at: key, in: numbers) }
      }
    }
    #expect(error?.code == .mapFull)
    #expect(error?.description.contains("larger Options.addressSpace") == true)
    #expect(try small.read { try $0.integerKeys(in: numbers) } == [0])
    try small.write { try $0.put([2] as [UInt8], at: UInt64(1), in: numbers) }
  }

  @Test func `a transaction in which an operation failed cannot be committed`() throws {
    try environment.close()
    let small = try Environment(directory: directory.path, options: .with { $0.addressSpace = 256 << 10 })
    let numbers = try small.openTable(named: "numbers", keys: .uint64)
    var transaction = try small.beginWrite()
    #expect(throws: LMDBError(.mapFull, .put, path: directory.path, table: "numbers")) {
      try transaction.put([UInt8](repeating: 1, count: 1 << 20), at: UInt64(1), in: numbers)
    }
    #expect(try code(of: transaction) == .badTransaction)
    #expect(try small.read { try $0.count(of: numbers) } == 0)
  }

  private func code(of transaction: consuming WriteTransaction) throws -> LMDBError.Code? {
    do { try transaction.commit() } catch { return error.code }
    return nil
  }

  @Test func `writers take turns, and each sees what the others wrote`() async throws {
    try await withThrowingTaskGroup { group in
      for _ in 0..<4 {
        group.addTask { try increment(environment, table, times: 50) }
      }
      try await group.waitForAll()
    }
    #expect(try total(environment, table) == 200)
  }

  @Test func `a second write transaction on one thread stops the process`() async {
    await #expect(processExitsWith: .failure) {
      let directory = try TemporaryDirectory()
      try nestWrites(directory.path)
    }
  }

  @Test func `reader slots that run out name the remedies`() throws {
    let options = Environment.Options.with { options in
      options.createDirectory = true
      options.maximumReaders = 2
    }
    let few = try Environment(directory: directory.appending("few"), options: options)
    let first = try few.beginRead()
    let second = try few.beginRead()
    let error = #expect(throws: LMDBError.self) { try few.read { _ in } }
    #expect(error?.code == .readersFull)
    #expect(error?.description.contains("clearStaleReaders()") == true)
    #expect(first.id == second.id)
  }
}

private func nestWrites(_ directory: String) throws {
  let environment = try Environment(directory: directory)
  try environment.write { _ in try environment.write { _ in } }
}

private func increment(_ environment: Environment, _ table: Table, times: Int) throws {
  for _ in 0..<times {
    try environment.write { transaction in
      let count = try transaction.get(UInt64(0), from: table)?.unsafeLoad(as: UInt64.self) ?? 0
      try transaction.put(count + 1, at: UInt64(0), in: table)
    }
  }
}

private func total(_ environment: Environment, _ table: Table) throws -> UInt64? {
  try environment.read { try $0.get(UInt64(0), from: table)?.unsafeLoad(as: UInt64.self) }
}

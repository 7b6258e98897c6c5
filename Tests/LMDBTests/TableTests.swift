import LMDB
import Testing

@Suite struct Tables {
  let directory: TemporaryDirectory
  let environment: Environment

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment(directory: directory.path, options: .with { $0.maximumTables = 4 })
  }

  @Test func `a missing table is named`() throws {
    let error = try #require(throws: LMDBError.self) { _ = try environment.openTable(named: "absent") }
    #expect(error.code == .tableMissing)
    #expect(error.description.contains("\"absent\"") && error.description.contains("createTable"))
  }

  @Test func `opening twice answers the same table`() throws {
    let table = try environment.createTable(named: "t")
    #expect(try environment.createTable(named: "t") == table)
    #expect(try environment.openTable(named: "t") == table)
  }

  @Test func `other keys than the table's are refused`() throws {
    _ = try environment.createTable(named: "bytes")
    let wide = try environment.createTable(named: "wide", keys: .uint64)
    let narrow = try environment.createTable(named: "narrow", keys: .uint32)
    try environment.write { transaction in
      try transaction.put([1] as [UInt8], at: UInt64(1), in: wide)
      try transaction.put([1] as [UInt8], at: UInt32(1), in: narrow)
    }
    #expect(try code { _ = try environment.openTable(named: "bytes", keys: .uint64) } == .keysMismatch(.bytes))
    #expect(try code { _ = try environment.openTable(named: "wide") } == .keysMismatch(.uint64))
    #expect(try code { _ = try environment.openTable(named: "wide", keys: .uint32) } == .keysMismatch(.uint64))
    #expect(try code { _ = try environment.openTable(named: "narrow", keys: .uint64) } == .keysMismatch(.uint32))
    #expect(try environment.openTable(named: "narrow", keys: .uint32) == narrow)
  }

  @Test func `one table too many names the option`() throws {
    for name in ["a", "b", "c", "d"] { _ = try environment.createTable(named: name) }
    let error = try #require(throws: LMDBError.self) { _ = try environment.createTable(named: "e") }
    #expect(error.code == .tablesFull)
    #expect(error.description.contains("Options.maximumTables"))
  }

  @Test func `a table created in a transaction is there after its commit, and not after its abort`() throws {
    let table = try environment.write { transaction in
      let table = try transaction.createTable(named: "t")
      try transaction.put([1] as [UInt8], at: [1] as [UInt8], in: table)
      return table
    }
    #expect(try environment.read { try $0.count(of: table) } == 1)
    #expect(throws: CancellationError.self) {
      try environment.write { transaction in
        _ = try transaction.createTable(named: "u")
        throw CancellationError()
      }
    }
    #expect(try code { _ = try environment.openTable(named: "u") } == .tableMissing)
  }

  @Test func `a reader that began before the table was opened is told so`() throws {
    let transaction = try environment.beginRead()
    let table = try environment.createTable(named: "late")
    #expect(throws: LMDBError(.badTable, .get, path: directory.path, table: "late")) {
      _ = try transaction.contains([1] as [UInt8], in: table)
    }
  }

  @Test func `statistics count entries and pages`() throws {
    let table = try environment.createTable(named: "t", keys: .uint64)
    try environment.write { transaction in
      for key in 0..<1000 as Range<UInt64> {
        try transaction.append([UInt8](repeating: 1, count: 100), at: key, in: table)
      }
      try transaction.append([UInt8](repeating: 1, count: 100_000), at: 1000 as UInt64, in: table)
    }
    let statistics = try environment.read { try $0.statistics(of: table) }
    #expect(statistics.entries == 1001)
    #expect(statistics.depth == 2)
    #expect(statistics.branchPages == 1)
    #expect(statistics.leafPages > 25)
    #expect(statistics.overflowPages == (100_000 + 16 + statistics.pageSize - 1) / statistics.pageSize)
    #expect(statistics.bytes > 200_000)
    try environment.write { try $0.clear(table) }
    #expect(try environment.read { try $0.statistics(of: table).depth } == 0)
    #expect(try environment.read { try $0.count(of: table) } == 0)
  }

  @Test func `a table of another environment stops the process`() async {
    await #expect(processExitsWith: .failure) {
      let first = try TemporaryDirectory()
      let second = try TemporaryDirectory()
      try useForeignTable(first.path, second.path)
    }
  }

  @Test func `a key of another kind stops the process`() async {
    await #expect(processExitsWith: .failure) {
      let directory = try TemporaryDirectory()
      try useForeignKey(directory.path)
    }
  }
}

private func useForeignTable(_ first: String, _ second: String) throws {
  let here = try Environment(directory: first)
  let there = try Environment(directory: second)
  let table = try here.createTable(named: "t")
  _ = try there.createTable(named: "t")
  try there.read { transaction in _ = try transaction.contains([1] as [UInt8], in: table) }
}

private func useForeignKey(_ directory: String) throws {
  let environment = try Environment(directory: directory)
  let table = try environment.createTable(named: "t")
  try environment.read { transaction in _ = try transaction.contains(UInt64(1), in: table) }
}

import LMDB
import Testing

@Suite struct Cursors {
  let directory: TemporaryDirectory
  let environment: Environment
  let table: Table

  init() throws {
    directory = try TemporaryDirectory()
    environment = try Environment(directory: directory.path)
    table = try environment.createTable(named: "t", keys: .uint64)
  }

  private func fill(_ keys: some Sequence<UInt64>) throws {
    try environment.write { transaction in
      var cursor = try transaction.writeCursor(in: table)
      for key in keys { try cursor.append(key, at: key) }
    }
  }

  @Test func `an empty table has no entries in any direction`() throws {
    try environment.read { transaction in
      var cursor = try transaction.cursor(in: table)
      #expect(try cursor.first() == false)
      #expect(try cursor.last() == false)
      #expect(try cursor.next() == false)
      #expect(try cursor.previous() == false)
      #expect(try cursor.seek(UInt64(1)) == false)
      #expect(try cursor.seek(atOrAfter: UInt64(1)) == false)
      #expect(try cursor.seek(atOrBefore: UInt64(1)) == false)
      #expect(cursor.isOnEntry == false)
    }
  }

  @Test(arguments: [1, 2, 3, 100_000] as [UInt64])
  func `a walk forward and backward meets each entry once, and stays at the ends`(count: UInt64) throws {
    try fill(0..<count)
    try environment.read { transaction in
      var cursor = try transaction.cursor(in: table)
      var expected: UInt64 = 0
      var differences = 0
      while try cursor.next() {
        if cursor.integerKey != expected || cursor.value.unsafeLoadUnaligned(as: UInt64.self) != expected {
          differences += 1
        }
        expected += 1
      }
      #expect(expected == count)
      #expect(try cursor.next() == false)
      #expect(cursor.integerKey == count - 1)
      while try cursor.previous() {
        expected -= 1
        if cursor.integerKey != expected - 1 { differences += 1 }
      }
      #expect(expected == 1)
      #expect(cursor.integerKey == 0)
      #expect(try cursor.previous() == false)
      #expect(try cursor.next() == (count > 1))
      #expect(cursor.integerKey == (count > 1 ? 1 : 0))
      #expect(differences == 0)
    }
  }

  @Test func `seeking finds the entry, its successor, or its predecessor`() throws {
    try fill([10, 20, 30])
    try environment.read { transaction in
      var cursor = try transaction.cursor(in: table)
      #expect(try cursor.seek(UInt64(20)))
      #expect(cursor.integerKey == 20)
      #expect(try cursor.seek(UInt64(21)) == false)
      #expect(cursor.isOnEntry == false)
      for (key, after, before) in [(5, 10, nil), (10, 10, 10), (15, 20, 10), (30, 30, 30), (31, nil, 30)]
        as [(UInt64, UInt64?, UInt64?)]
      {
        #expect(try (cursor.seek(atOrAfter: key) ? cursor.integerKey : nil) == after)
        #expect(try (cursor.seek(atOrBefore: key) ? cursor.integerKey : nil) == before)
      }
    }
  }

  @Test func `after a vain search, next begins at the start, previous at the end`() throws {
    try fill([10, 20, 30])
    try environment.read { transaction in
      var cursor = try transaction.cursor(in: table)
      #expect(try cursor.seek(atOrAfter: UInt64(31)) == false)
      #expect(try cursor.next())
      #expect(cursor.integerKey == 10)
      #expect(try cursor.seek(UInt64(11)) == false)
      #expect(try cursor.previous())
      #expect(cursor.integerKey == 30)
    }
  }

  @Test func `byte keys are found by their prefix`() throws {
    let names = try environment.createTable(named: "names")
    try environment.write { transaction in
      for name in ["ab", "b", "abc", "a"] { try transaction.put([] as [UInt8], at: Array(name.utf8), in: names) }
      var cursor = try transaction.cursor(in: names)
      #expect(try cursor.seek(atOrAfter: Array("ab".utf8)))
      #expect(cursor.key.array == Array("ab".utf8))
      #expect(try cursor.next())
      #expect(cursor.key.array == Array("abc".utf8))
      #expect(try cursor.seek(atOrBefore: Array("az".utf8)))
      #expect(cursor.key.array == Array("abc".utf8))
      let count = cursor.value.byteCount
      #expect(count == 0)
    }
  }

  @Test func `several cursors of one transaction walk apart`() throws {
    try fill(0..<100)
    try environment.read { transaction in
      var ahead = try transaction.cursor(in: table)
      var behind = try transaction.cursor(in: table)
      #expect(try ahead.seek(UInt64(50)))
      #expect(try behind.first())
      #expect(try ahead.next())
      #expect(ahead.integerKey == 51)
      #expect(behind.integerKey == 0)
    }
  }

  @Test func `a write cursor moves on from what it wrote`() throws {
    try fill([10, 20, 30])
    try environment.write { transaction in
      var cursor = try transaction.writeCursor(in: table)
      try cursor.put([1] as [UInt8], at: UInt64(15))
      #expect(cursor.isOnEntry == false)
      #expect(try cursor.next())
      #expect(cursor.integerKey == 20)
      try cursor.put([2] as [UInt8], at: UInt64(15))
      #expect(try cursor.previous())
      #expect(cursor.integerKey == 10)
      try cursor.append([1] as [UInt8], at: UInt64(40))
      #expect(try cursor.next() == false)
      #expect(throws: LMDBError(.keyExists, .append, path: directory.path, table: "t")) {
        try transaction.append([1] as [UInt8], at: UInt64(40), in: table)
      }
      #expect(try transaction.array(at: UInt64(15), in: table) == [2])
      #expect(try transaction.integerKeys(in: table) == [10, 15, 20, 30, 40])
    }
  }

  @Test func `deleting while walking skips nothing`() throws {
    try fill(0..<5000)
    try environment.write { transaction in
      var cursor = try transaction.writeCursor(in: table)
      while try cursor.next() {
        if cursor.integerKey % 3 != 0 { try cursor.delete() }
      }
    }
    let left = try environment.read { try $0.integerKeys(in: table) }
    #expect(left == (0..<5000).filter { $0 % 3 == 0 })
    try environment.write { transaction in
      var cursor = try transaction.writeCursor(in: table)
      while try cursor.previous() { try cursor.delete() }
    }
    #expect(try environment.read { try $0.count(of: table) } == 0)
  }

  @Test func `deleting the last entry leaves the one before it`() throws {
    try fill([1, 2, 3])
    try environment.write { transaction in
      var cursor = try transaction.writeCursor(in: table)
      #expect(try cursor.last())
      try cursor.delete()
      #expect(try cursor.next() == false)
      #expect(try cursor.previous())
      #expect(cursor.integerKey == 2)
    }
  }

  @Test func `reading a cursor that is on no entry stops the process`() async {
    await #expect(processExitsWith: .failure) {
      let directory = try TemporaryDirectory()
      try readNoEntry(directory.path)
    }
  }
}

private func readNoEntry(_ directory: String) throws {
  let environment = try Environment(directory: directory)
  let table = try environment.createTable(named: "t", keys: .uint64)
  try environment.read { transaction in
    let cursor = try transaction.cursor(in: table)
    _ = cursor.integerKey
  }
}

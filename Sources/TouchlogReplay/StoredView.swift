import LMDB
import Synchronization
import Touchlog
import TouchlogStore

/// A view as a report sees it: the rows on disk at one checkpoint, and in memory those of the events behind it, merged as
/// they are read. So a report is never stale.
final class StoredView: View {
  let provenance: Provenance
  private let file: ViewFile
  private let tail: FoldedView
  private let snapshots: Mutex<[ViewSnapshot]>
  private let naming: any Naming
  private let jobs: Int
  private let hidden: Set<CustomerNumber>
  let customerBound: UInt32

  /// - Parameters:
  ///   - snapshots: read transactions of one state of the file.
  ///   - tail: what was folded from the checkpoint on.
  ///   - hidden: whose rows on disk do not count any more.
  init(
    file: ViewFile, snapshots: [ViewSnapshot], tail: FoldedView, hidden: Set<CustomerNumber>, provenance: Provenance,
    naming: any Naming, jobs: Int,
  ) throws {
    self.file = file
    self.snapshots = Mutex(snapshots)
    self.tail = tail
    self.provenance = provenance
    self.naming = naming
    self.jobs = jobs
    self.hidden = hidden
    var bound = tail.customerBound
    for table in file.tables {
      let last = try snapshots[0].read { transaction in
        var cursor = try transaction.cursor(in: table)
        return try cursor.last() ? ViewKey.decode(cursor.unsafeKey)?.customer.value : nil
      }
      if let last { bound = max(bound, last + 1) }
    }
    customerBound = bound
  }

  func forEachRow<Value: RowValue>(
    in table: TableName<Value>, customers: Range<UInt32>?, _ body: (RowKey, borrowing Values<Value>) throws -> Void,
  ) throws {
    try forEachRow(in: table.name, customers: customers) { key, bytes in
      try body(key, Values<Value>(bytes.bytes))
    }
  }

  func forEachKey<Value: RowValue>(
    in table: TableName<Value>, customers: Range<UInt32>?, _ body: (RowKey) throws -> Void,
  ) throws {
    try forEachRow(in: table.name, customers: customers, readsRows: false) { key, _ in try body(key) }
  }

  /// As `forEachRow(in:customers:_:)`, with the bytes of the rows, or without any where only keys are asked for.
  func forEachRow(
    in name: String, customers: Range<UInt32>?, readsRows: Bool = true,
    _ body: (RowKey, UnsafeRawBufferPointer) throws -> Void,
  ) throws {
    guard let place = file.shape.tables.firstIndex(where: { $0.name == name }) else {
      throw ReplayError.unknownTable(name, projection: file.shape.name, known: file.shape.tables.map(\.name))
    }
    let snapshot = try take()
    defer { snapshots.withLock { $0.append(snapshot) } }
    try viewed(file.path) {
      try snapshot.read { transaction in
        let rows = TailRows(of: tail.table(named: name), customers: customers)
        var merge = RowMerge(path: file.path, merging: file.shape.tables[place].merging, hidden: hidden, tail: rows)
        defer { merge.codec.free() }
        var cursor = try transaction.cursor(in: file.tables[place])
        try merge.run(&cursor, customers: customers, readsRows: readsRows, body)
      }
    }
  }

  /// A snapshot for one reading. There are as many as threads and a few more, for readings within readings.
  private func take() throws -> ViewSnapshot {
    let snapshot = snapshots.withLock { $0.popLast() }
    guard let snapshot else {
      preconditionFailure("a report reads more tables at once than there are snapshots of its view")
    }
    return snapshot
  }

  func mapCustomers<Result: Sendable>(_ body: @Sendable (Range<UInt32>) throws -> Result) throws -> [Result] {
    let bound = customerBound
    // More ranges than threads, as customers are not alike.
    let ranges = jobs == 1 ? 1 : UInt32(jobs) * 4
    return try Threads.map(Int(ranges), limit: jobs) { index in
      let index = UInt64(index)
      let lower = UInt32(UInt64(bound) * index / UInt64(ranges))
      let upper = UInt32(UInt64(bound) * (index + 1) / UInt64(ranges))
      return try body(lower..<upper)
    }
  }

  func text(of name: NameNumber) throws -> String { try naming.text(of: name) }
  func number(ofName text: String) throws -> NameNumber? { try naming.number(ofName: text) }
  func reference(of customer: CustomerNumber) throws -> Reference? { try naming.reference(of: customer) }
  func number(of customer: Reference) throws -> CustomerNumber? { try naming.number(of: customer) }
  func anonymousCustomers() throws -> CustomerSet { try naming.anonymousCustomers() }

  /// Readings at one time, each on its thread, and readings within them.
  static func snapshotCount(jobs: Int) -> Int { jobs * 4 + 4 }
}

/// A read transaction that several readings use, one after the other.
// Sendable because whoever takes it out of the list has it alone.
final class ViewSnapshot: @unchecked Sendable {
  private let transaction: ReadTransaction

  @available(*, noasync, message: "a transaction must not live across an await")
  init(of environment: Environment) throws(LMDBError) {
    transaction = try environment.beginRead()
  }

  var id: UInt64 { transaction.id }

  func read<Result>(_ body: (borrowing ReadTransaction) throws -> Result) rethrows -> Result {
    try body(transaction)
  }

  /// So many snapshots of the same state.
  static func take(_ count: Int, of environment: Environment) throws -> [ViewSnapshot] {
    while true {
      let snapshots = try (0..<count).map { _ in try ViewSnapshot(of: environment) }
      // Whoever commits between two of them makes it necessary to begin anew.
      if snapshots.allSatisfy({ $0.id == snapshots[0].id }) { return snapshots }
    }
  }
}

/// The rows of the tail, as a place that moves on.
private struct TailRows {
  private let runs: [RowRun]
  private var run = 0
  private var index = 0

  init(of table: FoldedTable?, customers: Range<UInt32>?) {
    runs = table?.runs(customers: customers) ?? []
    settle()
  }

  private mutating func settle() {
    while run < runs.count, index >= runs[run].count {
      run += 1
      index = 0
    }
  }

  var key: RowKey? { run < runs.count ? runs[run].keys[index] : nil }

  func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try runs[run].withBytes(of: index, body)
  }

  mutating func next() {
    index += 1
    settle()
  }
}

/// Walks the rows on disk and those in memory side by side.
private struct RowMerge {
  let path: String
  let merging: RowMerging
  let hidden: Set<CustomerNumber>
  var tail: TailRows
  var codec: RowCodec

  init(path: String, merging: RowMerging, hidden: Set<CustomerNumber>, tail: TailRows) {
    self.path = path
    self.merging = merging
    self.hidden = hidden
    self.tail = tail
    codec = RowCodec(stride: merging.stride)
  }

  mutating func run(
    _ cursor: inout Cursor<ReadAccess>, customers: Range<UInt32>?, readsRows: Bool,
    _ body: (RowKey, UnsafeRawBufferPointer) throws -> Void,
  ) throws {
    var merged: [UInt8] = []
    var isThere =
      try customers.map { range in
        range.isEmpty ? false : try cursor.seek(atOrAfter: ViewKey(RowKey(CustomerNumber(range.lowerBound))))
      } ?? cursor.next()
    while isThere {
      guard let key = ViewKey.decode(cursor.unsafeKey) else {
        throw ReplayError.viewDamaged(path: path, what: "a key has \(cursor.unsafeKey.count) bytes")
      }
      if let customers, key.customer.value >= customers.upperBound { break }
      var bytes = UnsafeRawBufferPointer(start: nil, count: 0)
      if readsRows { bytes = try codec.row(cursor.unsafeValue, merging, path: path) }
      while let tailKey = tail.key, tailKey < key {
        try tail.withBytes { try body(tailKey, $0) }
        tail.next()
      }
      if !hidden.isEmpty, hidden.contains(key.customer) {
        // Nothing of theirs is in the tail either.
      } else if tail.key == key {
        if readsRows { tail.withBytes { merging.merge(bytes, $0, into: &merged) } }
        tail.next()
        try merged.withUnsafeBytes { try body(key, $0) }
      } else {
        try body(key, bytes)
      }
      isThere = try cursor.next()
    }
    while let tailKey = tail.key {
      try tail.withBytes { try body(tailKey, $0) }
      tail.next()
    }
  }
}

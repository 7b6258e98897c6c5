import LMDB
import Touchlog

/// What a fold has made, on its way to disk.
struct ViewFlush {
  let file: ViewFile
  let fold: Fold
  /// The checkpoint that the view has, and the one that it gets.
  let from: UInt64
  let through: UInt64

  /// Merges the rows into the view's, and moves the checkpoint, in one commit.
  ///
  /// - Throws: `ReplayError.viewBusy`, when somebody else has moved the checkpoint meanwhile.
  func merge() throws {
    try viewed(file.path) {
      try file.environment.write { transaction in
        var state = try file.state(in: transaction)
        try expectCheckpoint(state)
        let left = try parkCustomers(in: &transaction)
        try mergeRows(leavingOut: left, in: &transaction)
        advance(&state)
        try file.put(state, in: &transaction)
      }
    }
  }

  /// Merges all rows that the fold has into those of the view.
  func mergeRows(leavingOut left: Set<CustomerNumber>, in transaction: inout WriteTransaction) throws {
    var index = 0
    try fold.visitTables { _, table in
      let merging = file.shape.tables[index].merging
      var merge = RowMergeIntoTable(file: file, table: file.tables[index], merging: merging)
      defer { merge.free() }
      for part in 0..<table.partCount {
        try table.takePart(part).leavingOut(left).forEach(nil) { try merge.put($0, $1, in: &transaction) }
      }
      index += 1
    }
  }

  /// Writes the first rows of a view that nobody reads yet: in the order of keys, in several commits that wait for no
  /// disk. A process that is killed meanwhile leaves a view that says so.
  func load() throws {
    try viewed(file.path) {
      var state = try file.environment.write { transaction in
        var state = try file.state(in: transaction)
        try expectCheckpoint(state)
        state.isLoading = true
        try file.put(state, in: &transaction)
        return state
      }
      let left = Set(fold.parked.keys)
      var index = 0
      try fold.visitTables { _, table in
        let target = file.tables[index]
        var codec = RowCodec(stride: table.stride)
        defer { codec.free() }
        var part = 0
        while part < table.partCount {
          try file.environment.write { transaction in
            var cursor = try transaction.writeCursor(in: target)
            var bytesLeft = ViewFlush.bytesPerCommit
            while part < table.partCount, bytesLeft > 0 {
              try table.takePart(part).leavingOut(left).forEach(nil) { key, bytes in
                let encoded = codec.encode(bytes)
                try cursor.append(encoded, at: ViewKey(key))
                bytesLeft -= encoded.count
              }
              part += 1
            }
          }
        }
        index += 1
      }
      try file.environment.write { transaction in
        _ = try parkCustomers(in: &transaction)
        advance(&state)
        state.isLoading = false
        try file.put(state, in: &transaction)
      }
    }
  }

  /// Dirty pages stay in memory until their commit.
  private static let bytesPerCommit = 16 << 20

  private func expectCheckpoint(_ state: ViewState) throws {
    guard state.checkpoint == from else {
      throw ReplayError.viewBusy(projection: file.shape.name, holder: "another process")
    }
  }

  private func advance(_ state: inout ViewState) {
    state.checkpoint = through
    state.tally.merge(fold.tally)
  }

  /// Takes new parked customers in, and answers all who are to be left out.
  private func parkCustomers(in transaction: inout WriteTransaction) throws -> Set<CustomerNumber> {
    var left = Set(try file.parkedCustomers(in: transaction).keys)
    for (customer, parked) in fold.parked where left.insert(customer).inserted {
      try file.put(parked, of: customer, in: &transaction)
      try file.removeRows(of: customer, in: &transaction)
    }
    return left
  }
}

/// Puts rows into a table, each merged with the one that is there.
private struct RowMergeIntoTable {
  let file: ViewFile
  let table: Table
  let merging: RowMerging
  private var reading: RowCodec
  private var writing: RowCodec
  private var result: [UInt8] = []

  init(file: ViewFile, table: Table, merging: RowMerging) {
    self.file = file
    self.table = table
    self.merging = merging
    reading = RowCodec(stride: merging.stride)
    writing = RowCodec(stride: merging.stride)
  }

  func free() {
    reading.free()
    writing.free()
  }

  mutating func put(
    _ key: RowKey, _ bytes: UnsafeRawBufferPointer, in transaction: inout WriteTransaction,
  ) throws {
    let key = ViewKey(key)
    guard let stored = try transaction.unsafeGet(key, from: table) else {
      return try transaction.put(writing.encode(bytes), at: key, in: table)
    }
    let before = try reading.row(stored, merging, path: file.path)
    merging.merge(before, bytes, into: &result)
    try result.withUnsafeBytes { try transaction.put(writing.encode($0), at: key, in: table) }
  }
}

extension RowCodec {
  /// A row from the disk, held against what its table's rows are.
  mutating func row(
    _ stored: UnsafeRawBufferPointer, _ merging: RowMerging, path: String,
  ) throws -> UnsafeRawBufferPointer {
    guard let row = decode(stored), !row.isEmpty, merging.collects || row.count == merging.stride else {
      throw ReplayError.viewDamaged(path: path, what: "a row's \(stored.count) bytes are not what was written")
    }
    return row
  }
}

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
    var result: [UInt8] = []
    var index = 0
    try fold.visitTables { _, table in
      for part in 0..<table.partCount {
        try merge(
          table.takePart(part).leavingOut(left), into: file.tables[index],
          merging: file.shape.tables[index].merging, &transaction, &result)
      }
      index += 1
    }
  }

  private func merge(
    _ run: RowRun, into table: Table, merging: RowMerging, _ transaction: inout WriteTransaction,
    _ result: inout [UInt8],
  ) throws {
    try run.forEach(nil) { key, bytes in
      let key = ViewKey(key)
      if let before = try transaction.unsafeGet(key, from: table) {
        guard before.count.isMultiple(of: merging.stride), merging.collects || before.count == merging.stride else {
          throw ReplayError.viewDamaged(path: file.path, what: "a row has \(before.count) bytes")
        }
        merging.merge(before, bytes, into: &result)
        try transaction.put(result, at: key, in: table)
      } else {
        try transaction.put(bytes, at: key, in: table)
      }
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
        var part = 0
        while part < table.partCount {
          try file.environment.write { transaction in
            var cursor = try transaction.writeCursor(in: target)
            var bytesLeft = ViewFlush.bytesPerCommit
            while part < table.partCount, bytesLeft > 0 {
              try table.takePart(part).leavingOut(left).forEach(nil) { key, bytes in
                try cursor.append(bytes, at: ViewKey(key))
                bytesLeft -= bytes.count
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

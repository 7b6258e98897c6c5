import Foundation
import Testing
import Touchlog
import TouchlogReplay
import TouchlogStore
import TouchlogTesting

/// A store in a folder of its own, with its key beside it; gone with this value.
final class ReplayStore {
  let folder: String
  let store: Store

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "touchlog-replay-\(UUID())").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = folder + "/store"
    var options = Store.Options()
    options.addressSpace = 1 << 30
    let key = folder + "/key"
    _ = try Store.create(at: path, options: options) { _ in key }
    store = try Store(opening: path, keyPath: key, access: .appending, options: options)
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      print("left behind: \(folder), \(error)")
    }
  }

  /// Random events, some of whose customers come again.
  func append(random generator: inout EventGenerator, batches: Int) async throws {
    for _ in 0..<batches {
      let batch = generator.batch()
      do {
        _ = try await store.append(batch)
      } catch is AppendError {
        // The generator makes conflicts too.
      }
    }
  }

  /// The engine, with little memory where folding is to be cut into many flushes.
  func replay(
    jobs: Int = 2, memory: Int = 768 << 20, projections: @escaping @Sendable () -> [Fold] = { [Fold(Tally.self)] },
  ) -> Replay {
    var options = Replay.Options()
    options.jobs = jobs
    options.memory = memory
    options.addressSpace = 1 << 30
    return Replay(of: store, projections: projections, options: options)
  }

  /// A store that was restored from a backup of this one, which this one must be closed for.
  func restored() throws -> Store {
    var options = Store.Options()
    options.addressSpace = 1 << 30
    try store.close()
    let (backup, path, key) = (folder + "/backup", folder + "/restored", folder + "/restored.key")
    _ = try Store.backUp(folder + "/store", to: backup, options: options)
    _ = try Store.restore(
      backup, to: path, options: options, formerKeyPath: { _ in folder + "/key" }, keyPath: { _ in key })
    return try Store(opening: path, keyPath: key, access: .reading, options: options)
  }

  func removeViews() throws {
    try FileManager.default.removeItem(atPath: folder + "/store/views")
  }
}

/// A projection with both kinds of tables that folds every event.
struct Tally: Projection, ~Copyable {
  static let name = "tally"
  static let version: UInt32 = 1
  static let customers = TableName<Count>("customers")
  static let marks = TableName<Mark>("marks")

  var customers = RowTable<Count>()
  var marks = MarkTable()

  struct Count: Row, Equatable {
    var events: UInt64 = 0
    var first = Timestamp(microseconds: .max)
    var last = Timestamp(microseconds: .min)
    mutating func merge(_ other: Count) {
      events += other.events
      first = min(first, other.first)
      last = max(last, other.last)
    }
  }

  mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    customers.add(Count(events: 1, first: event.occurredAt, last: event.occurredAt), of: event.customer)
    marks.add(Mark(naming: event), of: event.customer, thing: event.interaction?.thing ?? 0)
  }

  mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit(Tally.customers.name, &customers.table)
    try visit(Tally.marks.name, &marks.table)
  }
}

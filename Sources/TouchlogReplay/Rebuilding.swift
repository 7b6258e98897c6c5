import LMDB
public import Touchlog
import TouchlogStore

extension Replay {
  /// What became of a rebuild.
  public struct Rebuilt: Sendable {
    /// The projection's name.
    public let projection: String
    /// Its version.
    public let version: UInt32
    /// From where it went on: not 0 where a rebuild was killed before.
    public let from: Position
    /// How many events it has folded.
    public let through: Position
    /// What differs from the view before; nil where there was none, or none that could be read.
    public let difference: ViewDifference?
    /// Why the view before could not be read; nil where it could, and where there was none.
    public let unreadable: String?
  }

  /// Folds the log from its start into new views, beside the ones that are there, compares, and puts them in their place.
  ///
  /// Reports go on reading the view before until then. Killed, it goes on where it was when it is called again.
  ///
  /// - Parameters:
  ///   - names: which projections; all where empty.
  ///   - keepingOld: whether the view before stays, in `views/NAME-vVERSION.old`.
  /// - Throws: `ReplayError`, `StoreError`, and what `progress` throws.
  public func rebuild(
    _ names: [String] = [], keepingOld: Bool = false, progress: Progress = { _, _ in },
  ) throws -> [Rebuilt] {
    let head = try store.head().value
    var work = try folds(names).map { try ViewWork(fold: $0, folder: folder, head: head, isRebuild: true) }
    let begun = work.map(\.checkpoint)
    try run(&work, to: head, progress: progress)
    return try zip(work, begun).map { view, begun in
      var difference: ViewDifference?
      var unreadable: String?
      do {
        difference = try self.difference(of: view, at: head)
      } catch let error as ReplayError where error.isOfTheLiveView(folder.live(view.shape)) {
        // What a view is made anew for must not keep it from being made.
        unreadable = error.finding
      }
      try view.finish(folder: folder, keepingOld: keepingOld)
      return Rebuilt(
        projection: view.shape.name, version: view.shape.version, from: Position(begun), through: Position(head),
        difference: difference, unreadable: unreadable)
    }
  }

  /// What a view that was built has otherwise than the live one, which is brought up to the same head in memory.
  private func difference(of work: ViewWork, at head: UInt64) throws -> ViewDifference? {
    guard let live = try folder.openLive(work.shape) else { return nil }
    let built = try StoredView(built: work.file, head: head, store: store, jobs: options.jobs)
    let silent: Progress = { _, _ in }
    return try withStoredView(live, fold: work.fold.another(), progress: silent) { before in
      try ViewDifference(from: before, to: built, shape: work.shape)
    }
  }
}

extension StoredView {
  /// A view as it lies on disk, with nothing behind it.
  convenience init(built file: ViewFile, head: UInt64, store: Store, jobs: Int) throws {
    let snapshots = try viewed(file.path) {
      try ViewSnapshot.take(StoredView.snapshotCount(jobs: jobs), of: file.environment)
    }
    let provenance = Provenance(projection: file.shape.name, version: file.shape.version, head: Position(head))
    try self.init(
      file: file, snapshots: snapshots, tail: .empty(provenance, naming: store), hidden: [], provenance: provenance,
      naming: store, jobs: jobs)
  }
}

/// What two views have otherwise, table by table.
public struct ViewDifference: Sendable {
  /// The difference in one table.
  public struct Table: Sendable {
    /// The table's name.
    public let name: String
    /// How many rows there were, and are.
    public internal(set) var before = 0
    public internal(set) var after = 0
    /// How many rows are gone, new, and have another value.
    public internal(set) var removed = 0
    public internal(set) var added = 0
    public internal(set) var changed = 0
    /// The customers of the first rows that differ, ten at most.
    public internal(set) var customers: [CustomerNumber] = []

    /// Whether all rows are the same.
    public var isEmpty: Bool { removed + added + changed == 0 }
  }

  /// The tables, in the projection's order.
  public private(set) var tables: [Table] = []

  /// Whether all rows are the same.
  public var isEmpty: Bool { tables.allSatisfy(\.isEmpty) }

  /// Compares stretch by stretch of customers, so that no more than a stretch of rows is in memory.
  init(from old: StoredView, to new: StoredView, shape: ViewShape) throws {
    let bound = max(old.customerBound, new.customerBound)
    for (name, _) in shape.tables {
      var table = Table(name: name)
      for lower in stride(from: UInt32(0), to: bound, by: 1 << 12) {
        let customers = lower..<min(bound, lower + 1 << 12)
        let before = try RowRun(of: old, table: name, customers: customers)
        let after = try RowRun(of: new, table: name, customers: customers)
        table.compare(before, after)
      }
      tables.append(table)
    }
  }
}

extension ViewDifference.Table {
  fileprivate mutating func compare(_ old: RowRun, _ new: RowRun) {
    before += old.count
    after += new.count
    var oldIndex = 0
    var newIndex = 0
    while oldIndex < old.count || newIndex < new.count {
      let oldKey = oldIndex < old.count ? old.keys[oldIndex] : nil
      let newKey = newIndex < new.count ? new.keys[newIndex] : nil
      if let oldKey, let newKey, oldKey == newKey {
        let isSame = old.withBytes(of: oldIndex) { left in new.withBytes(of: newIndex) { left.elementsEqual($0) } }
        if !isSame {
          changed += 1
          note(oldKey)
        }
        oldIndex += 1
        newIndex += 1
      } else if let oldKey, newKey.map({ oldKey < $0 }) ?? true {
        removed += 1
        note(oldKey)
        oldIndex += 1
      } else if let newKey {
        added += 1
        note(newKey)
        newIndex += 1
      }
    }
  }

  private mutating func note(_ key: RowKey) {
    if customers.count < 10, customers.last != key.customer { customers.append(key.customer) }
  }
}

extension RowRun {
  /// The rows of some customers, copied.
  init(of view: StoredView, table: String, customers: Range<UInt32>) throws {
    self.init()
    try view.forEachRow(in: table, customers: customers) { key, bytes in append(key, bytes) }
  }
}

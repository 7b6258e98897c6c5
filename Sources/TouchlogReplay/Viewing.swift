import LMDB
public import Touchlog
import TouchlogStore

extension Replay {
  /// Calls `body` with the view that a projection makes of the log, up to the head as it is now.
  ///
  /// The rows on disk are read as they are, and the events behind their checkpoint folded in memory. Under bounds, and
  /// where there is no view on disk, the log is folded in memory from its start. Nothing is written.
  ///
  /// The view must not be used after `body` has returned.
  ///
  /// - Throws: `ReplayError`, `StoreError`, and what `body` and `progress` throw.
  public func withView<Result>(
    of name: String, bounds: Bounds = Bounds(), progress: Progress = { _, _ in },
    _ body: (any View) throws -> Result,
  ) throws -> Result {
    let fold = try fold(name)
    let shape = try ViewShape(of: fold)
    guard bounds.areOpen, let file = try folder.openLive(shape) else {
      return try body(try foldedView(fold, bounds: bounds, progress: progress))
    }
    return try withStoredView(file, fold: fold, progress: progress, body)
  }

  func withStoredView<Result>(
    _ file: ViewFile, fold: Fold, progress: Progress, _ body: (StoredView) throws -> Result,
  ) throws -> Result {
    let count = StoredView.snapshotCount(jobs: options.jobs)
    let snapshots = try viewed(file.path) { try ViewSnapshot.take(count, of: file.environment) }
    let state = try snapshots[0].read { try file.state(in: $0) }
    let parked = try snapshots[0].read { try file.parkedCustomers(in: $0) }
    // After the snapshots, so that the log has whatever the view has.
    let head = try store.head().value
    guard state.checkpoint <= head else {
      throw ReplayError.viewAhead(
        projection: fold.name, checkpoint: Position(state.checkpoint), head: Position(head))
    }
    try foldAll([fold], from: state.checkpoint, to: head, progress: progress)
    fold.park(parked)
    var tally = state.tally
    tally.merge(fold.tally)
    // Whoever cannot be folded since the checkpoint still has rows on disk.
    let hidden = Set(fold.parked.keys.filter { parked[$0] == nil })
    let provenance = Provenance(
      projection: fold.name, version: fold.version, head: Position(head), events: tally.events,
      end: tally.end == .min ? nil : Timestamp(microseconds: tally.end), parkedCustomers: fold.parked.count)
    let tail = try FoldedView(taking: fold, head: Position(head), naming: store)
    return try body(
      try StoredView(
        file: file, snapshots: snapshots, tail: tail, hidden: hidden, provenance: provenance, naming: store,
        jobs: options.jobs))
  }

  /// The view under bounds, folded in memory from the log's start.
  func foldedView(_ fold: Fold, bounds: Bounds, progress: Progress) throws -> FoldedView {
    let head = try head(within: bounds)
    try foldAll([fold], from: 0, to: head.value, through: bounds.asOf, progress: progress)
    return try FoldedView(
      taking: fold, head: head, bounds: bounds, naming: store, parallel: threads)
  }

  /// Calls a closure so many times with 0, 1 …, on the engine's threads, and waits for all: for reports that compute
  /// more than they read.
  public func inParallel(_ count: Int, _ part: @Sendable (Int) -> Void) {
    do {
      _ = try Threads.map(count, limit: options.jobs) { part($0) }
    } catch {
      preconditionFailure("what throws nothing was said to throw \(error)")
    }
  }

  /// Runs numbered calls on the engine's threads.
  var threads: FoldedView.Parallel {
    let jobs = options.jobs
    return { count, body in _ = try Threads.map(count, limit: jobs, body) }
  }

  /// The views of several projections, folded in memory from the log's start in one reading.
  ///
  /// - Parameter names: which projections; all where empty.
  /// - Returns: in the catalogue's order.
  public func foldedViews(
    _ names: [String] = [], bounds: Bounds = Bounds(), progress: Progress = { _, _ in },
  ) throws -> [any View] {
    let folds = try folds(names)
    let head = try head(within: bounds)
    try foldAll(folds, from: 0, to: head.value, through: bounds.asOf, progress: progress)
    return try folds.map {
      try FoldedView(taking: $0, head: head, bounds: bounds, naming: store, parallel: threads)
    }
  }

  private func head(within bounds: Bounds) throws -> Position {
    var head = try store.head()
    if let until = bounds.until { head = min(head, until) }
    if let time = bounds.asKnownAt { head = min(head, try store.head(recordedThrough: time)) }
    return head
  }

  /// Folds a stretch into memory, however large it is.
  func foldAll(
    _ folds: [Fold], from start: UInt64, to end: UInt64, through latest: Timestamp? = nil, progress: Progress,
  ) throws {
    let log = LogFold(store: store, jobs: options.jobs, memory: .max)
    guard start < end else { return }
    _ = try log.run(
      folds.map { LogFold.Target(fold: $0, from: start) }, from: start, to: end,
      through: latest ?? Timestamp(microseconds: .max)
    ) { try progress($0, end - start) }
  }
}

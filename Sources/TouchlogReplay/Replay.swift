import LMDB
public import Touchlog
public import TouchlogStore

/// The engine that folds a log into views, and keeps them.
///
/// ```swift
/// let replay = Replay(of: store, projections: Catalog.folds)
/// try replay.catchUp()
/// try replay.withView(of: "churn-risk") { view in try ChurnReport(of: view) }
/// ```
///
/// Views lie in the store's `views/`, each in an environment of its own, with its checkpoint in the same commit as its
/// rows. A process that is killed anywhere leaves views that go on from their checkpoints. All methods block their thread.
public final class Replay: Sendable {
  /// How it is done.
  public struct Options: Sendable {
    /// How many threads fold.
    public var jobs = Threads.processors
    /// Bytes of memory that folding may fill before its rows go to disk; about as much again is needed on the way.
    public var memory = 1 << 30
    /// Bytes of address space that are reserved for each view; no more than for the store itself.
    public var addressSpace = 1 << 38
    /// The clock, for the time of a rebuild.
    public var clock: @Sendable () -> Timestamp = { Timestamp(microseconds: FileSystem.now()) }

    /// What fits most.
    public init() {}
  }

  /// How far the work has come: events folded, and how many there are to fold.
  public typealias Progress = (_ folded: UInt64, _ total: UInt64) throws -> Void

  let store: Store
  let options: Options
  let folder: ViewFolder
  private let makeFolds: @Sendable () -> [Fold]

  /// An engine for a store.
  ///
  /// - Parameter projections: a fold of each projection that has seen nothing: `Catalog.folds`.
  public init(of store: Store, projections: @escaping @Sendable () -> [Fold], options: Options = Options()) {
    self.store = store
    self.options = options
    makeFolds = projections
    // Who has little address space says so for the store.
    let addressSpace = min(options.addressSpace, store.options.addressSpace)
    folder = ViewFolder(path: store.path + "/views", store: "\(store.id)", addressSpace: addressSpace)
  }

  /// The names of the projections, in the catalogue's order.
  public var projections: [String] { makeFolds().map(\.name) }

  /// Empty folds of the projections with these names, in the catalogue's order; of all where there are none.
  ///
  /// - Throws: `ReplayError.unknownProjection`.
  func folds(_ names: [String]) throws -> [Fold] {
    let folds = makeFolds()
    let known = folds.map(\.name)
    for name in names where !known.contains(name) { throw ReplayError.unknownProjection(name, known: known) }
    return names.isEmpty ? folds : folds.filter { names.contains($0.name) }
  }

  func fold(_ name: String) throws -> Fold { try folds([name])[0] }

  /// What became of a view.
  public struct Outcome: Sendable {
    /// The projection's name.
    public let projection: String
    /// How many events the view had folded before, and has now.
    public let from: Position
    public let through: Position
    /// Whether there was no view before.
    public let isNew: Bool
  }

  /// Folds what the views do not have yet, up to the head as it is now.
  ///
  /// A view that does not exist is made, beside its place, and put there when it is whole.
  ///
  /// - Parameter names: which projections; all where empty.
  /// - Throws: `ReplayError`, `StoreError`, and what `progress` throws.
  public func catchUp(_ names: [String] = [], progress: Progress = { _, _ in }) throws -> [Outcome] {
    let head = try store.head().value
    var work = try folds(names).map { try ViewWork(fold: $0, folder: folder, head: head, isRebuild: false) }
    let outcomes = work.map { work in
      Outcome(
        projection: work.shape.name, from: Position(work.checkpoint), through: Position(head), isNew: work.isBuilding)
    }
    for view in work where view.checkpoint > head {
      throw ReplayError.viewAhead(
        projection: view.shape.name, checkpoint: Position(view.checkpoint), head: Position(head))
    }
    try run(&work, to: head, progress: progress)
    for view in work { try view.finish(folder: folder, keepingOld: false) }
    return outcomes
  }

  /// Folds and flushes until all views have come to `head`.
  func run(_ work: inout [ViewWork], to head: UInt64, progress: Progress) throws {
    let begin = work.map(\.checkpoint).min() ?? head
    let total = head - min(begin, head)
    try progress(0, total)
    let log = LogFold(store: store, jobs: options.jobs, memory: options.memory)
    while let position = work.map(\.checkpoint).min(), position < head {
      let targets = work.map { LogFold.Target(fold: $0.fold, from: $0.checkpoint) }
      let end = try log.run(targets, from: position, to: head) { try progress(position - begin + $0, total) }
      let flushed = work.indices.filter { work[$0].checkpoint <= position }
      // Each flush has its view to itself.
      let flushes = flushed.map { Handed(work[$0].flush(through: end)) }
      _ = try Threads.map(flushes.count, limit: options.jobs) { try flushes[$0].value() }
      for index in flushed { work[index].advance(to: end) }
    }
    try progress(total, total)
  }
}

/// A view on its way: what it was, and what is being folded into it.
struct ViewWork {
  let shape: ViewShape
  private(set) var fold: Fold
  private(set) var checkpoint: UInt64
  /// Whether the view is being built beside its place.
  let isBuilding: Bool
  let file: ViewFile
  private let lock: ViewLock
  private var hasRows: Bool
  private let began: Int64

  /// Opens the view to go on with.
  init(fold: Fold, folder: ViewFolder, head: UInt64, isRebuild: Bool) throws {
    shape = try ViewShape(of: fold)
    self.fold = fold
    lock = try folder.lock(shape)
    try folder.settle(shape)
    if !isRebuild, let live = try folder.openLive(shape) {
      file = live
      isBuilding = false
    } else {
      file = try folder.openBuilding(shape, head: head)
      isBuilding = true
    }
    checkpoint = try file.state().checkpoint
    hasRows = checkpoint > 0
    began = FileSystem.now()
  }

  /// What brings the folded rows to disk.
  func flush(through end: UInt64) -> () throws -> Void {
    let flush = ViewFlush(file: file, fold: fold, from: checkpoint, through: end)
    let loads = isBuilding && !hasRows
    return { try loads ? flush.load() : flush.merge() }
  }

  mutating func advance(to end: UInt64) {
    checkpoint = end
    hasRows = true
    fold = fold.another()
  }

  /// Puts a view that was built into its place.
  func finish(folder: ViewFolder, keepingOld: Bool) throws {
    if isBuilding {
      try viewed(file.path) {
        try file.environment.write { transaction in
          var state = try file.state(in: transaction)
          state.rebuiltAt = FileSystem.now()
          state.rebuildMicroseconds = state.rebuiltAt - began
          try file.put(state, in: &transaction)
        }
        try file.environment.sync()
      }
    }
    guard isBuilding else { return }
    try file.close()
    try folder.flip(shape, keepingOld: keepingOld)
  }
}

extension Threads {
  /// As `map`, with at most `limit` calls at once.
  static func map<Result: Sendable>(
    _ count: Int, limit: Int, _ body: @Sendable (Int) throws -> Result,
  ) throws -> [Result] {
    guard limit < count else { return try map(count, body) }
    let results = try map(max(1, limit)) { first in
      try stride(from: first, to: count, by: max(1, limit)).map { ($0, try body($0)) }
    }
    return results.flatMap { $0 }.sorted { $0.0 < $1.0 }.map(\.1)
  }
}

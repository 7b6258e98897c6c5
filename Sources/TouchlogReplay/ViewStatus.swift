import LMDB
public import Touchlog
import TouchlogStore

/// How a projection's view stands.
public struct ViewStatus: Sendable {
  /// The projection's name.
  public let projection: String
  /// Its version.
  public let version: UInt32
  /// Whether there is a view that can be read; the figures below are 0 where there is none.
  public var exists = false
  /// Why the view that is there cannot be read; nil where it can.
  public var fault: String?
  /// How many events the view has folded.
  public var checkpoint = Position(0)
  /// How many events the log has that the view has not folded.
  public var lagEvents: UInt64 = 0
  /// How much later the log took its last event than the last one that the view has folded, in microseconds.
  public var lagMicroseconds: Int64 = 0
  /// How many rows each table has, in the projection's order.
  public var rows: [(table: String, count: Int)] = []
  /// What it takes on disk.
  public var bytes = 0
  /// Who is left out, with the reasons.
  public var parked: [(customer: CustomerNumber, ParkedCustomer)] = []
  /// When the view was last built from the log's start.
  public var rebuiltAt: Timestamp?
  /// How long that took, in microseconds.
  public var rebuildMicroseconds: Int64 = 0
  /// How many events a rebuild has folded that is under way, or was killed; nil where there is none.
  public var building: Position?
  /// Whether a view from before the last rebuild was kept.
  public var hasOld = false

  init(_ shape: ViewShape) {
    projection = shape.name
    version = shape.version
  }
}

extension Replay {
  /// How all views stand, those that cannot be read with their fault.
  public func status() throws -> [ViewStatus] {
    let head = try store.head()
    return try folds([]).map { fold in
      let shape = try ViewShape(of: fold)
      var status = ViewStatus(shape)
      status.lagEvents = head.value
      status.hasOld = FileSystem.exists(folder.old(shape) + "/data.mdb")
      status.building = try buildingCheckpoint(shape)
      do {
        guard let file = try folder.openLive(shape) else { return status }
        try viewed(file.path) { try file.environment.read { try fill(&status, from: file, head: head, $0) } }
        status.bytes = FileSystem.bytesOnDisk(file.path + "/data.mdb")
      } catch let error as ReplayError where error.isOfTheFile {
        // The others can be told all the same.
        status.fault = error.finding
      }
      return status
    }
  }

  private func fill(
    _ status: inout ViewStatus, from file: ViewFile, head: Position, _ transaction: borrowing ReadTransaction,
  ) throws {
    let state = try file.state(in: transaction)
    status.exists = true
    status.checkpoint = Position(state.checkpoint)
    status.lagEvents = head.value - min(head.value, state.checkpoint)
    if status.lagEvents > 0, head.value > 0 {
      let last = try store.recordedAt(Position(head.value - 1))
      let folded = try store.recordedAt(Position(max(1, state.checkpoint) - 1))
      status.lagMicroseconds = last.microseconds(since: folded)
    }
    for (table, handle) in zip(file.shape.tables, file.tables) {
      status.rows.append((table.name, try transaction.count(of: handle)))
    }
    status.parked = try file.parkedCustomers(in: transaction).sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    if state.rebuiltAt > 0 { status.rebuiltAt = Timestamp(microseconds: state.rebuiltAt) }
    status.rebuildMicroseconds = state.rebuildMicroseconds
  }

  /// How far a rebuild has come. One that another process is busy with can be read; what is torn is told as 0.
  private func buildingCheckpoint(_ shape: ViewShape) throws -> Position? {
    guard FileSystem.exists(folder.building(shape) + "/data.mdb") else { return nil }
    do {
      let file = try ViewFile(
        at: folder.building(shape), shape: shape, store: "\(store.id)", access: .readOnly, durability: .synced,
        addressSpace: folder.addressSpace)
      let checkpoint = try file.state().checkpoint
      try file.close()
      return Position(checkpoint)
    } catch is ReplayError {
      return Position(0)
    }
  }

  /// Folds parked customers again, each alone, and takes them back in whose events can be folded now.
  ///
  /// - Parameters:
  ///   - name: the projection.
  ///   - customers: who; all where nil.
  /// - Returns: who is back, and who is still left out, with the reason that there is now.
  public func release(
    of name: String, _ customers: [CustomerNumber]? = nil,
  ) throws -> (released: [CustomerNumber], parked: [(customer: CustomerNumber, ParkedCustomer)]) {
    let fold = try fold(name)
    let shape = try ViewShape(of: fold)
    let lock = try folder.lock(shape)
    defer { withExtendedLifetime(lock) {} }
    guard let file = try folder.openLive(shape) else { return ([], []) }
    var released: [CustomerNumber] = []
    var still: [(customer: CustomerNumber, ParkedCustomer)] = []
    let state = try file.state()
    let parked = try viewed(file.path) { try file.environment.read { try file.parkedCustomers(in: $0) } }
    for customer in parked.keys.sorted() where customers?.contains(customer) ?? true {
      let alone = fold.another()
      for position in try store.positions(of: customer, below: Position(state.checkpoint)) {
        try store.forEachBatch(in: position.value..<position.value + 1) { alone.apply($0) }
      }
      if let reason = alone.parked[customer] {
        still.append((customer, reason))
      } else {
        try ViewFlush(file: file, fold: alone, from: state.checkpoint, through: state.checkpoint).release(customer)
        released.append(customer)
      }
    }
    return (released, still)
  }
}

extension ViewFlush {
  /// Takes a parked customer back in, with the rows that the fold has of it.
  fileprivate func release(_ customer: CustomerNumber) throws {
    try viewed(file.path) {
      try file.environment.write { transaction in
        _ = try transaction.delete(customer.value, from: file.parked)
        try file.removeRows(of: customer, in: &transaction)
        try mergeRows(leavingOut: [], in: &transaction)
      }
    }
  }
}

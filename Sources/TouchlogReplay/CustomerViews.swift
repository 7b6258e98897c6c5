public import Touchlog
import TouchlogStore

/// What the projections' views hold of some customers, see `Replay.views(of:below:progress:)`.
public struct CustomerView {
  /// The rows of these customers, and of nobody else.
  public let view: any View
  /// What the projection's tables consist of, in its order.
  public let tables: [ViewTable]
  /// Who of them the projection leaves out, by number, and why.
  public let parked: [(customer: CustomerNumber, ParkedCustomer)]
}

extension Replay {
  /// What each projection's view holds of some customers, folded in memory from their streams alone: a row belongs to
  /// one customer, so it is the row that a view of the whole log has. No view need be on disk.
  ///
  /// - Parameters:
  ///   - end: only events before this position count.
  ///   - progress: told how many of the customers' events are folded; what it throws ends the folding.
  /// - Returns: in the catalogue's order.
  /// - Throws: `StoreError`, and what `progress` throws.
  public func views(
    of customers: [CustomerNumber], below end: Position, progress: Progress = { _, _ in },
  ) throws -> [CustomerView] {
    let folds = try folds([])
    let positions = try customers.flatMap { try store.positions(of: $0, below: end) }
    for (index, position) in positions.enumerated() {
      try store.forEachBatch(in: position.value..<position.value + 1) { batch in
        for fold in folds { fold.apply(batch) }
      }
      try progress(UInt64(index + 1), UInt64(positions.count))
    }
    return try folds.map { fold in
      let tables = try fold.tables()
      let parked = fold.parked.sorted { $0.key < $1.key }.map { (customer: $0.key, $0.value) }
      return CustomerView(view: try FoldedView(taking: fold, head: end, naming: store), tables: tables, parked: parked)
    }
  }
}

import LMDB
package import Touchlog

/// What a bundle takes from a store.
extension Store {
  /// Where a customer's events are among the first `size` of the log, in order.
  package func positions(of customer: CustomerNumber, below size: UInt64) throws -> [Position] {
    let query = Query(until: Position(size), customer: Reference(normalised: customer.description))
    let reader = LogReader(log: log, query: query)
    guard let filter = try log.environment.read({ try HeaderFilter(query, log: log, in: $0) }) else { return [] }
    return try reader.streamPositions(of: Reference(normalised: customer.description), filter: filter)
  }

  /// The 32 bytes of a customer's data key, and which of the customer's keys it is; nil when erased.
  package func dataKey(of customer: CustomerNumber) throws -> (number: UInt32, key: [UInt8])? {
    try log.read { _, vault, transaction in
      try vault.customer(customer, in: transaction).map { found in
        (found.dataKey.number, found.dataKey.secret.withUnsafeBytes { Array($0) })
      }
    }
  }
}

extension StoredTree {
  /// The record at a position.
  ///
  /// - Precondition: the event is in the tree.
  /// - Throws: `StoreError.damaged`, when it does not fit its leaf hash.
  package func record(at position: Position) throws -> SealedRecord {
    try SealedRecord(
      position: position, header: Array(try leaf(at: position).dropLast(32)),
      sealed: try sealedPayload(at: position))
  }
}

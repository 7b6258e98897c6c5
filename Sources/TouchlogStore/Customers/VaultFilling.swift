import LMDB
import Touchlog

extension Vault {
  /// Rows in a commit: few enough that LMDB keeps its pages in memory.
  private static let rowsPerCommit = 100_000

  /// Fills a new vault with the customers of another one, their data keys wrapped under this one's store key. Rows are
  /// written one by one, so nothing comes along that was deleted in the other.
  ///
  /// - Parameter progress: told now and then how many customers are in, and how many there are.
  func fill(from former: Vault, progress: (_ done: Int, _ total: Int) throws -> Void) throws {
    try former.environment.read { source in
      let total = try source.count(of: former.contents.customers)
      var done = 0
      var sealing = Sealing()
      var customers = try source.cursor(in: former.contents.customers)
      var isOnEntry = try customers.first()
      while isOnEntry {
        var transaction = try environment.beginWrite()
        for _ in 0..<Vault.rowsPerCommit where isOnEntry {
          let number = CustomerNumber(UInt32(customers.integerKey))
          let customer = try Vault.customer(number, row: customers.unsafeValue, storeKey: former.storeKey)
          let row = row(of: number, reference: customer.reference, dataKey: customer.dataKey, sealing: &sealing)
          try transaction.append(row, at: number.value, in: contents.customers)
          done += 1
          if done % 10_000 == 0 { try progress(done, total) }
          isOnEntry = try customers.next()
        }
        try transaction.commit()
      }
      try copyReferences(of: former, in: source)
      let next = try former.nextNumber(in: source)
      try environment.write { transaction in
        try transaction.put(next.littleEndianBytes, at: VaultTables.MetaKey.next, in: contents.meta)
      }
      try progress(done, total)
    }
  }

  private func copyReferences(of former: Vault, in source: borrowing ReadTransaction) throws {
    var references = try source.cursor(in: former.contents.references)
    var isOnEntry = try references.first()
    while isOnEntry {
      var transaction = try environment.beginWrite()
      for _ in 0..<Vault.rowsPerCommit where isOnEntry {
        try transaction.append(references.unsafeValue, at: references.unsafeKey, in: contents.references)
        isOnEntry = try references.next()
      }
      try transaction.commit()
    }
  }
}

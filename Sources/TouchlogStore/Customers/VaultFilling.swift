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
      try copyErased(of: former, in: source)
      let next = try former.nextNumber(in: source)
      try environment.write { transaction in
        try transaction.put(next.littleEndianBytes, at: VaultTables.MetaKey.next, in: contents.meta)
      }
      try progress(done, total)
    }
  }

  /// Fills a new vault with the customers of the one before it, but for those who are erased. Rows are copied as they
  /// are, as the store's key is the same: so no data key is unwrapped.
  ///
  /// - Parameters:
  ///   - erased: who is left out, with the row that stands for them from now on.
  ///   - company: the company, where it becomes a customer now, since it has had no event before.
  func fill(
    from former: Vault, without erased: [CustomerNumber: ErasedRow], company: KeyRing.Entry?,
  ) throws {
    try former.environment.read { source in
      var customers = try source.cursor(in: former.contents.customers)
      var isOnEntry = try customers.first()
      while isOnEntry {
        var transaction = try environment.beginWrite()
        for _ in 0..<Vault.rowsPerCommit where isOnEntry {
          let number = UInt32(customers.integerKey)
          if erased[CustomerNumber(number)] == nil {
            try transaction.append(customers.unsafeValue, at: number, in: contents.customers)
          }
          isOnEntry = try customers.next()
        }
        try transaction.commit()
      }
      try copyReferences(of: former, in: source, without: erased)
      try copyErased(of: former, in: source)
      try add(erased, company: company, next: try former.nextNumber(in: source))
    }
  }

  private func add(_ erased: [CustomerNumber: ErasedRow], company: KeyRing.Entry?, next: UInt32) throws {
    guard let table = contents.erased else { preconditionFailure("a new vault has all tables") }
    try environment.write { transaction in
      for (number, row) in erased.sorted(by: { $0.key < $1.key }) {
        try transaction.put(row.encoded, at: number.value, in: table)
      }
      var next = next
      if let company, company.number?.value == next {
        var sealing = Sealing()
        try put(company, sealing: &sealing, in: &transaction)
        next += 1
      }
      try transaction.put(next.littleEndianBytes, at: VaultTables.MetaKey.next, in: contents.meta)
    }
  }

  private func copyReferences(
    of former: Vault, in source: borrowing ReadTransaction, without erased: [CustomerNumber: ErasedRow] = [:],
  ) throws {
    var references = try source.cursor(in: former.contents.references)
    var isOnEntry = try references.first()
    while isOnEntry {
      var transaction = try environment.beginWrite()
      for _ in 0..<Vault.rowsPerCommit where isOnEntry {
        if try erased.isEmpty || erased[Vault.number(inRow: references.unsafeValue)] == nil {
          try transaction.append(references.unsafeValue, at: references.unsafeKey, in: contents.references)
        }
        isOnEntry = try references.next()
      }
      try transaction.commit()
    }
  }

  private func copyErased(of former: Vault, in source: borrowing ReadTransaction) throws {
    guard let table = contents.erased else { preconditionFailure("a new vault has all tables") }
    try environment.write { transaction in
      try former.forEachErasure(in: source) { number, row in
        try transaction.append(row.encoded, at: number.value, in: table)
      }
    }
  }
}

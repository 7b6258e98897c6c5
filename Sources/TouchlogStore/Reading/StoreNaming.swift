import LMDB
public import Touchlog

/// What a view's rows number, by name: names from the log, customers from the vault.
extension Store: Naming {
  /// The text of a name.
  ///
  /// - Throws: `StoreError`, also for a number that the log has given nobody.
  public func text(of name: NameNumber) throws -> String {
    try log.environment.read { try log.names.text(of: name, in: $0) }
  }

  /// The number of a name; nil for a text that no event bears.
  public func number(ofName text: String) throws -> NameNumber? {
    try log.environment.read { try log.names.number(of: text, in: $0) }
  }

  /// Who a customer is; nil when erased.
  public func reference(of customer: CustomerNumber) throws -> Reference? {
    try log.read { _, vault, transaction in try vault.reference(of: customer, in: transaction) }
  }

  /// The customers who are nobody by name: those whose reference begins with `anon:`, or began so before they were
  /// erased.
  public func anonymousCustomers() throws -> CustomerSet {
    let prefix = Array("anon:".utf8)
    return try log.read { _, vault, transaction in
      var customers = CustomerSet()
      try vault.forEachErasure(in: transaction) { number, row in
        if row.isAnonymous { customers.insert(number) }
      }
      var cursor = try transaction.cursor(in: vault.contents.references)
      var isThere = try cursor.seek(atOrAfter: prefix)
      while isThere, cursor.unsafeKey.starts(with: prefix) {
        customers.insert(try Vault.number(inRow: cursor.unsafeValue))
        isThere = try cursor.next()
      }
      return customers
    }
  }
}

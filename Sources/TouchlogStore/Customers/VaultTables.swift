import LMDB
import Touchlog

/// The tables of a vault, for whoever looks at it without its key.
///
/// | table | key | value |
/// |---|---|---|
/// | `references` | a reference in normal form | customer number, UInt32 |
/// | `customers` | customer number, UInt32 | number of the data key, UInt32; the wrapped data key, 60 bytes; the reference |
/// | `meta` | `format`, `store`, `next` | UInt32, 16 bytes, the next number, UInt32 |
/// | | `check` | the key of identifiers' hashes, sealed: what it opens to, or does not, tells the right store key |
struct VaultTables: Sendable {
  let references: Table
  let customers: Table
  let meta: Table

  enum MetaKey {
    static let format = Array("format".utf8)
    static let store = Array("store".utf8)
    static let next = Array("next".utf8)
    static let check = Array("check".utf8)
  }

  /// Opens the tables of a vault.
  init(opening environment: Environment) throws(LMDBError) {
    references = try environment.openTable(named: "references")
    customers = try environment.openTable(named: "customers", keys: .uint32)
    meta = try environment.openTable(named: "meta")
  }

  /// Makes the tables of a new vault.
  init(creating environment: Environment) throws(LMDBError) {
    references = try environment.createTable(named: "references")
    customers = try environment.createTable(named: "customers", keys: .uint32)
    meta = try environment.createTable(named: "meta")
  }

  /// The number that the next new customer gets.
  func nextNumber<Access>(in transaction: borrowing Transaction<Access>) throws(StoreError) -> UInt32 {
    let bytes = try stored { () throws(LMDBError) in try transaction.unsafeGet(MetaKey.next, from: meta) }
    guard let number = bytes?.number(UInt32.self) else {
      throw StoreError.damaged(position: nil, what: "the vault does not tell the next customer's number")
    }
    return number
  }
}

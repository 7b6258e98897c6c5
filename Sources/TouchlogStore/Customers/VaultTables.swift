import LMDB
import Touchlog

/// The tables of a vault, for whoever looks at it without its key.
///
/// | table | key | value |
/// |---|---|---|
/// | `references` | a reference in normal form | customer number, UInt32 |
/// | `customers` | customer number, UInt32 | number of the data key, UInt32; the wrapped data key, 60 bytes; the reference |
/// | `erased` | customer number, UInt32 | position of the customer's `customer.erased`, UInt64; 1 where the reference began with `anon:`, else 0 |
/// | `meta` | `format`, `store`, `next` | UInt32, 16 bytes, the next number, UInt32 |
/// | | `generation` | which of the store's vaults it is, UInt32; the first where it is absent |
/// | | `check` | the key of identifiers' hashes, sealed: what it opens to, or does not, tells the right store key |
struct VaultTables: Sendable {
  let references: Table
  let customers: Table
  /// Nil in vaults of earlier versions, from which nobody was erased.
  let erased: Table?
  let meta: Table

  enum MetaKey {
    static let format = Array("format".utf8)
    static let store = Array("store".utf8)
    static let next = Array("next".utf8)
    static let check = Array("check".utf8)
    static let generation = Array("generation".utf8)
  }

  /// Opens the tables of a vault.
  init(opening environment: Environment) throws(LMDBError) {
    references = try environment.openTable(named: "references")
    customers = try environment.openTable(named: "customers", keys: .uint32)
    erased = try VaultTables.erased(in: environment)
    meta = try environment.openTable(named: "meta")
  }

  private static func erased(in environment: Environment) throws(LMDBError) -> Table? {
    do throws(LMDBError) {
      return try environment.openTable(named: "erased", keys: .uint32)
    } catch {
      guard error.code == .tableMissing else { throw error }
      return nil
    }
  }

  /// Makes the tables of a new vault.
  init(creating environment: Environment) throws(LMDBError) {
    references = try environment.createTable(named: "references")
    customers = try environment.createTable(named: "customers", keys: .uint32)
    erased = try environment.createTable(named: "erased", keys: .uint32)
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

/// What a vault keeps of somebody who was erased.
struct ErasedRow: Equatable {
  /// Where the customer's own `customer.erased` is.
  let position: Position
  /// Whether the reference said nothing of anybody, see `Reference.isAnonymous`: figures ask for it.
  let isAnonymous: Bool

  var encoded: [UInt8] { position.value.littleEndianBytes + [isAnonymous ? 1 : 0] }

  init(position: Position, isAnonymous: Bool) {
    self.position = position
    self.isAnonymous = isAnonymous
  }

  /// Nil for bytes that are no such row.
  init?(encoded bytes: UnsafeRawBufferPointer) {
    guard bytes.count == 9, bytes[8] <= 1 else { return nil }
    position = Position(UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)))
    isAnonymous = bytes[8] == 1
  }
}

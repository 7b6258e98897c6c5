import Crypto
import LMDB
import Touchlog

/// What identifies customers, kept apart from the log: references, and the keys of their payloads.
///
/// | table | key | value |
/// |---|---|---|
/// | `references` | a reference in normal form | customer number, UInt32 |
/// | `customers` | customer number, UInt32 | number of the data key, UInt32; the wrapped data key, 60 bytes; the reference |
/// | `meta` | `format`, `store`, `next` | UInt32, 16 bytes, the next number, UInt32 |
/// | | `check` | the key of identifiers' hashes, sealed: what it opens to, or does not, tells the right store key |
///
/// A data key is wrapped by AES-256-GCM under the store key, with the customer's number and the key's as associated
/// data. Forgetting a customer deletes the two rows; the log is not touched.
struct Vault: Sendable {
  let environment: Environment
  private let references: Table
  private let customers: Table
  private let meta: Table
  let storeKey: StoreKey
  /// Under which identifiers inside `data` are hashed into headers: without it, a header tells nothing of them.
  let identifierKey: SymmetricKey

  static let formatVersion: UInt32 = 1

  enum MetaKey {
    static let format = Array("format".utf8)
    static let store = Array("store".utf8)
    static let next = Array("next".utf8)
    static let check = Array("check".utf8)
  }

  private static let wrappedKeySize = 32 + Sealing.overhead

  /// Makes a vault in a new environment.
  init(creating environment: Environment, storeKey: StoreKey) throws(LMDBError) {
    self.environment = environment
    self.storeKey = storeKey
    references = try environment.createTable(named: "references")
    customers = try environment.createTable(named: "customers", keys: .uint32)
    meta = try environment.createTable(named: "meta")
    let identifierKey = SymmetricKey(size: .bits256)
    self.identifierKey = identifierKey
    var check: [UInt8] = []
    identifierKey.withUnsafeBytes { key in
      storeKey.store.bytes.withUnsafeBytes { associated in
        Sealing.seal(key, associated: associated, key: storeKey.symmetricKey, into: &check)
      }
    }
    var transaction = try environment.beginWrite()
    try transaction.put(Vault.formatVersion.littleEndianBytes, at: MetaKey.format, in: meta)
    try transaction.put(storeKey.store.bytes, at: MetaKey.store, in: meta)
    try transaction.put(UInt32(0).littleEndianBytes, at: MetaKey.next, in: meta)
    try transaction.put(check, at: MetaKey.check, in: meta)
    try transaction.commit()
  }

  /// Opens a vault, and sees whether the key is its own.
  init(opening environment: Environment, storeKey: StoreKey, keyPath: String) throws(StoreError) {
    self.environment = environment
    self.storeKey = storeKey
    let meta: Table
    do {
      references = try environment.openTable(named: "references")
      customers = try environment.openTable(named: "customers", keys: .uint32)
      meta = try environment.openTable(named: "meta")
    } catch {
      throw StoreError.storage(error)
    }
    self.meta = meta
    identifierKey = try environment.reading { (transaction) throws(StoreError) in
      try Vault.identifierKey(in: transaction, environment, meta: meta, storeKey: storeKey, keyPath: keyPath)
    }
  }

  /// Opens the key of identifiers' hashes: with another store key, it does not open.
  private static func identifierKey(
    in transaction: borrowing ReadTransaction, _ environment: Environment, meta: Table, storeKey: StoreKey,
    keyPath: String,
  ) throws(StoreError) -> SymmetricKey {
    let format = try stored { () throws(LMDBError) in try transaction.unsafeGet(MetaKey.format, from: meta) }
    guard let format = format?.number(UInt32.self) else {
      throw StoreError.damaged(position: nil, what: "the vault does not tell its format")
    }
    guard format <= Vault.formatVersion else {
      throw StoreError.newerFormat(path: environment.directory, found: format, supported: Vault.formatVersion)
    }
    let check = try stored { () throws(LMDBError) in try transaction.unsafeGet(MetaKey.check, from: meta) }
    guard let check else {
      throw StoreError.damaged(position: nil, what: "the vault has nothing to check its key with")
    }
    guard let key = identifierKey(sealed: check, storeKey: storeKey) else { throw StoreError.keyWrong(path: keyPath) }
    return key
  }

  /// Opens the `check`; nil with another store key than it was sealed under.
  static func identifierKey(sealed check: UnsafeRawBufferPointer, storeKey: StoreKey) -> SymmetricKey? {
    let key = storeKey.store.bytes.withUnsafeBytes {
      Sealing.open(combined: check, associated: $0, key: storeKey.symmetricKey)
    }
    guard let key, key.count == 32 else { return nil }
    return SymmetricKey(data: key)
  }

  /// Who a number is, and the key of the payloads.
  struct Customer {
    let reference: Reference
    let dataKey: DataKey
  }

  /// The number of a reference; nil for an unknown one.
  func number<Access>(
    of reference: Reference, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> CustomerNumber? {
    guard (1...Limits.nameBytes).contains(reference.text.utf8.count) else { return nil }
    let bytes = try stored { () throws(LMDBError) in
      try transaction.unsafeGet(Array(reference.text.utf8), from: references)
    }
    guard let bytes else { return nil }
    guard let number = bytes.number(UInt32.self) else {
      throw StoreError.damaged(position: nil, what: "the vault's row of a reference has \(bytes.count) bytes, not 4")
    }
    return CustomerNumber(number)
  }

  /// The customer of a number; nil for a number without a row, which reads as erased.
  func customer<Access>(
    _ number: CustomerNumber, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> Customer? {
    let row = try stored { () throws(LMDBError) in try transaction.unsafeGet(number.value, from: customers) }
    return try row.map { (row) throws(StoreError) in try Vault.customer(number, row: row, storeKey: storeKey) }
  }

  /// What a row says, its data key unwrapped.
  static func customer(
    _ number: CustomerNumber, row: UnsafeRawBufferPointer, storeKey: StoreKey,
  ) throws(StoreError) -> Customer {
    let referenceOffset = 4 + Vault.wrappedKeySize
    guard row.count > referenceOffset else {
      throw StoreError.damaged(position: nil, what: "the vault's row of \(number) is too short")
    }
    let keyNumber = UInt32(littleEndian: row.loadUnaligned(as: UInt32.self))
    let key = Vault.keyAssociatedData(number, keyNumber).withUnsafeBytes {
      Sealing.open(
        combined: UnsafeRawBufferPointer(rebasing: row[4..<referenceOffset]), associated: $0,
        key: storeKey.symmetricKey)
    }
    guard let key else {
      throw StoreError.damaged(position: nil, what: "the data key of \(number) cannot be unwrapped")
    }
    return Customer(
      reference: Reference(normalised: String(decoding: row[referenceOffset...], as: UTF8.self)),
      dataKey: DataKey(number: keyNumber, symmetricKey: SymmetricKey(data: key)))
  }

  /// The number that the next new customer gets.
  func nextNumber<Access>(in transaction: borrowing Transaction<Access>) throws(StoreError) -> UInt32 {
    let bytes = try stored { () throws(LMDBError) in try transaction.unsafeGet(MetaKey.next, from: meta) }
    guard let number = bytes?.number(UInt32.self) else {
      throw StoreError.damaged(position: nil, what: "the vault does not tell the next customer's number")
    }
    return number
  }

  /// Adds customers in one durable commit.
  func add(_ added: [KeyRing.Entry], next: UInt32) throws(LMDBError) {
    var transaction = try environment.beginWrite()
    for customer in added {
      guard let number = customer.number else { preconditionFailure("a customer is added under a number") }
      var row: [UInt8] = []
      row.reserveCapacity(4 + Vault.wrappedKeySize + customer.reference.text.utf8.count)
      row.append(contentsOf: customer.dataKey.number.littleEndianBytes)
      customer.dataKey.symmetricKey.withUnsafeBytes { key in
        Vault.keyAssociatedData(number, customer.dataKey.number).withUnsafeBytes {
          Sealing.seal(key, associated: $0, key: storeKey.symmetricKey, into: &row)
        }
      }
      row.append(contentsOf: customer.reference.text.utf8)
      try transaction.put(row, at: number.value, in: customers)
      try transaction.put(number.value.littleEndianBytes, at: Array(customer.reference.text.utf8), in: references)
    }
    try transaction.put(next.littleEndianBytes, at: MetaKey.next, in: meta)
    try transaction.commit()
  }

  /// Calls `body` with each reference and its number, in the order of references.
  func forEachReference(
    in transaction: borrowing ReadTransaction, _ body: (Reference, CustomerNumber) throws -> Void,
  ) throws {
    var cursor = try transaction.cursor(in: references)
    var isThere = try cursor.first()
    while isThere {
      let text = String(decoding: cursor.unsafeKey, as: UTF8.self)
      guard let number = cursor.unsafeValue.number(UInt32.self) else {
        throw StoreError.damaged(position: nil, what: "the vault's row of \(text) is not a number")
      }
      try body(Reference(normalised: text), CustomerNumber(number))
      isThere = try cursor.next()
    }
  }

  /// The tables by name, for statistics.
  var tables: [(name: String, table: Table)] {
    [("references", references), ("customers", customers)]
  }

  private static func keyAssociatedData(_ number: CustomerNumber, _ keyNumber: UInt32) -> [UInt8] {
    number.value.littleEndianBytes + keyNumber.littleEndianBytes
  }
}

extension FixedWidthInteger {
  /// The number's bytes, the lowest first.
  var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }
}

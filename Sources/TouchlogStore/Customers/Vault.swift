import LMDB
import Touchlog

/// What identifies customers, kept apart from the log: references, and the keys of their payloads, in `VaultTables`.
///
/// A data key is wrapped by AES-256-GCM under the store key, with the customer's number and the key's as associated
/// data. Nothing is ever deleted from a vault: forgetting a customer makes another one without, see `VaultGeneration`.
struct Vault: Sendable {
  let environment: Environment
  /// Which of the store's vaults it is.
  let generation: VaultGeneration
  let contents: VaultTables
  let storeKey: StoreKey
  /// Under which identifiers inside `data` are hashed into headers: without it, a header tells nothing of them.
  let identifierKey: SecretKey

  static let formatVersion: UInt32 = 1

  private static let wrappedKeySize = 32 + Sealing.overhead

  /// Makes a vault in a new environment.
  ///
  /// - Parameter identifierKey: a new one, but for a vault that goes on with a log whose headers hold hashes under it.
  init(
    creating environment: Environment, generation: VaultGeneration = .first, storeKey: StoreKey,
    identifierKey: SecretKey = SecretKey(),
  ) throws(LMDBError) {
    self.environment = environment
    self.generation = generation
    self.storeKey = storeKey
    var sealing = Sealing()
    self.identifierKey = identifierKey
    contents = try VaultTables(creating: environment)
    var check: [UInt8] = []
    identifierKey.withUnsafeBytes { key in
      storeKey.store.bytes.withUnsafeBytes { associated in
        sealing.seal(key, associated: associated, key: storeKey.secret, appendingTo: &check)
      }
    }
    var transaction = try environment.beginWrite()
    try transaction.put(Vault.formatVersion.littleEndianBytes, at: VaultTables.MetaKey.format, in: contents.meta)
    try transaction.put(storeKey.store.bytes, at: VaultTables.MetaKey.store, in: contents.meta)
    try transaction.put(UInt32(0).littleEndianBytes, at: VaultTables.MetaKey.next, in: contents.meta)
    try transaction.put(check, at: VaultTables.MetaKey.check, in: contents.meta)
    try transaction.put(generation.number.littleEndianBytes, at: VaultTables.MetaKey.generation, in: contents.meta)
    try transaction.commit()
  }

  /// Opens a vault, and sees whether the key is its own.
  init(
    opening environment: Environment, generation: VaultGeneration = .first, storeKey: StoreKey, keyPath: String,
  ) throws(StoreError) {
    self.environment = environment
    self.generation = generation
    self.storeKey = storeKey
    let contents = try stored { () throws(LMDBError) in try VaultTables(opening: environment) }
    self.contents = contents
    identifierKey = try environment.reading { (transaction) throws(StoreError) in
      try Vault.identifierKey(in: transaction, environment, meta: contents.meta, storeKey: storeKey, keyPath: keyPath)
    }
  }

  /// Opens the key of identifiers' hashes: with another store key, it does not open.
  private static func identifierKey(
    in transaction: borrowing ReadTransaction, _ environment: Environment, meta: Table, storeKey: StoreKey,
    keyPath: String,
  ) throws(StoreError) -> SecretKey {
    let format = try stored { () throws(LMDBError) in try transaction.unsafeGet(VaultTables.MetaKey.format, from: meta)
    }
    guard let format = format?.number(UInt32.self) else {
      throw StoreError.damaged(position: nil, what: "the vault does not tell its format")
    }
    guard format <= Vault.formatVersion else {
      throw StoreError.newerFormat(path: environment.directory, found: format, supported: Vault.formatVersion)
    }
    let check = try stored { () throws(LMDBError) in try transaction.unsafeGet(VaultTables.MetaKey.check, from: meta) }
    guard let check else {
      throw StoreError.damaged(position: nil, what: "the vault has nothing to check its key with")
    }
    guard let key = identifierKey(sealed: check, storeKey: storeKey) else { throw StoreError.keyWrong(path: keyPath) }
    return key
  }

  /// Opens the `check`; nil with another store key than it was sealed under.
  static func identifierKey(sealed check: UnsafeRawBufferPointer, storeKey: StoreKey) -> SecretKey? {
    let key = storeKey.store.bytes.withUnsafeBytes {
      Sealing.opened(check, associated: $0, key: storeKey.secret)
    }
    guard let key, key.count == 32 else { return nil }
    return SecretKey(key)
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
      try transaction.unsafeGet(Array(reference.text.utf8), from: contents.references)
    }
    return try bytes.map { (bytes) throws(StoreError) in try Vault.number(inRow: bytes) }
  }

  /// The number in a reference's row.
  static func number(inRow row: UnsafeRawBufferPointer) throws(StoreError) -> CustomerNumber {
    guard let number = row.number(UInt32.self) else {
      throw StoreError.damaged(position: nil, what: "the vault's row of a reference has \(row.count) bytes, not 4")
    }
    return CustomerNumber(number)
  }

  /// The reference of a number, its data key left wrapped; nil for a number without a row, which reads as erased.
  func reference<Access>(
    of number: CustomerNumber, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> Reference? {
    let row = try stored { () throws(LMDBError) in try transaction.unsafeGet(number.value, from: contents.customers) }
    return try row.map { (row) throws(StoreError) in
      Reference(normalised: String(decoding: try Row(row, of: number).reference, as: UTF8.self))
    }
  }

  /// A row of `customers`, in place.
  struct Row {
    let keyNumber: UInt32
    let wrappedKey: UnsafeRawBufferPointer
    /// UTF-8; never empty.
    let reference: UnsafeRawBufferPointer

    /// Nil where the bytes are too short.
    init?(_ bytes: UnsafeRawBufferPointer) {
      let referenceOffset = 4 + Vault.wrappedKeySize
      guard bytes.count > referenceOffset else { return nil }
      keyNumber = UInt32(littleEndian: bytes.loadUnaligned(as: UInt32.self))
      wrappedKey = UnsafeRawBufferPointer(rebasing: bytes[4..<referenceOffset])
      reference = UnsafeRawBufferPointer(rebasing: bytes[referenceOffset...])
    }

    init(_ bytes: UnsafeRawBufferPointer, of number: CustomerNumber) throws(StoreError) {
      guard let row = Row(bytes) else {
        throw StoreError.damaged(position: nil, what: "the vault's row of \(number) is too short")
      }
      self = row
    }

    /// The data key's bytes; nil where they are not what was wrapped for the customer.
    func dataKey(of number: CustomerNumber, under storeKey: StoreKey, with sealing: inout Sealing) -> [UInt8]? {
      withUnsafeBytes(of: Vault.keyAssociatedData(number, keyNumber)) {
        sealing.open(combined: wrappedKey, associated: $0, key: storeKey.secret)
      }
    }
  }

  /// The customer of a number; nil for a number without a row, which reads as erased.
  func customer<Access>(
    _ number: CustomerNumber, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> Customer? {
    let row = try stored { () throws(LMDBError) in try transaction.unsafeGet(number.value, from: contents.customers) }
    return try row.map { (row) throws(StoreError) in try Vault.customer(number, row: row, storeKey: storeKey) }
  }

  /// What a row says, its data key unwrapped.
  static func customer(
    _ number: CustomerNumber, row: UnsafeRawBufferPointer, storeKey: StoreKey,
  ) throws(StoreError) -> Customer {
    let row = try Row(row, of: number)
    var sealing = Sealing()
    guard let key = row.dataKey(of: number, under: storeKey, with: &sealing) else {
      throw StoreError.damaged(position: nil, what: "the data key of \(number) cannot be unwrapped")
    }
    return Customer(
      reference: Reference(normalised: String(decoding: row.reference, as: UTF8.self)),
      dataKey: DataKey(number: row.keyNumber, secret: SecretKey(key)))
  }

  /// The number that the next new customer gets.
  func nextNumber<Access>(in transaction: borrowing Transaction<Access>) throws(StoreError) -> UInt32 {
    try contents.nextNumber(in: transaction)
  }

  /// Adds customers in one durable commit.
  func add(_ added: [KeyRing.Entry], next: UInt32) throws(LMDBError) {
    var transaction = try environment.beginWrite()
    var sealing = Sealing()
    for customer in added {
      try put(customer, sealing: &sealing, in: &transaction)
    }
    try transaction.put(next.littleEndianBytes, at: VaultTables.MetaKey.next, in: contents.meta)
    try transaction.commit()
  }

  /// Writes the two rows of a new customer.
  func put(
    _ customer: KeyRing.Entry, sealing: inout Sealing, in transaction: inout WriteTransaction,
  ) throws(LMDBError) {
    guard let number = customer.number else { preconditionFailure("a customer is added under a number") }
    let row = row(of: number, reference: customer.reference, dataKey: customer.dataKey, sealing: &sealing)
    try transaction.put(row, at: number.value, in: contents.customers)
    try transaction.put(
      number.value.littleEndianBytes, at: Array(customer.reference.text.utf8), in: contents.references)
  }

  /// What `customers` holds of a customer, the data key wrapped under this vault's store key.
  func row(
    of number: CustomerNumber, reference: Reference, dataKey: DataKey, sealing: inout Sealing,
  ) -> [UInt8] {
    var row: [UInt8] = []
    row.reserveCapacity(4 + Vault.wrappedKeySize + reference.text.utf8.count)
    row.append(contentsOf: dataKey.number.littleEndianBytes)
    dataKey.secret.withUnsafeBytes { key in
      withUnsafeBytes(of: Vault.keyAssociatedData(number, dataKey.number)) {
        sealing.seal(key, associated: $0, key: storeKey.secret, appendingTo: &row)
      }
    }
    row.append(contentsOf: reference.text.utf8)
    return row
  }

  /// What is left of somebody who was erased; nil for everybody else.
  func erasure<Access>(
    of number: CustomerNumber, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> ErasedRow? {
    guard let erased = contents.erased else { return nil }
    let row = try stored { () throws(LMDBError) in try transaction.unsafeGet(number.value, from: erased) }
    return try row.map { (row) throws(StoreError) in try Vault.erasure(of: number, row: row) }
  }

  private static func erasure(
    of number: CustomerNumber, row: UnsafeRawBufferPointer,
  ) throws(StoreError) -> ErasedRow {
    guard let row = ErasedRow(encoded: row) else {
      throw StoreError.damaged(
        position: nil, what: "the vault's row of \(number), who was erased, is not what was written")
    }
    return row
  }

  /// Calls `body` with everybody who was erased, in the order of numbers.
  func forEachErasure(
    in transaction: borrowing ReadTransaction, _ body: (CustomerNumber, ErasedRow) throws -> Void,
  ) throws {
    guard let erased = contents.erased else { return }
    var cursor = try transaction.cursor(in: erased)
    while try cursor.next() {
      let number = CustomerNumber(UInt32(cursor.integerKey))
      try body(number, Vault.erasure(of: number, row: cursor.unsafeValue))
    }
  }

  /// Calls `body` with each reference and its number, in the order of references.
  func forEachReference(
    in transaction: borrowing ReadTransaction, _ body: (Reference, CustomerNumber) throws -> Void,
  ) throws {
    var cursor = try transaction.cursor(in: contents.references)
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
    [("references", contents.references), ("customers", contents.customers)]
      + (contents.erased.map { [("erased", $0)] } ?? [])
  }

  /// The customer's number and the key's, in the order of bytes in which they are authenticated.
  private static func keyAssociatedData(_ number: CustomerNumber, _ keyNumber: UInt32) -> UInt64 {
    (UInt64(number.value) | UInt64(keyNumber) << 32).littleEndian
  }
}

extension FixedWidthInteger {
  /// The number's bytes, the lowest first.
  var littleEndianBytes: [UInt8] {
    withUnsafeBytes(of: littleEndian) { Array($0) }
  }
}

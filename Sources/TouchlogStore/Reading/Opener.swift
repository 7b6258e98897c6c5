import LMDB
import Touchlog

/// Turns records back into events: names put back for numbers, payloads opened, references put back into `data`.
///
/// Belongs to one read; it keeps the customers that it has met in the vault that it uses.
struct Opener: ~Copyable {
  private let tables: LogTables
  private let names: Names
  private var vault: Vault?
  private let formats: RecordFormats
  private var customers: [CustomerNumber: Vault.Customer?] = [:]
  private var opening: RecordOpening

  private static let keptCustomers = 10_000

  init(tables: LogTables, names: Names, formats: RecordFormats) {
    self.tables = tables
    self.names = names
    self.formats = formats
    opening = RecordOpening(formats: formats)
  }

  /// To be told before anything is opened, and again with each transaction: whoever was met in a vault that was replaced
  /// may have been erased.
  mutating func use(_ vault: Vault) {
    if self.vault?.generation == vault.generation { return }
    self.vault = vault
    customers.removeAll()
  }

  /// The customer of a number; nil when erased.
  mutating func customer<Access>(
    _ number: CustomerNumber, vault transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> Vault.Customer? {
    if let known = customers[number] { return known }
    if customers.count >= Opener.keptCustomers { customers.removeAll(keepingCapacity: true) }
    guard let vault else { preconditionFailure("a vault is in use before a customer is asked for") }
    let customer = try vault.customer(number, in: transaction)
    customers[number] = .some(customer)
    return customer
  }

  /// Reads the record at a position.
  mutating func content<LogAccess, VaultAccess>(
    at position: Position, log: borrowing Transaction<LogAccess>, vault: borrowing Transaction<VaultAccess>,
  ) throws(StoreError) -> RecordOpening.Content {
    let stored = try storedHeader(at: position, log: log)
    let header = try self.header(stored, at: position)
    let record = try TouchlogStore.stored { () throws(LMDBError) in
      try log.unsafeGet(position.value, from: tables.payloads)
    }
    guard let parts = record.flatMap({ formats.parts(of: $0, under: stored) }) else {
      throw StoreError.damaged(position: position.value, what: "the payload is missing or cut off")
    }
    let type = Catalogue.type(code: header.typeCode)
    let texts = RecordTexts(
      type: try typeName(type, header: header, log: log), source: try names.text(of: header.source, in: log),
      agent: try text(of: header.agent, log: log), team: try text(of: header.team, log: log),
      location: try text(of: header.location, log: log), topic: try text(of: header.topic, log: log),
      references: try references(of: type, header: header, vault: vault),
      customer: try customer(header.customer, vault: vault))
    return try opening.content(header, stored: stored, parts, texts, at: position)
  }

  /// Reads the event at a position.
  mutating func event<LogAccess, VaultAccess>(
    at position: Position, log: borrowing Transaction<LogAccess>, vault: borrowing Transaction<VaultAccess>,
  ) throws(StoreError) -> OpenedEvent {
    try opening.event(of: try content(at: position, log: log, vault: vault), at: position)
  }

  /// The bytes of the header at a position, their checksum compared.
  private func storedHeader<Access>(
    at position: Position, log: borrowing Transaction<Access>,
  ) throws(StoreError) -> UnsafeRawBufferPointer {
    let bytes = try stored { () throws(LMDBError) in try log.unsafeGet(position.value, from: tables.headers) }
    guard let bytes else { throw StoreError.damaged(position: position.value, what: "there is no header") }
    guard Hashing.isIntact(bytes) else {
      throw StoreError.damaged(position: position.value, what: "the header is not what was written")
    }
    return bytes
  }

  private func header(_ stored: UnsafeRawBufferPointer, at position: Position) throws(StoreError) -> RecordHeader {
    var scratch = RecordScratch()
    guard let event = formats.event(at: position, stored.bytes, in: &scratch) else {
      throw StoreError.damaged(position: position.value, what: formats.reason(for: stored))
    }
    return event.header
  }

  private func typeName<Access>(
    _ type: EventType?, header: RecordHeader, log: borrowing Transaction<Access>,
  ) throws(StoreError) -> String {
    if let type { return type.name }
    guard header.typeCode == Catalogue.foreignCode, let number = header.slots[0] else {
      throw StoreError.damaged(position: nil, what: "a header names a type \(header.typeCode) that no version knows")
    }
    return try names.text(of: NameNumber(UInt32(truncatingIfNeeded: number)), in: log)
  }

  private func text<Access>(
    of name: NameNumber?, log: borrowing Transaction<Access>,
  ) throws(StoreError) -> String? {
    guard let name else { return nil }
    return try names.text(of: name, in: log)
  }

  /// The references that the header names by number, in the order of the type's fields.
  private mutating func references<Access>(
    of type: EventType?, header: RecordHeader, vault: borrowing Transaction<Access>,
  ) throws(StoreError) -> [Reference] {
    var references: [Reference] = []
    for number in header.referencedCustomers(of: type) {
      references.append(
        try customer(number, vault: vault)?.reference ?? Reference(normalised: number.description))
    }
    return references
  }
}

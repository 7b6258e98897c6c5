import JSON
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
  private var parser = JSONParser(maximumBytes: Limits.dataBytes + Limits.extensionBytes)
  private var associated: [UInt8] = []
  private var sealing = Sealing()

  private static let keptCustomers = 10_000

  init(tables: LogTables, names: Names, formats: RecordFormats) {
    self.tables = tables
    self.names = names
    self.formats = formats
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

  /// What a record says, before its texts are put into an event.
  struct Content {
    let header: RecordHeader
    let id: String
    let source: String
    let content: EventContent
    let isErased: Bool
  }

  /// Reads the record at a position.
  mutating func content<LogAccess, VaultAccess>(
    at position: Position, log: borrowing Transaction<LogAccess>, vault: borrowing Transaction<VaultAccess>,
  ) throws(StoreError) -> Content {
    let stored = try storedHeader(at: position, log: log)
    let header = try self.header(stored, at: position)
    let record = try TouchlogStore.stored { () throws(LMDBError) in
      try log.unsafeGet(position.value, from: tables.payloads)
    }
    guard let parts = record.flatMap({ formats.parts(of: $0, under: stored) }) else {
      throw StoreError.damaged(position: position.value, what: "the payload is missing or cut off")
    }
    let source = try names.text(of: header.source, in: log)
    let type = Catalogue.type(code: header.typeCode)
    let customer = try customer(header.customer, vault: vault)
    let opened = try customer.map { (customer) throws(StoreError) in
      try open(parts, header: header, stored: stored, source: source, key: customer.dataKey, position: position)
    }
    let interaction = header.interaction.map { _ in String(decoding: parts.interaction, as: UTF8.self) }
    return Content(
      header: header, id: String(decoding: parts.id, as: UTF8.self), source: source,
      content: EventContent(
        type: try typeName(type, header: header, log: log), occurredAt: header.occurredAt,
        customer: customer?.reference ?? Reference(normalised: header.customer.description),
        channel: header.channel, interaction: interaction, agent: try text(of: header.agent, log: log),
        team: try text(of: header.team, log: log), location: try text(of: header.location, log: log),
        topic: try text(of: header.topic, log: log),
        references: try references(of: type, header: header, vault: vault), data: opened?.data,
        extensions: opened?.extensions ?? []),
      isErased: customer == nil)
  }

  /// Reads the event at a position.
  mutating func event<LogAccess, VaultAccess>(
    at position: Position, log: borrowing Transaction<LogAccess>, vault: borrowing Transaction<VaultAccess>,
  ) throws(StoreError) -> OpenedEvent {
    let record = try content(at: position, log: log, vault: vault)
    let content = record.content
    let type = Catalogue.type(code: record.header.typeCode)
    let standIn =
      type?.concern == .company
      ? Reference.company
      : content.interaction.map { Reference.anonymous(interaction: $0) }
        ?? Reference.anonymous(source: record.source, id: record.id)
    var data = content.data
    if let sealed = data, !content.references.isEmpty, let type {
      data = try restoring(content.references, of: type, in: sealed, position: position)
    }
    return OpenedEvent(
      position: position, recordedAt: record.header.recordedAt, customerNumber: record.header.customer,
      customer: record.isErased ? nil : content.customer, streamVersion: record.header.streamVersion,
      event: Event(
        id: record.id, source: record.source, type: content.type, occurredAt: content.occurredAt,
        subject: content.customer == standIn ? nil : content.customer, channel: content.channel,
        interaction: content.interaction,
        agent: content.agent, team: content.team, location: content.location, topic: content.topic,
        dataText: data, extensions: EventContent.members(of: content.extensions)),
      isErased: record.isErased)
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

  private mutating func open(
    _ parts: PayloadRecord.Parts, header: RecordHeader, stored: UnsafeRawBufferPointer, source: String, key: DataKey,
    position: Position,
  ) throws(StoreError) -> (data: [UInt8]?, extensions: [UInt8]) {
    associated.removeAll(keepingCapacity: true)
    if let older = formats.associatedData(under: stored, parts, source: source) {
      associated = older
    } else {
      PayloadRecord.appendAssociatedData(
        header: header, id: parts.id, interaction: parts.interaction, source: source.utf8, to: &associated)
    }
    let plaintext = associated.withUnsafeBytes { sealing.open(parts, associated: $0, key: key.secret) }
    guard let plaintext, plaintext.count >= 4 else {
      throw StoreError.damaged(position: position.value, what: "the payload cannot be opened with its customer's key")
    }
    guard let parts = PayloadRecord.split(plaintext) else {
      throw StoreError.damaged(position: position.value, what: "the payload is shorter than it says")
    }
    return parts
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
    for field in type?.referenceFields ?? [] {
      guard case .slot(let slot)? = type?.place(of: field), let value = header.slots[slot] else { continue }
      let number = CustomerNumber(UInt32(truncatingIfNeeded: value))
      references.append(
        try customer(number, vault: vault)?.reference ?? Reference(normalised: number.description))
    }
    return references
  }

  /// `data` with the references put back where empty texts stand for them.
  private mutating func restoring(
    _ references: [Reference], of type: EventType, in sealed: [UInt8], position: Position,
  ) throws(StoreError) -> [UInt8] {
    var places: [(range: Range<Int>, reference: Reference)] = []
    do {
      let root = try parser.parse(sealed.span).root
      for (field, reference) in zip(type.referenceFields, references) {
        guard let node = root.member(field.name.utf8.span) else { continue }
        places.append((node.offset..<node.offset + node.raw.count, reference))
      }
    } catch {
      throw StoreError.damaged(position: position.value, what: "its data is no JSON any more: \(error)")
    }
    var data = sealed
    for (range, reference) in places.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
      data.replaceSubrange(range, with: Array(JSONValue.string(reference.text).text.utf8))
    }
    return data
  }
}

extension EventType {
  /// The fields that hold references.
  var referenceFields: [Field] {
    fields.map(\.field).filter { $0.kind == .reference }
  }
}

import JSON
import Touchlog

/// What the numbers in a record stand for.
struct RecordTexts {
  /// The name of the type.
  let type: String
  let source: String
  let agent: String?
  let team: String?
  let location: String?
  let topic: String?
  /// The references inside `data`, in the order of the type's fields.
  let references: [Reference]
  /// Whose event it is; nil when erased.
  let customer: Vault.Customer?
}

/// Makes events of records and of what their numbers stand for, wherever that was looked up.
///
/// One thread at a time uses it; it keeps its buffers.
struct RecordOpening: ~Copyable {
  private var parser = JSONParser(maximumBytes: Limits.dataBytes + Limits.extensionBytes)
  private var associated: [UInt8] = []
  private var sealing = Sealing()
  private let formats: RecordFormats

  init(formats: RecordFormats) {
    self.formats = formats
  }

  /// What a record says, before its texts are put into an event.
  struct Content {
    let header: RecordHeader
    let id: String
    let source: String
    let content: EventContent
    let isErased: Bool
  }

  /// What a record says.
  ///
  /// - Parameters:
  ///   - header: the values of `stored`.
  ///   - stored: the header as it lies in the log.
  mutating func content(
    _ header: RecordHeader, stored: UnsafeRawBufferPointer, _ parts: PayloadRecord.Parts, _ texts: RecordTexts,
    at position: Position,
  ) throws(StoreError) -> Content {
    let opened = try texts.customer.map { (customer) throws(StoreError) in
      try open(parts, header: header, stored: stored, source: texts.source, key: customer.dataKey, position: position)
    }
    let interaction = header.interaction.map { _ in String(decoding: parts.interaction, as: UTF8.self) }
    return Content(
      header: header, id: String(decoding: parts.id, as: UTF8.self), source: texts.source,
      content: EventContent(
        type: texts.type, occurredAt: header.occurredAt,
        customer: texts.customer?.reference ?? Reference(normalised: header.customer.description),
        channel: header.channel, interaction: interaction, agent: texts.agent, team: texts.team,
        location: texts.location, topic: texts.topic, references: texts.references, data: opened?.data,
        extensions: opened?.extensions ?? []),
      isErased: texts.customer == nil)
  }

  /// The event of what a record says.
  mutating func event(of record: Content, at position: Position) throws(StoreError) -> OpenedEvent {
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

extension RecordHeader {
  /// The customers whom the header names besides its own, in the order of the type's fields.
  func referencedCustomers(of type: EventType?) -> [CustomerNumber] {
    (type?.referenceFields ?? []).compactMap { field in
      guard case .slot(let slot)? = type?.place(of: field), let value = slots[slot] else { return nil }
      return CustomerNumber(UInt32(truncatingIfNeeded: value))
    }
  }
}

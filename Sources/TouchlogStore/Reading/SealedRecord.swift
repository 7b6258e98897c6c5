package import Touchlog

/// A record by itself, away from any store: the bytes that its leaf covers, and what they say.
///
/// With the texts of the names that it numbers, and its customer's data key, it becomes the event again.
package struct SealedRecord {
  /// Its place in the log.
  package let position: Position
  /// The header, checksum included.
  package let header: [UInt8]
  /// The sealed payload.
  package let sealed: [UInt8]
  /// What the header says.
  package let values: RecordHeader

  private static let formats = RecordFormats(older: OlderFormat.all)

  /// Takes a record apart.
  ///
  /// - Throws: `StoreError.damaged`, where the checksum is not that of the header, or a part has not the length that it
  ///   says.
  package init(position: Position, header: [UInt8], sealed: [UInt8]) throws(StoreError) {
    let scanned = header.withUnsafeBytes { stored -> (RecordHeader?, reason: String) in
      guard Hashing.isIntact(stored) else { return (nil, "the header's checksum is not that of its bytes") }
      var scratch = RecordScratch()
      let event = SealedRecord.formats.event(at: position, stored.bytes, in: &scratch)
      return (event?.header, SealedRecord.formats.reason(for: stored))
    }
    guard let values = scanned.0 else { throw .damaged(position: position.value, what: scanned.reason) }
    self.position = position
    self.header = header
    self.sealed = sealed
    self.values = values
    let isWhole = withParts { _, parts in parts != nil }
    guard isWhole else { throw .damaged(position: position.value, what: "the sealed payload is cut off") }
  }

  /// The hash of its leaf.
  package var leafHash: MerkleFrontier.Digest {
    let digest = sealed.withUnsafeBytes { PayloadRecord.digest(ofSealed: $0) }
    return header.withUnsafeBytes { MerkleFrontier.leafHash($0, digest) }
  }

  /// Its type; nil for one outside the catalogue.
  package var type: EventType? { Catalogue.type(code: values.typeCode) }

  /// The event's id, which is not sealed.
  package var id: String { withParts { _, parts in parts.map { String(decoding: $0.id, as: UTF8.self) } ?? "" } }

  /// The interaction's name, which is not sealed.
  package var interaction: String? {
    guard values.interaction != nil else { return nil }
    return withParts { _, parts in parts.map { String(decoding: $0.interaction, as: UTF8.self) } }
  }

  /// The names whose texts its event needs.
  package var names: [NameNumber] {
    [values.source, foreignType, values.agent, values.team, values.location, values.topic].compactMap { $0 }
  }

  /// The customers whom its data name.
  package var referencedCustomers: [CustomerNumber] { values.referencedCustomers(of: type) }

  private var foreignType: NameNumber? {
    guard values.typeCode == Catalogue.foreignCode, let number = values.slots[0] else { return nil }
    return NameNumber(UInt32(truncatingIfNeeded: number))
  }

  /// The event, as the store gives it out.
  ///
  /// - Parameters:
  ///   - reference: who the customer is.
  ///   - key: 32 bytes under which the payload was sealed.
  ///   - text: the text of a name; nil where it is not known.
  ///   - other: who a customer is whom the data name; nil for one who was erased.
  /// - Throws: `StoreError.damaged`, where the payload does not open under the key, or a name is not known.
  package func event(
    of reference: Reference, key: [UInt8], text: (NameNumber) -> String?, other: (CustomerNumber) -> Reference?,
  ) throws(StoreError) -> OpenedEvent {
    func known(_ number: NameNumber) throws(StoreError) -> String {
      guard let text = text(number) else {
        throw StoreError.damaged(position: position.value, what: "there is no name with the number \(number.value)")
      }
      return text
    }
    func known(_ number: NameNumber?) throws(StoreError) -> String? {
      guard let number else { return nil }
      return try known(number) as String
    }
    let foreignName = try known(foreignType)
    guard let typeName = type?.name ?? foreignName else {
      throw StoreError.damaged(
        position: position.value, what: "the header names a type \(values.typeCode) that no version knows")
    }
    let texts = RecordTexts(
      type: typeName, source: try known(values.source), agent: try known(values.agent), team: try known(values.team),
      location: try known(values.location), topic: try known(values.topic),
      references: referencedCustomers.map { other($0) ?? Reference(normalised: $0.description) },
      customer: Vault.Customer(
        reference: reference, dataKey: DataKey(number: values.dataKeyNumber, secret: SecretKey(key))))
    return try opened(with: texts)
  }

  private func opened(with texts: RecordTexts) throws(StoreError) -> OpenedEvent {
    var opening = RecordOpening(formats: SealedRecord.formats)
    let result = withParts { stored, parts -> Result<RecordOpening.Content, StoreError> in
      guard let parts else { preconditionFailure("a record is taken apart when it is made") }
      do throws(StoreError) {
        return .success(try opening.content(values, stored: stored, parts, texts, at: position))
      } catch {
        return .failure(error)
      }
    }
    return try opening.event(of: try result.get(), at: position)
  }

  /// Lends the header and the payload's parts; nil for a payload that is too short for what it says.
  private func withParts<Result>(_ body: (UnsafeRawBufferPointer, PayloadRecord.Parts?) -> Result) -> Result {
    // The parts of a payload are those behind its leaf hash, which is not needed here.
    let payload = [UInt8](repeating: 0, count: PayloadRecord.leafSize) + sealed
    return header.withUnsafeBytes { header in
      payload.withUnsafeBytes { body(header, SealedRecord.formats.parts(of: $0, under: header)) }
    }
  }
}

import CXXHash
import Crypto
import FoundationEssentials
import JSON
import Synchronization
import Touchlog

/// Checks events and seals them, on the caller's thread.
struct Preparer: Sendable {
  let keyRing: KeyRing
  /// The latest time that an event may bear.
  let latest: Timestamp

  /// Prepares the events of one append.
  ///
  /// - Throws: `AppendError.invalid` for the first event that the catalogue refuses, or `StoreError`.
  func prepare(_ events: [Event]) throws -> PreparedEvents {
    guard events.count <= Limits.eventsPerAppend else { throw AppendError.tooManyEvents(events.count) }
    var checker = EventChecker()
    var checked: [CheckedEvent] = []
    checked.reserveCapacity(events.count)
    var references: [Reference] = []
    references.reserveCapacity(events.count)
    for (index, event) in events.enumerated() {
      do throws(EventError) {
        let result = try checker.check(event)
        try checkTime(of: event)
        references.append(result.customer)
        for case .reference(let reference)? in result.fields { references.append(reference) }
        checked.append(result)
      } catch {
        throw AppendError.invalid(index: index, error)
      }
    }
    let entries = try keyRing.entries(for: references)
    var next = 0
    return PreparedEvents(
      events: checked.map { checked in
        let others = checked.fields.count { if case .reference? = $0 { true } else { false } }
        defer { next += 1 + others }
        return PreparedEvent(
          checked, customer: entries[next], others: entries[(next + 1)..<(next + 1 + others)],
          identifierKey: keyRing.identifierKey)
      })
  }

  private func checkTime(of event: Event) throws(EventError) {
    guard event.occurredAt <= latest else {
      throw EventError(
        field: "time", expected: "no more than a day ahead of the log's clock", found: event.occurredAt.rfc3339)
    }
  }
}

extension PayloadRecord {
  /// The record of an event, its leaf hash zero.
  static func sealing(_ checked: CheckedEvent, header: RecordHeader, key: DataKey) -> [UInt8] {
    let event = checked.event
    var plaintext: [UInt8] = []
    let extensions = extensionsText(event.extensions)
    let length = checked.sealedData.map { UInt32($0.count) } ?? noData
    plaintext.reserveCapacity(4 + (checked.sealedData?.count ?? 0) + extensions.count)
    plaintext.append(contentsOf: length.littleEndianBytes)
    if let data = checked.sealedData { plaintext.append(contentsOf: data) }
    plaintext.append(contentsOf: extensions)

    var id = event.id
    var interaction = event.interaction ?? ""
    var source = event.source
    let header = header.encoded()
    return id.withUTF8 { id in
      interaction.withUTF8 { interaction in
        source.withUTF8 { source in
          var record: [UInt8] = []
          record.reserveCapacity(
            leafSize + lengthsSize + id.count + interaction.count + plaintext.count + Sealing.overhead)
          record.append(contentsOf: repeatElement(0, count: leafSize))
          record.append(length: id.count)
          record.append(length: interaction.count)
          record.append(contentsOf: id)
          record.append(contentsOf: interaction)
          let associated = associatedData(
            header: header, id: UnsafeRawBufferPointer(id), interaction: UnsafeRawBufferPointer(interaction),
            source: UnsafeRawBufferPointer(source))
          plaintext.withUnsafeBytes { plaintext in
            associated.withUnsafeBytes { associated in
              Sealing.seal(plaintext, associated: associated, key: key.symmetricKey, into: &record)
            }
          }
          return record
        }
      }
    }
  }

  /// What is sealed along with the payload without being in it; see the drawing above.
  static func associatedData(
    header: [UInt8], id: UnsafeRawBufferPointer, interaction: UnsafeRawBufferPointer, source: UnsafeRawBufferPointer,
  ) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(16 + 6 + id.count + interaction.count + source.count)
    bytes.append(contentsOf: header[..<16])
    for text in [id, interaction, source] {
      bytes.append(length: text.count)
      bytes.append(contentsOf: text)
    }
    return bytes
  }

  /// SHA-256 of all that follows the leaf hash.
  static func digest(of record: [UInt8]) -> MerkleFrontier.Digest {
    record.withUnsafeBytes { digest(ofSealed: UnsafeRawBufferPointer(rebasing: $0[leafSize...])) }
  }

  /// SHA-256 of a sealed payload.
  static func digest(ofSealed sealed: UnsafeRawBufferPointer) -> MerkleFrontier.Digest {
    var hasher = SHA256()
    hasher.update(bufferPointer: sealed)
    return MerkleFrontier.Digest(hasher.finalize())
  }

  /// Extensions as a JSON object, by name; nothing where there are none.
  static func extensionsText(_ extensions: [String: JSONValue]) -> [UInt8] {
    if extensions.isEmpty { return [] }
    let members = extensions.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }
    return Array(JSONValue.object(members).text.utf8)
  }
}

extension [UInt8] {
  /// Appends a text's length, as two bytes.
  fileprivate mutating func append(length: Int) {
    let length = UInt16(length)
    append(UInt8(truncatingIfNeeded: length))
    append(UInt8(length >> 8))
  }
}

/// The hashes that stand in headers for texts, and the headers' checksum: XXH3, see https://xxhash.com.
enum Hashing {
  /// 128 bits of an interaction's name.
  static func interactionKey(_ name: String) -> InteractionKey {
    var name = name
    let hash = name.withUTF8 { XXH3_128bits($0.baseAddress, $0.count) }
    return InteractionKey(high: hash.high64, low: hash.low64)
  }

  /// 64 bits of an identifier: the first of HMAC-SHA256 under the store's key for it. An order's number may be easy to
  /// guess and lead to a person elsewhere, so its hash must not tell it to whoever has the log alone.
  static func identifier(_ text: String, key: SymmetricKey) -> Int64 {
    var text = text
    var code = HMAC<SHA256>(key: key)
    text.withUTF8 { code.update(data: UnsafeRawBufferPointer($0)) }
    return code.finalize().withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
  }

  /// The lower 32 bits over a header's bytes but the last four.
  static func headerChecksum(_ header: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: XXH3_64bits(header.baseAddress, header.count - RecordLayout.checksumSize))
  }
}

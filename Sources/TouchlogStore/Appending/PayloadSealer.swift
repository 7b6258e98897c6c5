import Crypto
import FoundationEssentials
import JSON
import Touchlog

/// Puts payload records together and seals them. One thread at a time uses a sealer; it keeps its buffers and nonces.
struct PayloadSealer: ~Copyable {
  private var nonces = Nonces()
  private var plaintext: [UInt8] = []
  private var associated: [UInt8] = []

  /// The record of an event, its leaf hash zero.
  mutating func seal(_ checked: CheckedEvent, header: RecordHeader, key: DataKey) -> [UInt8] {
    plaintext.removeAll(keepingCapacity: true)
    plaintext.append(littleEndian: checked.sealedData.map { UInt32($0.count) } ?? PayloadRecord.noData)
    if let data = checked.sealedData { plaintext.append(contentsOf: data) }
    plaintext.append(contentsOf: PayloadRecord.extensionsText(checked.event.extensions))
    let id = checked.event.id.utf8
    let interaction = (checked.event.interaction ?? "").utf8
    associated.removeAll(keepingCapacity: true)
    PayloadRecord.appendAssociatedData(
      header: header, id: id, interaction: interaction, source: checked.event.source.utf8, to: &associated)

    var record: [UInt8] = []
    record.reserveCapacity(
      PayloadRecord.leafSize + PayloadRecord.lengthsSize + id.count + interaction.count + plaintext.count
        + Sealing.overhead)
    record.append(contentsOf: repeatElement(0, count: PayloadRecord.leafSize))
    record.append(littleEndian: UInt16(id.count))
    record.append(littleEndian: UInt16(interaction.count))
    record.append(contentsOf: id)
    record.append(contentsOf: interaction)
    plaintext.withUnsafeBytes { plaintext in
      associated.withUnsafeBytes { associated in
        Sealing.seal(plaintext, associated: associated, key: key.symmetricKey, nonce: nonces.next(), into: &record)
      }
    }
    return record
  }
}

extension PayloadRecord {
  /// Appends what is sealed along with the payload without being in it; see the drawing.
  static func appendAssociatedData(
    header: RecordHeader, id: some Collection<UInt8>, interaction: some Collection<UInt8>,
    source: some Collection<UInt8>, to bytes: inout [UInt8],
  ) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: RecordLayout.startSize))
    bytes.withUnsafeMutableBytes { header.encodeStart(into: UnsafeMutableRawBufferPointer(rebasing: $0[start...])) }
    bytes.append(littleEndian: UInt16(id.count))
    bytes.append(contentsOf: id)
    bytes.append(littleEndian: UInt16(interaction.count))
    bytes.append(contentsOf: interaction)
    bytes.append(littleEndian: UInt16(source.count))
    bytes.append(contentsOf: source)
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
  /// Appends a number's bytes, the lowest first.
  fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

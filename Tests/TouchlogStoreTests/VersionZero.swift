import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// A version of the format that never was, older than the first: it goes the way that a real one will go.
///
/// ```
///  0        1        2                 4        5        6                 8
///  ├────────┼────────┼─────────────────┼────────┼────────┼─────────────────┼─────────────────┐ 12
///  │ 0      │ channel│    type code    │choice 0│choice 1│    presence     │ occurredAt, s   │
///  ├────────┴────────┴────────┬────────┴────────┴────────┼─────────────────┼─────────────────┤ 24
///  │ recordedAt, seconds      │ customer number          │ stream version                    │
///  ├──────────────────────────┴──────────────────────────┴───────┬───────────────────────────┤ 40
///  │ the customer's previous position, all ones for the first    │ source      │ data key    │
///  ├─────────────────────────────────────────────────────────────┴─────────────┴─────────────┤
///  │ interaction key, 16, where presence 4 · agent, team, 4 each, presence 0, 1              │
///  │ the type's own fields, 8 each, presence 5–15 · checksum, 4                              │
///  └─────────────────────────────────────────────────────────────────────────────────────────┘
///
///  payload: leaf hash, 32 · interaction's length, 1 · id's length, 1 · nonce, 12 · tag, 16 · interaction · id · ciphertext
/// ```
///
/// Times are whole seconds since 1970 in 32 bits, there are no locations and no topics, and the payload's parts come in
/// another order. Sealed along with a payload are the header's first 12 bytes, and the texts as in version 1.
enum VersionZero {
  static let fixedSize = 40
  static let startSize = 12

  /// What is registered with a store, as a real older version is in `OlderFormat.all`.
  static let format = OlderFormat(
    version: 0, header: { header(of: $0) }, parts: { parts(of: $0) },
    associatedData: { header, parts, source in
      associatedData(header: header, id: parts.id, interaction: parts.interaction, source: source)
    })

  static var options: Store.Options {
    var options = Store.Options.forTests
    options.olderFormats = [format]
    return options
  }

  // MARK: Reading

  private static func header(of bytes: UnsafeRawBufferPointer) -> RecordHeader? {
    guard bytes.count >= fixedSize + 4 else { return nil }
    func load<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type, _ offset: Int) -> Number {
      Number(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: type))
    }
    let presence = load(UInt16.self, 6)
    let names = (presence & 0b11).nonzeroBitCount
    let slots = presence >> 5
    let hasInteraction = presence & 0b10000 != 0
    guard presence & 0b1100 == 0,
      bytes.count == fixedSize + (hasInteraction ? 16 : 0) + 4 * names + 8 * slots.nonzeroBitCount + 4
    else { return nil }
    var header = RecordHeader(
      typeCode: load(UInt16.self, 2), occurredAt: Timestamp(microseconds: Int64(load(Int32.self, 8)) * 1_000_000))
    header.channel = Channel(rawValue: bytes[1])
    header.choices = (bytes[4], bytes[5])
    header.recordedAt = Timestamp(microseconds: Int64(load(Int32.self, 12)) * 1_000_000)
    header.customer = CustomerNumber(load(UInt32.self, 16))
    header.streamVersion = load(UInt32.self, 20)
    let previous = load(UInt64.self, 24)
    header.previous = previous == .max ? nil : Position(previous)
    header.source = NameNumber(load(UInt32.self, 32))
    header.dataKeyNumber = load(UInt32.self, 36)
    var offset = fixedSize
    if hasInteraction {
      header.interaction = InteractionKey(high: load(UInt64.self, offset), low: load(UInt64.self, offset + 8))
      offset += 16
    }
    for (bit, name) in [(0, \RecordHeader.agent), (1, \.team)] where presence & 1 << bit != 0 {
      header[keyPath: name] = NameNumber(load(UInt32.self, offset))
      offset += 4
    }
    for slot in 0..<RecordLayout.maximumSlots where slots & 1 << slot != 0 {
      header.slots[slot] = load(Int64.self, offset)
      offset += 8
    }
    return header
  }

  private static func parts(of bytes: UnsafeRawBufferPointer) -> PayloadRecord.Parts? {
    guard bytes.count >= 62 else { return nil }
    let (interactionSize, idSize) = (Int(bytes[32]), Int(bytes[33]))
    guard bytes.count >= 62 + interactionSize + idSize else { return nil }
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[range]) }
    let idOffset = 62 + interactionSize
    return PayloadRecord.Parts(
      leaf: slice(0..<32), sealed: slice(32..<bytes.count), id: slice(idOffset..<idOffset + idSize),
      interaction: slice(62..<idOffset), nonce: slice(34..<46), ciphertext: slice(idOffset + idSize..<bytes.count),
      tag: slice(46..<62))
  }

  // MARK: Writing

  /// The header's bytes, with their checksum.
  static func encode(_ header: RecordHeader) -> [UInt8] {
    var presence = header.presence
    precondition(presence & 0b1100 == 0, "version 0 has no locations and no topics")
    var bytes: [UInt8] = [0, header.channel?.rawValue ?? 0]
    func append<Number: FixedWidthInteger>(_ number: Number) { bytes.append(contentsOf: number.littleEndianBytes) }
    append(header.typeCode)
    bytes += [header.choices.0, header.choices.1]
    append(presence)
    append(Int32(header.occurredAt.microseconds / 1_000_000))
    append(Int32(header.recordedAt.microseconds / 1_000_000))
    append(header.customer.value)
    append(header.streamVersion)
    append(header.previous?.value ?? .max)
    append(header.source.value)
    append(header.dataKeyNumber)
    if let interaction = header.interaction {
      append(interaction.high)
      append(interaction.low)
    }
    for name in [header.agent, header.team].compactMap({ $0 }) { append(name.value) }
    presence >>= 5
    for slot in 0..<RecordLayout.maximumSlots where presence & 1 << slot != 0 { append(header.slots[slot] ?? 0) }
    bytes += [0, 0, 0, 0]
    bytes.withUnsafeMutableBytes { Hashing.setChecksum(of: $0) }
    return bytes
  }

  /// A payload's bytes under a header of version 0, with their leaf hash.
  static func seal(
    _ plaintext: [UInt8], header: [UInt8], id: [UInt8], interaction: [UInt8], source: String, key: DataKey,
    nonce: [UInt8]? = nil,
  ) throws -> [UInt8] {
    let associated = header.withUnsafeBytes { header in
      id.withUnsafeBytes { id in
        interaction.withUnsafeBytes { associatedData(header: header, id: id, interaction: $0, source: source) }
      }
    }
    let box = try AESBox.seal(plaintext, associated: associated, key: key, nonce: nonce)
    let sealed = [UInt8(interaction.count), UInt8(id.count)] + box.nonce + box.tag + interaction + id + box.ciphertext
    let leaf = header.withUnsafeBytes { header in
      sealed.withUnsafeBytes { MerkleFrontier.leafHash(header, PayloadRecord.digest(ofSealed: $0)) }
    }
    return leaf.withBytes { Array($0) } + sealed
  }

  private static func associatedData(
    header: UnsafeRawBufferPointer, id: UnsafeRawBufferPointer, interaction: UnsafeRawBufferPointer, source: String,
  ) -> [UInt8] {
    var bytes = Array(header.prefix(startSize))
    for text in [Array(id), Array(interaction), Array(source.utf8)] {
      bytes += UInt16(text.count).littleEndianBytes + text
    }
    return bytes
  }
}

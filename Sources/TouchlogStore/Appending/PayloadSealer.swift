import JSON
import Touchlog

/// Puts payload records together and seals them. One thread at a time uses a sealer; it keeps its buffers and nonces.
struct PayloadSealer: ~Copyable {
  private var sealing = Sealing()
  private var plaintext: [UInt8] = []
  private var associated: [UInt8] = []

  /// How long the record of an event will be.
  static func size(of entry: CheckedEvents.Entry) -> Int {
    PayloadRecord.leafSize + PayloadRecord.lengthsSize + entry.id.count + entry.interaction.count
      + PayloadRecord.dataLengthSize + entry.data.count + entry.extensions.count + Sealing.overhead
  }

  /// Writes the record of a checked event, its leaf hash zero.
  ///
  /// - Parameters:
  ///   - entry: one of `events`, with a header of which all is known that is sealed along.
  ///   - payload: `size(of:)` bytes.
  mutating func seal(
    _ entry: CheckedEvents.Entry, of events: CheckedEvents, key: DataKey, into payload: UnsafeMutableRawBufferPointer,
  ) {
    plaintext.removeAll(keepingCapacity: true)
    plaintext.append(littleEndian: entry.hasData ? UInt32(entry.data.count) : PayloadRecord.noData)
    events.bytes.withUnsafeBytes { bytes in
      plaintext.append(contentsOf: bytes[entry.data.range])
      plaintext.append(contentsOf: bytes[entry.extensions.range])
      let id = UnsafeRawBufferPointer(rebasing: bytes[entry.id.range])
      let interaction = UnsafeRawBufferPointer(rebasing: bytes[entry.interaction.range])
      events.names.withBytes(of: entry.header.source.value) { source in
        seal(header: entry.header, id: id, interaction: interaction, source: source, key: key, into: payload)
      }
    }
  }

  /// Seals `plaintext`.
  private mutating func seal(
    header: RecordHeader, id: UnsafeRawBufferPointer, interaction: UnsafeRawBufferPointer,
    source: some Collection<UInt8>, key: DataKey, into payload: UnsafeMutableRawBufferPointer,
  ) {
    associated.removeAll(keepingCapacity: true)
    PayloadRecord.appendAssociatedData(
      header: header, id: id, interaction: interaction, source: source, to: &associated)
    var offset = PayloadRecord.leafSize
    UnsafeMutableRawBufferPointer(rebasing: payload[..<offset]).initializeMemory(as: UInt8.self, repeating: 0)
    payload.storeBytes(of: UInt16(id.count).littleEndian, toByteOffset: offset, as: UInt16.self)
    payload.storeBytes(of: UInt16(interaction.count).littleEndian, toByteOffset: offset + 2, as: UInt16.self)
    offset += PayloadRecord.lengthsSize
    for text in [id, interaction] {
      UnsafeMutableRawBufferPointer(rebasing: payload[offset..<offset + text.count]).copyMemory(from: text)
      offset += text.count
    }
    plaintext.withUnsafeBytes { plaintext in
      associated.withUnsafeBytes { associated in
        sealing.seal(
          plaintext, associated: associated, key: key.secret,
          into: UnsafeMutableRawBufferPointer(rebasing: payload[offset...]))
      }
    }
  }

  /// Writes a record of the same length anew, its leaf hash zero.
  mutating func seal(
    _ plaintext: [UInt8], header: RecordHeader, id: UnsafeRawBufferPointer, interaction: UnsafeRawBufferPointer,
    source: some Collection<UInt8>, key: DataKey, into payload: UnsafeMutableRawBufferPointer,
  ) {
    self.plaintext = plaintext
    seal(header: header, id: id, interaction: interaction, source: source, key: key, into: payload)
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
  static func digest(of record: UnsafeRawBufferPointer) -> SHA256.Digest {
    digest(ofSealed: UnsafeRawBufferPointer(rebasing: record[leafSize...]))
  }

  /// SHA-256 of a sealed payload.
  static func digest(ofSealed sealed: UnsafeRawBufferPointer) -> SHA256.Digest {
    UnsealedPayloads.areBuilt ? SHA256.Digest(repeating: 0) : SHA256.digest(of: sealed)
  }
}

extension [UInt8] {
  /// Appends a number's bytes, the lowest first.
  fileprivate mutating func append(littleEndian number: some FixedWidthInteger) {
    Swift.withUnsafeBytes(of: number.littleEndian) { append(contentsOf: $0) }
  }
}

import Touchlog

/// How records of one older format version are read as if they were of the current one.
///
/// A record is never written anew: its leaf covers the bytes as they were stored. Both parts of a record are of the
/// version that the header's first byte names; the payload has none of its own. When the layout changes, the version
/// before gets such a value in `all`, with golden files in the tests, and stays readable for ever. What no version may
/// change, so that all of them are leaves of one tree: a header begins with its version and ends with its checksum, and
/// a payload begins with the leaf hash, which covers all of the header and all that follows in the payload.
struct OlderFormat: Sendable {
  /// The version, the first byte of its headers.
  let version: UInt8

  /// A header's values; nil where the bytes have not the length that they say. The checksum is the last four bytes in
  /// every version, and was compared before.
  let header: @Sendable (UnsafeRawBufferPointer) -> RecordHeader?

  /// A payload's parts; nil where the bytes are too short for what they say.
  let parts: @Sendable (UnsafeRawBufferPointer) -> PayloadRecord.Parts?

  /// What was sealed along with a payload, from the header as it was stored, the payload's parts and the source.
  let associatedData: @Sendable (UnsafeRawBufferPointer, PayloadRecord.Parts, String) -> [UInt8]

  /// The older versions that this one reads; version 1 is the first.
  static let all: [OlderFormat] = []
}

/// Recognises a record's version, and reads it.
struct RecordFormats: Sendable {
  private let older: [OlderFormat]

  init(older: [OlderFormat]) {
    self.older = older
  }

  /// Whether a store that was begun under a version can be read.
  func reads(_ version: UInt32) -> Bool {
    version == LogTables.formatVersion || older.contains { UInt32($0.version) == version }
  }

  /// A header's values, in place where the header is of the current version. Nil where it is of none that is known, or
  /// its bytes have not the length that they say.
  @inline(__always) @_lifetime(copy bytes, &scratch)
  func event(at position: Position, _ bytes: RawSpan, in scratch: inout RecordScratch) -> RecordedEvent? {
    if let event = RecordedEvent(position: position, bytes: bytes) { return event }
    return olderEvent(at: position, bytes, in: &scratch)
  }

  /// Out of the way of the loops that pass over headers.
  @inline(never) @_lifetime(&scratch)
  private func olderEvent(
    at position: Position, _ bytes: RawSpan, in scratch: inout RecordScratch,
  ) -> RecordedEvent? {
    let header = bytes.withUnsafeBytes { bytes in format(of: bytes)?.header(bytes) }
    guard let header else { return nil }
    return RecordedEvent(position: position, header: header, in: &scratch)
  }

  /// A payload's parts, in place, under its header.
  func parts(of payload: UnsafeRawBufferPointer, under header: UnsafeRawBufferPointer) -> PayloadRecord.Parts? {
    guard let format = format(of: header) else { return PayloadRecord.Parts(payload) }
    return format.parts(payload)
  }

  /// What was sealed along with a payload whose version is older; nil for the current one.
  func associatedData(
    under header: UnsafeRawBufferPointer, _ parts: PayloadRecord.Parts, source: String,
  ) -> [UInt8]? {
    format(of: header)?.associatedData(header, parts, source)
  }

  /// Why a header whose checksum is right cannot be read.
  func reason(for header: UnsafeRawBufferPointer) -> String {
    guard let version = header.first, version > RecordLayout.version else {
      return "the header is not what was written"
    }
    return """
      its record has format \(version), and this version of Touchlog reads up to \(RecordLayout.version). Use the \
      version that wrote it, or a later one
      """
  }

  private func format(of header: UnsafeRawBufferPointer) -> OlderFormat? {
    guard let version = header.first, version != RecordLayout.version else { return nil }
    return older.first { $0.version == version }
  }
}

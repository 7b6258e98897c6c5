import CXXHash
import Touchlog

/// The hashes that stand in headers for texts, and the headers' checksum: XXH3, see https://xxhash.com.
enum Hashing {
  /// 64 bits of some bytes, for tables in memory.
  static func bytes(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
    XXH3_64bits_withSeed(bytes.baseAddress, bytes.count, seed)
  }

  /// 64 bits of an event's identity, for tables in memory.
  static func identity(source: String, id: String) -> UInt64 {
    Array(source.utf8).withUnsafeBytes { source in
      let seed = bytes(source)
      return Array(id.utf8).withUnsafeBytes { bytes($0, seed: seed) }
    }
  }

  /// 128 bits of an interaction's name.
  static func interactionKey(_ name: String) -> InteractionKey {
    var name = name
    return name.withUTF8 { interactionKey(UnsafeRawBufferPointer($0)) }
  }

  /// As `interactionKey` of a `String`, by its bytes.
  static func interactionKey(_ name: UnsafeRawBufferPointer) -> InteractionKey {
    let hash = XXH3_128bits(name.baseAddress, name.count)
    return InteractionKey(high: hash.high64, low: hash.low64)
  }

  /// 64 bits of an identifier: the first of HMAC-SHA256 under the store's key for it. An order's number may be easy to
  /// guess and lead to a person elsewhere, so its hash must not tell it to whoever has the log alone.
  static func identifier(_ text: String, key: SecretKey) -> Int64 {
    var text = text
    var hash = KeyedHash(key: key)
    return text.withUTF8 { hash.first64Bits(of: UnsafeRawBufferPointer($0)) }
  }

  /// The lower 32 bits over a header's bytes but the last four.
  static func headerChecksum(_ header: UnsafeRawBufferPointer) -> UInt32 {
    UInt32(truncatingIfNeeded: XXH3_64bits(header.baseAddress, header.count - RecordLayout.checksumSize))
  }

  /// Whether a header's checksum is that of its bytes.
  static func isIntact(_ header: UnsafeRawBufferPointer) -> Bool {
    guard header.count > RecordLayout.checksumSize else { return false }
    let stored = header.loadUnaligned(
      fromByteOffset: header.count - RecordLayout.checksumSize, as: UInt32.self)
    return UInt32(littleEndian: stored) == headerChecksum(header)
  }

  /// Writes a header's checksum into its last four bytes.
  static func setChecksum(of header: UnsafeMutableRawBufferPointer) {
    header.storeBytes(
      of: headerChecksum(UnsafeRawBufferPointer(header)).littleEndian,
      toByteOffset: header.count - RecordLayout.checksumSize, as: UInt32.self)
  }
}

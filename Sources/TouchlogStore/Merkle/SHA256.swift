import CNettle

/// SHA-256 (FIPS 180-4), by Nettle: state on the stack, nothing allocated.
package struct SHA256 {
  /// 32 bytes, in the order in which they are written.
  package typealias Digest = InlineArray<4, UInt64>

  private var state = sha256_ctx()

  /// Of no bytes yet.
  package init() {
    nettle_sha256_init(&state)
  }

  /// Takes in more bytes.
  package mutating func update(_ bytes: UnsafeRawBufferPointer) {
    nettle_sha256_update(&state, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
  }

  /// The digest of all bytes so far.
  package consuming func digest() -> Digest {
    var digest = Digest(repeating: 0)
    withUnsafeMutableBytes(of: &digest) { bytes in
      nettle_sha256_digest(&state, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    return digest
  }

  /// The digest of a piece of memory.
  package static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.digest()
  }
}

/// HMAC-SHA256 (RFC 2104) under one key, for many short texts: the key is taken in once.
struct KeyedHash {
  private var state = hmac_sha256_ctx()

  init(key: SecretKey) {
    key.withUnsafeBytes { key in
      nettle_hmac_sha256_set_key(&state, key.count, key.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
  }

  /// The first 64 bits of the code over some bytes, little-endian.
  mutating func first64Bits(of bytes: UnsafeRawBufferPointer) -> Int64 {
    nettle_hmac_sha256_update(&state, bytes.count, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
    var code: Int64 = 0
    withUnsafeMutableBytes(of: &code) { code in
      // Gives the code out, and makes ready for the next text.
      nettle_hmac_sha256_digest(&state, code.count, code.baseAddress?.assumingMemoryBound(to: UInt8.self))
    }
    return Int64(littleEndian: code)
  }
}

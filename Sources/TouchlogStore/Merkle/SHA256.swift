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

  /// The digest of a piece of memory: whole blocks are taken in where they lie.
  package static func digest(of bytes: UnsafeRawBufferPointer) -> Digest {
    let whole = bytes.count & ~(blockSize - 1)
    let rest = UnsafeRawBufferPointer(rebasing: bytes[whole...])
    return withUnsafeTemporaryAllocation(byteCount: 2 * blockSize, alignment: 8) { room in
      let last = UnsafeMutableRawBufferPointer(rebasing: room[..<paddedSize(of: rest.count)])
      last.copyMemory(from: rest)
      pad(last, from: rest.count, length: bytes.count)
      return digest(of: UnsafeRawBufferPointer(rebasing: bytes[..<whole]), padded: UnsafeRawBufferPointer(last))
    }
  }
}

/// Short messages, as most are here: Nettle's own padding of them costs about as much as half of their hashing.
extension SHA256 {
  private static let blockSize = Int(SHA256_BLOCK_SIZE)

  /// How many bytes a message has with its padding: whole blocks.
  static func paddedSize(of length: Int) -> Int { (length + 9 + blockSize - 1) & ~(blockSize - 1) }

  /// Pads a message (FIPS 180-4, 5.1.1): a bit, zeros, and its length in bits.
  ///
  /// - Parameters:
  ///   - blocks: the message's last blocks, up to their end.
  ///   - start: where in them the message ends.
  ///   - length: how many bytes the whole message has.
  static func pad(_ blocks: UnsafeMutableRawBufferPointer, from start: Int, length: Int) {
    precondition(start + 9 <= blocks.count, "there is room for the padding")
    blocks[start] = 0x80
    let zeros = UnsafeMutableRawBufferPointer(rebasing: blocks[(start + 1)..<(blocks.count - 8)])
    zeros.initializeMemory(as: UInt8.self, repeating: 0)
    blocks.storeBytes(of: (UInt64(length) << 3).bigEndian, toByteOffset: blocks.count - 8, as: UInt64.self)
  }

  /// The digest of a message with its padding.
  ///
  /// - Parameters:
  ///   - first: whole blocks ahead of the last ones.
  ///   - last: whole blocks, padded by `pad(_:from:length:)`.
  static func digest(
    of first: UnsafeRawBufferPointer = UnsafeRawBufferPointer(start: nil, count: 0),
    padded last: UnsafeRawBufferPointer,
  ) -> Digest {
    withUnsafeTemporaryAllocation(of: sha256_ctx.self, capacity: 1) { room in
      guard let hash = room.baseAddress else { preconditionFailure("there is room for one") }
      nettle_sha256_init(hash)
      if !first.isEmpty { nettle_sha256_update(hash, first.count, first.bytesAddress) }
      nettle_sha256_update(hash, last.count, last.bytesAddress)
      precondition(hash.pointee.index == 0, "padded messages are whole blocks")
      return withUnsafeBytes(of: &hash.pointee.state) { digest(ofState: $0) }
    }
  }

  /// What the state is once the padding was taken in: eight words, each with its highest byte first.
  private static func digest(ofState words: UnsafeRawBufferPointer) -> Digest {
    var digest = Digest(repeating: 0)
    withUnsafeMutableBytes(of: &digest) { bytes in
      for offset in stride(from: 0, to: bytes.count, by: 4) {
        let word = words.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
        bytes.storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt32.self)
      }
    }
    return digest
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

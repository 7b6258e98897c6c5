import CNettle

/// The key under which a customer's payloads are sealed.
final class DataKey: Sendable {
  /// Which of the customer's keys it is, from 1.
  let number: UInt32
  let secret: SecretKey

  init(number: UInt32, secret: SecretKey = SecretKey()) {
    self.number = number
    self.secret = secret
  }

  func isSame(as other: DataKey) -> Bool { self === other || secret.isEqual(to: other.secret) }
}

/// AES-256-GCM (NIST SP 800-38D) by Nettle, in the order of bytes in which it is kept: nonce, ciphertext, tag.
///
/// One thread at a time uses a sealing. What it computes of a key is kept in one place and wiped at the end, so that
/// sealing allocates nothing.
struct Sealing: ~Copyable {
  /// What sealing adds to a plaintext's length.
  static let overhead = PayloadRecord.nonceSize + PayloadRecord.tagSize

  private let context: UnsafeMutablePointer<gcm_aes256_ctx>
  private var nonces = Nonces()
  /// The only key there is, of which all is computed already; nil where it is another from time to time.
  private let onlyKey: SecretKey?

  /// - Parameter key: where there are many things under one key, that key, and no other is used then.
  init(only key: SecretKey? = nil) {
    context = .allocate(capacity: 1)
    context.initialize(to: gcm_aes256_ctx())
    onlyKey = key
    key?.withUnsafeBytes { nettle_gcm_aes256_set_key(context, $0.bytesAddress) }
  }

  deinit {
    SystemMemory.wipe(UnsafeMutableRawBufferPointer(start: context, count: MemoryLayout<gcm_aes256_ctx>.size))
    context.deallocate()
  }

  /// Seals a payload under a nonce that was not used before.
  ///
  /// - Parameter sealed: Where nonce, ciphertext and tag go: `overhead` bytes more than the plaintext.
  mutating func seal(
    _ plaintext: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer, key: SecretKey,
    into sealed: UnsafeMutableRawBufferPointer,
  ) {
    precondition(sealed.count == plaintext.count + Sealing.overhead, "there is room for nonce, ciphertext and tag")
    if UnsealedPayloads.areBuilt { return UnsealedPayloads.write(plaintext, into: sealed) }
    encrypt(plaintext, associated: associated, key: key, into: sealed)
  }

  private mutating func encrypt(
    _ plaintext: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer, key: SecretKey,
    into sealed: UnsafeMutableRawBufferPointer,
  ) {
    let bytes = sealed.bindMemory(to: UInt8.self)
    nonces.next(into: UnsafeMutableRawBufferPointer(rebasing: sealed[..<PayloadRecord.nonceSize]))
    begin(key: key, nonce: UnsafeRawBufferPointer(rebasing: sealed[..<PayloadRecord.nonceSize]), associated: associated)
    let ciphertext = bytes.baseAddress.map { $0 + PayloadRecord.nonceSize }
    nettle_gcm_aes256_encrypt(context, plaintext.count, ciphertext, plaintext.bytesAddress)
    nettle_gcm_aes256_digest(context, PayloadRecord.tagSize, ciphertext.map { $0 + plaintext.count })
  }

  /// Appends a sealed key: sealed in every build, those for benchmarks too.
  mutating func seal(
    _ plaintext: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer, key: SecretKey,
    appendingTo bytes: inout [UInt8],
  ) {
    let start = bytes.count
    bytes.append(contentsOf: repeatElement(0, count: plaintext.count + Sealing.overhead))
    bytes.withUnsafeMutableBytes { bytes in
      encrypt(
        plaintext, associated: associated, key: key, into: UnsafeMutableRawBufferPointer(rebasing: bytes[start...]))
    }
  }

  /// The plaintext of a payload; nil when the bytes, the associated data or the key are not those of sealing.
  mutating func open(
    _ parts: PayloadRecord.Parts, associated: UnsafeRawBufferPointer, key: SecretKey,
  ) -> [UInt8]? {
    if UnsealedPayloads.areBuilt { return UnsealedPayloads.read(parts) }
    return open(nonce: parts.nonce, ciphertext: parts.ciphertext, tag: parts.tag, associated: associated, key: key)
  }

  /// Opens a sealed key, see `seal(_:associated:key:appendingTo:)`.
  mutating func open(
    combined: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer, key: SecretKey,
  ) -> [UInt8]? {
    guard combined.count >= Sealing.overhead else { return nil }
    let tagOffset = combined.count - PayloadRecord.tagSize
    return open(
      nonce: UnsafeRawBufferPointer(rebasing: combined[..<PayloadRecord.nonceSize]),
      ciphertext: UnsafeRawBufferPointer(rebasing: combined[PayloadRecord.nonceSize..<tagOffset]),
      tag: UnsafeRawBufferPointer(rebasing: combined[tagOffset...]), associated: associated, key: key)
  }

  /// As `open(combined:associated:key:)`, for whoever opens one thing only.
  static func opened(
    _ combined: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer, key: SecretKey,
  ) -> [UInt8]? {
    var sealing = Sealing()
    return sealing.open(combined: combined, associated: associated, key: key)
  }

  private mutating func open(
    nonce: UnsafeRawBufferPointer, ciphertext: UnsafeRawBufferPointer, tag: UnsafeRawBufferPointer,
    associated: UnsafeRawBufferPointer, key: SecretKey,
  ) -> [UInt8]? {
    begin(key: key, nonce: nonce, associated: associated)
    let context = context
    var isAuthentic = false
    let plaintext = [UInt8](unsafeUninitializedCapacity: ciphertext.count) { buffer, count in
      nettle_gcm_aes256_decrypt(context, ciphertext.count, buffer.baseAddress, ciphertext.bytesAddress)
      withUnsafeTemporaryAllocation(byteCount: PayloadRecord.tagSize, alignment: 1) { expected in
        nettle_gcm_aes256_digest(
          context, expected.count, expected.baseAddress?.assumingMemoryBound(to: UInt8.self))
        // Takes as long for every answer.
        isAuthentic =
          tag.count == expected.count && nettle_memeql_sec(expected.baseAddress, tag.baseAddress, tag.count) != 0
      }
      // What is not authentic is shown to nobody.
      count = isAuthentic ? ciphertext.count : 0
    }
    return isAuthentic ? plaintext : nil
  }

  private mutating func begin(
    key: SecretKey, nonce: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer,
  ) {
    if let onlyKey {
      precondition(key === onlyKey, "it was made for one key")
    } else {
      key.withUnsafeBytes { nettle_gcm_aes256_set_key(context, $0.bytesAddress) }
    }
    nettle_gcm_aes256_set_iv(context, nonce.count, nonce.bytesAddress)
    nettle_gcm_aes256_update(context, associated.count, associated.bytesAddress)
  }
}

extension UnsafeRawBufferPointer {
  /// Where the bytes begin, as C's `uint8_t *`.
  var bytesAddress: UnsafePointer<UInt8>? { baseAddress?.assumingMemoryBound(to: UInt8.self) }
}

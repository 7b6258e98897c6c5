import Crypto
import FoundationEssentials

/// The key under which a customer's payloads are sealed.
///
/// A class, so that handing one on costs a reference count: SymmetricKey's bytes lie in a box of their own.
final class DataKey: Sendable {
  /// Which of the customer's keys it is, from 1.
  let number: UInt32
  let symmetricKey: SymmetricKey

  init(number: UInt32, symmetricKey: SymmetricKey = SymmetricKey(size: .bits256)) {
    self.number = number
    self.symmetricKey = symmetricKey
  }
}

/// AES-256-GCM with a random nonce, in the order of bytes in which it is kept: nonce, ciphertext, tag.
enum Sealing {
  /// What `seal` adds to a plaintext's length.
  static let overhead = PayloadRecord.nonceSize + PayloadRecord.tagSize

  /// Appends the sealed plaintext.
  static func seal(
    _ plaintext: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer, key: SymmetricKey,
    nonce: AES.GCM.Nonce = AES.GCM.Nonce(), into bytes: inout [UInt8],
  ) {
    do {
      let box = try AES.GCM.seal(plaintext, using: key, nonce: nonce, authenticating: associated)
      guard let combined = box.combined else { preconditionFailure("a nonce has \(PayloadRecord.nonceSize) bytes") }
      // As a buffer: byte by byte, `Data` would count references for each.
      combined.withUnsafeBytes { bytes.append(contentsOf: $0) }
    } catch {
      // A 256-bit key, a 12-byte nonce and less than 2^36 bytes are all that sealing asks for.
      preconditionFailure("sealing refused its input: \(error)")
    }
  }

  /// The plaintext; nil when the bytes, the associated data or the key are not those of sealing.
  static func open(
    _ parts: PayloadRecord.Parts, associated: UnsafeRawBufferPointer, key: SymmetricKey,
  ) -> [UInt8]? {
    open(nonce: parts.nonce, ciphertext: parts.ciphertext, tag: parts.tag, associated: associated, key: key)
  }

  /// Opens what `seal` has appended.
  static func open(
    combined: UnsafeRawBufferPointer, associated: UnsafeRawBufferPointer, key: SymmetricKey,
  ) -> [UInt8]? {
    guard combined.count >= overhead else { return nil }
    let tagOffset = combined.count - PayloadRecord.tagSize
    return open(
      nonce: UnsafeRawBufferPointer(rebasing: combined[..<PayloadRecord.nonceSize]),
      ciphertext: UnsafeRawBufferPointer(rebasing: combined[PayloadRecord.nonceSize..<tagOffset]),
      tag: UnsafeRawBufferPointer(rebasing: combined[tagOffset...]), associated: associated, key: key)
  }

  private static func open(
    nonce: UnsafeRawBufferPointer, ciphertext: UnsafeRawBufferPointer, tag: UnsafeRawBufferPointer,
    associated: UnsafeRawBufferPointer, key: SymmetricKey,
  ) -> [UInt8]? {
    do {
      let box = try AES.GCM.SealedBox(nonce: AES.GCM.Nonce(data: nonce), ciphertext: ciphertext, tag: tag)
      return Array(try AES.GCM.open(box, using: key, authenticating: associated))
    } catch {
      return nil
    }
  }
}

import Crypto

@testable import TouchlogStore

/// What sealing makes of a plaintext, part by part.
struct AESBox {
  let nonce: [UInt8]
  let ciphertext: [UInt8]
  let tag: [UInt8]

  static func seal(
    _ plaintext: [UInt8], associated: [UInt8], key: DataKey, nonce: [UInt8]? = nil,
  ) throws -> AESBox {
    let box = try AES.GCM.seal(
      plaintext, using: SymmetricKey(data: key.secret.withUnsafeBytes { Array($0) }),
      nonce: nonce.map { try AES.GCM.Nonce(data: $0) } ?? AES.GCM.Nonce(),
      authenticating: associated)
    return AESBox(nonce: Array(box.nonce), ciphertext: Array(box.ciphertext), tag: Array(box.tag))
  }
}

extension Sealing {
  /// As the method, for whoever opens one payload only.
  static func open(
    _ parts: PayloadRecord.Parts, associated: UnsafeRawBufferPointer, key: SecretKey,
  ) -> [UInt8]? {
    var sealing = Sealing()
    return sealing.open(parts, associated: associated, key: key)
  }
}

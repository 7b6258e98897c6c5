import Crypto

/// Random nonces, drawn by the dozen: asking the system for one takes longer than sealing with it.
///
/// Random and never used twice: each one's bytes are given out once, and without copies there is no second giver.
struct Nonces: ~Copyable {
  /// As many as `SystemRandom.maximumBytes` hold.
  private var bytes = [UInt8](repeating: 0, count: capacity * PayloadRecord.nonceSize)
  private var used = capacity

  private static let capacity = SystemRandom.maximumBytes / PayloadRecord.nonceSize

  /// A nonce that was not given out before.
  mutating func next() -> AES.GCM.Nonce {
    if used == Nonces.capacity {
      bytes.withUnsafeMutableBytes { SystemRandom.fill($0) }
      used = 0
    }
    let start = used * PayloadRecord.nonceSize
    used += 1
    do {
      return try AES.GCM.Nonce(data: bytes[start..<start + PayloadRecord.nonceSize])
    } catch {
      preconditionFailure("a nonce is made of \(PayloadRecord.nonceSize) bytes: \(error)")
    }
  }
}

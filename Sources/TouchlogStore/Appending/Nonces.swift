/// Random nonces, drawn by the dozen: asking the system for one takes longer than sealing with it.
///
/// Random and never used twice: each one's bytes are given out once, and without copies there is no second giver.
struct Nonces: ~Copyable {
  /// As many as `SystemRandom.maximumBytes` hold; none before the first is asked for.
  private var bytes: [UInt8] = []
  private var used = capacity

  private static let capacity = SystemRandom.maximumBytes / PayloadRecord.nonceSize

  /// Writes a nonce that was not given out before.
  ///
  /// - Precondition: `nonce` has `PayloadRecord.nonceSize` bytes.
  mutating func next(into nonce: UnsafeMutableRawBufferPointer) {
    precondition(nonce.count == PayloadRecord.nonceSize, "a nonce has \(PayloadRecord.nonceSize) bytes")
    if used == Nonces.capacity {
      if bytes.isEmpty { bytes = Array(repeating: 0, count: Nonces.capacity * PayloadRecord.nonceSize) }
      bytes.withUnsafeMutableBytes { SystemRandom.fill($0) }
      used = 0
    }
    let start = used * PayloadRecord.nonceSize
    used += 1
    bytes.withUnsafeBytes { nonce.copyMemory(from: .init(rebasing: $0[start..<start + PayloadRecord.nonceSize])) }
  }
}

/// 256 bits that seal, open or hash: nobody else must know them.
///
/// A class, so that handing one on costs a reference count, and so that its bytes are in one place: they are wiped when
/// the last reference goes.
final class SecretKey: Sendable {
  static let size = 32

  // Proof: filled by the initialiser, and only read from then on, until `deinit`.
  nonisolated(unsafe) private let bytes: UnsafeMutableRawPointer

  /// A key that nobody has had before.
  init() {
    bytes = .allocate(byteCount: SecretKey.size, alignment: 8)
    SystemRandom.fill(UnsafeMutableRawBufferPointer(start: bytes, count: SecretKey.size))
  }

  /// - Precondition: 32 bytes.
  init(_ key: some Collection<UInt8>) {
    precondition(key.count == SecretKey.size, "a key has \(SecretKey.size) bytes")
    bytes = .allocate(byteCount: SecretKey.size, alignment: 8)
    UnsafeMutableRawBufferPointer(start: bytes, count: SecretKey.size).copyBytes(from: key)
  }

  deinit {
    SystemMemory.wipe(UnsafeMutableRawBufferPointer(start: bytes, count: SecretKey.size))
    bytes.deallocate()
  }

  func withUnsafeBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(start: bytes, count: SecretKey.size))
  }

  /// Whether both are the same bytes; takes as long for every answer.
  func isEqual(to other: SecretKey) -> Bool {
    if self === other { return true }
    var difference: UInt8 = 0
    withUnsafeBytes { left in
      other.withUnsafeBytes { right in
        for index in 0..<SecretKey.size { difference |= left[index] ^ right[index] }
      }
    }
    return difference == 0
  }
}

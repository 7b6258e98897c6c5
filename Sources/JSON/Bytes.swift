#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension UnsafeBufferPointer<UInt8> {
  /// Whether both hold the same bytes.
  func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    guard count == other.count else { return false }
    guard let baseAddress, let otherAddress = other.baseAddress else { return true }
    return memcmp(baseAddress, otherAddress, count) == 0
  }

  /// The order of the bytes, the shorter first where one begins the other.
  func precedes(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
    if let baseAddress, let otherAddress = other.baseAddress {
      let order = memcmp(baseAddress, otherAddress, Swift.min(count, other.count))
      if order != 0 { return order < 0 }
    }
    return count < other.count
  }
}

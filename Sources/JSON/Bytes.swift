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
    // In place, eight at a time: most are shorter than what calling memcmp takes.
    let left = UnsafeRawBufferPointer(self)
    let right = UnsafeRawBufferPointer(other)
    var index = 0
    while index + 8 <= count {
      if left.loadUnaligned(fromByteOffset: index, as: UInt64.self)
        != right.loadUnaligned(fromByteOffset: index, as: UInt64.self)
      {
        return false
      }
      index += 8
    }
    while index < count {
      if left[index] != right[index] { return false }
      index += 1
    }
    return true
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

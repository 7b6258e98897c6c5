#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

extension Span<UInt8> {
  /// The first place of a byte within a range of places.
  func firstIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    precondition(range.lowerBound >= 0 && range.upperBound <= count, "\(range) of \(count) bytes")
    return withUnsafeBytes { bytes in
      guard !range.isEmpty, let base = bytes.baseAddress else { return nil }
      return memchr(base + range.lowerBound, Int32(byte), range.count).map { UnsafeRawPointer($0) - base }
    }
  }

  /// The last place of a byte within a range of places.
  func lastIndex(of byte: UInt8, in range: Range<Int>) -> Int? {
    var index = range.upperBound
    while index > range.lowerBound {
      index -= 1
      if self[index] == byte { return index }
    }
    return nil
  }

  /// How often a byte comes within a range of places.
  func count(of byte: UInt8, in range: Range<Int>) -> Int {
    var total = 0
    var start = range.lowerBound
    while let found = firstIndex(of: byte, in: start..<range.upperBound) {
      total += 1
      start = found + 1
    }
    return total
  }
}

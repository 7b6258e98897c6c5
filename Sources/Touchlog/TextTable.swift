/// Distinct texts, numbered from 0 as they come: each is kept once, however often it comes.
///
/// Texts are compared by their bytes, see `ExactText`. Whoever makes the texts cannot make them collide, as the hash
/// begins with a number that each process draws anew.
package struct TextTable: Sendable {
  /// The texts, one after the other.
  private var bytes: [UInt8] = []
  /// Where each ends.
  private var ends: [Int] = []
  private var hashes: [UInt64] = []
  /// Open addressing: the number of a text plus one, 0 for a free place. Its count is a power of two.
  private var places: [UInt32] = []

  package init() {}

  /// How many distinct texts there are.
  package var count: Int { ends.count }

  /// The text's number: the one that it has, or the next.
  package mutating func number(of text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    if ends.count * 2 >= places.count { grow() }
    let hash = TextTable.hash(text)
    var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
    while places[place] != 0 {
      let number = places[place] - 1
      if hashes[Int(number)] == hash, isText(number, text) { return number }
      place = (place + 1) & (places.count - 1)
    }
    let number = UInt32(ends.count)
    bytes.append(contentsOf: text)
    ends.append(bytes.count)
    hashes.append(hash)
    places[place] = number + 1
    return number
  }

  /// The number of a text that is there; nil for others.
  package func find(_ text: UnsafeBufferPointer<UInt8>) -> UInt32? {
    guard !places.isEmpty else { return nil }
    let hash = TextTable.hash(text)
    var place = Int(truncatingIfNeeded: hash) & (places.count - 1)
    while places[place] != 0 {
      let number = places[place] - 1
      if hashes[Int(number)] == hash, isText(number, text) { return number }
      place = (place + 1) & (places.count - 1)
    }
    return nil
  }

  /// The text with a number.
  package subscript(number: UInt32) -> String {
    withBytes(of: number) { String(decoding: $0, as: UTF8.self) }
  }

  /// Calls `body` with the bytes of the text with a number.
  package func withBytes<Result>(of number: UInt32, _ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
    bytes.withUnsafeBufferPointer { body(UnsafeBufferPointer(rebasing: $0[range(of: number)])) }
  }

  private func range(of number: UInt32) -> Range<Int> {
    (number == 0 ? 0 : ends[Int(number) - 1])..<ends[Int(number)]
  }

  private func isText(_ number: UInt32, _ text: UnsafeBufferPointer<UInt8>) -> Bool {
    withBytes(of: number) { $0.hasSameBytes(as: text) }
  }

  private mutating func grow() {
    let size = max(16, places.count * 2)
    places = Array(repeating: 0, count: size)
    for (number, hash) in hashes.enumerated() {
      var place = Int(truncatingIfNeeded: hash) & (size - 1)
      while places[place] != 0 { place = (place + 1) & (size - 1) }
      places[place] = UInt32(number) + 1
    }
  }

  private static let seed = UInt64.random(in: 0...UInt64.max)

  /// Eight bytes at a time, folded as in wyhash (https://github.com/wangyi-fudan/wyhash): the halves of a product of
  /// 128 bits, each byte of which depends on all of the factors.
  private static func hash(_ text: UnsafeBufferPointer<UInt8>) -> UInt64 {
    let bytes = UnsafeRawBufferPointer(text)
    var hash = seed ^ UInt64(bytes.count)
    var offset = 0
    while offset + 8 <= bytes.count {
      hash = folded(hash ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self), 0xA076_1D64_78BD_642F)
      offset += 8
    }
    var rest: UInt64 = 0
    while offset < bytes.count {
      rest = rest << 8 | UInt64(bytes[offset])
      offset += 1
    }
    return folded(hash ^ rest, 0xE703_7ED1_A0B4_28DB)
  }

  private static func folded(_ left: UInt64, _ right: UInt64) -> UInt64 {
    let product = left.multipliedFullWidth(by: right)
    return product.high ^ product.low
  }
}

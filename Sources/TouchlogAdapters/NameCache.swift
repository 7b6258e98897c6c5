/// Texts that come again and again (sources, types, agents), so that each is made once.
///
/// A small table that forgets: whoever falls on another's place takes it. A text of 15 bytes or fewer lies in the
/// string itself and needs no memory, so it passes by.
struct NameCache: Sendable {
  private var names = [String](repeating: "", count: NameCache.size)

  private static let size = 512
  private static let longestInline = 15

  /// The text of valid UTF-8.
  mutating func text(_ bytes: Span<UInt8>) -> String {
    guard bytes.count > NameCache.longestInline else { return NameCache.copy(bytes) }
    let place = NameCache.place(of: bytes)
    if NameCache.isEqual(names[place].utf8.span, bytes) { return names[place] }
    let text = NameCache.copy(bytes)
    names[place] = text
    return text
  }

  /// The text of valid UTF-8, and nothing for no text.
  mutating func optionalText(_ bytes: UnsafeBufferPointer<UInt8>) -> String? {
    bytes.baseAddress == nil ? nil : text(bytes)
  }

  /// The text of valid UTF-8.
  mutating func text(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    text(Span(_unsafeElements: bytes))
  }

  static func copy(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    String(decoding: bytes, as: UTF8.self)
  }

  static func copy(_ bytes: Span<UInt8>) -> String {
    bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
  }

  private static func isEqual(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
    guard a.count == b.count else { return false }
    for index in a.indices where a[index] != b[index] { return false }
    return true
  }

  /// FNV-1a over the last 16 bytes: names that resemble each other differ at their ends.
  private static func place(of bytes: Span<UInt8>) -> Int {
    var hash: UInt32 = 2_166_136_261 ^ UInt32(truncatingIfNeeded: bytes.count)
    for index in (bytes.count - 16)..<bytes.count {
      hash = (hash ^ UInt32(bytes[index])) &* 16_777_619
    }
    return Int((hash ^ hash >> 16) % UInt32(size))
  }
}

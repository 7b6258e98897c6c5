/// The key that wraps every customer's data key. It lies outside the store, readable by its owner only.
///
/// The file is one line of text: `touchlog-store-key-1`, the store's id, 64 hexadecimal digits. Whoever has it and
/// the store reads everything; whoever loses it reads nothing but headers, ids and staff names.
public struct StoreKey: Sendable {
  /// The store that it belongs to.
  public let store: StoreID
  let secret: SecretKey

  /// A new key.
  public init(for store: StoreID) {
    self.store = store
    secret = SecretKey()
  }

  private static let format = "touchlog-store-key-1"

  /// Reads a key's file.
  ///
  /// - Throws: `StoreError` when there is none, others than its owner may read it, or it is not a key.
  public init(contentsOf path: String) throws(StoreError) {
    guard let permissions = SystemFile.permissions(path) else { throw StoreError.keyMissing(path: path) }
    guard permissions & 0o077 == 0 else {
      throw StoreError.keyUnusable(
        path: path, reason: "others than its owner may read it. Mend that with: chmod 600 \(path)")
    }
    let words = String(decoding: try SystemFile.contents(path), as: UTF8.self).split { $0 == " " || $0 == "\n" }
    guard words.count == 3, words[0] == StoreKey.format else {
      throw StoreError.keyUnusable(path: path, reason: "expected one line: \(StoreKey.format), a store's id, 64 digits")
    }
    guard let store = StoreID(text: words[1]), let bytes = [UInt8](hexadecimal: words[2]), bytes.count == 32 else {
      throw StoreError.keyUnusable(path: path, reason: "its id or its digits are damaged")
    }
    self.store = store
    secret = SecretKey(bytes)
  }

  /// Writes the key to a new file, and makes the folders on the way.
  public func write(to path: String) throws(StoreError) {
    try SystemFile.makeDirectories(SystemFile.parent(of: path))
    let digits = secret.withUnsafeBytes { $0.hexadecimal }
    try SystemFile.create(path, contents: Array("\(StoreKey.format) \(store) \(digits)\n".utf8))
  }
}

/// Tells one store from another: 16 random bytes, written as 32 hexadecimal digits.
public struct StoreID: Hashable, Sendable, CustomStringConvertible {
  let bytes: [UInt8]

  /// A new id.
  public init() {
    var generator = SystemRandomNumberGenerator()
    bytes = (0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) }
  }

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  init?(text: some StringProtocol) {
    guard let bytes = [UInt8](hexadecimal: text), bytes.count == 16 else { return nil }
    self.bytes = bytes
  }

  public var description: String { bytes.hexadecimal }
}

extension Sequence<UInt8> {
  /// Two digits a byte, in lower case.
  var hexadecimal: String {
    reduce(into: "") { text, byte in
      if byte < 16 { text += "0" }
      text += String(byte, radix: 16)
    }
  }
}

extension [UInt8] {
  /// Reads digits in pairs; nil for anything else.
  init?(hexadecimal text: some StringProtocol) {
    let digits = text.utf8.compactMap { Character(Unicode.Scalar($0)).hexDigitValue }
    guard digits.count == text.utf8.count, digits.count.isMultiple(of: 2) else { return nil }
    self = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] * 16 + digits[$0 + 1]) }
  }
}

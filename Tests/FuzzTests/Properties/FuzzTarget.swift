/// What is fuzzed: each takes any bytes, and must keep its promises whatever they are.
enum FuzzTarget: String, CaseIterable, Sendable {
  /// Any text as JSON.
  case json
  /// A file of CloudEvents, one per line.
  case ndjson
  /// A mapping, in YAML.
  case mapping
  /// A table, by mappings that are known.
  case delimited
  /// A record's header.
  case header
  /// A record's payload.
  case payload
  /// A row of the vault.
  case vault
  /// The frontier of the Merkle tree.
  case frontier
  /// LMDB's file: bytes say which ones of a sound store's are changed.
  case pages

  /// Gives the target an input.
  ///
  /// - Throws: `BrokenPromise`; anything that the input deserves is an error of the code at hand, and is looked at.
  func take(_ bytes: [UInt8]) throws {
    switch self {
    case .json: try JSONProperties.take(bytes)
    case .ndjson: try LineProperties.take(bytes)
    case .mapping: try MappingProperties.take(mapping: bytes)
    case .delimited: try MappingProperties.take(table: bytes)
    case .header: try RecordProperties.take(header: bytes)
    case .payload: try RecordProperties.take(payload: bytes)
    case .vault: try RecordProperties.take(row: bytes)
    case .frontier: try RecordProperties.take(frontier: bytes)
    case .pages: try PageProperties.take(bytes)
    }
  }
}

/// Something that must hold for every input does not.
struct BrokenPromise: Error, CustomStringConvertible {
  let description: String

  /// Throws unless something holds.
  static func unless(_ holds: Bool, _ promise: @autoclosure () -> String) throws(BrokenPromise) {
    if !holds { throw BrokenPromise(description: promise()) }
  }

  /// An error's words are a line for people: neither empty nor with control characters.
  static func unlessReadable(_ error: some Error & CustomStringConvertible) throws(BrokenPromise) {
    let words = error.description
    try unless(!words.isEmpty, "an error has no words")
    // A path or a name may bring more than ASCII, but no line's end.
    try unless(!words.unicodeScalars.contains { $0.value < 0x20 }, "an error's words have control characters: \(words)")
  }
}

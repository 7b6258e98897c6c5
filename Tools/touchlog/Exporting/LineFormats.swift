import JSON
import Touchlog

/// A format in which a line is a run of bytes.
protocol LineFormat {
  /// How a text stands in a line.
  static func encode(_ text: String) -> [UInt8]

  /// Begins a table, and appends what stands before its first line.
  mutating func begin(_ table: String, _ columns: [ExportedColumn], to bytes: inout [UInt8])

  /// Appends what stands before a line's first value.
  func beginLine(to bytes: inout [UInt8])
  /// Appends what stands before the value of a column, by its place.
  func beginValue(_ column: Int, to bytes: inout [UInt8])
  /// Appends what ends a line.
  func endLine(to bytes: inout [UInt8])

  /// What stands for nothing.
  static var null: StaticString { get }
  /// Whether texts are always in quotes.
  static var quotesTexts: Bool { get }
}

extension LineFormat {
  /// Appends a line.
  func append(
    _ line: [RowField], _ columns: [ExportedColumn], _ texts: ExportedTexts, to bytes: inout [UInt8],
  ) throws {
    beginLine(to: &bytes)
    for index in columns.indices {
      beginValue(index, to: &bytes)
      let column = columns[index]
      switch line[column.place] {
      case .none: appendNull(to: &bytes)
      case .integer(let value): bytes.append(integer: value)
      case .decimal(let value): bytes.append(millionths: value)
      case .name(let name): try texts.append(name, to: &bytes)
      case .word(let word): append(word, to: &bytes)
      case .customer(let customer):
        if !column.isReference {
          bytes.append(integer: Int64(customer.value))
        } else if try !texts.append(referenceOf: customer, to: &bytes) {
          appendNull(to: &bytes)
        }
      case .time(let time):
        if Self.quotesTexts { bytes.append(UInt8(ascii: "\"")) }
        bytes.append(time: time)
        if Self.quotesTexts { bytes.append(UInt8(ascii: "\"")) }
      case .hash(let hash):
        if Self.quotesTexts { bytes.append(UInt8(ascii: "\"")) }
        bytes.append(hexadecimal: hash)
        if Self.quotesTexts { bytes.append(UInt8(ascii: "\"")) }
      }
    }
    endLine(to: &bytes)
  }

  private func appendNull(to bytes: inout [UInt8]) {
    Self.null.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Most words are plain ones, which need no look at what a text may hold.
  private func append(_ word: String, to bytes: inout [UInt8]) {
    let isWritten = word.utf8.withContiguousStorageIfAvailable { word in
      // Letters, digits, `-` and `.`.
      guard !word.isEmpty, word.allSatisfy({ $0 &- 45 < 2 || $0 &- 48 < 10 || ($0 | 32) &- 97 < 26 }) else {
        return false
      }
      if Self.quotesTexts { bytes.append(UInt8(ascii: "\"")) }
      bytes.append(contentsOf: word)
      if Self.quotesTexts { bytes.append(UInt8(ascii: "\"")) }
      return true
    }
    if isWritten != true { bytes.append(contentsOf: Self.encode(word)) }
  }
}

/// RFC 4180: a header line, commas, CRLF, and quotes where a text needs them. Nothing is an empty field, and an empty
/// text is `""`, as PostgreSQL and DuckDB tell them apart.
struct CSVFormat: LineFormat {
  static var null: StaticString { "" }
  static var quotesTexts: Bool { false }

  static func encode(_ text: String) -> [UInt8] {
    let bytes = Array(text.utf8)
    let needsQuotes = bytes.contains { byte in
      byte == UInt8(ascii: "\"") || byte == UInt8(ascii: ",") || byte == UInt8(ascii: "\n")
        || byte == UInt8(ascii: "\r")
    }
    let isPadded = bytes.first == UInt8(ascii: " ") || bytes.last == UInt8(ascii: " ")
    guard needsQuotes || isPadded || bytes.isEmpty else { return bytes }
    var quoted: [UInt8] = [UInt8(ascii: "\"")]
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { quoted.append(byte) }
      quoted.append(byte)
    }
    quoted.append(UInt8(ascii: "\""))
    return quoted
  }

  mutating func begin(_ table: String, _ columns: [ExportedColumn], to bytes: inout [UInt8]) {
    for (index, column) in columns.enumerated() {
      beginValue(index, to: &bytes)
      bytes.append(contentsOf: CSVFormat.encode(column.name))
    }
    endLine(to: &bytes)
  }

  func beginLine(to bytes: inout [UInt8]) {}

  func beginValue(_ column: Int, to bytes: inout [UInt8]) {
    if column > 0 { bytes.append(UInt8(ascii: ",")) }
  }

  func endLine(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "\r"))
    bytes.append(UInt8(ascii: "\n"))
  }
}

/// A JSON object a line, whose first member is `table`.
struct NDJSONFormat: LineFormat {
  static var null: StaticString { "null" }
  static var quotesTexts: Bool { true }
  private var start: [UInt8] = []
  private var keys: [[UInt8]] = []

  static func encode(_ text: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.string(text)
    return writer.bytes
  }

  mutating func begin(_ table: String, _ columns: [ExportedColumn], to bytes: inout [UInt8]) {
    start = Array("{\"table\":".utf8) + NDJSONFormat.encode(table)
    keys = columns.map { Array(",".utf8) + NDJSONFormat.encode($0.name) + Array(":".utf8) }
  }

  func beginLine(to bytes: inout [UInt8]) { bytes.append(contentsOf: start) }
  func beginValue(_ column: Int, to bytes: inout [UInt8]) { bytes.append(contentsOf: keys[column]) }

  func endLine(to bytes: inout [UInt8]) {
    bytes.append(UInt8(ascii: "}"))
    bytes.append(UInt8(ascii: "\n"))
  }
}

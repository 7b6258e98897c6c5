/// How a table is written: what lies between its cells, how they are quoted and encoded, what its columns are called.
struct DelimitedFormat: Sendable {
  enum Delimiter: Hashable, Sendable {
    case byte(UInt8)
    /// Any number of spaces and tabs; such a table has no empty cells.
    case spaces
  }

  enum Encoding: Sendable {
    case utf8
    case latin1
  }

  enum Header: Hashable, Sendable {
    /// The first row has the columns' names.
    case present
    /// The first row has data: the mapping names the columns.
    case absent
    /// The first row has the columns' names, or data in the order of the mapping's names.
    case optional
  }

  var delimiter = Delimiter.byte(UInt8(ascii: ","))
  /// Nil where cells are never quoted.
  var quote: UInt8? = UInt8(ascii: "\"")
  var encoding = Encoding.utf8
  var header = Header.present
  /// The columns' names in their order, where the table has no header row, or may have none.
  var names: [String]?
  var point = UInt8(ascii: ".")

  /// As RFC 4180 has it: commas, quotes, a header row, UTF-8.
  init() {}

  init(_ node: MappingNode) throws(MappingError) {
    let keys = try node.members(known: ["delimiter", "quote", "encoding", "header", "names", "decimal"])
    if let delimiter = keys["delimiter"] {
      self.delimiter = try DelimitedFormat.delimiter(delimiter)
      if self.delimiter == .spaces { quote = nil }
    }
    if let quote = keys["quote"] {
      self.quote = try quote.text() == "none" ? nil : try DelimitedFormat.byte(quote, "none, or one character")
      if self.delimiter == .spaces, self.quote != nil { throw quote.error("cells between spaces are not quoted") }
      if let byte = self.quote, self.delimiter == .byte(byte) { throw quote.error("is the delimiter, too") }
    }
    if let encoding = keys["encoding"] {
      self.encoding = try encoding.choice(["utf-8": .utf8, "latin1": .latin1])
    }
    if let decimal = keys["decimal"] {
      point = try decimal.choice([".": UInt8(ascii: "."), ",": UInt8(ascii: ",")])
    }
    names = try keys["names"]?.texts()
    header = try keys["header"].map(DelimitedFormat.header) ?? (names == nil ? .present : .absent)
    if header == .present, let names = keys["names"] { throw names.error("belongs to a table without a header row") }
    if header == .absent, names == nil {
      throw node.error("expected the key names, as the table has no header row")
    }
    if header == .optional, names == nil {
      throw node.error("expected the key names, as the table may have no header row")
    }
  }

  private static func header(_ node: MappingNode) throws(MappingError) -> Header {
    try node.choice(["true": .present, "false": .absent, "optional": .optional])
  }

  private static func delimiter(_ node: MappingNode) throws(MappingError) -> Delimiter {
    switch try node.text() {
    case "tab": .byte(UInt8(ascii: "\t"))
    case "spaces": .spaces
    default: .byte(try byte(node, "tab, spaces, or one character"))
    }
  }

  private static func byte(_ node: MappingNode, _ expected: String) throws(MappingError) -> UInt8 {
    let bytes = Array(try node.text().utf8)
    guard bytes.count == 1, bytes[0] < 0x80, bytes[0] != UInt8(ascii: "\n"), bytes[0] != UInt8(ascii: "\r") else {
      throw node.error(expected: expected)
    }
    return bytes[0]
  }

  /// The text of a cell; nil when its bytes are not in the encoding.
  func text(_ bytes: ArraySlice<UInt8>) -> String? {
    switch encoding {
    case .utf8: String(validating: bytes, as: UTF8.self)
    case .latin1: String(String.UnicodeScalarView(bytes.lazy.map { Unicode.Scalar($0) }))
    }
  }
}

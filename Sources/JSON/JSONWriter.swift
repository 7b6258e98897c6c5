import CSimdJSON

/// Writes one JSON text, compactly, at the end of an array of bytes.
///
/// ```swift
/// var writer = JSONWriter()
/// writer.object { report in
///   report.key("head")
///   report.integer(17)
///   report.key("rows")
///   report.array { $0.string("crm:42") }
/// }
/// print(String(decoding: writer.bytes, as: UTF8.self))
/// ```
///
/// Members keep the order in which they are written. What cannot become JSON is a programmer error and
/// stops the program: a value in an object without a key, a key outside one, a second root. That no key
/// comes twice is the caller's business.
public struct JSONWriter: Sendable {
  /// What was there, and what has been written since.
  public private(set) var bytes: [UInt8]

  private enum Place { case root, array, object }
  private var place = Place.root
  private var isFirst = true
  private var hasKey = false

  /// - Parameter bytes: What the text is appended to.
  public init(appendingTo bytes: consuming [UInt8] = []) {
    self.bytes = bytes
  }

  // MARK: Containers

  /// Writes an object; `body` writes a key and a value for each member.
  public mutating func object<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try container(.object, "{", "}", body)
  }

  /// Writes an array; `body` writes its elements.
  public mutating func array<Failure: Error>(
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    try container(.array, "[", "]", body)
  }

  private mutating func container<Failure: Error>(
    _ inner: Place, _ opening: StaticString, _ closing: StaticString,
    _ body: (inout JSONWriter) throws(Failure) -> Void
  ) throws(Failure) {
    beginValue()
    append(opening)
    let outer = place
    place = inner
    isFirst = true
    try body(&self)
    precondition(!hasKey, "a key was written without its value")
    place = outer
    isFirst = false
    append(closing)
  }

  // MARK: Keys

  /// Writes the key of the next member.
  public mutating func key(_ name: String) {
    beginKey()
    quote(name)
    bytes.append(UInt8(ascii: ":"))
  }

  /// Writes the key of the next member, from valid UTF-8.
  public mutating func key(_ name: Span<UInt8>) {
    beginKey()
    name.withUnsafeBufferPointer { quote($0) }
    bytes.append(UInt8(ascii: ":"))
  }

  // MARK: Values

  /// Writes `null`.
  public mutating func null() {
    beginValue()
    append("null")
  }

  /// Writes `true` or `false`.
  public mutating func bool(_ value: Bool) {
    beginValue()
    append(value ? "true" : "false")
  }

  /// Writes a string.
  public mutating func string(_ value: String) {
    beginValue()
    quote(value)
  }

  /// Writes a string from valid UTF-8.
  public mutating func string(_ value: Span<UInt8>) {
    beginValue()
    value.withUnsafeBufferPointer { quote($0) }
  }

  /// Writes an integer.
  public mutating func integer(_ value: some FixedWidthInteger) {
    beginValue()
    bytes.append(contentsOf: String(value).utf8)
  }

  /// Writes `value` divided by 10 to the `scale`, exactly, without zeros at the end: 1 250 000 at scale 6
  /// is `1.25`.
  public mutating func decimal(_ value: Int64, scale: Int) {
    precondition(scale >= 0, "a decimal has 0 places or more, not \(scale)")
    beginValue()
    if value < 0 { bytes.append(UInt8(ascii: "-")) }
    var digits = Array(String(value.magnitude).utf8)
    if digits.count <= scale {
      digits.insert(contentsOf: repeatElement(UInt8(ascii: "0"), count: scale + 1 - digits.count), at: 0)
    }
    let units = digits.count - scale
    while digits.count > units, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    bytes.append(contentsOf: digits[..<units])
    if digits.count > units {
      bytes.append(UInt8(ascii: "."))
      bytes.append(contentsOf: digits[units...])
    }
  }

  /// Writes a double with as many digits as it takes to read the same double again. It must be finite.
  public mutating func double(_ value: Double) {
    precondition(value.isFinite, "JSON has no number \(value)")
    beginValue()
    bytes.append(contentsOf: value.description.utf8)
  }

  /// Writes a number from its text, which must be one after RFC 8259.
  public mutating func number(_ text: String) {
    precondition(JSONNumber.isNumber(text), "expected a number of JSON, found \(text)")
    beginValue()
    bytes.append(contentsOf: text.utf8)
  }

  /// Writes a value that is JSON already, as it is. That it is one is the caller's promise.
  public mutating func raw(_ json: Span<UInt8>) {
    beginValue()
    json.withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
  }

  // MARK: Bytes

  private mutating func beginKey() {
    precondition(place == .object && !hasKey, "a key is written in an object, before its value")
    if !isFirst { bytes.append(UInt8(ascii: ",")) }
    isFirst = false
    hasKey = true
  }

  private mutating func beginValue() {
    switch place {
    case .object:
      precondition(hasKey, "a value in an object needs a key before it")
      hasKey = false
    case .array:
      if !isFirst { bytes.append(UInt8(ascii: ",")) }
      isFirst = false
    case .root:
      precondition(isFirst, "a JSON text has one root")
      isFirst = false
    }
  }

  private mutating func append(_ text: StaticString) {
    bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  private mutating func quote(_ text: String) {
    var text = text
    text.withUTF8 { quote($0) }
  }

  private mutating func quote(_ text: UnsafeBufferPointer<UInt8>) {
    bytes.append(UInt8(ascii: "\""))
    var written = 0
    for (index, byte) in text.enumerated()
    where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
      bytes.append(contentsOf: text[written..<index])
      escape(byte)
      written = index + 1
    }
    bytes.append(contentsOf: text[written...])
    bytes.append(UInt8(ascii: "\""))
  }

  private mutating func escape(_ byte: UInt8) {
    switch byte {
    case 0x08: append(#"\b"#)
    case 0x09: append(#"\t"#)
    case 0x0A: append(#"\n"#)
    case 0x0C: append(#"\f"#)
    case 0x0D: append(#"\r"#)
    case 0..<0x20:
      append(byte < 0x10 ? #"\u000"# : #"\u001"#)
      bytes.append(contentsOf: String(byte & 0x0F, radix: 16).utf8)
    default:
      bytes.append(UInt8(ascii: "\\"))
      bytes.append(byte)
    }
  }
}

/// The grammar of numbers.
enum JSONNumber {
  static func isNumber(_ text: String) -> Bool {
    var text = text
    return text.withUTF8 { csj_is_number($0.baseAddress, $0.count) }
  }
}

/// A JSON value as a tree of its own, for literals, tests and whatever is not hot.
///
/// ```swift
/// let event: JSONValue = ["id": "1", "data": ["score": 4.5, "tags": ["kiosk", nil]]]
/// ```
public enum JSONValue: Sendable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number by its text, which must be one after RFC 8259.
  case number(String)
  /// A string, unescaped.
  case string(String)
  /// Elements in their order.
  case array([JSONValue])
  /// Members in the order in which they are written. Each key comes once: a text with a key twice is
  /// refused by the parser.
  case object([(key: String, value: JSONValue)])
}

extension JSONValue {
  /// A copy of a parsed value.
  public init(_ node: borrowing JSONNode) {
    switch node.kind {
    case .null: self = .null
    case .false: self = .bool(false)
    case .true: self = .bool(true)
    case .number: self = .number(String(decoding: node.rawBytes, as: UTF8.self))
    case .string: self = .string(String(decoding: node.stringBytes, as: UTF8.self))
    case .array:
      var elements: [JSONValue] = []
      var children = node.children
      while let element = children.next() { elements.append(JSONValue(element)) }
      self = .array(elements)
    case .object:
      var members: [(key: String, value: JSONValue)] = []
      var children = node.children
      while let member = children.next() {
        members.append((String(decoding: member.keyBytes, as: UTF8.self), JSONValue(member)))
      }
      self = .object(members)
    }
  }

  /// Parses a text.
  ///
  /// - Throws: ``JSONError`` when the text is not exactly one JSON value.
  public init(parsing text: String) throws(JSONError) {
    var parser = JSONParser()
    let document = try parser.parse(text.utf8.span)
    self.init(document.root)
  }

  /// The value as compact JSON.
  public var text: String {
    var writer = JSONWriter()
    writer.value(self)
    return String(decoding: writer.bytes, as: UTF8.self)
  }

  /// The member of an object with this key; `nil` when there is none, or the value is no object.
  public subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    return members.first { $0.key.utf8.elementsEqual(key.utf8) }?.value
  }
}

extension JSONWriter {
  /// Writes a tree.
  public mutating func value(_ value: JSONValue) {
    switch value {
    case .null: null()
    case .bool(let value): bool(value)
    case .number(let text): number(text)
    case .string(let text): string(text)
    case .array(let elements):
      array { writer in
        for element in elements { writer.value(element) }
      }
    case .object(let members):
      object { writer in
        for member in members {
          writer.key(member.key)
          writer.value(member.value)
        }
      }
    }
  }
}

extension JSONValue: Equatable {
  /// As ``JSON/equal(_:_:)-(JSONNode,_)``: members in any order, strings by code points, numbers by value.
  public static func == (a: JSONValue, b: JSONValue) -> Bool {
    switch (a, b) {
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.number(let a), .number(let b)): return DecimalText(a.utf8.span).isEqual(to: DecimalText(b.utf8.span))
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.array(let a), .array(let b)): return a == b
    case (.object(let a), .object(let b)):
      guard a.count == b.count else { return false }
      return zip(sorted(a), sorted(b)).allSatisfy { $0.key.utf8.elementsEqual($1.key.utf8) && $0.value == $1.value }
    default: return false
    }
  }

  private typealias Members = [(key: String, value: JSONValue)]

  private static func sorted(_ members: Members) -> Members {
    members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
  }
}

extension JSONValue: CustomStringConvertible {
  /// The value as compact JSON.
  public var description: String { text }
}

extension JSONValue: ExpressibleByNilLiteral {
  /// `nil` is `null`.
  public init(nilLiteral: ()) { self = .null }
}

extension JSONValue: ExpressibleByBooleanLiteral {
  /// `true` or `false`.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension JSONValue: ExpressibleByIntegerLiteral {
  /// An integer.
  public init(integerLiteral value: Int64) { self = .number(String(value)) }
}

extension JSONValue: ExpressibleByFloatLiteral {
  /// A number, by the shortest digits that read as the same double. It must be finite.
  public init(floatLiteral value: Double) {
    precondition(value.isFinite, "JSON has no number \(value)")
    self = .number(value.description)
  }
}

extension JSONValue: ExpressibleByStringLiteral {
  /// A string.
  public init(stringLiteral value: String) { self = .string(value) }
}

extension JSONValue: ExpressibleByArrayLiteral {
  /// An array of the elements.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
}

extension JSONValue: ExpressibleByDictionaryLiteral {
  /// An object with the members in the order written.
  public init(dictionaryLiteral members: (String, JSONValue)...) {
    self = .object(members.map { (key: $0.0, value: $0.1) })
  }
}

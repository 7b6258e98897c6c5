import CSimdJSON

/// What a JSON value is.
public enum JSONKind: UInt8, Sendable {
  // The raw values are those of `csj_kind`.
  /// `null`.
  case null = 0
  /// The literals `false` and `true`.
  case `false`, `true`
  /// A number and a string.
  case number, string
  /// The containers: elements in order, and members with keys.
  case array, object
}

/// One value of a parsed text: two pointers into what the parser lends, no allocation.
///
/// Nothing here fails: a question that does not fit the value is answered with `nil`.
public struct JSONNode: ~Escapable {
  let document: UnsafePointer<csj_document>
  let node: UnsafePointer<csj_node>

  @_lifetime(immortal)
  init(_ document: UnsafePointer<csj_document>, _ node: UnsafePointer<csj_node>) {
    self.document = document
    self.node = node
  }

  /// What the value is.
  public var kind: JSONKind {
    guard let kind = JSONKind(rawValue: node.pointee.kind) else {
      preconditionFailure("value of kind \(node.pointee.kind)")
    }
    return kind
  }

  /// How many arrays and objects enclose the value; 0 for the root.
  public var depth: Int { Int(node.pointee.depth) }

  /// How many elements an array has, or members an object; 0 for other values.
  public var count: Int { Int(node.pointee.count) }

  /// The value's place in the document, as ``JSONDocument/subscript(_:)`` counts.
  public var index: Int { node - document.pointee.nodes }

  /// The place in the document of the first value that is neither this one nor below it.
  public var nextIndex: Int { Int(node.pointee.next) }

  // MARK: As it came

  /// Where the value begins in the text, in bytes.
  public var offset: Int { Int(node.pointee.raw_offset) }

  /// The value exactly as it came, with quotes, brackets and spaces inside, without spaces around.
  public var raw: Span<UInt8> {
    @_lifetime(copy self)
    get { _overrideLifetime(Span(_unsafeElements: rawBytes), copying: self) }
  }

  /// Where the key of a member begins in the text, at its quote; `nil` for other values.
  public var keyOffset: Int? { node.pointee.is_member ? Int(node.pointee.key_raw_offset) : nil }

  // MARK: Keys

  /// Whether the value is a member of an object, and so has a key.
  public var isMember: Bool { node.pointee.is_member }

  /// The key of a member, unescaped UTF-8; empty for other values, and for the key `""`.
  public var key: Span<UInt8> {
    @_lifetime(copy self)
    get { _overrideLifetime(Span(_unsafeElements: keyBytes), copying: self) }
  }

  /// Whether the value is a member with this key.
  public func hasKey(_ name: StaticString) -> Bool {
    precondition(name.hasPointerRepresentation, "a key of one character is written as a string literal")
    return isMember && keyBytes.equals(UnsafeBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
  }

  /// The member of an object with this key; `nil` when there is none, or the value is no object.
  ///
  /// Looks at one member after the other. Walk ``children`` instead to read most of an object.
  public subscript(_ name: StaticString) -> JSONNode? {
    @_lifetime(copy self)
    get {
      var members = children
      while let member = members.next() {
        if member.hasKey(name) { return member }
      }
      return nil
    }
  }

  /// The member of an object with this key in unescaped UTF-8, as ``subscript(_:)-(StaticString)``.
  @_lifetime(copy self)
  public func member(_ key: Span<UInt8>) -> JSONNode? {
    var members = children
    while let member = members.next() {
      let isMatch = key.withUnsafeBufferPointer { member.isMember && member.keyBytes.equals($0) }
      if isMatch { return member }
    }
    return nil
  }

  /// The elements of an array, the members of an object, nothing for other values.
  public var children: JSONChildren {
    @_lifetime(copy self)
    get { _overrideLifetime(JSONChildren(of: self), copying: self) }
  }

  // MARK: Values

  /// The bytes of a string, unescaped UTF-8; empty for other values.
  public var utf8: Span<UInt8> {
    @_lifetime(copy self)
    get { _overrideLifetime(Span(_unsafeElements: stringBytes), copying: self) }
  }

  /// A string; `nil` for other values.
  public var string: String? {
    kind == .string ? String(decoding: stringBytes, as: UTF8.self) : nil
  }

  /// Whether the value is this string.
  public func isString(_ text: StaticString) -> Bool {
    precondition(text.hasPointerRepresentation, "a text of one character is written as a string literal")
    return kind == .string
      && stringBytes.equals(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
  }

  /// Whether the value is `null`.
  public var isNull: Bool { kind == .null }

  /// `true` or `false`; `nil` for other values.
  public var bool: Bool? {
    switch kind {
    case .true: true
    case .false: false
    default: nil
    }
  }

  /// A number that is exactly this integer, however it is written (`10`, `10.0`, `1e1`); `nil` for
  /// numbers with a fraction or beyond 64 bits, and for other values.
  public var int64: Int64? { decimal(scale: 0) }

  /// A number times 10 to the `scale`, exactly: `1.25` at scale 6 is 1 250 000. `nil` for a number
  /// with more places or beyond 64 bits, and for other values.
  public func decimal(scale: Int) -> Int64? {
    kind == .number ? DecimalText(Span(_unsafeElements: rawBytes)).scaled(by: scale) : nil
  }

  /// A number as the nearest double; `nil` for a number beyond its range, and for other values.
  /// Not for the hot path: it goes by way of a `String`.
  public var double: Double? {
    guard kind == .number, let value = Double(String(decoding: rawBytes, as: UTF8.self)), value.isFinite
    else { return nil }
    return value
  }
}

/// Without the compiler's watch: the bytes must not be used beyond the parser's next parse, nor beyond a text that is
/// parsed in place.
extension JSONNode {
  /// As ``utf8``.
  package var unsafeUTF8: UnsafeBufferPointer<UInt8> { stringBytes }

  /// As ``raw``.
  package var unsafeRaw: UnsafeBufferPointer<UInt8> { rawBytes }

  /// As ``member(_:)``.
  @_lifetime(copy self)
  package func member(unsafe key: UnsafeBufferPointer<UInt8>) -> JSONNode? {
    var members = children
    while let member = members.next() {
      if member.keyBytes.equals(key), member.isMember { return member }
    }
    return nil
  }
}

extension JSONNode {
  var rawBytes: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(
      start: document.pointee.text + Int(node.pointee.raw_offset), count: Int(node.pointee.raw_length))
  }

  var keyBytes: UnsafeBufferPointer<UInt8> {
    let start = document.pointee.strings + Int(node.pointee.key_offset)
    return UnsafeBufferPointer(start: start, count: Int(node.pointee.key_length))
  }

  var stringBytes: UnsafeBufferPointer<UInt8> {
    let start = document.pointee.strings + Int(node.pointee.string_offset)
    return UnsafeBufferPointer(start: start, count: Int(node.pointee.string_length))
  }
}

/// Walks the elements of an array or the members of an object, in document order.
///
/// ```swift
/// var members = event.children
/// while let member = members.next() { … }
/// ```
public struct JSONChildren: ~Escapable {
  private let document: UnsafePointer<csj_document>
  private var upcoming: UnsafePointer<csj_node>
  private let end: UnsafePointer<csj_node>

  @_lifetime(copy parent)
  init(of parent: JSONNode) {
    document = parent.document
    upcoming = parent.node + 1
    end = parent.document.pointee.nodes + Int(parent.node.pointee.next)
  }

  /// The next child, or `nil` after the last.
  @_lifetime(copy self)
  public mutating func next() -> JSONNode? {
    guard upcoming < end else { return nil }
    let node = upcoming
    upcoming = document.pointee.nodes + Int(node.pointee.next)
    return _overrideLifetime(JSONNode(document, node), copying: self)
  }
}

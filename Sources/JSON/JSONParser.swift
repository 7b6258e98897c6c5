import CSimdJSON

/// Parses JSON texts one after the other, strictly, with simdjson.
///
/// The whole text is validated against RFC 8259, also what nobody asks for: UTF-8, grammar, escapes,
/// surrogate pairs, no key twice in an object (compared after unescaping, on every level). Numbers may
/// have any length and exponent. Refused are a byte order mark and nesting beyond ``maximumDepth``.
///
/// A parser keeps its buffers, so parsing allocates nothing once they have grown to the largest text
/// (about 14 bytes of buffer per byte of text, and 40 per value). The document is lent: the compiler
/// sees to it that it is gone before the next parse.
///
/// ```swift
/// var parser = JSONParser()
/// let event = try parser.parse(line).root
/// guard let id = event["id"]?.string else { … }
/// ```
///
/// A parser has one user at a time; after an error it is as good as before.
public struct JSONParser: ~Copyable {
  /// Arrays and objects may lie in one another this many levels deep.
  public static let maximumDepth = Int(CSJ_MAXIMUM_DEPTH)
  /// Bytes that must be readable after a text for ``parse(padded:)``.
  public static let padding = Int(CSJ_PADDING)

  /// The most bytes that a text may have.
  public let maximumBytes: Int
  private let handle: OpaquePointer

  /// - Parameter maximumBytes: The most bytes that a text may have; 1 GiB is the most that counts.
  public init(maximumBytes: Int = 64 << 20) {
    precondition(maximumBytes > 0, "a parser for texts of \(maximumBytes) bytes parses nothing")
    guard let handle = csj_parser_create(maximumBytes) else {
      preconditionFailure("memory is short for a JSON parser")
    }
    self.handle = handle
    self.maximumBytes = min(maximumBytes, 1 << 30)
  }

  deinit { csj_parser_destroy(handle) }

  /// Parses a text, which is copied once.
  ///
  /// - Throws: ``JSONError`` when the text is not exactly one JSON value.
  @_lifetime(&self)
  public mutating func parse(_ text: Span<UInt8>) throws(JSONError) -> JSONDocument {
    let document = try text.withUnsafeBufferPointer { (bytes) throws(JSONError) in
      try read(UnsafeRawBufferPointer(bytes), inPlace: false)
    }
    return _overrideLifetime(JSONDocument(document), mutating: &self)
  }

  /// Parses a text, which is copied once.
  ///
  /// - Throws: ``JSONError`` when the text is not exactly one JSON value.
  @_lifetime(&self)
  public mutating func parse(_ text: UnsafeRawBufferPointer) throws(JSONError) -> JSONDocument {
    let document = try read(text, inPlace: false)
    return _overrideLifetime(JSONDocument(document), mutating: &self)
  }

  /// Parses a text where it lies.
  ///
  /// - Parameter text: Bytes after which ``padding`` more are readable, whatever they hold. They must
  ///   neither change nor go away while the document is in use: the caller's promise, as with any
  ///   unsafe buffer.
  /// - Throws: ``JSONError`` when the text is not exactly one JSON value.
  @_lifetime(&self)
  public mutating func parse(padded text: UnsafeRawBufferPointer) throws(JSONError) -> JSONDocument {
    let document = try read(text, inPlace: true)
    return _overrideLifetime(JSONDocument(document), mutating: &self)
  }

  private func read(
    _ text: UnsafeRawBufferPointer, inPlace: Bool
  ) throws(JSONError) -> UnsafePointer<csj_document> {
    guard let document = csj_parse(handle, text.baseAddress, text.count, inPlace) else {
      throw JSONError(csj_parser_failure(handle).pointee, in: text, maximumBytes: maximumBytes)
    }
    return document
  }
}

// The handle is owned by this value alone, which cannot be copied, and nothing in it is tied to a thread.
extension JSONParser: @unchecked Sendable {}

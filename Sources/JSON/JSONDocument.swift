import CSimdJSON

/// A parsed text: its values as a flat array in document order, lent by the parser until its next parse.
public struct JSONDocument: ~Escapable {
  let document: UnsafePointer<csj_document>

  @_lifetime(immortal)
  init(_ document: UnsafePointer<csj_document>) {
    self.document = document
  }

  /// The outermost value.
  public var root: JSONNode {
    @_lifetime(copy self)
    get { self[0] }
  }

  /// How many values the text has, the root and all below it.
  public var count: Int { Int(document.pointee.count) }

  /// The value at `index` in document order: a container comes before what it holds.
  public subscript(index: Int) -> JSONNode {
    @_lifetime(copy self)
    get {
      precondition(index >= 0 && index < count, "value \(index) of \(count)")
      return _overrideLifetime(JSONNode(document, document.pointee.nodes + index), copying: self)
    }
  }

  /// The text itself, as it came.
  public var text: Span<UInt8> {
    @_lifetime(copy self)
    get {
      let bytes = UnsafeBufferPointer(start: document.pointee.text, count: Int(document.pointee.length))
      return _overrideLifetime(Span(_unsafeElements: bytes), copying: self)
    }
  }

  /// As ``text``, without the compiler's watch: not to be used beyond the parser's next parse, nor beyond a text that is
  /// parsed in place.
  package var unsafeText: UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: document.pointee.text, count: Int(document.pointee.length))
  }
}

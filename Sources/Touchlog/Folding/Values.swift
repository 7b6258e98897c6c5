/// The values of one row, lent from where they lie: one for a row that merges, several for a set of marks.
public struct Values<Value: RowValue>: ~Escapable {
  private let bytes: RawSpan

  /// Lends values that lie one after the other.
  @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) {
    self.bytes = bytes
  }

  /// How many there are; one at least.
  @inlinable
  public var count: Int { byteCount / MemoryLayout<Value>.stride }

  @usableFromInline
  var byteCount: Int { bytes.byteCount }

  /// A value, copied.
  ///
  /// - Precondition: `index` is below `count`.
  @inlinable
  public subscript(index: Int) -> Value {
    precondition(index >= 0 && index < count, "a row has no value \(index)")
    return load(at: index * MemoryLayout<Value>.stride)
  }

  @usableFromInline
  func load(at offset: Int) -> Value {
    // The subscript has compared the index, from which the offset follows; values are plain bytes.
    bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: Value.self)
  }

  /// The first value: all there is, in a row that merges.
  @inlinable
  public var first: Value { self[0] }
}

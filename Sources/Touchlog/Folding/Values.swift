/// The values of one row, lent from where they lie: one for a row that merges, several for a set of marks.
public struct Values<Value: RowValue>: ~Escapable {
  @usableFromInline let bytes: RawSpan

  /// Lends values that lie one after the other.
  @inlinable @_lifetime(copy bytes)
  package init(_ bytes: RawSpan) {
    self.bytes = bytes
  }

  /// How many there are; one at least.
  @inlinable
  public var count: Int { bytes.byteCount / MemoryLayout<Value>.stride }

  /// A value, copied.
  ///
  /// - Precondition: `index` is below `count`.
  @inlinable
  public subscript(index: Int) -> Value {
    precondition(index >= 0 && index < count, "a row has no value \(index)")
    // The index was compared, and the offset follows from it; values are plain bytes.
    return bytes.unsafeLoadUnaligned(fromByteOffset: index * MemoryLayout<Value>.stride, as: Value.self)
  }

  /// The first value: all there is, in a row that merges.
  @inlinable
  public var first: Value { self[0] }
}

/// How the values of one table's rows become one.
package struct RowMerging: Sendable {
  /// Bytes of a value.
  package let stride: Int
  /// Nil where values are marks.
  package let merge: FoldTable.MergeFunction?

  package init(stride: Int, merge: FoldTable.MergeFunction?) {
    self.stride = stride
    self.merge = merge
  }

  /// Whether a row is a set of marks.
  package var collects: Bool { merge == nil }

  /// Puts the row that two rows under one key make in place of what is in `result`.
  ///
  /// - Precondition: Both are whole rows of the table, with at least one value.
  package func merge(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer, into result: inout [UInt8]) {
    result.removeAll(keepingCapacity: true)
    if let merge {
      result.append(contentsOf: left)
      result.withUnsafeMutableBytes { bytes in
        if let into = bytes.baseAddress, let other = right.baseAddress { merge(into, other) }
      }
      return
    }
    result.reserveCapacity(left.count + right.count)
    var leftPlace = 0
    var rightPlace = 0
    func mark(_ bytes: UnsafeRawBufferPointer, _ place: Int) -> UnsafeRawBufferPointer {
      UnsafeRawBufferPointer(rebasing: bytes[place..<place + stride])
    }
    while leftPlace < left.count, rightPlace < right.count {
      let first = mark(left, leftPlace)
      let second = mark(right, rightPlace)
      // Proof: neither is empty, as `stride` is not.
      let (one, other) = (first.baseAddress.unsafelyUnwrapped, second.baseAddress.unsafelyUnwrapped)
      if MarkOrder.isBefore(one, other) {
        result.append(contentsOf: first)
        leftPlace += stride
      } else {
        if !MarkOrder.isBefore(other, one), first.elementsEqual(second) { leftPlace += stride }
        result.append(contentsOf: second)
        rightPlace += stride
      }
    }
    result.append(contentsOf: left[leftPlace...])
    result.append(contentsOf: right[rightPlace...])
  }
}

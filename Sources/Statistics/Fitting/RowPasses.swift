/// Calls a closure with each number below a count, on as many threads as it likes, and returns when all calls have.
///
///     { count, part in DispatchQueue.concurrentPerform(iterations: count, execute: part) }
public typealias Parallel = @Sendable (_ count: Int, _ part: @Sendable (Int) -> Void) -> Void

/// Sums over many rows, block by block. Blocks are added up in their order whoever summed them, so that the sum is the
/// same to the last bit on any number of threads; and rounding does not grow with the rows.
struct RowPasses: Sendable {
  static let blockRows = 4_096

  /// How blocks are given to threads; nil for none but the caller's.
  let parallel: Parallel?

  /// - Parameters:
  ///   - width: how many sums.
  ///   - rows: how many rows.
  ///   - add: adds a block of rows to sums that begin at 0.
  func sum(
    of width: Int, over rows: Int, add: @Sendable (Range<Int>, UnsafeMutableBufferPointer<Double>) -> Void
  ) -> [Double] {
    let blocks = (rows + Self.blockRows - 1) / Self.blockRows
    // At least 128 bytes lie between the sums of two blocks: threads that write to one cache line wait for each other.
    let stride = width + 16
    var parts = Array(repeating: 0.0, count: blocks * stride)
    parts.withUnsafeMutableBufferPointer { parts in
      // Each block writes to its own stretch of the memory alone.
      nonisolated(unsafe) let parts = parts
      @Sendable func sumBlock(_ block: Int) {
        let start = block * Self.blockRows
        add(
          start..<min(start + Self.blockRows, rows),
          UnsafeMutableBufferPointer(rebasing: parts[block * stride..<block * stride + width]))
      }
      if let parallel, blocks > 1 {
        parallel(blocks, sumBlock)
      } else {
        for block in 0..<blocks { sumBlock(block) }
      }
    }
    var sums = Array(repeating: 0.0, count: width)
    for block in 0..<blocks {
      for index in 0..<width { sums[index] += parts[block * stride + index] }
    }
    return sums
  }
}

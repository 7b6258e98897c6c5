/// Rows in the order of their keys, each key once: what folding has made of some entries.
package struct RowRun: Sendable {
  /// The rows' keys, ascending.
  package private(set) var keys: ContiguousArray<RowKey> = []
  /// Where each row's words end.
  private var ends: ContiguousArray<Int> = []
  /// The rows' values, one after the other.
  private var words: ContiguousArray<UInt64> = []

  /// No rows.
  package init() {}

  /// How many rows there are.
  package var count: Int { keys.count }

  /// Calls `body` with a row's bytes.
  package func withBytes<Result>(of index: Int, _ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    let start = index == 0 ? 0 : ends[index - 1]
    let end = ends[index]
    return try words.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[start * 8..<end * 8])) }
  }

  /// Calls `body` with each row's key and bytes, in order.
  package func forEach(
    _ range: Range<Int>? = nil, _ body: (RowKey, UnsafeRawBufferPointer) throws -> Void,
  ) rethrows {
    try words.withUnsafeBytes { bytes in
      let range = range ?? 0..<keys.count
      var start = range.lowerBound == 0 ? 0 : ends[range.lowerBound - 1] * 8
      for index in range {
        let end = ends[index] * 8
        try body(keys[index], UnsafeRawBufferPointer(rebasing: bytes[start..<end]))
        start = end
      }
    }
  }

  /// The place of the first row whose key is not below `key`.
  package func firstIndex(notBelow key: RowKey) -> Int {
    var low = 0
    var high = keys.count
    while low < high {
      let middle = (low + high) / 2
      if keys[middle] < key { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Adds a row, whose key must come after all others.
  package mutating func append(_ key: RowKey, _ bytes: UnsafeRawBufferPointer) {
    precondition(keys.last.map { $0 < key } ?? true, "rows come in the order of their keys")
    keys.append(key)
    for offset in stride(from: 0, to: bytes.count, by: 8) {
      words.append(bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
    ends.append(words.count)
  }
}

extension RowRun {
  /// Sorts the entries of a part, and makes one row of those with the same key.
  init(sorting part: inout FoldPart, stride: Int, merge: FoldTable.MergeFunction?) {
    let entrySize = FoldTable.valueOffset + stride
    var entries = 0
    part.forEachBlock { entries += $0.count / entrySize }
    guard entries > 0 else { return }
    withUnsafeTemporaryAllocation(of: Entry.self, capacity: entries) { sorted in
      RowRun.sort(&part, entrySize: entrySize, into: sorted, collects: merge == nil)
      fill(from: sorted, stride: stride, merge: merge)
    }
  }

  /// An entry, where it lies.
  fileprivate typealias Entry = UnsafeMutableRawPointer

  /// By customer through counting, which keeps their order; then each customer's few by thing, time and place.
  private static func sort(
    _ part: inout FoldPart, entrySize: Int, into sorted: UnsafeMutableBufferPointer<Entry>, collects: Bool,
  ) {
    let customers = 1 << Int(FoldTable.partShift)
    withUnsafeTemporaryAllocation(of: Int.self, capacity: customers + 1) { ends in
      ends.initialize(repeating: 0)
      func place(_ entry: UnsafeRawPointer) -> Int { Int(entry.load(as: UInt64.self)) & (customers - 1) }
      part.forEachBlock { block in
        guard var entry = block.baseAddress else { return }
        let end = entry + block.count
        while entry < end {
          ends[place(entry) + 1] += 1
          entry += entrySize
        }
      }
      for customer in 0..<customers { ends[customer + 1] += ends[customer] }
      part.forEachBlock { block in
        guard var entry = block.baseAddress else { return }
        let end = entry + block.count
        while entry < end {
          let customer = place(entry)
          // Proof: the blocks are the table's own, which is being emptied.
          (sorted.baseAddress.unsafelyUnwrapped + ends[customer]).initialize(to: Entry(mutating: entry))
          ends[customer] += 1
          entry += entrySize
        }
      }
      var start = 0
      for customer in 0..<customers {
        let end = ends[customer]
        if end - start > 1 {
          sortEntries(UnsafeMutableBufferPointer(rebasing: sorted[start..<end]), collects: collects)
        }
        start = end
      }
    }
  }

  private static func sortEntries(_ entries: UnsafeMutableBufferPointer<Entry>, collects: Bool) {
    if entries.count > 24 {
      var entries = entries
      entries.sort { isBefore($0, $1, collects: collects) }
      return
    }
    for end in 1..<entries.count {
      let entry = entries[end]
      var place = end
      while place > 0, isBefore(entry, entries[place - 1], collects: collects) {
        entries[place] = entries[place - 1]
        place -= 1
      }
      entries[place] = entry
    }
  }

  @inline(__always)
  private static func isBefore(_ left: Entry, _ right: Entry, collects: Bool) -> Bool {
    let leftThing = left.load(fromByteOffset: FoldTable.thingOffset, as: UInt64.self)
    let rightThing = right.load(fromByteOffset: FoldTable.thingOffset, as: UInt64.self)
    if leftThing != rightThing { return leftThing < rightThing }
    return collects && MarkOrder.isBefore(left + FoldTable.valueOffset, right + FoldTable.valueOffset)
  }

  private mutating func fill(
    from sorted: UnsafeMutableBufferPointer<Entry>, stride: Int, merge: FoldTable.MergeFunction?,
  ) {
    let wordsPerValue = stride / 8
    var keys = ContiguousArray<RowKey>()
    var ends = ContiguousArray<Int>()
    // No reservation for keys: how many rows there are is known at the end.
    words = ContiguousArray(unsafeUninitializedCapacity: sorted.count * wordsPerValue) { buffer, count in
      // Proof: an array's storage has an address, also where it has room for nothing.
      let words = UnsafeMutableRawPointer(buffer.baseAddress.unsafelyUnwrapped)
      var last: Entry?
      for entry in sorted {
        let value = entry + FoldTable.valueOffset
        if let last, RowRun.hasSameKey(last, entry) {
          let kept = words + (count - wordsPerValue) * 8
          if let merge {
            merge(kept, value)
            continue
          }
          // A mark that is there already: the event was folded twice.
          if RowRun.areEqual(kept, value, words: wordsPerValue) { continue }
          ends[ends.count - 1] += wordsPerValue
        } else {
          let customer = CustomerNumber(UInt32(truncatingIfNeeded: entry.load(as: UInt64.self)))
          keys.append(
            RowKey(customer, thing: entry.load(fromByteOffset: FoldTable.thingOffset, as: UInt64.self)))
          ends.append(count + wordsPerValue)
        }
        (words + count * 8).copyMemory(from: value, byteCount: stride)
        count += wordsPerValue
        last = entry
      }
    }
    self.keys = keys
    self.ends = ends
  }

  private static func areEqual(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer, words: Int) -> Bool {
    for offset in stride(from: 0, to: words * 8, by: 8)
    where left.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
      != right.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
    {
      return false
    }
    return true
  }

  private static func hasSameKey(_ left: Entry, _ right: Entry) -> Bool {
    left.load(as: UInt64.self) == right.load(as: UInt64.self)
      && left.load(fromByteOffset: FoldTable.thingOffset, as: UInt64.self)
        == right.load(fromByteOffset: FoldTable.thingOffset, as: UInt64.self)
  }
}

/// The order of marks, on their bytes: where a mark is known only as bytes.
enum MarkOrder {
  /// By occurredAt, then by place, as `Mark` orders them.
  @inline(__always)
  static func isBefore(_ left: UnsafeRawPointer, _ right: UnsafeRawPointer) -> Bool {
    let leftTime = left.loadUnaligned(as: Int64.self)
    let rightTime = right.loadUnaligned(as: Int64.self)
    if leftTime != rightTime { return leftTime < rightTime }
    return left.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
      < right.loadUnaligned(fromByteOffset: 8, as: UInt64.self)
  }
}

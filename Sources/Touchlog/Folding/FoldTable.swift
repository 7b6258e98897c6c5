/// What a projection has added to one of its tables: entries of a key and a value, in the order in which they came.
///
/// Adding is a copy to the end of a block of memory, and looks nothing up. Entries lie apart by customer, 2,048 customers
/// a part, so that a part can be sorted in the processor's cache, and several at once.
// Sendable because the memory is its own, and nothing of it can be copied.
public struct FoldTable: ~Copyable, @unchecked Sendable {
  @usableFromInline static let partShift: UInt32 = 11

  /// Bytes of a value; a multiple of eight.
  @usableFromInline package let stride: Int
  /// How the values under one key become one; nil where they are marks, which are collected.
  package let merge: MergeFunction?
  /// What the rows consist of, for whoever does not know their type.
  package let describe: @Sendable () -> RowDescription
  @usableFromInline var parts: UnsafeMutablePointer<FoldPart>
  @usableFromInline private(set) var partTotal: Int
  /// Rows that wait to become entries; nil where none do.
  @usableFromInline var recent: RecentRows?
  /// The memory of entries that were added, and not taken yet.
  package private(set) var blockBytes = 0

  /// Takes the second value into the first.
  public typealias MergeFunction = @Sendable (UnsafeMutableRawPointer, UnsafeRawPointer) -> Void

  @usableFromInline
  init(stride: Int, describe: @escaping @Sendable () -> RowDescription, merge: MergeFunction?) {
    precondition(stride > 0 && stride.isMultiple(of: 8), "a row's bytes are a multiple of eight, and not \(stride)")
    self.stride = stride
    self.merge = merge
    self.describe = describe
    partTotal = 0
    parts = .allocate(capacity: 0)
  }

  deinit {
    for index in 0..<partTotal { parts[index].free() }
    parts.deallocate()
    recent?.free()
  }

  /// Bytes of an entry: customer and a gap, thing, value.
  @inlinable package var entrySize: Int { FoldTable.valueOffset + stride }
  @usableFromInline static let thingOffset = 8
  @usableFromInline package static let valueOffset = 16

  /// Room for an entry of that customer, whose key is written already; the value is the caller's.
  @inlinable @inline(__always)
  mutating func append(_ key: RowKey) -> UnsafeMutableRawPointer {
    let index = Int(key.customer.value >> FoldTable.partShift)
    if index >= partTotal { growParts(to: index + 1) }
    let part = parts + index
    if part.pointee.end - part.pointee.next < entrySize { growPart(index) }
    let entry = part.pointee.next
    part.pointee.next = entry + entrySize
    entry.storeBytes(of: UInt64(key.customer.value), as: UInt64.self)
    entry.storeBytes(of: key.thing, toByteOffset: FoldTable.thingOffset, as: UInt64.self)
    return entry + FoldTable.valueOffset
  }

  @usableFromInline
  mutating func growParts(to count: Int) {
    let capacity = max(count, partTotal * 2)
    let grown = UnsafeMutablePointer<FoldPart>.allocate(capacity: capacity)
    grown.moveInitialize(from: parts, count: partTotal)
    (grown + partTotal).initialize(repeating: FoldPart(), count: capacity - partTotal)
    parts.deallocate()
    parts = grown
    partTotal = capacity
  }

  @usableFromInline
  mutating func growPart(_ index: Int) {
    blockBytes += parts[index].addBlock(entrySize: entrySize)
  }
}

/// The entries of 2,048 customers: blocks of memory, of which the last is being filled.
@usableFromInline
package struct FoldPart {
  // Proof: blocks belong to the table that has the part, which frees them.
  @usableFromInline var next: UnsafeMutableRawPointer
  @usableFromInline var end: UnsafeMutableRawPointer
  private var blocks: [(start: UnsafeMutableRawPointer, used: Int)] = []
  private var capacity = 0
  /// The memory of all blocks.
  private(set) var bytes = 0

  private static let firstEntries = 16
  private static let mostBytes = 16 << 10

  @usableFromInline
  init() {
    // A pointer that is equal to the end is never written to.
    next = UnsafeMutableRawPointer(bitPattern: 16).unsafelyUnwrapped
    end = next
  }

  /// Answers the bytes of the new block.
  mutating func addBlock(entrySize: Int) -> Int {
    seal()
    capacity = capacity == 0 ? FoldPart.firstEntries * entrySize : min(capacity * 2, FoldPart.mostBytes)
    capacity = max(capacity / entrySize, 1) * entrySize
    let block = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 16)
    blocks.append((block, 0))
    bytes += capacity
    next = block
    end = block + capacity
    return capacity
  }

  private mutating func seal() {
    guard let last = blocks.indices.last else { return }
    blocks[last].used = next - blocks[last].start
  }

  mutating func free() {
    for block in blocks { block.start.deallocate() }
    self = FoldPart()
  }

  /// Takes over another part's blocks, which come after these.
  mutating func absorb(_ other: inout FoldPart) {
    guard !other.blocks.isEmpty else { return }
    seal()
    blocks += other.blocks
    bytes += other.bytes
    capacity = other.capacity
    next = other.next
    end = other.end
    other = FoldPart()
  }

  /// Calls `body` with the entries, block by block.
  mutating func forEachBlock(_ body: (UnsafeRawBufferPointer) -> Void) {
    seal()
    for block in blocks { body(UnsafeRawBufferPointer(start: block.start, count: block.used)) }
  }
}

// Whoever asks for entries gets all of them: rows that were kept back become entries first.
extension FoldTable {
  /// How many parts there are, empty ones included.
  package var partCount: Int {
    mutating get {
      settle()
      return partTotal
    }
  }

  /// Takes over what another table of the same shape has, which comes after what is here: the fold of a later stretch.
  package mutating func absorb(_ other: inout FoldTable) {
    precondition(stride == other.stride, "tables of two shapes have nothing in common")
    let count = other.partCount
    if count > partCount { growParts(to: count) }
    for index in 0..<count { parts[index].absorb(&other.parts[index]) }
    blockBytes += other.blockBytes
    other.blockBytes = 0
  }

  /// The customers that have entries lie below this number.
  package var customerBound: UInt32 {
    mutating get { UInt32(clamping: partCount << Int(FoldTable.partShift)) }
  }

  /// Takes the entries of a part out, as rows in the order of keys.
  ///
  /// - Parameter index: below `partCount`; parts are in the order of customers.
  package mutating func takePart(_ index: Int) -> RowRun {
    settle()
    let before = parts[index].bytes
    let run = entries.takePart(index)
    blockBytes -= before
    return run
  }

  /// The entries for several threads at once, each of which takes other parts.
  ///
  /// The table must stay where it is, and nothing be added to it, until `noteTaken` is called.
  package var entries: FoldEntries {
    mutating get {
      settle()
      return FoldEntries(parts: parts, partCount: partTotal, stride: stride, merge: merge)
    }
  }

  /// To be called once all parts were taken through `entries`.
  package mutating func noteTaken() {
    blockBytes = (0..<partTotal).reduce(0) { $0 + parts[$1].bytes }
  }
}

/// The entries of a table that is being emptied.
// Sendable because each part is taken by one thread, and the table waits meanwhile.
package struct FoldEntries: @unchecked Sendable {
  private let parts: UnsafeMutablePointer<FoldPart>
  /// How many parts there are, empty ones included.
  package let partCount: Int
  private let stride: Int
  private let merge: FoldTable.MergeFunction?

  init(parts: UnsafeMutablePointer<FoldPart>, partCount: Int, stride: Int, merge: FoldTable.MergeFunction?) {
    self.parts = parts
    self.partCount = partCount
    self.stride = stride
    self.merge = merge
  }

  /// How the table's rows become one.
  package var merging: RowMerging { RowMerging(stride: stride, merge: merge) }

  /// Takes the entries of a part out, as rows in the order of keys.
  package func takePart(_ index: Int) -> RowRun {
    let run = RowRun(sorting: &parts[index], stride: stride, merge: merge)
    parts[index].free()
    return run
  }
}

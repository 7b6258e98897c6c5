/// Gives out the entries of a part of a tree in order, and checks on the way what a ``PageWalk`` checks of leaves; made for
/// many entries on several threads. It ends at the first thing that is not as LMDB writes it, and does not say what.
package struct LeafWalk: ~Copyable {
  private let outline: TreeOutline
  private let file: PageFile
  private let keys: Table.Keys
  /// The parts that are still to be walked.
  private var stems: Range<Int>
  private var stem: TreeOutline.Stem
  /// The next leaf of the part at hand, and how many it has.
  private var leaf = 0
  private var leaves = 0
  private var page: TreePage
  private var bounds = TreeOutline.Bounds()
  /// The next node of the leaf at hand, and how many it has.
  private var index = 0
  private var count = 0
  /// Where the next node should end, as long as the nodes lie one before the other.
  private var nodesEnd = 0
  private var isDescending = true
  /// Whether an entry was given out, which the next one's key must be above.
  private var hasLast = false

  /// Whether everything so far was as it should be. Once it is not, no entry is given out any more.
  package private(set) var isSound = true
  /// The current entry.
  package private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The current entry's key, in a tree whose keys are integers.
  package private(set) var integerKey: UInt64 = 0
  package private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)
  /// The overflow pages on which the value lies; empty where it lies on the leaf.
  package private(set) var overflow: Range<UInt64> = 0..<0

  /// Walks some parts of a tree.
  ///
  /// - Parameter file: the file as the calling thread is to use it.
  package init(_ outline: TreeOutline, parts: Range<Int>, through file: PageFile) {
    self.outline = outline
    self.file = file
    keys = outline.keys
    stems = parts
    page = TreePage(number: 0, bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    stem = TreeOutline.Stem(page: page, bounds: bounds)
  }

  /// Walks a tree from the leaf on where an integer key is, or would be: what lies before the key on that leaf is given
  /// out too.
  package init(_ outline: TreeOutline, from first: UInt64, through file: PageFile) {
    let start = outline.count == 0 ? 0 : outline.stem(leadingTo: first)
    self.init(outline, parts: start..<outline.count, through: file)
    guard enterStem() else { return }
    var low = 1
    var high = leaves
    while low < high {
      let middle = (low + high) / 2
      guard let node = stem.page.node(middle), keys.fits(node.key) else {
        isSound = false
        return
      }
      if keys.number(node.key) <= first { low = middle + 1 } else { high = middle }
    }
    leaf = max(low - 1, 0)
  }

  /// Moves to the next entry. Answers false at the end, and where something is not as it should be.
  package mutating func next() -> Bool {
    while index == count {
      guard isSound, leaf < leaves || enterStem(), enterLeaf() else { return false }
    }
    isSound = readNode()
    return isSound
  }

  // MARK: Pages

  private mutating func enterStem() -> Bool {
    guard let next = stems.popFirst() else { return false }
    stem = outline.stems[next]
    leaf = 0
    leaves = stem.page.kind == PageLayout.Kind.branch ? stem.page.count : 1
    return true
  }

  private mutating func enterLeaf() -> Bool {
    isSound = false
    if stem.page.kind == PageLayout.Kind.branch {
      guard let child = stem.page.child(leaf, keys: keys, within: stem.bounds), let bytes = file.pages(child.page)
      else {
        return false
      }
      page = TreePage(number: child.page, bytes: bytes)
      bounds = child.bounds
      // The nodes are read from the page's end: too far from what was read before for the processor to foresee.
      if leaf + 1 < leaves, let next = stem.page.node(leaf + 1) { file.prefetch(next.child) }
    } else {
      page = stem.page
      bounds = stem.bounds
    }
    leaf += 1
    guard page.kind == PageLayout.Kind.leaf, page.headerFault == nil else { return false }
    index = 0
    count = page.count
    nodesEnd = page.bytes.count
    isDescending = true
    isSound = true
    return true
  }

  // MARK: Nodes

  /// Written for many entries: the fields of a `PageNode`, read in place.
  private mutating func readNode() -> Bool {
    let size = page.bytes.count
    guard let bytes = page.bytes.baseAddress else { return false }
    let offset = Int(bytes.loadUnaligned(fromByteOffset: PageLayout.headerSize + 2 * index, as: UInt16.self))
    guard offset >= PageLayout.headerSize, offset % 2 == 0, offset <= size - PageLayout.nodeHeaderSize else {
      return false
    }
    let valueSize = Int(bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
    let flags = bytes.loadUnaligned(fromByteOffset: offset + 4, as: UInt16.self)
    let keySize = Int(bytes.loadUnaligned(fromByteOffset: offset + 6, as: UInt16.self))
    let keyStart = offset + PageLayout.nodeHeaderSize
    let valueStart = keyStart + keySize
    let inlineSize = flags == 0 ? valueSize : 8
    let end = valueStart + inlineSize
    guard flags == 0 || flags == PageLayout.NodeFlag.overflow, end <= size,
      endsWhereItShould((end + 1) & ~1, beginning: offset)
    else { return false }
    guard take(UnsafeRawBufferPointer(start: bytes + keyStart, count: keySize)) else { return false }
    value = UnsafeRawBufferPointer(start: bytes + valueStart, count: inlineSize)
    if flags != 0 {
      guard let node = page.node(index), let stored = file.value(of: node) else { return false }
      value = stored.bytes
      overflow = stored.pages
    } else if !overflow.isEmpty {
      overflow = 0..<0
    }
    index += 1
    return index < count || hasProperEnd()
  }

  /// LMDB keeps the nodes without gaps, and mostly in the order of keys.
  private mutating func endsWhereItShould(_ end: Int, beginning offset: Int) -> Bool {
    guard isDescending else { return true }
    if end == nodesEnd {
      nodesEnd = offset
      return true
    }
    isDescending = false
    return page.fault == nil
  }

  /// Makes a key the current one; answers whether it is above the one before, and belongs where it is.
  @inline(__always)
  private mutating func take(_ next: UnsafeRawBufferPointer) -> Bool {
    guard keys.fits(next) else { return false }
    if index == 0, let lower = bounds.lower {
      let order = keys.compare(next, lower)
      guard order == 0 || order > 0 && !outline.separatorsAreFirstKeys else { return false }
    }
    if keys == .bytes {
      guard !hasLast || keys.compare(key, next) < 0 else { return false }
    } else {
      let number = keys.number(next)
      guard !hasLast || integerKey < number else { return false }
      integerKey = number
    }
    key = next
    hasLast = true
    return true
  }

  private func hasProperEnd() -> Bool {
    if isDescending, nodesEnd != page.upper { return false }
    if let upper = bounds.upper, keys.compare(key, upper) >= 0 { return false }
    return true
  }
}

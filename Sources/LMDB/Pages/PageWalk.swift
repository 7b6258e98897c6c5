/// Gives out the entries of a tree in order, and checks on the way everything that LMDB relies on when it reads it.
///
/// Damaged pages are told and passed over, and so are single entries that cannot be read or do not belong where they
/// are. In the end the tree is held against its record.
package struct PageWalk: ~Copyable {
  private let tree: PageTree
  private let state: PageState
  private let keys: Table.Keys
  private let nodeFlags: UInt16
  private let separatorsAreFirstKeys: Bool
  private var frames: [Frame] = []
  private var visited: PageSet
  private var counts = Counts()
  private var hasEnded = false
  private var lastKey: UnsafeRawBufferPointer?
  /// The key that has led to where the walk is, until an entry was held against it.
  private var separator: UnsafeRawBufferPointer?
  /// The current entry; empty on none.
  package private(set) var key = UnsafeRawBufferPointer(start: nil, count: 0)
  package private(set) var value = UnsafeRawBufferPointer(start: nil, count: 0)

  /// A page on the way, and which of its nodes is next.
  private struct Frame {
    let page: TreePage
    let isBranch: Bool
    let count: Int
    var next = 0
    let bounds: Bounds
    /// Whether it was told that something is wrong with the page: once is enough.
    var isFaulty: Bool
  }

  /// Which keys belong beneath a page: from `lower`, up to and without `upper`.
  private struct Bounds {
    var lower: UnsafeRawBufferPointer?
    var upper: UnsafeRawBufferPointer?
  }

  private struct Counts {
    var branchPages: UInt64 = 0
    var leafPages: UInt64 = 0
    var overflowPages: UInt64 = 0
    var entries: UInt64 = 0
    var depths: Set<Int> = []
  }

  package init(_ tree: PageTree) {
    self.init(tree, nodeFlags: 0)
  }

  init(_ tree: PageTree, nodeFlags: UInt16 = 0, separatorsAreFirstKeys: Bool? = nil) {
    self.tree = tree
    state = tree.state
    keys = tree.keys
    self.nodeFlags = nodeFlags
    visited = tree.state.emptyPageSet()
    self.separatorsAreFirstKeys = separatorsAreFirstKeys ?? tree.state.separatorsAreFirstKeys
    state.beginWalk(of: tree.name)
    if tree.record.root != PageLayout.noPage { enter(tree.record.root, Bounds()) }
  }

  /// The current entry's key, in a tree whose keys are integers.
  package var integerKey: UInt64 { keys.number(key) }

  /// Moves to the next entry. Answers whether there is one.
  package mutating func next() -> Bool {
    while let top = frames.indices.last {
      let index = frames[top].next
      guard index < frames[top].count else {
        frames.removeLast()
        continue
      }
      frames[top].next += 1
      if frames[top].isBranch {
        descend(frames[top], index)
      } else if arrive(frames[top], index) {
        return true
      }
    }
    if !hasEnded { compareCounts() }
    hasEnded = true
    return false
  }

  // MARK: Down the tree

  private mutating func descend(_ frame: Frame, _ index: Int) {
    guard let node = frame.page.node(index) else {
      return report("page \(frame.page.number): node \(index) does not lie on it", frame.bounds)
    }
    var bounds = frame.bounds
    if index + 1 < frame.count, let next = frame.page.node(index + 1), keys.fits(next.key) { bounds.upper = next.key }
    if index == 0 {
      if !node.key.isEmpty { report("page \(frame.page.number): its first node has a key", frame.bounds) }
    } else {
      guard keys.fits(node.key) else {
        return report("page \(frame.page.number): node \(index) has no proper key", frame.bounds)
      }
      if let lower = frame.bounds.lower, keys.compare(node.key, lower) <= 0 {
        report("page \(frame.page.number): its keys are not in order", frame.bounds)
      }
      bounds.lower = node.key
      separator = node.key
    }
    enter(node.child, bounds)
  }

  private mutating func enter(_ number: UInt64, _ bounds: Bounds) {
    guard frames.count < PageLayout.maximumDepth else { return report("the tree is too deep", bounds) }
    guard visited.insert(number) else { return report("page \(number) is no page, or comes a second time", bounds) }
    // Two tables share it, or it is shared with a value; which of them it belongs to, its keys will show.
    if !state.take(number) { report("page \(number) belongs elsewhere as well", bounds) }
    guard let bytes = state.file.pages(number) else { return report("page \(number) cannot be read", bounds) }
    let page = TreePage(number: number, bytes: bytes)
    let fault = page.fault
    if let fault { report("page \(number): \(fault)", bounds) }
    let isBranch =
      switch page.kind {
      case PageLayout.Kind.branch: true
      case PageLayout.Kind.leaf: false
      default: frames.count + 1 < Int(tree.record.depth)
      }
    if isBranch {
      counts.branchPages += 1
    } else {
      counts.leafPages += 1
      counts.depths.insert(frames.count + 1)
    }
    frames.append(Frame(page: page, isBranch: isBranch, count: page.count, bounds: bounds, isFaulty: fault != nil))
  }

  // MARK: Entries

  /// Answers whether the node is an entry to be given out.
  private mutating func arrive(_ frame: Frame, _ index: Int) -> Bool {
    guard let node = frame.page.node(index), keys.fits(node.key),
      node.flags & ~PageLayout.NodeFlag.overflow == nodeFlags, let stored = state.file.value(of: node)
    else { return refuse("entry \(index) cannot be read") }
    for page in stored.pages where !visited.insert(page) {
      return refuse("page \(page) of entry \(index) is no page, or comes a second time")
    }
    for page in stored.pages where !state.take(page) { report("page \(page) belongs elsewhere as well", frame.bounds) }
    counts.overflowPages += UInt64(stored.pages.count)
    if let lastKey, keys.compare(node.key, lastKey) <= 0 { return refuse("its keys are not in order") }
    if let separator {
      if separatorsAreFirstKeys, keys.compare(separator, node.key) != 0 {
        report("the key that leads to page \(frame.page.number) is not its first", at: node.key)
      }
      self.separator = nil
    }
    if isOutside(node.key, frame.bounds) {
      report("page \(frame.page.number): a search does not find what is on it", at: node.key)
      // A damaged key belongs nowhere; where a key above it is damaged, the entries still follow each other.
      if !followsLast(node.key) { return false }
    }
    counts.entries += 1
    lastKey = node.key
    key = node.key
    value = stored.bytes
    return true
  }

  /// Tells a fault of the page at hand, unless one of it was told; answers false, as the entry is not given out.
  private mutating func refuse(_ what: String) -> Bool {
    guard let top = frames.indices.last else { return false }
    if !frames[top].isFaulty { report("page \(frames[top].page.number): \(what)", frames[top].bounds) }
    frames[top].isFaulty = true
    return false
  }

  private func isOutside(_ key: UnsafeRawBufferPointer, _ bounds: Bounds) -> Bool {
    if let lower = bounds.lower, keys.compare(key, lower) < 0 { return true }
    if let upper = bounds.upper, keys.compare(key, upper) >= 0 { return true }
    return false
  }

  private func followsLast(_ key: UnsafeRawBufferPointer) -> Bool {
    guard keys != .bytes else { return false }
    return keys.number(key) == (lastKey.map { keys.number($0) &+ 1 } ?? 0)
  }

  // MARK: Faults

  private func report(_ what: String, _ bounds: Bounds) {
    state.report(PageFault(table: tree.name, keys: range(of: bounds), what: what))
  }

  private func report(_ what: String, at key: UnsafeRawBufferPointer) {
    let keys = keys == .bytes ? nil : keys.number(key)...keys.number(key)
    state.report(PageFault(table: tree.name, keys: keys, what: what))
  }

  private func range(of bounds: Bounds) -> ClosedRange<UInt64>? {
    guard keys != .bytes else { return nil }
    let lower = bounds.lower.map { keys.number($0) } ?? 0
    let upper = bounds.upper.map { keys.number($0) } ?? .max
    return lower < upper ? lower...(upper - 1) : nil
  }

  /// Only of a tree without other faults: what could not be read is missing in every count.
  private func compareCounts() {
    guard !state.isFaulty(tree.name) else { return }
    let record = tree.record
    for (what, said, found) in [
      ("entries", record.entries, counts.entries), ("branch pages", record.branchPages, counts.branchPages),
      ("leaf pages", record.leafPages, counts.leafPages),
      ("overflow pages", record.overflowPages, counts.overflowPages),
    ] where said != found {
      report("the table's record says \(said) \(what), and there are \(found)", Bounds())
    }
    if counts.depths != (record.depth == 0 ? [] : [Int(record.depth)]) {
      let depths = counts.depths.sorted().map { String($0) }.joined(separator: ", ")
      report("the table's record says that it is \(record.depth) pages deep, and it is \(depths)", Bounds())
    }
  }
}

/// The branch pages of a tree, each looked at once: what several threads need to walk the leaves at the same time.
///
/// An outline is made of a sound tree only. Where anything is not as LMDB writes it there is none, and a ``PageWalk`` tells
/// what is wrong. All its pages, those of leaves too, count as used from then on.
// Sendable because what it points to is mapped for reading, and stays so: `file` is kept for that, and not used.
package struct TreeOutline: @unchecked Sendable {
  let keys: Table.Keys
  /// See `PageState`: else what leads to a leaf is its first key, or below it.
  let separatorsAreFirstKeys: Bool
  private let file: PageFile
  /// How many entries there should be, and how many overflow pages.
  package let entries: UInt64
  package let overflowPages: UInt64
  /// The lowest branch pages, from left to right; where the root is a leaf, that alone.
  private(set) var stems: [Stem] = []

  /// A page under which there are only leaves, or which is the only leaf.
  struct Stem {
    let page: TreePage
    let bounds: Bounds
  }

  /// Which keys belong beneath a page: `lower` is the first of them, `upper` comes after all.
  struct Bounds {
    var lower: UnsafeRawBufferPointer?
    var upper: UnsafeRawBufferPointer?
  }

  /// How many parts there are for threads to share.
  package var count: Int { stems.count }

  /// Nil where the tree is not sound as far as its branch pages show it.
  package init?(_ tree: PageTree) {
    let record = tree.record
    keys = tree.keys
    separatorsAreFirstKeys = tree.state.separatorsAreFirstKeys
    file = tree.state.file
    entries = record.entries
    overflowPages = record.overflowPages
    tree.state.beginWalk(of: tree.name)
    if record.root == PageLayout.noPage {
      guard record == TreeRecord.empty(flags: record.flags) else { return nil }
      return
    }
    var builder = Builder(state: tree.state, keys: keys, depth: Int(record.depth))
    guard (1...PageLayout.maximumDepth).contains(builder.depth), builder.add(record.root, level: 1, Bounds()),
      builder.branchPages == record.branchPages, builder.leafPages == record.leafPages
    else { return nil }
    stems = builder.stems
  }

  private struct Builder {
    let state: PageState
    let keys: Table.Keys
    let depth: Int
    var stems: [Stem] = []
    var branchPages: UInt64 = 0
    var leafPages: UInt64 = 0

    /// Answers whether all is sound at a page and beneath, as far as it is looked at.
    mutating func add(_ number: UInt64, level: Int, _ bounds: Bounds) -> Bool {
      guard state.take(number) else { return false }
      if level == depth, level > 1 {
        leafPages += 1
        return true
      }
      guard let bytes = state.file.pages(number) else { return false }
      let page = TreePage(number: number, bytes: bytes)
      if level >= depth - 1 { stems.append(Stem(page: page, bounds: bounds)) }
      if level == depth {
        leafPages += 1
        return page.kind == PageLayout.Kind.leaf
      }
      guard page.fault == nil, page.kind == PageLayout.Kind.branch else { return false }
      branchPages += 1
      for index in 0..<page.count {
        guard let child = page.child(index, keys: keys, within: bounds),
          add(child.page, level: level + 1, child.bounds)
        else { return false }
      }
      return true
    }
  }

  /// Where an integer key would be: the last part that begins at it or before.
  func stem(leadingTo key: UInt64) -> Int {
    var low = 1
    var high = stems.count
    while low < high {
      let middle = (low + high) / 2
      if let lower = stems[middle].bounds.lower, keys.number(lower) <= key { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}

extension TreePage {
  /// The page beneath a branch's node, and which keys belong there; nil where the node is not as it should be.
  func child(
    _ index: Int, keys: Table.Keys, within bounds: TreeOutline.Bounds,
  ) -> (page: UInt64, bounds: TreeOutline.Bounds)? {
    guard let node = node(index) else { return nil }
    var inner = bounds
    if index == 0 {
      guard node.key.isEmpty else { return nil }
    } else {
      guard keys.fits(node.key) else { return nil }
      if let lower = bounds.lower, keys.compare(node.key, lower) <= 0 { return nil }
      inner.lower = node.key
    }
    if index + 1 < count {
      guard let next = self.node(index + 1), keys.fits(next.key) else { return nil }
      if let lower = inner.lower, keys.compare(next.key, lower) <= 0 { return nil }
      inner.upper = next.key
    }
    return (node.child, inner)
  }
}

/// Proofs over the tree of RFC 6962, as lists of digests: nothing here knows where a tree is kept.
///
/// A maker of proofs asks for the roots of perfect subtrees, 2^level leaves wide and aligned to their width, which is
/// what tiles hold. A checker needs the proof, sizes and roots alone.
package enum MerkleProof {
  /// 32 bytes of SHA-256.
  package typealias Digest = SHA256.Digest

  /// The root of the perfect subtree with the leaves from `index << level` on; its width is `1 << level`.
  package typealias Subtree = (_ level: Int, _ index: UInt64) throws -> Digest

  // MARK: Making

  /// The tree's root over its first leaves: RFC 6962, section 2.1. For no leaves SHA-256 of nothing.
  package static func root(size: UInt64, subtree: Subtree) throws -> Digest {
    size == 0 ? MerkleFrontier().root : try root(of: 0..<size, subtree: subtree)
  }

  /// The audit path of a leaf, from the leaf up: RFC 6962, section 2.1.1.
  ///
  /// - Precondition: `index` is below `size`.
  package static func inclusion(of index: UInt64, size: UInt64, subtree: Subtree) throws -> [Digest] {
    precondition(index < size, "a leaf that is not in the tree has no audit path")
    var path: [Digest] = []
    var range = 0..<size
    while range.count > 1 {
      let middle = split(of: range)
      if index < middle {
        path.append(try root(of: middle..<range.upperBound, subtree: subtree))
        range = range.lowerBound..<middle
      } else {
        path.append(try root(of: range.lowerBound..<middle, subtree: subtree))
        range = middle..<range.upperBound
      }
    }
    return path.reversed()
  }

  /// What shows that a tree is the beginning of a larger one: RFC 6962, section 2.1.2. Empty where one of them has no
  /// leaves, or they are of one size.
  ///
  /// - Precondition: `old` is no more than `new`.
  package static func consistency(from old: UInt64, to new: UInt64, subtree: Subtree) throws -> [Digest] {
    precondition(old <= new, "a tree is consistent with a larger one")
    guard old > 0, old < new else { return [] }
    var path: [Digest] = []
    var range = 0..<new
    // Whether the old tree's part of `range` begins at the first leaf: its root is known to whoever checks.
    var isKnown = true
    while range.upperBound > old {
      let middle = split(of: range)
      if old <= middle {
        path.append(try root(of: middle..<range.upperBound, subtree: subtree))
        range = range.lowerBound..<middle
      } else {
        path.append(try root(of: range.lowerBound..<middle, subtree: subtree))
        range = middle..<range.upperBound
        isKnown = false
      }
    }
    if !isKnown { path.append(try root(of: range, subtree: subtree)) }
    return path.reversed()
  }

  /// Where RFC 6962 divides leaves: the largest power of two that is less than their number.
  private static func split(of range: Range<UInt64>) -> UInt64 {
    let count = range.upperBound - range.lowerBound
    return range.lowerBound + (1 << UInt64(63 - (count - 1).leadingZeroBitCount))
  }

  private static func root(of range: Range<UInt64>, subtree: Subtree) throws -> Digest {
    let count = range.upperBound - range.lowerBound
    if count.nonzeroBitCount == 1 {
      let level = count.trailingZeroBitCount
      return try subtree(level, range.lowerBound >> UInt64(level))
    }
    let middle = split(of: range)
    return MerkleFrontier.node(
      try root(of: range.lowerBound..<middle, subtree: subtree),
      try root(of: middle..<range.upperBound, subtree: subtree))
  }

  // MARK: Checking

  /// The root that an audit path leads to: RFC 9162, section 2.1.3.2.
  ///
  /// - Returns: nil where the leaf is not in a tree of that size, or the path is shorter or longer than its place asks.
  package static func root(of leaf: Digest, at index: UInt64, size: UInt64, path: [Digest]) -> Digest? {
    guard index < size else { return nil }
    var node = leaf
    var (place, last) = (index, size - 1)
    for sibling in path {
      guard last > 0 else { return nil }
      if place & 1 == 1 || place == last {
        node = MerkleFrontier.node(sibling, node)
        // A right edge that is not full: it has no sibling on these levels.
        while place & 1 == 0, place > 0 {
          place >>= 1
          last >>= 1
        }
      } else {
        node = MerkleFrontier.node(node, sibling)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 ? node : nil
  }

  /// Whether a path shows that the tree of `old` leaves is the beginning of the one of `new`: RFC 9162, section
  /// 2.1.4.2.
  ///
  /// Nothing follows from a tree without leaves, so no path shows that a larger one began with it: whoever holds one
  /// need not ask.
  package static func isConsistent(
    old: (size: UInt64, root: Digest), new: (size: UInt64, root: Digest), path: [Digest],
  ) -> Bool {
    guard old.size <= new.size, old.size > 0 || old.root.isEqual(to: MerkleFrontier().root) else { return false }
    if old.size == new.size { return path.isEmpty && old.root.isEqual(to: new.root) }
    guard old.size > 0 else { return false }
    // An old tree that is perfect is a node of the new one: its root is the path's beginning.
    var nodes = path[...]
    guard let first = old.size.nonzeroBitCount == 1 ? old.root : nodes.popFirst() else { return false }
    var (place, last) = (old.size - 1, new.size - 1)
    while place & 1 == 1 {
      place >>= 1
      last >>= 1
    }
    var (oldNode, newNode) = (first, first)
    for sibling in nodes {
      guard last > 0 else { return false }
      if place & 1 == 1 || place == last {
        oldNode = MerkleFrontier.node(sibling, oldNode)
        newNode = MerkleFrontier.node(sibling, newNode)
        while place & 1 == 0, place > 0 {
          place >>= 1
          last >>= 1
        }
      } else {
        newNode = MerkleFrontier.node(newNode, sibling)
      }
      place >>= 1
      last >>= 1
    }
    return last == 0 && oldNode.isEqual(to: old.root) && newNode.isEqual(to: new.root)
  }
}

import Testing
import TouchlogTesting

@testable import TouchlogStore

/// Proofs of trees of up to 5,000 leaves, against the definition; and that a proof with anything changed shows nothing.
@Suite struct MerkleProofTests {
  private typealias Digest = MerkleProof.Digest

  @Test func `roots are those of the definition for every size up to 5,000`() throws {
    let tree = DefinedTree(size: 5000)
    var frontier = MerkleFrontier()
    for size in 0...5000 {
      let expected = tree.root(0..<size).hexadecimal
      let found = try MerkleProof.root(size: UInt64(size), subtree: tree.subtree)
      #expect(found.hexadecimal == expected, "size \(size)")
      #expect(frontier.root.hexadecimal == expected, "size \(size)")
      if size < 5000 { frontier.append(leafHash: tree.leaves[size]) { _ in } }
    }
  }

  @Test func `in small trees every proof is the defined one, and shows what it should`() throws {
    let tree = DefinedTree(size: 40)
    for size in 1...40 {
      for index in 0..<size { try expectInclusion(of: index, size: size, in: tree) }
      for old in 1...size { try expectConsistency(from: old, to: size, in: tree) }
    }
  }

  @Test func `in large trees sampled proofs are the defined ones, and show what they should`() throws {
    let tree = DefinedTree(size: 5000)
    var random = SplitMix64(seed: 6962)
    let borders = [255, 256, 257, 1023, 1024, 1025, 4095, 4096, 4097, 4999, 5000]
    for size in borders + (0..<120).map({ _ in Int.random(in: 1...5000, using: &random) }) {
      for index in [0, size - 1, Int.random(in: 0..<size, using: &random)] {
        try expectInclusion(of: index, size: size, in: tree)
      }
      for old in [1, size, Int.random(in: 1...size, using: &random)] {
        try expectConsistency(from: old, to: size, in: tree)
      }
    }
  }

  @Test func `a path with a digest altered, dropped, added or in another's place shows no leaf`() throws {
    let tree = DefinedTree(size: 5000)
    var random = SplitMix64(seed: 1)
    for size in [1, 2, 3, 7, 8, 255, 256, 300] + (0..<25).map({ _ in Int.random(in: 1...5000, using: &random) }) {
      let index = Int.random(in: 0..<size, using: &random)
      let path = try MerkleProof.inclusion(of: UInt64(index), size: UInt64(size), subtree: tree.subtree)
      let root = tree.root(0..<size).hexadecimal
      func leads(_ leaf: Digest, _ path: [Digest], from place: Int) -> Bool {
        MerkleProof.root(of: leaf, at: UInt64(place), size: UInt64(size), path: path)?.hexadecimal == root
      }
      #expect(leads(tree.leaves[index], path, from: index))
      for (what, changed) in changes(of: path, using: &random) {
        #expect(!leads(tree.leaves[index], changed, from: index), "leaf \(index) of \(size): \(what)")
      }
      #expect(!leads(altered(tree.leaves[index], using: &random), path, from: index), "leaf \(index) of \(size)")
      if size > 1 { #expect(!leads(tree.leaves[index], path, from: index ^ 1), "leaf \(index) of \(size)") }
      #expect(!leads(tree.leaves[index], path, from: size))
    }
  }

  @Test func `a proof with a digest altered, dropped, added or in another's place shows no growth`() throws {
    let tree = DefinedTree(size: 5000)
    var random = SplitMix64(seed: 2)
    for size in [1, 2, 3, 7, 8, 255, 256, 300] + (0..<25).map({ _ in Int.random(in: 1...5000, using: &random) }) {
      let old = Int.random(in: 1...size, using: &random)
      let path = try MerkleProof.consistency(from: UInt64(old), to: UInt64(size), subtree: tree.subtree)
      let (first, last) = (tree.root(0..<old), tree.root(0..<size))
      func shows(_ first: Digest, _ last: Digest, _ path: [Digest], from old: Int) -> Bool {
        MerkleProof.isConsistent(old: (UInt64(old), first), new: (UInt64(size), last), path: path)
      }
      #expect(shows(first, last, path, from: old))
      for (what, changed) in changes(of: path, using: &random) {
        #expect(!shows(first, last, changed, from: old), "\(old) of \(size): \(what)")
      }
      #expect(!shows(altered(first, using: &random), last, path, from: old), "\(old) of \(size)")
      #expect(!shows(first, altered(last, using: &random), path, from: old), "\(old) of \(size)")
      #expect(!shows(first, last, path, from: size + 1), "\(old) of \(size)")
      if old < size { #expect(!shows(last, first, path, from: old), "\(old) of \(size)") }
    }
  }

  @Test func `an empty tree is the same as an empty tree, and the beginning of nothing`() {
    let empty = MerkleFrontier().root
    let tree = DefinedTree(size: 1)
    #expect(MerkleProof.isConsistent(old: (0, empty), new: (0, empty), path: []))
    #expect(!MerkleProof.isConsistent(old: (0, tree.leaves[0]), new: (0, tree.leaves[0]), path: []))
    #expect(!MerkleProof.isConsistent(old: (0, empty), new: (1, tree.leaves[0]), path: []))
    #expect(!MerkleProof.isConsistent(old: (1, tree.leaves[0]), new: (0, empty), path: []))
  }

  // MARK: Expectations

  private func expectInclusion(of index: Int, size: Int, in tree: DefinedTree) throws {
    let path = try MerkleProof.inclusion(of: UInt64(index), size: UInt64(size), subtree: tree.subtree)
    #expect(hexadecimal(path) == hexadecimal(tree.path(index, in: 0..<size)), "leaf \(index) of \(size)")
    let root = MerkleProof.root(of: tree.leaves[index], at: UInt64(index), size: UInt64(size), path: path)
    #expect(root?.hexadecimal == tree.root(0..<size).hexadecimal, "leaf \(index) of \(size)")
  }

  private func expectConsistency(from old: Int, to size: Int, in tree: DefinedTree) throws {
    let path = try MerkleProof.consistency(from: UInt64(old), to: UInt64(size), subtree: tree.subtree)
    #expect(hexadecimal(path) == hexadecimal(tree.proof(old, size)), "\(old) of \(size)")
    #expect(
      MerkleProof.isConsistent(
        old: (UInt64(old), tree.root(0..<old)), new: (UInt64(size), tree.root(0..<size)), path: path),
      "\(old) of \(size)")
  }

  // MARK: Changes

  /// A path with one thing changed, in every way and at every place.
  private func changes(
    of path: [Digest], using random: inout SplitMix64,
  ) -> [(what: String, path: [Digest])] {
    var changes: [(String, [Digest])] = []
    func add(_ what: String, _ change: (inout [Digest]) -> Void) {
      var changed = path
      change(&changed)
      changes.append((what, changed))
    }
    for place in path.indices {
      let other = altered(path[place], using: &random)
      add("digest \(place) altered") { $0[place] = other }
      add("digest \(place) dropped") { $0.remove(at: place) }
      add("digest \(place) there twice") { $0.insert($0[place], at: place) }
      for second in path.indices where second > place {
        add("digests \(place) and \(second) swapped") { $0.swapAt(place, second) }
      }
    }
    let stray = DefinedTree.hash(ofLeaf: [7])
    for place in 0...path.count { add("a digest added at \(place)") { $0.insert(stray, at: place) } }
    return changes
  }

  /// With one bit changed.
  private func altered(_ digest: Digest, using random: inout SplitMix64) -> Digest {
    var other = digest
    other[Int.random(in: 0..<4, using: &random)] ^= 1 << UInt64.random(in: 0..<64, using: &random)
    return other
  }
}

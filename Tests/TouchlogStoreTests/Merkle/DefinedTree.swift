import Crypto

@testable import TouchlogStore

/// RFC 6962's tree from the definitions of its section 2.1, recursively over the hashes of leaves. Only what was computed
/// once is kept.
final class DefinedTree {
  typealias Digest = MerkleProof.Digest

  let leaves: [Digest]
  private var hashes: [Range<Int>: Digest] = [:]

  init(_ leaves: [Digest]) {
    self.leaves = leaves
  }

  /// MTH(D[range]).
  func root(_ range: Range<Int>) -> Digest {
    if range.isEmpty { return digest([]) }
    if range.count == 1 { return leaves[range.lowerBound] }
    if let known = hashes[range] { return known }
    let middle = range.lowerBound + DefinedTree.split(range.count)
    let root = digest([1] + bytes(root(range.lowerBound..<middle)) + bytes(root(middle..<range.upperBound)))
    hashes[range] = root
    return root
  }

  /// PATH(index, D[range]); the index counts from the range's beginning.
  func path(_ index: Int, in range: Range<Int>) -> [Digest] {
    if range.count == 1 { return [] }
    let split = DefinedTree.split(range.count)
    let middle = range.lowerBound + split
    return index < split
      ? path(index, in: range.lowerBound..<middle) + [root(middle..<range.upperBound)]
      : path(index - split, in: middle..<range.upperBound) + [root(range.lowerBound..<middle)]
  }

  /// PROOF(old, D[new]).
  func proof(_ old: Int, _ new: Int) -> [Digest] {
    subproof(old, 0..<new, true)
  }

  private func subproof(_ count: Int, _ range: Range<Int>, _ isWhole: Bool) -> [Digest] {
    if count == range.count { return isWhole ? [] : [root(range)] }
    let split = DefinedTree.split(range.count)
    let middle = range.lowerBound + split
    return count <= split
      ? subproof(count, range.lowerBound..<middle, isWhole) + [root(middle..<range.upperBound)]
      : subproof(count - split, middle..<range.upperBound, false) + [root(range.lowerBound..<middle)]
  }

  /// The largest power of two below a number.
  private static func split(_ count: Int) -> Int {
    var split = 1
    while split * 2 < count { split *= 2 }
    return split
  }

  private func digest(_ bytes: [UInt8]) -> Digest {
    Crypto.SHA256.hash(data: bytes).withUnsafeBytes { Digest(copying: $0) }
  }

  private func bytes(_ digest: Digest) -> [UInt8] { digest.withBytes { Array($0) } }
}

extension DefinedTree {
  /// So many leaves, each of its own.
  convenience init(size: Int) {
    self.init((0..<size).map { DefinedTree.hash(ofLeaf: Array("leaf \($0)".utf8)) })
  }

  static func hash(ofLeaf leaf: [UInt8]) -> Digest {
    Crypto.SHA256.hash(data: [0] + leaf).withUnsafeBytes { Digest(copying: $0) }
  }

  /// The root of a perfect subtree: what makers of proofs ask for.
  func subtree(_ level: Int, _ index: UInt64) -> Digest {
    root(Int(index) << level..<(Int(index) + 1) << level)
  }
}

/// Lists of digests as text, to be compared.
func hexadecimal(_ digests: [MerkleProof.Digest]) -> [String] { digests.map(\.hexadecimal) }

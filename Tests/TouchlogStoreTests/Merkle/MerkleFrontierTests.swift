import Crypto
import Testing

@testable import TouchlogStore

/// RFC 6962's tree from its definition, recursively over all leaves: slow and plain.
private func definedRoot(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
  if leaves.isEmpty { return Array(Crypto.SHA256.hash(data: [UInt8]())) }
  if leaves.count == 1 { return Array(Crypto.SHA256.hash(data: [0] + leaves.first!)) }
  var split = 1
  while split * 2 < leaves.count { split *= 2 }
  let middle = leaves.startIndex + split
  return Array(Crypto.SHA256.hash(data: [1] + definedRoot(leaves[..<middle]) + definedRoot(leaves[middle...])))
}

private func leafHash(_ leaf: [UInt8]) -> MerkleFrontier.Digest {
  Crypto.SHA256.hash(data: [0] + leaf).withUnsafeBytes { MerkleFrontier.Digest(copying: $0) }
}

@Suite struct MerkleFrontierTests {
  @Test func `the root is that of RFC 6962's definition for every size`() {
    var frontier = MerkleFrontier()
    var leaves: [[UInt8]] = []
    #expect(frontier.root.hexadecimal == definedRoot([]).hexadecimal)
    for size in 1...600 {
      leaves.append(Array("leaf \(size)".utf8))
      frontier.append(leafHash: leafHash(leaves[size - 1])) { _ in }
      #expect(frontier.size == UInt64(size))
      #expect(frontier.root.hexadecimal == definedRoot(leaves[...]).hexadecimal, "size \(size)")
    }
  }

  @Test func `it reads back what it writes, and refuses other lengths`() {
    var frontier = MerkleFrontier()
    for number in 0..<300 {
      let bytes = frontier.encoded
      #expect(bytes.withUnsafeBytes { MerkleFrontier(encoded: $0) } == frontier)
      #expect((bytes + [0]).withUnsafeBytes { MerkleFrontier(encoded: $0) } == nil)
      #expect(bytes.dropLast().withUnsafeBytes { MerkleFrontier(encoded: $0) } == nil)
      frontier.append(leafHash: leafHash([UInt8(number & 255)])) { _ in }
    }
  }

  @Test func `each perfect subtree of 256 leaves is told once, with its root`() {
    var frontier = MerkleFrontier()
    var told: [(level: Int, index: UInt64, root: String)] = []
    let leaves = (0..<1100).map { Array("\($0)".utf8) }
    for leaf in leaves {
      frontier.append(leafHash: leafHash(leaf)) { told.append(($0.level, $0.index, $0.root.hexadecimal)) }
    }
    #expect(told.map(\.level) == [8, 8, 8, 8])
    #expect(told.map(\.index) == [0, 1, 2, 3])
    for (place, subtree) in told.enumerated() {
      #expect(subtree.root == definedRoot(leaves[(place * 256)..<(place * 256 + 256)]).hexadecimal)
    }
  }

  @Test func `a perfect subtree has the same root, reduced at once or leaf by leaf`() {
    for level in 0...9 {
      var frontier = MerkleFrontier()
      let leaves = (0..<(1 << level)).map { leafHash([UInt8($0 & 255), UInt8($0 >> 8), 7]) }
      for leaf in leaves { frontier.append(leafHash: leaf) { _ in } }
      let reduced = UnsafeMutableBufferPointer<MerkleFrontier.Digest>.allocate(capacity: leaves.count)
      defer { reduced.deallocate() }
      _ = reduced.initialize(from: leaves)
      #expect(MerkleFrontier.root(reducing: reduced).hexadecimal == frontier.root.hexadecimal, "\(level) levels")
    }
  }

  @Test func `a leaf is hashed as its parts one after the other`() {
    for count in 0...200 {
      let header = (0..<count).map { UInt8($0) }
      let inner = leafHash([9])
      let expected = inner.withBytes { Crypto.SHA256.hash(data: [0] + header + Array($0)) }
      let found = header.withUnsafeBytes { MerkleFrontier.leafHash($0, inner) }
      #expect(found.hexadecimal == Array(expected).hexadecimal, "\(count) bytes")
    }
  }
}

import Testing

@testable import TouchlogStore

/// The tree of eight leaves that Certificate Transparency's implementations test themselves with: `merkle_tree_test.cc`
/// of google/certificate-transparency (Apache-2.0). Leaves there count from 1, here from 0.
@Suite struct PublishedProofTests {
  private static let leaves = [
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f",
  ]

  /// By the number of leaves, from none on.
  private static let roots = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
  ]

  private static let paths: [(index: UInt64, size: UInt64, path: [String])] = [
    (0, 1, []),
    (
      0, 8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ]
    ),
    (
      5, 8,
      [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]
    ),
    (2, 3, ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"]),
    (
      1, 5,
      [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ]
    ),
  ]

  private static let proofs: [(old: UInt64, new: UInt64, path: [String])] = [
    (1, 1, []),
    (
      1, 8,
      [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
      ]
    ),
    (
      6, 8,
      [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      ]
    ),
    (
      2, 5,
      [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
      ]
    ),
  ]

  private func tree() throws -> DefinedTree {
    DefinedTree(
      try PublishedProofTests.leaves.map { leaf in DefinedTree.hash(ofLeaf: try #require([UInt8](hexadecimal: leaf))) })
  }

  @Test func `roots are the published ones`() throws {
    let tree = try tree()
    for (size, root) in PublishedProofTests.roots.enumerated() {
      #expect(try MerkleProof.root(size: UInt64(size), subtree: tree.subtree).hexadecimal == root, "size \(size)")
    }
  }

  @Test func `audit paths are the published ones, and lead to the published roots`() throws {
    let tree = try tree()
    for (index, size, published) in PublishedProofTests.paths {
      let path = try MerkleProof.inclusion(of: index, size: size, subtree: tree.subtree)
      #expect(hexadecimal(path) == published, "leaf \(index) of \(size)")
      let root = MerkleProof.root(of: tree.leaves[Int(index)], at: index, size: size, path: path)
      #expect(root?.hexadecimal == PublishedProofTests.roots[Int(size)], "leaf \(index) of \(size)")
    }
  }

  @Test func `consistency proofs are the published ones, and hold for the published roots`() throws {
    let tree = try tree()
    for (old, new, published) in PublishedProofTests.proofs {
      let path = try MerkleProof.consistency(from: old, to: new, subtree: tree.subtree)
      #expect(hexadecimal(path) == published, "\(old) of \(new)")
      let roots = try [old, new].map { try MerkleProof.root(size: $0, subtree: tree.subtree) }
      #expect(roots.map(\.hexadecimal) == [old, new].map { PublishedProofTests.roots[Int($0)] })
      #expect(MerkleProof.isConsistent(old: (old, roots[0]), new: (new, roots[1]), path: path), "\(old) of \(new)")
    }
  }
}

import Foundation
import RealData
import Testing

@testable import TouchlogStore

/// The cases of transparency-dev/merkle: proofs that hold, and proofs with something wrong.
@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct SharedProofTests {
  private struct Inclusion: Decodable {
    let leafIdx: UInt64
    let treeSize: UInt64
    let root: Data
    let leafHash: Data
    let proof: [Data]?
    let wantErr: Bool
  }

  private struct Consistency: Decodable {
    let size1: UInt64
    let size2: UInt64
    let root1: Data
    let root2: Data
    let proof: [Data]?
    let wantErr: Bool
  }

  /// All cases beneath a folder, by the names of their files.
  private static func cases<Case: Decodable>(of type: Case.Type, in folder: String) throws -> [(String, Case)] {
    let root = try SharedData.file("merkle/\(folder)")
    let names = try #require(FileManager.default.enumerator(atPath: root.path)).compactMap { $0 as? String }
    return try names.filter { $0.hasSuffix(".json") }.sorted().map { name in
      (name, try JSONDecoder().decode(type, from: Data(contentsOf: root.appending(path: name))))
    }
  }

  /// Nil for bytes that no digest can be.
  private static func digest(_ bytes: Data) -> MerkleProof.Digest? {
    bytes.count == 32 ? bytes.withUnsafeBytes { MerkleProof.Digest(copying: $0) } : nil
  }

  private static func digests(_ proof: [Data]?) -> [MerkleProof.Digest]? {
    let digests = (proof ?? []).compactMap(digest)
    return digests.count == (proof ?? []).count ? digests : nil
  }

  @Test func `every inclusion case holds or is refused as it should`() throws {
    let cases = try SharedProofTests.cases(of: Inclusion.self, in: "inclusion")
    #expect(cases.count == 98)
    for (name, test) in cases {
      // What has not the length of a digest cannot be asked about.
      let leaf = SharedProofTests.digest(test.leafHash)
      let path = SharedProofTests.digests(test.proof)
      let found = leaf.flatMap { leaf in
        path.flatMap { MerkleProof.root(of: leaf, at: test.leafIdx, size: test.treeSize, path: $0) }
      }
      let holds = found.map { $0.withBytes { Data($0) } == test.root } ?? false
      #expect(holds != test.wantErr, "\(name)")
    }
  }

  @Test func `every consistency case holds or is refused as it should`() throws {
    let cases = try SharedProofTests.cases(of: Consistency.self, in: "consistency")
    #expect(cases.count == 98)
    for (name, test) in cases {
      // Some roots are texts that are only to be equal or not: the hash of a text is, where the text is.
      let roots = [test.root1, test.root2].map { root in
        SharedProofTests.digest(root) ?? DefinedTree.hash(ofLeaf: Array(root))
      }
      let holds =
        SharedProofTests.digests(test.proof).map { path in
          MerkleProof.isConsistent(old: (test.size1, roots[0]), new: (test.size2, roots[1]), path: path)
        } ?? false
      #expect(holds != test.wantErr, "\(name)")
    }
  }
}

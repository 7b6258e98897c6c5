import Testing
import Touchlog
import TouchlogStore

@testable import TouchlogProof

@Suite struct `The proof of one event` {
  @Test func `is C2SP's text, verified at every position of trees of several sizes`() async throws {
    let made = try ProofStore()
    for size in [1, 2, 5, 257] {
      try await made.append(size - Int(try made.store.head().value), customers: 3)
      for position in stride(from: 0, to: UInt64(size), by: size > 5 ? 37 : 1) {
        let proof = try #require(try EventProof(of: Position(position), in: made.store, signedBy: made.key))
        let read = try EventProof(proof.text.utf8)
        #expect(try read.verify(by: made.key.verifier).size == UInt64(size))
        #expect(read.position.value == position && read.text == proof.text)
      }
    }
    #expect(try EventProof(of: Position(257), in: made.store, signedBy: made.key) == nil)
  }

  @Test func `has the lines that the text asks for`() async throws {
    let made = try ProofStore()
    try await made.append(3, customers: 1)
    let proof = try #require(try EventProof(of: Position(2), in: made.store, signedBy: made.key))
    let lines = proof.text.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines[0] == "c2sp.org/tlog-proof@v1" && lines[1].hasPrefix("extra ") && lines[2] == "index 2")
    #expect(lines[3].utf8.count == 44 && lines[4].isEmpty && lines[5] == "bank.example/touchlog" && lines[6] == "3")
    #expect(lines.count == 11 && lines.last == "")
  }

  @Test func `with one flipped bit is none`() async throws {
    let made = try ProofStore()
    try await made.append(5, customers: 2)
    let bytes = Array(try #require(try EventProof(of: Position(3), in: made.store, signedBy: made.key)).text.utf8)
    for index in bytes.indices {
      var flipped = bytes
      flipped[index] ^= 1 << UInt8(index % 8)
      #expect(throws: ProofError.self, "byte \(index)") { try EventProof(flipped).verify(by: made.key.verifier) }
    }
    for count in bytes.indices {
      #expect(throws: ProofError.self, "\(count) bytes") {
        try EventProof(bytes.prefix(count)).verify(by: made.key.verifier)
      }
    }
  }
}

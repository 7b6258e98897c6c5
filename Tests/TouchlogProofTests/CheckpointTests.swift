import Testing
import TouchlogStore

@testable import TouchlogProof

@Suite struct `A checkpoint` {
  private let root = MerkleFrontier.Digest(repeating: 0x0706_0504_0302_0100)

  @Test func `of C2SP's text is read and written as it is`() throws {
    let note = try SignedNote(WorkedExamples.checkpoint.utf8)
    let checkpoint = try Checkpoint(note.text)
    #expect(checkpoint.origin == "example.com/behind-the-sofa" && checkpoint.size == 20_852_163)
    #expect(Base64.encode(checkpoint.rootHash) == "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    #expect(checkpoint.extensionLines.isEmpty && checkpoint.text == note.text)
    #expect(note.encoded == WorkedExamples.checkpoint)
  }

  @Test func `is signed, and read again by its key`() throws {
    let key = try SigningKey(named: "bank.example/touchlog")
    for size in [0, 1, 17, UInt64.max] {
      let note = try key.sign(Checkpoint(origin: key.verifier.name, size: size, root: root))
      let checkpoint = try Checkpoint(of: SignedNote(note.encoded.utf8), by: key.verifier)
      #expect(checkpoint.size == size && checkpoint.root.isEqual(to: root))
    }
  }

  @Test func `with one flipped bit is none by that key`() throws {
    let key = try SigningKey(named: "touchlog/0123456789abcdef0123456789abcdef")
    let bytes = Array(try key.sign(Checkpoint(origin: key.verifier.name, size: 1000, root: root)).encoded.utf8)
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << UInt8(bit)
        #expect(throws: ProofError.self, "byte \(index), bit \(bit)") {
          try Checkpoint(of: SignedNote(flipped), by: key.verifier)
        }
      }
    }
  }

  @Test func `keeps lines of extensions`() throws {
    let text = "a\n0\n\(Base64.encode([UInt8](repeating: 0, count: 32)))\nfirst\nsecond\n"
    let checkpoint = try Checkpoint(text)
    #expect(checkpoint.extensionLines == ["first", "second"] && checkpoint.text == text)
  }

  @Test(arguments: ["", "\n", "a\n1\n", "a\n1\nR", "\n1\nR\n", "a\n\nR\n", "a\n1\nR\n\n", "a\n1\nR\n\nx\n"])
  func `with a line missing, empty or cut is refused`(lines: String) {
    let text = lines.replacing("R", with: Base64.encode([UInt8](repeating: 1, count: 32)))
    #expect(throws: ProofError.self) { try Checkpoint(text) }
  }

  @Test(arguments: ["01", "+1", "-1", "1.0", "1e3", " 1", "0x1", "18446744073709551616", "１"])
  func `has a decimal size without zeros before it`(size: String) {
    #expect(throws: ProofError.malformedCheckpoint(reason: "its size is no decimal number without leading zeros")) {
      try Checkpoint("a\n\(size)\n\(Base64.encode([UInt8](repeating: 1, count: 32)))\n")
    }
  }

  @Test(arguments: [31, 33, 0, 64]) func `has a root of 32 bytes`(count: Int) {
    #expect(throws: ProofError.self) { try Checkpoint("a\n1\n\(Base64.encode([UInt8](repeating: 1, count: count)))\n") }
  }

  @Test func `of another origin than its key's is refused, and so is another text that the key has signed`() throws {
    let key = try SigningKey(named: "bank.example/touchlog")
    let text = try Checkpoint(origin: "other.example", size: 1, root: root).text
    #expect(
      throws: ProofError.malformedCheckpoint(
        reason: "its origin is other.example, and its key is of bank.example/touchlog")
    ) { try Checkpoint(of: key.sign(text), by: key.verifier) }
    #expect(throws: ProofError.self) { try Checkpoint(of: key.sign("touchlog-erasure/1\n\nx\n"), by: key.verifier) }
    #expect(throws: ProofError.unusableName("a b")) { try Checkpoint(origin: "a b", size: 1, root: root) }
  }
}

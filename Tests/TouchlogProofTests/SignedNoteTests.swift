import Testing

@testable import TouchlogProof

private typealias Example = WorkedExamples

@Suite struct `A signed note` {
  @Test func `of C2SP's text is read and written as it is`() throws {
    let note = try SignedNote(Example.poem.utf8)
    #expect(note.text.hasSuffix("\n\ned è subito sera.\n"))
    #expect(note.signatures.map(\.name) == ["quasimodo.example/salvatore"])
    #expect(note.signatures[0].keyID == 0x367B_A04B)
    #expect(note.encoded == Example.poem)
    #expect(throws: ProofError.unsigned(by: "PeterNeumann")) { try note.verify(by: VerifierKey(Example.verifier)) }
  }

  @Test func `of Go's text verifies by Go's keys, one signature or several`() throws {
    let peter = try VerifierKey(Example.verifier)
    let enoch = try VerifierKey(Example.otherVerifier)
    let note = try SignedNote(Example.note.utf8)
    try note.verify(by: peter)
    #expect(throws: ProofError.unsigned(by: "EnochRoot")) { try note.verify(by: enoch) }
    let both = try SignedNote((Example.note + Example.otherSignature).utf8)
    try both.verify(by: peter)
    try both.verify(by: enoch)
    #expect(both.encoded == Example.note + Example.otherSignature)
  }

  #if os(Linux)
    @Test func `signed with Go's key has Go's bytes`() throws {
      #expect(try SigningKey(Example.signer).sign(Example.text).encoded == Example.note)
    }
  #endif

  @Test func `signed with a new key verifies by its verifier key, and by no other`() throws {
    let key = try SigningKey(named: "bank.example/touchlog")
    let note = try SignedNote(try key.sign("första\n\nandra\n").encoded.utf8)
    try note.verify(by: key.verifier)
    #expect(note.text == "första\n\nandra\n")
    let other = try SigningKey(named: "bank.example/touchlog").verifier
    #expect(throws: ProofError.unsigned(by: "bank.example/touchlog")) { try note.verify(by: other) }
    #expect(throws: ProofError.malformedNote(reason: "the text does not end in a newline")) { try key.sign("a") }
    #expect(throws: ProofError.malformedNote(reason: "the text has control characters")) { try key.sign("a\r\n") }
  }

  @Test func `with one flipped bit, wherever it is, is no note by that key`() throws {
    let key = try VerifierKey(Example.verifier)
    let bytes = Array(Example.note.utf8)
    for index in bytes.indices {
      for bit in 0..<8 {
        var flipped = bytes
        flipped[index] ^= 1 << UInt8(bit)
        #expect(throws: ProofError.self, "byte \(index), bit \(bit)") {
          try SignedNote(flipped).verify(by: key)
        }
      }
    }
  }

  private static let malformed: [(what: String, text: String)] = [
    ("the text alone", Example.text),
    ("no signatures", Example.text + "\n"),
    ("a cut line", String(Example.note.dropLast())),
    ("a control character", "\u{1}" + Example.note),
    ("a carriage return", Example.note.replacing("\n\n", with: "\r\n\n")),
    ("a name with a space", Example.note.replacing("PeterNeumann x", with: "Peter Neumann x")),
    ("a name with a plus", Example.note.replacing("PeterNeumann x", with: "Peter+Neumann x")),
    ("a name with a wide space", Example.note.replacing("PeterNeumann x", with: "Peter\u{3000}Neumann x")),
    ("no name", Example.note.replacing("PeterNeumann x", with: " x")),
    ("a line besides", Example.note + "Unexpected line.\n"),
    ("a blank line at the end", Example.note + "\n"),
    ("a hyphen for the dash", Example.note.replacing("— ", with: "- ")),
    ("no padding", Example.note.replacing("=", with: "")),
    ("bits behind the last byte", Example.note.replacing("nAM=", with: "nAN=")),
    ("a space in base 64", Example.note.replacing("x08go", with: "x08go ")),
    ("a key's id alone", Example.text + "\n— PeterNeumann x08gow==\n"),
    ("nothing", ""),
    ("101 signatures", Example.text + "\n" + String(repeating: Example.signature, count: 101)),
    ("more than a mebibyte", String(repeating: "a", count: 1 << 20) + "\n\n" + Example.signature),
  ]

  @Test(arguments: malformed) func `that is not well-formed is refused`(what: String, text: String) {
    do {
      _ = try SignedNote(text.utf8)
      Issue.record("a note with \(what) is read")
    } catch {
      if case .malformedNote = error { return }
      Issue.record("\(what): \(error)")
    }
  }

  @Test func `that is no UTF-8 is refused`() {
    #expect(throws: ProofError.malformedNote(reason: "it is no UTF-8")) {
      try SignedNote([0xFF] + Array(Example.note.utf8))
    }
  }

  @Test func `may have a hundred signatures, all of which count that say to be by the key`() throws {
    let key = try VerifierKey(Example.verifier)
    let many = Example.text + "\n" + String(repeating: Example.signature, count: 99)
    try SignedNote((many + Example.signature).utf8).verify(by: key)
    let last = Example.signature.replacing("wJnAM=", with: "wJnAQ=")
    #expect(throws: ProofError.forged(by: "PeterNeumann")) { try SignedNote((many + last).utf8).verify(by: key) }
    let cut = Example.text + "\n— PeterNeumann \(Base64.encode([0xC7, 0x4F, 0x20, 0xA3, 1]))\n"
    #expect(throws: ProofError.forged(by: "PeterNeumann")) { try SignedNote(cut.utf8).verify(by: key) }
  }
}

@Suite struct `A key` {
  @Test func `of a verifier is read and written as Go has it`() throws {
    let key = try VerifierKey(Example.verifier)
    #expect(key.name == "PeterNeumann" && key.id == 0xC74F_20A3 && key.description == Example.verifier)
    #expect(try SigningKey(Example.signer).verifier == key)
    #expect(try VerifierKey(Example.otherVerifier) != key)
  }

  @Test func `of which a part is missing or a byte is changed is refused`() {
    for (text, read) in [
      (Example.verifier, { _ = try VerifierKey($0) }), (Example.signer, { _ = try SigningKey($0) }),
    ] as [(String, (String) throws -> Void)] {
      let bytes = Array(text.utf8)
      for start in bytes.indices {
        for end in start...bytes.count where (start, end) != (0, bytes.count) {
          #expect(throws: ProofError.self) { try read(String(decoding: bytes[start..<end], as: UTF8.self)) }
        }
        var changed = bytes
        changed[start] += 1
        #expect(throws: ProofError.self) { try read(String(decoding: changed, as: UTF8.self)) }
      }
    }
  }

  @Test func `of a wrong length or type is refused although its id fits`() {
    for text in [
      "PeterNeumann+cc469956+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TWBADKEY==",
      "PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", Example.signer,
    ] {
      #expect(throws: ProofError.self) { try VerifierKey(text) }
    }
  }

  @Test func `has a name without spaces, plus signs and control characters`() throws {
    for name in ["", "a b", "a+b", "a\u{A0}b", "a\u{2028}b", "a\nb", "a\u{1}b"] {
      #expect(throws: ProofError.unusableName(name)) { try SigningKey(named: name) }
    }
    let name = "bank.example/åäö"
    #expect(try VerifierKey(SigningKey(named: name).verifier.description).name == name)
  }
}

@Suite struct `Base 64` {
  @Test func `is RFC 4648's`() {
    for (bytes, text) in [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
      ("foobar", "Zm9vYmFy"),
    ] {
      #expect(Base64.encode(Array(bytes.utf8)) == text)
      #expect(Base64.decode(text.utf8) == Array(bytes.utf8))
    }
    let all = (0...255).map { UInt8($0) }
    #expect(Base64.decode(Base64.encode(all).utf8) == all)
  }

  @Test func `has one form of each sequence of bytes`() {
    for text in ["Z", "Zg", "Zg=", "Zh==", "Zm9=", "Zm8", "====", "Z===", "Zg==Zg==", "Zm8\n", "Zm-_", "=Zg="] {
      #expect(Base64.decode(text.utf8) == nil, "\(text)")
    }
  }
}

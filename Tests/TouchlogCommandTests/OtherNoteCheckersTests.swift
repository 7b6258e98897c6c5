import Foundation
import Testing
import TouchlogProof

/// Programs that know nothing of Touchlog check what it signs and proves: `Checkers/note`, on the library of the Go
/// checksum database, and `Checkers/check_bundle.py`.
@Suite struct `Checkers of others` {
  private static let library = "/usr/share/gocode"
  private static let hasGo = ["/usr/bin/go", library + "/src/golang.org/x/mod/sumdb/note"]
    .allSatisfy { FileManager.default.fileExists(atPath: $0) }
  private static let hasPython: Bool = {
    do {
      return try Sandbox().shell("python3 -c 'import cryptography'").status == 0
    } catch {
      return false
    }
  }()

  private static func source(_ name: String) -> String {
    URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Checkers/\(name)").path
  }

  /// A log of one customer's calls and another's, and its verifier key.
  private func filled() throws -> (Sandbox, key: String) {
    let sandbox = try Sandbox.withStore()
    let lines = (0..<300).map { number in
      Sample.event("e\(number)", ["subject": "\"crm:\(number % 4)\"", "interaction": "\"i\(number)\""]) + "\n"
    }
    let link = Sample.event(
      "link",
      ["type": #""identity.linked""#, "subject": #""crm:1""#, "data": #"{"other":"crm:2"}"#, "interaction": nil])
    try #require(try sandbox.touchlog("append", "-", input: lines.joined() + link).status == 0)
    return (sandbox, try sandbox.touchlog("checkpoint", "--verifier-key").output.trimmingCharacters(in: .newlines))
  }

  @Test(.enabled(if: hasGo, "needs golang-go and golang-golang-x-mod-dev"))
  func `Go opens our checkpoints, and we open what Go signs`() throws {
    let (sandbox, key) = try filled()
    let variables = [
      "GO111MODULE": "off", "GOPATH": Self.library, "GOCACHE": sandbox.path("go"), "GOFLAGS": "", "CGO_ENABLED": "0",
    ]
    let built = try sandbox.run(
      "/usr/bin/go", ["build", "-o", "note", Self.source("note/main.go")], variables: variables)
    try #require(built.status == 0, "\(built.errors)")
    let checkpoint = try sandbox.touchlog("checkpoint").output
    let opened = try sandbox.run(sandbox.path("note"), ["open", key], input: Data(checkpoint.utf8))
    #expect(opened.status == 0, "\(opened.errors)")
    #expect(try Checkpoint(opened.output).size == 301)
    let changed = checkpoint.replacing("\n301\n", with: "\n302\n")
    #expect(try sandbox.run(sandbox.path("note"), ["open", key], input: Data(changed.utf8)).status == 1)
    let keys = try FileManager.default.contentsOfDirectory(atPath: sandbox.path(".config/touchlog/keys"))
    let file = try #require(keys.first { $0.hasSuffix(".signing") })
    let secret = try sandbox.read(".config/touchlog/keys/\(file)").trimmingCharacters(in: .newlines)
    let signed = try sandbox.run(
      sandbox.path("note"), ["sign", secret], input: Data("a text\n\nof Gö's\n".utf8)).output
    try SignedNote(signed.utf8).verify(by: VerifierKey(key))
  }

  @Test(.enabled(if: hasPython, "needs python3 with the package cryptography"))
  func `Python verifies our bundles, and finds what is not as it was`() throws {
    let (sandbox, key) = try filled()
    func check(_ name: String) throws -> Sandbox.Outcome {
      try sandbox.shell("exec python3 \(Self.source("check_bundle.py")) \(name) '\(key)'")
    }
    #expect(try sandbox.touchlog("prove", "crm:1", "--person", "--out", "b").status == 0)
    #expect(try check("b").output == "151 events of 2 customers, in a log of 301\n")
    #expect(try sandbox.touchlog("prove", "crm:3", "--sealed", "--out", "sealed").status == 0)
    #expect(try check("sealed").output == "75 events of 1 customers, in a log of 301\n")
    let bundle = try sandbox.read("b")
    var lines = bundle.split(separator: "\n").map { String($0) }
    lines.remove(at: 5)
    try sandbox.write(lines.joined(separator: "\n") + "\n", to: "missing")
    try sandbox.write(bundle.replacing("inbound", with: "outbound", maxReplacements: 1), to: "read")
    try sandbox.write(bundle.replacing(#"\n301\n"#, with: #"\n302\n"#), to: "signed")
    for name in ["missing", "read", "signed"] {
      let found = try check(name)
      #expect(found.status == 1, "\(name): \(found)")
    }
  }
}

import Foundation
import JSON
import Testing
import TouchlogProof

@testable import TouchlogCommand

@Suite struct `Signing checkpoints` {
  private func permissions(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func `a new store has a signing key beside its own, and tells the verifier key`() throws {
    let sandbox = try Sandbox()
    let made = try JSONValue(parsing: sandbox.touchlog("init", "store", "--json").output)
    guard case .string(let key)? = made["key"], case .string(let signingKey)? = made["signingKey"],
      case .string(let verifier)? = made["verifierKey"], case .string(let id)? = made["id"]
    else { return #expect(Bool(false), "\(made)") }
    #expect(signingKey == key.dropLast(4) + ".signing")
    #expect(try permissions(signingKey) == 0o600)
    #expect(verifier.hasPrefix("touchlog/\(id)+"))
    #expect(try sandbox.touchlog("checkpoint", "--verifier-key").output == verifier + "\n")
  }

  @Test func `the checkpoint is the log's, exactly, and verifies by the key`() throws {
    let sandbox = try Sandbox()
    let made = try sandbox.touchlog("init", "store", "--key", "safe/k", "--origin", "bank.example/touchlog")
    #expect(made.status == 0 && made.lines[2].contains("safe/k.signing"), "\(made)")
    let verifier = try VerifierKey(String(try #require(made.lines.last?.split(separator: " ").last)))
    let empty = try sandbox.touchlog("checkpoint", "--key", "safe/k").output
    #expect(try Checkpoint(of: SignedNote(empty.utf8), by: verifier).size == 0)
    #expect(try sandbox.touchlog("append", "-", "--key", "safe/k", input: Sample.lines(300)).status == 0)
    let outcome = try sandbox.touchlog("checkpoint", variables: ["TOUCHLOG_KEY": "safe/k"])
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    let checkpoint = try Checkpoint(of: SignedNote(outcome.output.utf8), by: verifier)
    #expect(checkpoint.origin == "bank.example/touchlog" && checkpoint.size == 300)
    let verified = try JSONValue(parsing: sandbox.touchlog("verify", "--json", "--quiet", "--key", "safe/k").output)
    let root = checkpoint.rootHash.map { String(format: "%02x", $0) }.joined()
    #expect(verified["root"] == .string(root))
  }

  @Test func `an origin that cannot name a key is refused before anything is made`() throws {
    let sandbox = try Sandbox()
    for origin in ["a b", "a+b", ""] {
      let outcome = try sandbox.touchlog("init", "store", "--origin", origin)
      #expect(outcome.status == 64)
      #expect(outcome.errors.hasPrefix("touchlog: --origin: “\(origin)” cannot name a key"), "\(outcome.errors)")
    }
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("store")))
    try sandbox.write("", to: "k.signing")
    #expect(try sandbox.touchlog("init", "store", "--key", "k.key").status == 2)
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("store")))
  }

  @Test func `a store without a signing key says how to make one, and gets one once`() throws {
    let sandbox = try Sandbox()
    let made = try JSONValue(parsing: sandbox.touchlog("init", "store", "--json").output)
    guard case .string(let path)? = made["signingKey"] else { return #expect(Bool(false), "\(made)") }
    try FileManager.default.removeItem(atPath: path)
    let missing = try sandbox.touchlog("checkpoint")
    #expect(missing.status == 2 && missing.output.isEmpty)
    #expect(missing.errors.hasSuffix("or make one with: touchlog checkpoint --new-key\n"), "\(missing.errors)")
    let again = try sandbox.touchlog("checkpoint", "--new-key", "--origin", "bank.example/2")
    #expect(again.status == 0 && again.lines.last?.hasPrefix("auditors verify with bank.example/2+") == true)
    #expect(try sandbox.touchlog("checkpoint").output.hasPrefix("bank.example/2\n0\n47DEQpj8HBSa"))
    let twice = try sandbox.touchlog("checkpoint", "--new-key")
    #expect(twice.status == 2 && twice.errors.contains("is there already"))
    #expect(try sandbox.touchlog("checkpoint", "--origin", "a").status == 64)
  }

  @Test func `a signing key that others can read, or of another store, is refused`() throws {
    let sandbox = try Sandbox()
    let made = try JSONValue(parsing: sandbox.touchlog("init", "store", "--json").output)
    let other = try JSONValue(parsing: sandbox.touchlog("init", "other", "--json").output)
    guard case .string(let path)? = made["signingKey"], case .string(let otherPath)? = other["signingKey"] else {
      return #expect(Bool(false), "\(made)")
    }
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    let open = try sandbox.touchlog("checkpoint")
    #expect(open.status == 2 && open.errors.contains("Mend that with: chmod 600"), "\(open.errors)")
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.copyItem(atPath: otherPath, toPath: path)
    let foreign = try sandbox.touchlog("checkpoint")
    #expect(foreign.status == 2 && foreign.errors.contains("is of another store"), "\(foreign.errors)")
  }
}

import Foundation
import JSON
import Testing

@testable import TouchlogCommand

/// `touchlog verify --against`: that a log has only grown since a checkpoint, and what is said where it has not.
@Suite struct `Verifying against a checkpoint` {
  /// A store of 300 events with a checkpoint of it in `first`, after which 400 more came.
  private func grownStore() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    try append(300, to: "store", in: sandbox)
    try sandbox.write(try checkpoint("store", in: sandbox), to: "first")
    try append(700, to: "store", in: sandbox)
    return sandbox
  }

  private func append(_ count: Int, to store: String, in sandbox: Sandbox) throws {
    let outcome = try sandbox.touchlog("append", "-", "--store", store, input: Sample.lines(count))
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  private func checkpoint(_ store: String, in sandbox: Sandbox) throws -> String {
    let outcome = try sandbox.touchlog("checkpoint", "--store", store)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return outcome.output
  }

  @Test func `a log that has grown is proven to, from a file, a pipe, and with the auditor's key`() throws {
    let sandbox = try grownStore()
    let root = try #require(try sandbox.read("first").split(separator: "\n").dropFirst(2).first)
    let hexadecimal = try #require(Data(base64Encoded: String(root))).map { String(format: "%02x", $0) }.joined()
    let outcome = try sandbox.touchlog("verify", "--quiet", "--against", "first")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.count == 2)
    #expect(outcome.lines.first?.hasPrefix("700 events verified, all as written, root ") == true)
    #expect(outcome.lines.last?.hasPrefix("only grown since the checkpoint of touchlog/") == true)
    #expect(outcome.lines.last?.hasSuffix(": its 300 events, root \(hexadecimal), are the beginning") == true)
    try sandbox.write(try sandbox.touchlog("checkpoint", "--verifier-key").output, to: "vkey")
    let piped = try sandbox.shell("touchlog verify --quiet --json --against - --verifier-key vkey < first")
    #expect(piped.status == 0, "\(piped.errors)")
    let against = try JSONValue(parsing: piped.output)["against"]
    #expect(against?["size"] == .number("300") && against?["root"] == .string(hexadecimal))
    #expect(against?["isBeginning"] == .bool(true))
  }

  @Test func `a log of the same size, and one that began empty, are beginnings too`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(try checkpoint("store", in: sandbox), to: "empty")
    #expect(try sandbox.touchlog("verify", "--against", "empty").status == 0)
    try append(20, to: "store", in: sandbox)
    try sandbox.write(try checkpoint("store", in: sandbox), to: "now")
    for name in ["empty", "now"] {
      let outcome = try sandbox.touchlog("verify", "--against", name)
      #expect(outcome.status == 0 && outcome.lines.last?.hasPrefix("only grown") == true, "\(outcome)")
    }
  }

  @Test func `a log that was set back, or goes on in another way, is told with what was expected`() throws {
    let sandbox = try grownStore()
    try FileManager.default.copyItem(atPath: sandbox.path("store"), toPath: sandbox.path("other"))
    try append(900, to: "store", in: sandbox)
    try sandbox.write(try checkpoint("store", in: sandbox), to: "second")
    let back = try sandbox.touchlog("verify", "--quiet", "--store", "other", "--against", "second")
    #expect(back.status == 1)
    #expect(back.lines.last == "checkpoint: it is of 900 events, and the log has 700")
    #expect(back.errors.hasPrefix("touchlog: the log is not what it was when the checkpoint was signed"))
    let feed = (0..<300).map { Sample.event("other-\($0)") }.joined(separator: "\n")
    #expect(try sandbox.touchlog("append", "-", "--store", "other", input: feed).status == 0)
    let other = try sandbox.touchlog("verify", "--quiet", "--json", "--store", "other", "--against", "second")
    #expect(other.status == 1)
    let report = try JSONValue(parsing: other.output)
    guard case .array(let damages)? = report["damages"], case .string(let what)? = damages.first?["what"] else {
      Issue.record("\(other.output)")
      return
    }
    #expect(damages.count == 1 && damages[0]["table"] == .string("checkpoint"))
    #expect(what.wholeMatch(of: /it has the root [0-9a-f]{64} over 900 events, and the log has [0-9a-f]{64}/) != nil)
    #expect(report["against"]?["isBeginning"] == .bool(false))
    #expect(try sandbox.touchlog("verify", "--store", "other", "--against", "first").status == 0)
  }

  @Test func `a checkpoint of another log, or one that was changed, is no proof`() throws {
    let sandbox = try grownStore()
    #expect(try sandbox.touchlog("init", "stranger").status == 0)
    try sandbox.write(try checkpoint("stranger", in: sandbox), to: "strange")
    let strange = try sandbox.touchlog("verify", "--quiet", "--against", "strange")
    #expect(strange.status == 1)
    #expect(strange.lines.last?.hasPrefix("checkpoint: its origin is touchlog/") == true, "\(strange.output)")
    let lines = try sandbox.read("first").split(separator: "\n", omittingEmptySubsequences: false)
    try sandbox.write(lines.map { $0 == "300" ? "299" : $0 }.joined(separator: "\n"), to: "changed")
    let changed = try sandbox.touchlog("verify", "--quiet", "--against", "changed")
    #expect(changed.status == 1)
    #expect(changed.lines.last?.hasPrefix("checkpoint: its signature is not by touchlog/") == true, "\(changed.output)")
  }

  @Test func `what is no checkpoint is refused before the log is looked at`() throws {
    let sandbox = try grownStore()
    for (text, words) in [
      ("hello\n", "it is no signed note: "), (try sandbox.read("first") + "more\n", "it is no signed note: "),
    ] {
      try sandbox.write(text, to: "bad")
      let outcome = try sandbox.touchlog("verify", "--against", "bad")
      #expect(outcome.status == 1 && outcome.output.isEmpty)
      #expect(outcome.errors.hasPrefix("touchlog: bad: \(words)"), "\(outcome.errors)")
    }
    #expect(try sandbox.touchlog("verify", "--against", "nowhere").status == 2)
    #expect(try sandbox.touchlog("verify", "--verifier-key", "x").status == 64)
    #expect(try sandbox.touchlog("verify", "--against", "first", "--verifier-key", "nowhere").status == 64)
  }

  @Test func `a damaged log is not compared, and that is said`() throws {
    let sandbox = try grownStore()
    let file = sandbox.folder.appending(path: "store/log/data.mdb")
    var data = try Data(contentsOf: file)
    let place = try #require(data.firstRange(of: Data("e13i13".utf8)))
    data[place.upperBound + 20] ^= 1
    try data.write(to: file)
    let outcome = try sandbox.touchlog("verify", "--quiet", "--against", "first", "--jobs", "2")
    #expect(outcome.status == 1)
    #expect(outcome.output.contains("payloads at position 12: "))
    #expect(!outcome.output.contains("checkpoint"))
    #expect(outcome.errors.hasSuffix("It was not compared with the checkpoint\n"), "\(outcome.errors)")
  }
}

import Foundation
import JSON
import Testing
import TouchlogProof

@testable import TouchlogCommand

@Suite struct `Proving a timeline` {
  /// Calls of five customers, of whom two are one person, and the verifier key in `log.vkey`.
  private func filled(_ count: Int = 40) throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    var lines = (0..<count).map { number in
      Sample.event("e\(number)", ["subject": "\"crm:\(number % 5)\"", "interaction": "\"i\(number)\""])
    }
    lines.append(
      Sample.event(
        "link",
        ["type": #""identity.linked""#, "subject": #""crm:1""#, "data": #"{"other":"crm:2"}"#, "interaction": nil]))
    try #require(try sandbox.touchlog("append", "-", input: lines.joined(separator: "\n")).status == 0)
    try sandbox.write(try sandbox.touchlog("checkpoint", "--verifier-key").output, to: "log.vkey")
    return sandbox
  }

  @Test func `a bundle is verified where there is no store, by a key in a file or as it is`() throws {
    let sandbox = try filled()
    let proved = try sandbox.touchlog("prove", "crm:1", "--out", "b")
    #expect(proved.status == 0 && proved.output.isEmpty)
    #expect(proved.errors.hasPrefix("9 events of crm:1 (number:1) written to b, under the checkpoint of touchlog/"))
    try FileManager.default.removeItem(atPath: sandbox.path("store"))
    let verified = try sandbox.touchlog("verify-bundle", "b", "--key", "log.vkey")
    #expect(verified.status == 0, "\(verified)")
    #expect(verified.lines[0] == "proven: 9 events of crm:1 (number:1)")
    #expect(verified.output.contains("\n\nProven to whoever trusts the key touchlog/"))
    #expect(verified.output.contains("crm:1 (number:1) versions 0 to 8\n"))
    #expect(verified.output.contains("\n\nThe log's word, and not proven:\n  - that nothing came after"))
    let key = try sandbox.read("log.vkey").trimmingCharacters(in: .newlines)
    let bundle = try sandbox.read("b")
    #expect(try sandbox.touchlog("verify-bundle", "-", "--key", key, input: bundle).output == verified.output)
    let events = try sandbox.touchlog("verify-bundle", "b", "--key", key, "--events")
    #expect(events.lines[0].hasPrefix("1\t2025-03-01T09:15:00Z\tphone\tcontact.started\tcrm:1\ti1\t-\t{"))
  }

  @Test func `standard output has the bundle alone, and JSON says what is proven`() throws {
    let sandbox = try filled()
    let piped = try sandbox.shell("touchlog prove crm:1 --person -q | touchlog verify-bundle - --key log.vkey --json")
    #expect(piped.status == 0 && piped.errors.isEmpty, "\(piped.errors)")
    let json = try JSONValue(parsing: piped.output)
    #expect(json["isProven"] == true && json["size"] == 41)
    guard case .array(let events)? = json["events"], case .array(let customers)? = json["customers"] else {
      return #expect(Bool(false), "\(json)")
    }
    #expect(events.count == 17 && customers.count == 2)
    #expect(customers[1]["customer"] == "crm:2" && customers[1]["events"] == 8)
    #expect(events[0]["subject"] == "crm:1" && events[0]["streamversion"] == 0)
    #expect(piped.output.contains("that these customers are one person"))
  }

  @Test func `a bundle with a key is for its owner alone, also where a killed one left its beginning behind`() throws {
    let sandbox = try filled()
    #expect(try sandbox.touchlog("prove", "crm:1", "--out", "new").status == 0)
    try sandbox.write("{", to: "left.unfinished")
    #expect(chmod(sandbox.path("left.unfinished"), 0o644) == 0)
    #expect(try sandbox.touchlog("prove", "crm:1", "--out", "left").status == 0)
    for name in ["new", "left"] {
      let attributes = try FileManager.default.attributesOfItem(atPath: sandbox.path(name))
      #expect(attributes[.posixPermissions] as? Int == 0o600)
    }
  }

  @Test func `a file of a key may have come by mail, and one with two keys is refused`() throws {
    let sandbox = try filled()
    #expect(try sandbox.touchlog("prove", "crm:1", "--out", "b").status == 0)
    let key = try sandbox.read("log.vkey").trimmingCharacters(in: .newlines)
    for text in [key, key + "\r\n", "\r\n  \(key) \n\n", "\u{FEFF}\(key)\n"] {
      try sandbox.write(text, to: "sent.vkey")
      let outcome = try sandbox.touchlog("verify-bundle", "b", "--key", "sent.vkey")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    for text in ["", " \n", "\(key)\n\(key)\n"] {
      try sandbox.write(text, to: "sent.vkey")
      #expect(try sandbox.touchlog("verify-bundle", "b", "--key", "sent.vkey").status != 0)
    }
  }

  @Test func `what was changed is told line by line, and ends with 1`() throws {
    let sandbox = try filled()
    _ = try sandbox.touchlog("prove", "crm:1", "--out", "b")
    try sandbox.write(try sandbox.read("b").replacing("inbound", with: "outbound", maxReplacements: 1), to: "c")
    let outcome = try sandbox.touchlog("verify-bundle", "c", "--key", "log.vkey")
    #expect(outcome.status == 1)
    #expect(outcome.lines.count == 1 && outcome.output.hasPrefix("line 2 (position 1): its event is not what"))
    #expect(outcome.errors == "touchlog: not proven: 1 fault in c, the first in line 2\n")
    let json = try sandbox.touchlog("verify-bundle", "c", "--key", "log.vkey", "--json")
    #expect(json.status == 1)
    let value = try JSONValue(parsing: json.output)
    #expect(value["isProven"] == false && value["events"] == nil && value["proven"] == nil)
    guard case .array(let faults)? = value["faults"] else { return #expect(Bool(false), "\(value)") }
    #expect(faults[0]["line"] == 2 && faults[0]["position"] == 1)
    _ = try sandbox.touchlog("init", "other")
    try sandbox.write(try sandbox.touchlog("checkpoint", "--verifier-key", "--store", "other").output, to: "other.vkey")
    let foreign = try sandbox.touchlog("verify-bundle", "b", "--key", "other.vkey")
    #expect(foreign.status == 1 && foreign.output.hasPrefix("line 1: the checkpoint: it is not signed by touchlog/"))
  }

  @Test func `sealed, it shows headers alone`() throws {
    let sandbox = try filled()
    #expect(try sandbox.touchlog("prove", "crm:3", "--sealed", "--out", "b").status == 0)
    #expect(!(try sandbox.read("b").contains("crm:3")))
    let verified = try sandbox.touchlog("verify-bundle", "b", "--key", "log.vkey", "--events")
    #expect(verified.status == 0)
    #expect(verified.lines[0] == "3\t2025-03-01T09:15:00Z\t-\tcontact.started\tnumber:3\t-\t-\t(sealed)")
    #expect(verified.output.contains("  - what the sealed payloads say, and who the customers without a reference are"))
    #expect(!verified.output.contains("AES-GCM"))
    let json = try sandbox.touchlog("verify-bundle", "b", "--key", "log.vkey", "--json").output
    #expect(json.contains(#"{"type":"contact.started","time":"2025-03-01T09:15:00Z","position":3,"#))
  }

  @Test func `who is unknown, has no events, or has a bundle already, is told`() throws {
    let sandbox = try filled()
    let unknown = try sandbox.touchlog("prove", "crm:99")
    #expect(unknown.status == 1 && unknown.output.isEmpty)
    #expect(unknown.errors == "touchlog: nobody is known as crm:99. List some with: touchlog customers\n")
    let link = Sample.event(
      "l", ["type": #""identity.linked""#, "subject": #""crm:1""#, "data": #"{"other":"crm:7"}"#, "interaction": nil])
    #expect(try sandbox.touchlog("append", "-", input: link).status == 0)
    let without = try sandbox.touchlog("prove", "crm:7", "--out", "b")
    #expect(without.status == 1)
    #expect(without.errors.contains("has no events, so there is nothing to prove. Those of linked"))
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("b")))
    #expect(try sandbox.touchlog("prove", "crm:7", "--person", "--out", "b").status == 0)
    #expect(try sandbox.touchlog("prove", "crm:1", "--out", "b").status == 2)
    #expect(try sandbox.touchlog("prove", "crm:1", "--out", "b", "--force").status == 0)
    #expect(try sandbox.touchlog("prove", "number:99").status == 1)
  }

  @Test func `one event is proven after C2SP's text`() throws {
    let sandbox = try filled()
    #expect(try sandbox.touchlog("prove", "crm:1", "--event", "6", "--out", "p").status == 0)
    let key = try VerifierKey(try sandbox.read("log.vkey").trimmingCharacters(in: .newlines))
    #expect(try EventProof(try sandbox.read("p").utf8).verify(by: key).size == 41)
    let piped = try sandbox.touchlog("prove", "number:1", "--event", "6", "--quiet")
    #expect(piped.output.hasPrefix("c2sp.org/tlog-proof@v1\nextra ") && piped.errors.isEmpty)
    let other = try sandbox.touchlog("prove", "crm:1", "--event", "7")
    #expect(other.status == 1 && other.output.isEmpty && other.errors.contains("has no event at position 7"))
    #expect(try sandbox.touchlog("prove", "crm:1", "--event", "7000").status == 1)
    #expect(try sandbox.touchlog("prove", "crm:1", "--event", "6", "--person").status == 64)
    #expect(try sandbox.touchlog("prove", "crm:1", "--event", "x").status == 64)
  }

  @Test func `keys and files that are none are told by what they are`() throws {
    let sandbox = try filled()
    _ = try sandbox.touchlog("prove", "crm:1", "--out", "b")
    let nothing = try sandbox.touchlog("verify-bundle", "b", "--key", "nothing")
    #expect(nothing.status == 64 && nothing.errors.contains("there is no file nothing"), "\(nothing.errors)")
    let bundle = try sandbox.touchlog("verify-bundle", "b", "--key", "b")
    #expect(bundle.status == 64 && bundle.errors.contains("b is no file of a verifier key"), "\(bundle.errors)")
    let keys = sandbox.path(".config/touchlog/keys")
    let names = try FileManager.default.contentsOfDirectory(atPath: keys)
    let secret = try #require(names.first { $0.hasSuffix(".signing") })
    let signing = try sandbox.touchlog("verify-bundle", "b", "--key", "\(keys)/\(secret)")
    #expect(signing.status == 64)
    #expect(signing.errors.contains("it is a signing key, which is secret"), "\(signing.errors)")
    #expect(try sandbox.touchlog("verify-bundle", "missing", "--key", "log.vkey").status == 2)
    #expect(try sandbox.touchlog("verify-bundle", "log.vkey", "--key", "log.vkey").status == 1)
    #expect(try sandbox.touchlog("verify-bundle", "-", "--key", "log.vkey").output == "line 1: the bundle is empty\n")
  }
}

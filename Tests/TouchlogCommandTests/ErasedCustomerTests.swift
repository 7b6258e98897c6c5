import Foundation
import JSON
import Testing
import Touchlog
import TouchlogStore

@testable import TouchlogCommand

@Suite struct `A customer who was erased` {
  /// Two linked customers, of whom the first is then forgotten: `crm:42`, whose number is 0.
  private func filled() async throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    let lines = [
      Sample.event("1", ["subject": "\"crm:42\"", "interaction": "\"call-1\""]),
      Sample.event(
        "2",
        [
          "type": "\"identity.linked\"", "subject": "\"tel:+46701234567\"", "data": #"{"other":"crm:42"}"#,
          "interaction": nil,
        ]),
    ]
    try #require(try sandbox.touchlog("append", "-", input: lines.joined(separator: "\n")).status == 0)
    let store = try sandbox.open(.appending)
    _ = try await store.erase([CustomerNumber(0)], reason: "asked for it")
    try store.close()
    return sandbox
  }

  @Test func `has a timeline by number, whose texts are gone and whose figures stay`() async throws {
    let sandbox = try await filled()
    let outcome = try sandbox.touchlog("timeline", "number:0")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("number:0 · 3 events in 1 interaction on 1 channel · erased 20"))
    #expect(outcome.output.contains("customer erased [erased]"))
    #expect(outcome.output.contains("a number:0 (2 events) · b tel:+46701234567 (1 event)"))
    #expect(!outcome.output.contains("crm:42"))
    let json = try JSONValue(parsing: sandbox.touchlog("timeline", "number:0", "--json").output)
    #expect(json["provenance"]?["customernumber"] == 0)
    #expect(json["provenance"]?["customer"] == nil)
    guard case .string(let erasedAt)? = json["erasedAt"] else { throw Failure("there is no erasedAt", .found) }
    #expect(Timestamp(rfc3339: erasedAt) != nil)
    // Before it was done, nobody knew.
    let before = try sandbox.touchlog("timeline", "number:0", "--as-known-at", "1").output
    #expect(!before.contains("erased 20"))
  }

  @Test func `is found by no reference, and named by number where others are linked`() async throws {
    let sandbox = try await filled()
    #expect(try sandbox.touchlog("customers", "--search", "crm:42").status == 1)
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 1)
    let found = try sandbox.touchlog("customers", "--search", "+46").output
    #expect(found.hasSuffix("\tnumber:0\n"))
    let other = try sandbox.touchlog("timeline", "tel:+46701234567").output
    #expect(other.contains("tel:+46701234567 linked with number:0"))
    // The one who was asked for is still there.
    #expect(other.hasPrefix("tel:+46701234567 · 3 events in 1 interaction on 1 channel · log at 4 ·"))
  }

  @Test func `why it was done stands with the company`() async throws {
    let output = try await filled().touchlog("timeline", "company:self").output
    #expect(output.contains("number:0 erased: asked for it"))
    #expect(output.hasPrefix("company:self · 1 event · log at 4"))
  }

  @Test func `a number that nobody has is told`() async throws {
    let sandbox = try await filled()
    // The last number there is, which nobody gets.
    for arguments in [["timeline"], ["export-person", "--out", "x"], ["erase", "--reason", "r", "--yes"]] {
      let last = try sandbox.run(Sandbox.binary, arguments + ["number:4294967295"])
      #expect(last.status == 1 && last.errors.hasPrefix("touchlog: nobody is known as number:4294967295."), "\(last)")
    }
    let outcome = try sandbox.touchlog("timeline", "number:99")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "touchlog: nobody is known as number:99. List some with: touchlog customers\n")
  }
}

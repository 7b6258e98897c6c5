import Foundation
import JSON
import LMDB
import Testing

@testable import TouchlogCommand

@Suite struct `A customer who was erased` {
  /// Two linked customers, of whom the first is then forgotten: `crm:42`, whose number is 0.
  private func filled() throws -> Sandbox {
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
    // What forgetting leaves in the vault: nothing.
    var options = Environment.Options()
    options.addressSpace = 1 << 26
    let vault = try Environment(directory: sandbox.path("store/vault"), options: options)
    let references = try vault.openTable(named: "references")
    let customers = try vault.openTable(named: "customers", keys: .uint32)
    var transaction = try vault.beginWrite()
    #expect(try transaction.delete(UInt32(0), from: customers))
    #expect(try transaction.delete(Array("crm:42".utf8), from: references))
    try transaction.commit()
    try vault.close()
    return sandbox
  }

  @Test func `has a timeline by number, whose texts are gone and whose figures stay`() throws {
    let sandbox = try filled()
    let outcome = try sandbox.touchlog("timeline", "number:0")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.hasPrefix("number:0 · 2 events in 1 interaction"))
    #expect(outcome.output.contains("[erased]"))
    #expect(outcome.output.contains("a number:0 (1 event) · b tel:+46701234567 (1 event)"))
    #expect(!outcome.output.contains("crm:42"))
    let json = try JSONValue(parsing: sandbox.touchlog("timeline", "number:0", "--json").output)
    #expect(json["provenance"]?["customernumber"] == 0)
    #expect(json["provenance"]?["customer"] == nil)
  }

  @Test func `is found by no reference, and named by number where others are linked`() throws {
    let sandbox = try filled()
    #expect(try sandbox.touchlog("customers", "--search", "crm:42").status == 1)
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 1)
    let found = try sandbox.touchlog("customers", "--search", "+46").output
    #expect(found.hasSuffix("\tnumber:0\n"))
    let other = try sandbox.touchlog("timeline", "tel:+46701234567").output
    #expect(other.contains("tel:+46701234567 linked with number:0"))
  }

  @Test func `a number that nobody has is told`() throws {
    let outcome = try filled().touchlog("timeline", "number:99")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "touchlog: nobody is known as number:99. List some with: touchlog customers\n")
  }
}

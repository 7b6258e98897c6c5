import Foundation
import JSON
import Testing

@testable import TouchlogCommand

@Suite struct `Finding customers` {
  private func filled() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    let lines = [
      Sample.event("1", ["subject": "\"crm:42\"", "time": "\"2025-03-01T09:00:00Z\""]),
      Sample.event("2", ["subject": "\"crm:42\"", "time": "\"2025-03-05T09:00:00Z\""]),
      Sample.event("3", ["subject": "\"tel:+46701234567\"", "time": "\"2025-03-02T09:00:00Z\""]),
      Sample.event("4", ["subject": "\"crm:421\"", "time": "\"2025-03-03T09:00:00Z\""]),
      Sample.event(
        "5",
        [
          "type": "\"identity.linked\"", "subject": "\"crm:42\"", "time": "\"2025-03-04T09:00:00Z\"",
          "data": #"{"other":"tel:+46701234567","confidence":0.9}"#,
        ]),
    ]
    try #require(try sandbox.touchlog("append", "-", input: lines.joined(separator: "\n")).status == 0)
    return sandbox
  }

  @Test func `by a part of the reference, with events, days and linked references`() throws {
    let sandbox = try filled()
    let outcome = try sandbox.touchlog("customers", "--search", "CRM:4")
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(
      outcome.output == """
        crm:42\t0\t3\t2025-03-01T09:00:00Z\t2025-03-05T09:00:00Z\ttel:+46701234567
        crm:421\t2\t1\t2025-03-03T09:00:00Z\t2025-03-03T09:00:00Z\t-

        """)
  }

  @Test func `as JSON, whichever way round the link was stated`() throws {
    let sandbox = try filled()
    let json = try JSONValue(parsing: sandbox.touchlog("customers", "--search", "+46 70-123", "--json").output)
    #expect(json["head"] == 5)
    #expect(json["found"] == 1)
    guard case .array(let customers)? = json["customers"] else {
      Issue.record("no customers in \(json.text)")
      return
    }
    #expect(customers.count == 1)
    #expect(customers.first?["customer"] == "tel:+46701234567")
    #expect(customers.first?["events"] == 1)
    #expect(customers.first?["linked"] == ["crm:42"])
  }

  private func appendLinkToNobody(in sandbox: Sandbox) throws {
    let link = Sample.event(
      "7",
      [
        "type": "\"identity.linked\"", "subject": "\"crm:421\"", "data": #"{"other":"mailto:bo@example.se"}"#,
      ])
    try #require(try sandbox.touchlog("append", "-", input: link).status == 0)
  }

  @Test func `a reference that a link alone names is a person, too`() throws {
    let sandbox = try filled()
    try appendLinkToNobody(in: sandbox)
    let found = try sandbox.touchlog("customers", "--search", "bo@").output
    #expect(found == "mailto:bo@example.se\t3\t0\t-\t-\tcrm:421\n")
    let timeline = try sandbox.touchlog("timeline", "mailto:bo@example.se").output
    #expect(timeline.hasPrefix("mailto:bo@example.se · 2 events"))
    #expect(timeline.contains("a mailto:bo@example.se (0 events) · b crm:421 (2 events)"))
  }

  @Test func `tells when nobody is found, and does not show more than asked`() throws {
    let sandbox = try filled()
    let nobody = try sandbox.touchlog("customers", "--search", "xyz")
    #expect(nobody.status == 1)
    #expect(nobody.errors == "touchlog: no customer's reference contains xyz\n")
    #expect(try sandbox.touchlog("customers", "--limit", "2").lines.count == 2)
    #expect(try sandbox.touchlog("customers", "--limit", "0").status == 64)
    let empty = try Sandbox.withStore().touchlog("customers")
    #expect(empty.errors == "touchlog: the log has no customers yet\n")
  }

  @Test(.enabled(if: hasScript, "needs script(1) of util-linux"), arguments: [40, 60, 100])
  func `no row is wider than the terminal`(width: Int) throws {
    let sandbox = try filled()
    let long = String(repeating: "anna.", count: 20) + "berg@example.se"
    let event = Sample.event("6", ["subject": "\"mailto:\(long)\""])
    try #require(try sandbox.touchlog("append", "-", input: event).status == 0)
    try appendLinkToNobody(in: sandbox)
    for command in ["customers", "timeline crm:42"] {
      let line = "script -qec 'stty cols \(width); \"$TOUCHLOG\" \(command)' /dev/null </dev/null"
      let outcome = try sandbox.shell(line, variables: ["NO_COLOR": "1", "TERM": "xterm"])
      let rows = outcome.output.split { $0 == "\n" || $0 == "\r\n" || $0 == "\r" }
      #expect(rows.count > 4, "\(outcome.output)")
      #expect(rows.allSatisfy { $0.count <= width }, "\(outcome.output)")
    }
  }

  private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")
}

import Foundation
import JSON
import Testing

@Suite struct `Timelines` {
  /// A call that begins before the caller has said who they are, and another that two customers share.
  private func filled() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    func event(
      _ id: String, _ type: String, _ minute: Int, _ subject: String?, _ call: String, _ data: String?,
    ) -> String {
      Sample.event(
        id,
        [
          "type": "\"\(type)\"", "time": "\"2025-03-01T09:0\(minute):00Z\"", "subject": subject.map { "\"\($0)\"" },
          "interaction": "\"\(call)\"", "data": data,
        ])
    }
    let lines = [
      event("a1", "contact.started", 0, nil, "call-1", #"{"direction":"inbound"}"#),
      event("a2", "contact.answered", 2, "crm:42", "call-1", nil),
      event("b1", "contact.started", 3, nil, "call-2", #"{"direction":"inbound"}"#),
      event("b2", "contact.answered", 4, "crm:42", "call-2", nil),
      event("b3", "contact.ended", 5, "crm:7", "call-2", #"{"outcome":"resolved"}"#),
      event("a3", "contact.ended", 6, "crm:42", "call-1", #"{"outcome":"resolved"}"#),
    ]
    try #require(try sandbox.touchlog("append", "-", input: lines.joined(separator: "\n")).status == 0)
    return sandbox
  }

  private func ids(_ sandbox: Sandbox, _ options: String...) throws -> [String] {
    let outcome = try sandbox.shell("touchlog timeline \(options.joined(separator: " ")) --json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    guard case .array(let interactions)? = try JSONValue(parsing: outcome.output)["interactions"] else { return [] }
    return interactions.flatMap { interaction -> [String] in
      guard case .array(let events)? = interaction["events"] else { return [] }
      return events.compactMap { if case .string(let id)? = $0["id"] { id } else { nil } }
    }
  }

  @Test func `anonymous events count where the interaction names one customer only`() throws {
    let sandbox = try filled()
    #expect(try ids(sandbox, "crm:42") == ["a1", "a2", "a3", "b2"])
    #expect(try ids(sandbox, "crm:7") == ["b3"])
    let text = try sandbox.touchlog("timeline", "crm:42").output
    #expect(text.hasPrefix("crm:42 · 4 events in 2 interactions"))
    #expect(text.contains("anonymous"))
    #expect(!text.contains("\u{1B}"))
  }

  @Test func `both clocks bound it`() throws {
    let sandbox = try filled()
    #expect(try ids(sandbox, "crm:42", "--as-of 2025-03-01T09:02:00Z") == ["a1", "a2"])
    // Once position 3 was recorded, nobody knew that crm:7 had a part in the second call.
    #expect(try ids(sandbox, "crm:42", "--as-known-at 3") == ["a1", "a2", "b1", "b2"])
    #expect(try ids(sandbox, "crm:42", "--as-known-at 1") == ["a1", "a2"])
    #expect(try ids(sandbox, "crm:42", "--as-known-at 2020-01-01") == [])
    let json = try JSONValue(parsing: try sandbox.touchlog("timeline", "crm:42", "--as-known-at", "3", "--json").output)
    #expect(json["provenance"]?["head"] == 6)
    #expect(json["provenance"]?["until"] == 4)
  }

  @Test func `an unknown customer is told, with who is near`() throws {
    let sandbox = try filled()
    let unknown = try sandbox.touchlog("timeline", "crm:nobody")
    #expect(unknown.status == 1)
    #expect(unknown.errors == "touchlog: nobody is known as crm:nobody. List some with: touchlog customers\n")
    let near = try sandbox.touchlog("timeline", "crm:042")
    #expect(near.status == 1)
    #expect(near.errors == "touchlog: nobody is known as crm:042. Did you mean crm:42?\n")
    let noReference = try sandbox.touchlog("timeline", "anna")
    #expect(noReference.status == 64)
    #expect(noReference.errors.contains("expected a reference scheme:value such as crm:42, found “anna”"))
  }
}

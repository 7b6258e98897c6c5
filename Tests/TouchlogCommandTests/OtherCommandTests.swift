import Foundation
import JSON
import Testing

@Suite struct `The other commands` {
  @Test func `statistics count what was appended`() throws {
    let sandbox = try Sandbox.withStore()
    try #require(try sandbox.touchlog("append", "-", input: Sample.lines(12)).status == 0)
    let stats = try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)
    #expect(stats["head"] == 12)
    #expect(stats["customers"] == 1)
    #expect(stats["anonymous"] == 0)
    #expect(stats["interactions"] == 12)
    #expect(stats["channels"] == [["channel": "phone", "events": 12, "interactions": 12]])
    #expect(stats["types"] == [["type": "contact.started", "events": 12]])
    #expect(stats["firstOccurred"] == "2025-03-01T09:15:00Z")
    let text = try sandbox.touchlog("stats").output
    #expect(text.contains("\nevents        12\n"))
    #expect(text.contains("\ncontact.started      12\n"))
  }

  @Test func `an empty store has statistics, is sound, and reads as nothing`() throws {
    let sandbox = try Sandbox.withStore()
    let stats = try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)
    #expect(stats["head"] == 0)
    #expect(stats["firstOccurred"] == nil)
    #expect(try sandbox.touchlog("stats").status == 0)
    let verification = try sandbox.touchlog("verify")
    #expect(verification.status == 0)
    #expect(verification.output.hasPrefix("0 events verified, all as written, root "))
    #expect(try sandbox.touchlog("read").output.isEmpty)
  }

  @Test func `the same seed gives the same lines, and they all go in`() throws {
    let sandbox = try Sandbox.withStore()
    let first = try sandbox.touchlog("simulate", "--events", "2000", "--seed", "7")
    #expect(first.status == 0 && first.errors.isEmpty)
    #expect(first.lines.count == 2000)
    #expect(try sandbox.touchlog("simulate", "--events", "2000", "--seed", "7").output == first.output)
    let later = try sandbox.touchlog("simulate", "--events", "100", "--seed", "8", "--from", "2024-01-01")
    #expect(later.output != first.output && later.output.contains("2024-01-01T"))
    let outcome = try sandbox.touchlog("append", "-", input: first.output)
    #expect(outcome.output.hasPrefix("2,000 events appended, positions 0–1,999, "), "\(outcome)")
    let wrong = try sandbox.touchlog("simulate", "--events", "10", "--late-share", "2")
    #expect(wrong.status == 64)
    #expect(wrong.errors == "touchlog: lateShare: expected a share from 0 to 1, got 2.0; one percent is 0.01\n")
  }

  @Test func `a table becomes events after its mapping, and again nothing`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(
      """
      name: doors
      source: /kiosk/doors
      timezone: Europe/Stockholm
      columns:
        visit: text
        kind: text
        at: { type: date, format: yyyy-MM-dd HH:mm }
      skip:
        - reason: test
          when: { column: kind, equals: test }
      events:
        - type: contact.started
          time: at
          id: "{visit}:started"
          channel: kiosk
          interaction: "doors-{visit}"
          data: { direction: inbound }

      """, to: "doors.yaml")
    try sandbox.write(
      "visit,kind,at\n1,real,2025-03-01 09:00\n2,test,2025-03-01 09:05\n3,real,2025-10-26 02:30\n4,real,soon\n",
      to: "doors.csv")
    let refused = try sandbox.touchlog("import", "doors.csv", "--mapping", "doors.yaml")
    #expect(refused.status == 1)
    #expect(refused.errors.contains("doors.csv, line 5, column at: expected"), "\(refused)")
    let outcome = try sandbox.touchlog("import", "doors.csv", "--mapping", "doors.yaml", "--reject", "bad.ndjson")
    #expect(outcome.status == 0, "\(outcome)")
    #expect(outcome.output.hasPrefix("2 events appended, 1 rejected to bad.ndjson, positions 0–1, "))
    #expect(outcome.output.hasSuffix("\n4 rows, 1 skipped (test), 1 unreadable, 1 ambiguous local time\n"))
    #expect(try JSONValue(parsing: try sandbox.read("bad.ndjson"))["line"] == 5)
    let again = try sandbox.touchlog(
      "import", "doors.csv", "--mapping", "doors.yaml", "--reject", "bad.ndjson", "--json")
    let receipt = try JSONValue(parsing: again.output)
    #expect(receipt["appended"] == 0 && receipt["duplicates"] == 2)
    #expect(receipt["rows"]?["read"] == 4)
    #expect(receipt["rows"]?["skipped"]?["test"] == 1)
    let wrong = try sandbox.touchlog("import", "doors.csv", "--mapping", "doors.csv")
    #expect(wrong.status == 1)
    #expect(wrong.errors.hasPrefix("touchlog: doors.csv: mapping"), "\(wrong)")
  }

  @Test func `the types are documented from their declarations`() throws {
    let sandbox = try Sandbox()
    let plain = try sandbox.touchlog("types", "contact.ended").output
    #expect(plain.hasPrefix("contact.ended  the contact ends\n"))
    #expect(plain.contains("outcome  required  one of resolved, unresolved, abandoned, followUp: how it ended"))
    let markdown = try sandbox.touchlog("types", "--markdown").output
    #expect(markdown.hasPrefix("# The catalogue\n"))
    #expect(markdown.contains("`feedback.given`"))
    guard case .array(let types) = try JSONValue(parsing: try sandbox.touchlog("types", "--json").output) else {
      Issue.record("expected an array")
      return
    }
    #expect(types.count == 40)
    #expect(try sandbox.touchlog("types", "bogus").status == 1)
  }

  @Test func `help has examples and exit codes, and goes to standard output`() throws {
    let sandbox = try Sandbox()
    let help = try sandbox.touchlog("--help")
    #expect(help.status == 0 && help.errors.isEmpty)
    #expect(help.output.contains("Exit codes:"))
    for command in [
      "init", "append", "import", "read", "timeline", "stats", "verify", "backup", "restore", "doctor", "simulate",
      "types", "erase", "export-person",
    ] {
      let help = try sandbox.touchlog(command, "--help")
      #expect(help.status == 0)
      #expect(help.output.contains("Examples:"), "\(command)")
      // Broken into two lines, an example could not be copied.
      let examples = help.output.split(separator: "Examples:\n").last?.split(separator: "\n\n").first ?? ""
      #expect(examples.split(separator: "\n").allSatisfy { $0.contains("touchlog ") }, "\(examples)")
    }
    let script = try sandbox.touchlog("--generate-completion-script", "bash")
    #expect(script.status == 0 && script.output.contains("timeline"))
    #expect(try sandbox.touchlog("bogus").status == 64)
  }
}

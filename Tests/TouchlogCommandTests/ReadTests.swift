import Foundation
import JSON
import Testing

@Suite struct `Reading` {
  /// Calls and chats of two customers, a minute apart.
  private func filled() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    let lines = (0..<10).map { number in
      Sample.event(
        "e\(number)",
        [
          "subject": "\"crm:\(number % 2)\"", "channel": number < 5 ? #""phone""# : #""chat""#,
          "time": "\"2025-03-01T09:0\(number):00Z\"", "interaction": "\"i\(number)\"",
          "type": number == 9 ? #""shop.visited""# : #""contact.started""#,
        ])
    }
    try #require(try sandbox.touchlog("append", "-", input: lines.joined(separator: "\n")).status == 0)
    return sandbox
  }

  private func positions(_ sandbox: Sandbox, _ options: String) throws -> [String] {
    let outcome = try sandbox.shell("touchlog read \(options)")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
    return outcome.lines.map { String($0.prefix { $0 != "\t" }) }
  }

  @Test func `conditions hold at once, in both directions`() throws {
    let sandbox = try filled()
    #expect(try positions(sandbox, "").count == 10)
    #expect(try positions(sandbox, "--limit 2") == ["0", "1"])
    #expect(try positions(sandbox, "--from 8") == ["8", "9"])
    #expect(try positions(sandbox, "--reverse --limit 2") == ["9", "8"])
    #expect(try positions(sandbox, "--reverse --from 3") == ["3", "2", "1", "0"])
    #expect(try positions(sandbox, "--customer crm:1 --channel chat") == ["5", "7", "9"])
    #expect(try positions(sandbox, "--channel phone,chat --limit 100 --from 9") == ["9"])
    #expect(try positions(sandbox, "--type shop.visited") == ["9"])
    #expect(try positions(sandbox, "--type shop.visited,contact.started --type contact.ended").count == 10)
    #expect(try positions(sandbox, "--type contact.ended") == [])
    #expect(try positions(sandbox, "--since 2025-03-01T09:03:00Z --until 2025-03-01T09:05:00Z") == ["3", "4"])
    #expect(try positions(sandbox, "--since 2025-03-02") == [])
    #expect(try positions(sandbox, "--until 1h").count == 10)
    #expect(try positions(sandbox, "--customer crm:nobody") == [])
  }

  @Test func `in a pipe, columns are whole, with tabs between them`() throws {
    let sandbox = try filled()
    #expect(
      try sandbox.touchlog("read", "--from", "9").output
        == "9\t2025-03-01T09:09:00Z\tchat\tshop.visited\tcrm:1\ti9\t-\t{\"direction\":\"inbound\"}\n")
  }

  @Test func `what came from outside cannot move the cursor`() throws {
    let sandbox = try Sandbox.withStore()
    let event = Sample.event("a", ["data": #"{"direction":"inbound","note":"tab\there"}"#, "agent": "\"\u{202E}eve\""])
    #expect(try sandbox.touchlog("append", "-", input: event).status == 0)
    let output = try sandbox.touchlog("read").output
    #expect(output.contains(#"\u{202e}eve"#))
    #expect(!output.contains("\u{202E}"))
  }

  @Test func `what is read as JSON is appended without any effect`() throws {
    let sandbox = try filled()
    let first = try sandbox.touchlog("read", "--json", "--limit", "1").output
    let event = try JSONValue(parsing: first)
    #expect(event["position"] == 0)
    #expect(event["subject"] == "crm:0")
    #expect(event["data"]?["direction"] == "inbound")
    let outcome = try sandbox.shell("touchlog read --json | touchlog append - --json")
    let receipt = try JSONValue(parsing: outcome.output)
    #expect(receipt["appended"] == 0)
    #expect(receipt["duplicates"] == 10)
    #expect(receipt["head"] == 10)
  }

  @Test func `an event is a line of JSON, whatever line breaks its data came with`() throws {
    let sandbox = try Sandbox.withStore()
    let event = Sample.event("a", ["data": "{\"direction\":\r\n  \"inbound\", \"note\": \"x\\ny\"\n}"])
    #expect(try sandbox.touchlog("append", "-", input: "[\(event)]").status == 0)
    let lines = try sandbox.touchlog("read", "--json").lines
    #expect(lines.count == 1)
    #expect(try JSONValue(parsing: String(lines[0]))["data"]?["note"] == "x\ny")
  }

  @Test func `a closed pipe ends it quietly`() throws {
    let sandbox = try Sandbox.withStore()
    try #require(try sandbox.touchlog("append", "-", input: Sample.lines(5000)).status == 0)
    let outcome = try sandbox.shell("(touchlog read; echo $? >status) | head -1")
    #expect(outcome.lines.count == 1)
    #expect(outcome.errors.isEmpty)
    #expect(try sandbox.read("status") == "0\n")
    let simulated = try sandbox.shell("(touchlog simulate --events 100000; echo $? >status) | head -1")
    #expect(simulated.lines.count == 1 && simulated.errors.isEmpty)
    #expect(try sandbox.read("status") == "0\n")
  }

  private static let hasScript = FileManager.default.isExecutableFile(atPath: "/usr/bin/script")

  @Test(.enabled(if: hasScript, "needs script(1) of util-linux"))
  func `on a terminal it is cut to the width, with colours unless NO_COLOR is set`() throws {
    let sandbox = try filled()
    let line = "script -qec 'stty cols 70; \"$TOUCHLOG\" read --limit 1' /dev/null </dev/null"
    let coloured = try sandbox.shell(line).output
    #expect(coloured.contains("\u{1B}[1mcontact.started"))
    #expect(!coloured.contains("\t"))
    let plain = try sandbox.shell(line, variables: ["NO_COLOR": "1"]).output
    #expect(!plain.contains("\u{1B}["))
    #expect(plain.contains("2025-03-01 09:00  phone  contact.started   crm:"), "narrow: without seconds")
    #expect(plain.trimmingCharacters(in: .newlines).count == 70)
  }

  @Test(.enabled(if: hasScript, "needs script(1) of util-linux"))
  func `a bar is drawn on a terminal, cleared at the end, and left out when asked`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(Sample.lines(20_000), to: "events.ndjson")
    let line = "script -qec '\"$TOUCHLOG\" append events.ndjson --batch 500' /dev/null </dev/null"
    let output = try sandbox.shell(line).output
    #expect(output.contains("[#"))
    #expect(output.contains(" left"))
    let end = try #require(output.range(of: "\r\u{1B}[K", options: .backwards))
    #expect(output[end.upperBound...].hasPrefix("20,000 events appended"))
    let quiet = try sandbox.shell(line.replacing("append", with: "append --quiet")).output
    #expect(!quiet.contains("\u{1B}["))
  }

  @Test func `bad arguments are told with what was expected`() throws {
    let sandbox = try Sandbox.withStore()
    for (options, words) in [
      ("--channel fax", "--channel: expected one of phone, chat"),
      ("--since soon", "expected a time such as 2025-03-01"),
      ("--type ''", "--type: expected a name"), ("--channel ,", "--channel: expected a name, found “,”"),
      ("--limit 0", "--limit: expected 1 or more, found 0"), ("--customer anna", "expected a reference scheme:value"),
      ("--address-space lots", "--address-space"), ("--bogus", "Unknown option '--bogus'"),
    ] {
      let outcome = try sandbox.shell("touchlog read \(options)")
      #expect(outcome.status == 64, "\(options)")
      #expect(outcome.errors.hasPrefix("touchlog: ") && outcome.errors.contains(words), "\(outcome.errors)")
      #expect(outcome.output.isEmpty)
    }
  }
}

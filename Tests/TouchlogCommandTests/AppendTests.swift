import Foundation
import JSON
import Testing

@Suite struct `Appending` {
  @Test func `lines are appended, and again they are recognised`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(Sample.lines(25), to: "events.ndjson")
    let first = try sandbox.touchlog("append", "events.ndjson", "--batch", "10")
    #expect(first.status == 0)
    #expect(first.output.hasPrefix("25 events appended, positions 0–24, "))
    #expect(first.output.hasSuffix(", synced\n"))
    let second = try sandbox.touchlog("append", "events.ndjson")
    #expect(second.output.hasPrefix("0 events appended, 25 already there, "))
    #expect(second.status == 0)
  }

  @Test func `the receipt is one JSON object`() throws {
    let sandbox = try Sandbox.withStore()
    let outcome = try sandbox.touchlog("append", "-", "--json", input: Sample.lines(3))
    let receipt = try JSONValue(parsing: outcome.output)
    #expect(receipt["appended"] == 3)
    #expect(receipt["duplicates"] == 0)
    #expect(receipt["firstPosition"] == 0)
    #expect(receipt["lastPosition"] == 2)
    #expect(receipt["head"] == 3)
    #expect(receipt["durability"] == "synced")
    #expect(outcome.errors.isEmpty)
  }

  @Test func `an array, one event over several lines, CRLF and a byte order mark are read`() throws {
    let sandbox = try Sandbox.withStore()
    let array = try sandbox.touchlog("append", "-", input: " [\(Sample.event("a")),\n\(Sample.event("b"))]\n")
    #expect(array.output.hasPrefix("2 events appended"))
    let spread = Sample.event("c").replacing(",", with: ",\n  ").replacing("{", with: "{\n")
    #expect(try sandbox.touchlog("append", "-", input: spread).output.hasPrefix("1 event appended, position 2,"))
    let marked = "\u{FEFF}" + Sample.event("d") + "\r\n\r\n" + Sample.event("e") + "\r\n"
    #expect(try sandbox.touchlog("append", "-", input: marked).output.hasPrefix("2 events appended, positions 3–4,"))
  }

  @Test func `an expected version decides`() throws {
    let sandbox = try Sandbox.withStore()
    let new = try sandbox.touchlog("append", "-", "--expect-new", input: Sample.event("a"))
    #expect(new.output.contains("stream version 1"))
    let again = try sandbox.touchlog("append", "-", "--expect-new", input: Sample.event("b"))
    #expect(again.status == 1)
    #expect(again.errors.contains("crm:42: expected no stream, found version 1"))
    #expect(again.errors.hasSuffix("Nothing of it is in\n"))
    #expect(try sandbox.touchlog("append", "-", "--expect-version", "1", input: Sample.event("b")).status == 0)
    let both = try sandbox.touchlog("append", "-", "--expect-version", "1", "--expect-new", input: "")
    #expect(both.status == 64)
  }

  @Test func `a bad line stops before its batch, and says how many are in`() throws {
    let sandbox = try Sandbox.withStore()
    let text = Sample.lines(5) + Sample.event("x", ["channel": #""fax""#]) + "\n" + Sample.event("y") + "\n"
    try sandbox.write(text, to: "events.ndjson")
    let outcome = try sandbox.touchlog("append", "events.ndjson", "--batch", "2")
    #expect(outcome.status == 1)
    #expect(
      outcome.errors == """
        touchlog: events.ndjson, line 6: channel: expected one of phone, chat, video, kiosk, field, inperson, web, \
        app, email, social, sms, mail, other, found “fax”. 4 events of it are in; running the same again is harmless, \
        as what is in is recognised. To go on without such events: --reject FILE

        """)
    #expect(try sandbox.touchlog("read").lines.count == 4)
  }

  @Test func `rejected lines go to a file with their reasons, and the work goes on`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Sample.event("e2")).status == 0)
    let bad = [Sample.event("x", ["channel": #""fax""#]), "nonsense", Sample.feedback("f", score: "9")]
    // Line 2 of these has the identity of a stored event, and other content.
    let text = Sample.lines(4) + bad.joined(separator: "\n") + "\n" + Sample.event("z") + "\n"
    try sandbox.write(text, to: "events.ndjson")
    let outcome = try sandbox.touchlog("append", "events.ndjson", "--reject", "bad.ndjson", "--json")
    #expect(outcome.status == 0, "\(outcome.errors)")
    let receipt = try JSONValue(parsing: outcome.output)
    #expect(receipt["appended"] == 4)
    #expect(receipt["rejected"] == 4)
    let rejects = try sandbox.read("bad.ndjson").split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    #expect(Set(rejects.compactMap { $0["line"]?.text }) == ["2", "5", "6", "7"])
    for reject in rejects {
      #expect(reject["error"] != nil)
      let line = Int(reject["line"]?.text ?? "") ?? 0
      #expect(reject["text"] == .string(String(text.split(separator: "\n")[line - 1])))
    }
    #expect(try sandbox.touchlog("verify", "--quiet").status == 0)
  }

  @Test func `rejected lines are not written over the input, whatever its path`() throws {
    let sandbox = try Sandbox.withStore()
    let text = Sample.lines(2) + Sample.event("x", ["channel": #""fax""#]) + "\n"
    try sandbox.write(text, to: "events.ndjson")
    for line in [
      "touchlog append events.ndjson --reject ./events.ndjson",
      "ln -s events.ndjson link; touchlog append link --reject events.ndjson",
      "touchlog append - --reject events.ndjson < events.ndjson",
    ] {
      let outcome = try sandbox.shell(line)
      #expect(outcome.status == 64)
      #expect(outcome.errors.contains("is the input itself"), "\(outcome.errors)")
      #expect(try sandbox.read("events.ndjson") == text)
    }
    #expect(try sandbox.touchlog("append", "events.ndjson", "--reject", "-").status == 64)
    #expect(try sandbox.touchlog("append", "events.ndjson", "--reject", "/dev/null").status == 0)
  }

  @Test func `a store of conflicts is worked through`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Sample.lines(200)).status == 0)
    let others = (1...300).map { number in
      Sample.event("e\(number)", ["interaction": "\"\(number % 3 == 0 ? "j" : "i")\(number)\""]) + "\n"
    }
    try sandbox.write(others.joined(), to: "others.ndjson")
    let outcome = try sandbox.touchlog("append", "others.ndjson", "--reject", "bad.ndjson", "--json")
    let receipt = try JSONValue(parsing: outcome.output)
    #expect(receipt["appended"] == 100)
    #expect(receipt["duplicates"] == 134)
    #expect(receipt["rejected"] == 66)
  }

  @Test func `a conflict names both events`() throws {
    let sandbox = try Sandbox.withStore()
    #expect(try sandbox.touchlog("append", "-", input: Sample.event("a")).status == 0)
    let other = Sample.event("a", ["data": #"{"direction":"outbound"}"#])
    let outcome = try sandbox.touchlog("append", "-", input: other)
    #expect(outcome.status == 1)
    #expect(
      outcome.errors.hasPrefix(
        """
        touchlog: standard input, line 1: /pbx has already sent an event “a”, at position 0, and this one has \
        another data.
        """))
    let lines = Sample.event("b") + "\n" + other.replacing("\"a\"", with: "\"b\"")
    let twice = try sandbox.touchlog("append", "-", input: lines)
    #expect(twice.errors.contains("standard input, line 2: id “b” of /pbx came before, on line 1, with another data"))
  }

  @Test func `Ctrl-C stops reading, and what is said to be in is in`() throws {
    let sandbox = try Sandbox.withStore()
    try #require(mkfifo(sandbox.path("lines"), 0o600) == 0)
    let process = try sandbox.startShell("exec \"$TOUCHLOG\" append - --batch 100 <lines", as: "append")
    let input = try sandbox.openForWriting("lines")
    // Many times what a pipe and the look-ahead hold: once it is written, batches have been committed.
    try input.write(contentsOf: Data(Sample.lines(20_000).utf8))
    process.signal(SIGINT)
    #expect(process.waitAMinute() == 130)
    try input.close()
    let words = try sandbox.read("append.err")
    let match = try #require(try #/interrupted\. ([0-9,]+) events of it are in;/#.firstMatch(in: words), "\(words)")
    let count = try #require(Int(match.1.replacing(",", with: "")))
    #expect(count >= 100 && count < 20_000 && count % 100 == 0)
    let stats = try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)
    #expect(stats["head"] == .number(String(count)))
  }
}

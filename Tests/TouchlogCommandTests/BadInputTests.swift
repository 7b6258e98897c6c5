import Foundation
import JSON
import Testing

@Suite struct `Bad input` {
  private let time = "expected an RFC 3339 time such as 2025-03-01T09:15:00Z"

  /// Appends a line after a good one, and expects a refusal that names the line.
  private func expectRefusal(
    of line: String, _ words: String..., sourceLocation: SourceLocation = #_sourceLocation,
  ) throws {
    let sandbox = try Sandbox.withStore()
    let outcome = try sandbox.touchlog("append", "-", input: Sample.event("good") + "\n" + line + "\n")
    #expect(outcome.status == 1, sourceLocation: sourceLocation)
    #expect(outcome.errors.hasPrefix("touchlog: standard input, line 2: "), sourceLocation: sourceLocation)
    #expect(outcome.errors.split(separator: "\n").count == 1, sourceLocation: sourceLocation)
    for word in words { #expect(outcome.errors.contains(word), sourceLocation: sourceLocation) }
    #expect(outcome.errors.contains("Nothing of it is in"), sourceLocation: sourceLocation)
    #expect(try sandbox.touchlog("read").output.isEmpty, sourceLocation: sourceLocation)
  }

  @Test func `what is no JSON is refused`() throws {
    try expectRefusal(of: "{\"specversion\":", "no JSON:")
    try expectRefusal(of: "[]", "event: expected a JSON object")
    try expectRefusal(of: Sample.event("a", ["data": #"{"direction":"inbound","direction":"inbound"}"#]), "direction")
  }

  @Test func `invalid UTF-8 is refused`() throws {
    let sandbox = try Sandbox.withStore()
    var data = Data((Sample.event("good") + "\n" + Sample.event("bad?") + "\n").utf8)
    let mark = try #require(data.lastIndex(of: UInt8(ascii: "?")))
    data[mark] = 0xFF
    try sandbox.write(data, to: "events.ndjson")
    let outcome = try sandbox.touchlog("append", "events.ndjson")
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("touchlog: events.ndjson, line 2: no JSON: "))
    #expect(outcome.errors.contains("UTF-8"))
  }

  @Test func `missing and empty attributes are named`() throws {
    for name in ["id", "source", "type"] {
      try expectRefusal(of: Sample.event("a", [name: nil]), "\(name): expected a text that is not empty, found nothing")
      try expectRefusal(of: Sample.event("a", [name: #""""#]), "\(name): expected a text that is not empty")
    }
    try expectRefusal(of: Sample.event("a", ["specversion": nil]), "specversion: expected 1.0, found nothing")
    try expectRefusal(of: Sample.event("a", ["time": nil]), "time: \(time), found nothing")
    try expectRefusal(of: Sample.event("a", ["channel": nil]), "channel: expected one of phone")
    try expectRefusal(of: Sample.event("a", ["interaction": nil]), "interaction: expected the name of the contact")
    try expectRefusal(of: Sample.event("a", ["data": nil]), "data.direction: expected one of inbound, outbound")
  }

  @Test func `values out of range are named`() throws {
    try expectRefusal(of: Sample.event("a", ["channel": #""fax""#]), "channel: expected one of", "found “fax”")
    try expectRefusal(of: Sample.event("a", ["subject": #""anna""#]), "subject: expected a reference scheme:value")
    try expectRefusal(of: Sample.event("a", ["time": #""soon""#]), "time: \(time), found “soon”")
    try expectRefusal(of: Sample.event("a", ["time": #""2025-02-30T00:00:00Z""#]), "time: \(time)")
    try expectRefusal(of: Sample.event("a", ["time": #""1799-01-01T00:00:00Z""#]), "time: expected a time from 1900 on")
    try expectRefusal(
      of: Sample.event("a", ["time": #""9999-01-01T00:00:00Z""#]), "time: expected no more than a day ahead")
    try expectRefusal(of: Sample.feedback("a", score: "6"), "score", "max")
    try expectRefusal(of: Sample.feedback("a", score: "0"), "score", "min")
  }

  @Test func `a line beyond all limits is set aside by its number`() throws {
    let sandbox = try Sandbox.withStore()
    let long = "{\"id\":\"" + String(repeating: "x", count: 3 << 20) + "\"}"
    let lines = [Sample.event("a"), long, Sample.event("b")].joined(separator: "\n") + "\n"
    let outcome = try sandbox.touchlog("append", "-", "--reject", "bad.ndjson", "--json", input: lines)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let receipt = try JSONValue(parsing: outcome.output)
    #expect(receipt["appended"] == 2)
    #expect(receipt["rejected"] == 1)
    let rejected = try JSONValue(parsing: try sandbox.read("bad.ndjson"))
    #expect(rejected["line"] == 2)
    #expect(rejected["text"] == nil)
  }

  @Test func `what is too large is refused, and the limit named`() throws {
    let long = String(repeating: "x", count: 481)
    try expectRefusal(of: Sample.event(long), "id: expected 480 bytes at most")
    let text = String(repeating: "x", count: 1 << 20)
    try expectRefusal(
      of: Sample.event("a", ["data": #"{"direction":"inbound","text":"\#(text)"}"#]),
      "data: expected 1048576 bytes at most")
  }

  @Test func `a truncated last line says that the file may be cut off`() throws {
    let sandbox = try Sandbox.withStore()
    let outcome = try sandbox.touchlog(
      "append", "-", input: Sample.event("a") + "\n" + Sample.event("b").prefix(60))
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("line 2: "))
    #expect(outcome.errors.contains("may have been cut off"))
  }

  @Test func `an empty file, a folder, a missing and a compressed file are told apart`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write("", to: "empty.ndjson")
    try sandbox.write(Data([0x1F, 0x8B, 8, 0]), to: "events.gz")
    let empty = try sandbox.touchlog("append", "empty.ndjson")
    #expect(empty.status == 1)
    #expect(empty.errors == "touchlog: empty.ndjson is empty; expected events\n")
    let pipe = try sandbox.touchlog("append", "-")
    #expect(pipe.status == 0)
    #expect(pipe.output == "nothing appended: standard input has no events\n")
    let folder = try sandbox.touchlog("append", ".")
    #expect(folder.status == 2)
    #expect(folder.errors.contains(". is a folder; expected a file of events"))
    let missing = try sandbox.touchlog("append", "nothing.ndjson")
    #expect(missing.status == 2)
    #expect(missing.errors == "touchlog: opening nothing.ndjson: No such file or directory\n")
    let compressed = try sandbox.touchlog("append", "events.gz")
    #expect(compressed.status == 1)
    #expect(compressed.errors.contains("gunzip -c events.gz | touchlog append -"))
  }

  @Test(.enabled(if: geteuid() != 0, "root may read everything"))
  func `a file that may not be read is named`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(Sample.event("a"), to: "events.ndjson")
    try FileManager.default.setAttributes([.posixPermissions: 0], ofItemAtPath: sandbox.path("events.ndjson"))
    let outcome = try sandbox.touchlog("append", "events.ndjson")
    #expect(outcome.status == 2)
    #expect(outcome.errors == "touchlog: opening events.ndjson: Permission denied\n")
  }

  private static let suite: URL = {
    let shared = ProcessInfo.processInfo.environment["TOUCHLOG_SHARED"] ?? "../shared"
    return URL(filePath: shared).appending(path: "data/json")
  }()

  @Test(.enabled(if: FileManager.default.fileExists(atPath: suite.path), "the shared data are not beside the checkout"))
  func `no broken JSON of the conformance suite gets in as data`() throws {
    let sandbox = try Sandbox.withStore()
    let files = try FileManager.default.contentsOfDirectory(at: Self.suite, includingPropertiesForKeys: nil)
      .filter { $0.lastPathComponent.hasPrefix("n_") }
    try #require(files.count > 100)
    var text = Data()
    for file in files {
      let data = try Data(contentsOf: file)
      let parts = Sample.event(file.lastPathComponent, ["data": "?"]).split(separator: "?")
      text += Data(parts[0].utf8) + data.filter { $0 != UInt8(ascii: "\n") } + Data(parts[1].utf8) + Data("\n".utf8)
    }
    try sandbox.write(text, to: "events.ndjson")
    let outcome = try sandbox.touchlog("append", "events.ndjson", "--reject", "bad.ndjson")
    #expect(outcome.output.hasPrefix("0 events appended, \(files.count) rejected to bad.ndjson"), "\(outcome)")
  }
}

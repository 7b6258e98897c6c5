import Foundation
import JSON
import Testing

@testable import TouchlogCommand

/// What `touchlog export` writes, read back by others' means.
@Suite struct ExportTests {
  private static let rounds = 12
  private static let agent = #"Ann, "the" Öberg"#

  /// Two calls of one customer, a promise, and feedback.
  private static func world() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    let lines = [
      Sample.event("e1", ["topic": #""billing""#]),
      Sample.event(
        "e2",
        [
          "type": #""contact.answered""#, "time": #""2025-03-01T09:16:00.5Z""#, "data": nil,
          "agent": #""Ann, \"the\" Öberg""#,
        ]),
      Sample.event(
        "e3",
        [
          "type": #""contact.ended""#, "time": #""2025-03-01T09:20:00Z""#, "data": #"{"outcome":"followUp"}"#,
          "agent": #""Ann, \"the\" Öberg""#,
        ]),
      Sample.event(
        "e4",
        [
          "type": #""promise.made""#, "time": #""2025-03-01T09:21:00Z""#, "interaction": nil, "channel": nil,
          "data": #"{"promise":"p1","kind":"callback","dueAt":"2025-03-02T12:00:00Z","by":"agent"}"#,
        ]),
      Sample.feedback("e5", score: "4.25"),
    ]
    try sandbox.write(lines.map { $0 + "\n" }.joined(), to: "events.ndjson")
    let outcome = try sandbox.touchlog("append", "events.ndjson", "--quiet")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return sandbox
  }

  private static let interactions = ["export", "service-consistency", "--table", "interactions", "--quiet"]

  private static func export(_ sandbox: Sandbox, _ arguments: [String]) throws -> Sandbox.Outcome {
    try sandbox.run(Sandbox.binary, arguments)
  }

  /// Reads RFC 4180; an empty field without quotes is nil.
  private static func parse(csv text: String) throws -> [[String?]] {
    var records: [[String?]] = []
    var record: [String?] = []
    var field = ""
    var wasQuoted = false
    var isQuoted = false
    var scalars = Array(text.unicodeScalars)[...]
    func end() -> String? { wasQuoted || !field.isEmpty ? field : nil }
    while let scalar = scalars.popFirst() {
      switch scalar {
      case "\"" where isQuoted && scalars.first == "\"": field.unicodeScalars.append(scalars.removeFirst())
      case "\"":
        isQuoted.toggle()
        wasQuoted = true
      case "," where !isQuoted, "\r" where !isQuoted:
        record.append(end())
        (field, wasQuoted) = ("", false)
        guard scalar == "\r" else { break }
        try #require(scalars.popFirst() == "\n")
        records.append(record)
        record = []
      default: field.unicodeScalars.append(scalar)
      }
    }
    try #require(record.isEmpty && field.isEmpty && !isQuoted)
    return records
  }

  /// The lines of a table, with the members' names first.
  private static func rows(ofJSONLines text: String, table: String) throws -> [[String?]] {
    var names: [String] = []
    var rows: [[String?]] = []
    for line in text.split(separator: "\n") {
      guard case .object(let members) = try JSONValue(parsing: String(line)) else { continue }
      guard members.first?.key == "table", members.first?.value == .string(table) else { continue }
      names = members.dropFirst().map(\.key)
      rows.append(
        members.dropFirst().map { member in
          switch member.value {
          case .string(let text): text
          case .number(let text): text
          default: nil
          }
        })
    }
    return [names] + rows
  }

  @Test func `all formats say the same, and what was appended`() throws {
    let sandbox = try Self.world()
    let csv = try Self.export(sandbox, Self.interactions + ["--format", "csv", "-"])
    #expect(csv.status == 0 && csv.errors.isEmpty, "\(csv)")
    let rows = try Self.parse(csv: csv.output)
    // Three of the call; three marks of the feedback.
    #expect(rows.count == 7)
    let places = Dictionary(uniqueKeysWithValues: rows[0].enumerated().map { ($1 ?? "", $0) })
    func column(_ name: String) throws -> [String?] {
      let place = try #require(places[name], "\(rows[0])")
      return rows.dropFirst().map { $0[place] }
    }
    #expect(
      Set(try column("occurredAt").compactMap { $0 }) == [
        "2025-03-01T09:15:00.000000Z", "2025-03-01T09:16:00.500000Z", "2025-03-01T09:20:00.000000Z",
      ])
    #expect(Set(try column("agent")) == [nil, Self.agent])
    #expect(Set(try column("topic")) == [nil, "billing"])
    #expect(Set(try column("firstChoice")) == [nil, "inbound", "followUp", "csat"])
    #expect(Set(try column("channel")) == ["phone"])
    #expect(Set(try column("score")) == [nil, "4.25"])
    #expect(Set(try column("max")) == [nil, "5"])
    #expect(try column("position").compactMap { $0.flatMap { Int($0) } }.sorted() == [0, 1, 2, 4, 4, 4])

    let json = try Self.export(sandbox, Self.interactions + ["--format", "ndjson", "-"])
    #expect(try Self.rows(ofJSONLines: json.output, table: "interactions") == rows)
    #expect(json.output.split(separator: "\n").count == 6)

    let sqlite = try Self.export(sandbox, Self.interactions + ["--format", "sqlite", "some.sqlite"])
    #expect(sqlite.status == 0 && sqlite.output.hasPrefix("6 interactions, in some.sqlite, "), "\(sqlite)")
    #expect(try ExportedDatabase(sandbox.path("some.sqlite")).rows("SELECT * FROM interactions") == rows)
  }

  @Test func `a database has all tables, with types, an index, and on what they rest`() throws {
    let sandbox = try Self.world()
    let outcome = try sandbox.touchlog(
      "export", "service-consistency", "--format", "sqlite", "all.sqlite", "--references", "--quiet")
    #expect(outcome.status == 0, "\(outcome)")
    let database = try ExportedDatabase(sandbox.path("all.sqlite"))
    let tables = try database.tables()
    #expect(tables == ["company", "feedback", "interactions", "links", "promises", "provenance", "segments"])
    for table in tables where table != "provenance" {
      #expect(try database.indexes(on: table).contains(["customer"]), "\(table)")
    }
    let types = try database.types(in: "interactions")
    #expect(types["customer"] == "INTEGER" && types["reference"] == "TEXT" && types["occurredAt"] == "TEXT", "\(types)")
    #expect(types["position"] == "INTEGER" && types["agent"] == "TEXT" && types["score"] == "REAL", "\(types)")
    #expect(try database.rows("PRAGMA integrity_check")[1] == ["ok"])
    let due = try database.rows("SELECT reference, dueAt FROM promises WHERE dueAt IS NOT NULL")
    #expect(due == [["reference", "dueAt"], ["crm:42", "2025-03-02T12:00:00.000000Z"]])
    let provenance = try database.rows(
      "SELECT projection, position, events, parkedCustomers, asOf, madeAt IS NOT NULL FROM provenance")
    #expect(provenance.dropFirst() == [["service-consistency", "5", "5", "0", nil, "1"]])
    #expect(try Self.parse(csv: try csvFolder(sandbox, "service-consistency")["promises.csv"] ?? "").count == 3)
  }

  /// Exports to a folder, and reads its files.
  private func csvFolder(_ sandbox: Sandbox, _ projection: String) throws -> [String: String] {
    let outcome = try sandbox.touchlog("export", projection, "--format", "csv", "tables/", "--quiet")
    #expect(outcome.status == 0, "\(outcome)")
    let names = try FileManager.default.contentsOfDirectory(atPath: sandbox.path("tables"))
    return try Dictionary(uniqueKeysWithValues: names.map { ($0, try sandbox.read("tables/\($0)")) })
  }

  @Test func `a folder has a csv file for each table`() throws {
    let sandbox = try Self.world()
    let files = try csvFolder(sandbox, "churn-risk")
    #expect(
      Set(files.keys) == [
        "contacts.csv", "visits.csv", "moments.csv", "promises.csv", "standards.csv", "links.csv", "provenance.csv",
      ])
    // The score takes the place of channel and choices, which a mark of feedback does not have.
    let moments = try Self.parse(csv: files["moments.csv"] ?? "")
    #expect(
      moments.map { Array($0.dropFirst()) } == [
        ["occurredAt", "position", "type", "channel", "firstChoice", "secondChoice", "score"],
        ["2025-03-01T09:15:00.000000Z", "4", "feedback.given", nil, nil, nil, "0.8125"],
      ])
    let contacts = try Self.parse(csv: files["contacts.csv"] ?? "")
    #expect(contacts.dropFirst().map { $0[6] } == ["inbound", nil, "followUp"])
    let again = try sandbox.touchlog("export", "churn-risk", "--format", "csv", "tables")
    #expect(again.status == 2 && again.errors.contains("tables/contacts.csv exists already"), "\(again)")
    let one = try sandbox.touchlog("export", "churn-risk", "--format", "csv", "one.csv")
    #expect(one.status == 2 && one.errors.contains("contacts, visits, moments, promises, standards, links"), "\(one)")
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("one.csv")))
  }

  @Test func `an export keeps to the bounds, and says so`() throws {
    let sandbox = try Self.world()
    func rows(_ bound: String, _ value: String) throws -> (lines: Int, provenance: [String: String?]) {
      let outcome = try sandbox.touchlog(
        "export", "churn-risk", "--format", "ndjson", "-", bound, value, "--quiet")
      #expect(outcome.status == 0, "\(outcome)")
      let provenance = try Self.rows(ofJSONLines: outcome.output, table: "provenance")
      return (
        outcome.lines.count - 1,
        Dictionary(uniqueKeysWithValues: zip(provenance[0].compactMap { $0 }, provenance[1]))
      )
    }
    let known = try rows("--as-known-at", "1")
    #expect(known.lines == 2)
    #expect(known.provenance["until"] == "2" && known.provenance["position"] == "2")
    let past = try rows("--as-of", "2025-03-01T09:15:30Z")
    // The call's start, and the feedback that has the same time.
    #expect(past.lines == 2)
    #expect(past.provenance["asOf"] == "2025-03-01T09:15:30.000000Z" && past.provenance["events"] == "2")
  }

  @Test func `what is there stays, unless it is to be replaced`() throws {
    let sandbox = try Self.world()
    try sandbox.write("mine", to: "x.csv")
    let refused = try Self.export(sandbox, Self.interactions + ["--format", "csv", "x.csv"])
    #expect(refused.status == 2 && refused.errors.contains("x.csv exists already"), "\(refused)")
    #expect(try sandbox.read("x.csv") == "mine")
    let forced = try Self.export(sandbox, Self.interactions + ["--format", "csv", "x.csv", "--force"])
    #expect(forced.status == 0, "\(forced)")
    #expect(try Self.parse(csv: sandbox.read("x.csv")).count == 7)
    let device = try Self.export(sandbox, Self.interactions + ["--format", "sqlite", "/dev/null", "--force"])
    #expect(device.status == 2 && device.errors.contains("is no file"), "\(device)")
    let nowhere = try Self.export(sandbox, Self.interactions + ["--format", "sqlite", "no/such/place.sqlite"])
    #expect(nowhere.status == 2 && nowhere.errors.contains("no/such/place.sqlite"), "\(nowhere)")
    #expect(try Self.export(sandbox, Self.interactions + ["--format", "sqlite", "-"]).status == 64)
    let unknown = try sandbox.touchlog("export", "churn-risk", "--table", "calls", "--format", "csv", "-")
    #expect(unknown.status == 2 && unknown.errors.contains("has no table “calls”"), "\(unknown)")
    #expect(try sandbox.touchlog("export", "nothing", "--format", "csv", "-").errors.contains("churn-risk"))
    #expect(try Self.unfinished(in: sandbox).isEmpty)
  }

  /// Waits until one of two files is there, up to ten seconds.
  private static func wait(for path: String, or other: String) {
    let files = FileManager.default
    for _ in 0..<100_000 {
      if files.fileExists(atPath: path) || files.fileExists(atPath: other) { return }
      usleep(100)
    }
  }

  private static func unfinished(in sandbox: Sandbox) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: sandbox.folder.path).filter { $0.hasSuffix(".unfinished") }
  }

  @Test func `a reader that has enough ends an export without an error`() throws {
    let sandbox = try Sandbox.withStore()
    _ = try sandbox.shell(#""$TOUCHLOG" simulate --events 2000 --seed 7 | "$TOUCHLOG" append - --quiet"#)
    let outcome = try sandbox.shell(
      #"{ "$TOUCHLOG" export churn-risk --format ndjson - --quiet; echo "status $?" >&2; } | head -1"#)
    #expect(outcome.lines.count == 1 && outcome.errors == "status 0\n", "\(outcome)")
  }

  @Test(arguments: ["csv", "sqlite"])
  func `an export that is killed or interrupted leaves no file that looks whole`(format: String) throws {
    let sandbox = try Sandbox.withStore()
    // With a view on disk, most of the time goes into the file.
    _ = try sandbox.shell(
      #""$TOUCHLOG" simulate --events 1500 --seed 7 | "$TOUCHLOG" append - --quiet; "$TOUCHLOG" replay --quiet"#)
    let arguments = ["export", "service-consistency", "--table", "interactions", "--format", format]
    let whole = try sandbox.run(Sandbox.binary, arguments + ["whole"])
    try #require(whole.status == 0, "\(whole)")
    let size = try sandbox.folder.appending(path: "whole").resourceValues(forKeys: [.fileSizeKey]).fileSize
    var ended = 0
    var inBetween = 0
    for round in 0..<ExportTests.rounds {
      let signal = round.isMultiple(of: 2) ? SIGKILL : SIGINT
      let child = try sandbox.start(
        "export", "service-consistency", "--table", "interactions", "--format", format, "target", "--quiet")
      // From the time on when there is half a file; by then it has taken over the signal.
      ExportTests.wait(for: sandbox.path("target.unfinished"), or: sandbox.path("target"))
      usleep(UInt32(round / 4) * 4_000)
      child.signal(signal)
      let status = child.wait()
      ended += status == 0 ? 0 : 1
      // Killed after it gave the file its name, it leaves a whole one.
      if FileManager.default.fileExists(atPath: sandbox.path("target")) {
        let found = try sandbox.folder.appending(path: "target").resourceValues(forKeys: [.fileSizeKey]).fileSize
        #expect(found == size)
        try FileManager.default.removeItem(atPath: sandbox.path("target"))
      } else {
        #expect(status != 0)
      }
      let left = try Self.unfinished(in: sandbox)
      if signal == SIGKILL, !left.isEmpty {
        inBetween += 1
        try FileManager.default.removeItem(atPath: sandbox.path("target.unfinished"))
      } else {
        #expect(left.isEmpty, "interrupted, it tidies up")
      }
    }
    #expect(ended > 1 && inBetween > 0)
    print(
      "\(ended) of \(ExportTests.rounds) exports to \(format) ended, \(inBetween) of them killed while there was half a file"
    )
    let last = try sandbox.run(Sandbox.binary, arguments + ["target", "--quiet"])
    #expect(last.status == 0, "\(last)")
    #expect(try Self.unfinished(in: sandbox).isEmpty)
  }

  @Test func `a text is quoted where it must be`() {
    func csv(_ text: String) -> String { String(decoding: CSVFormat.encode(text), as: UTF8.self) }
    #expect(csv("agent-0411") == "agent-0411")
    #expect(csv("a,b") == #""a,b""#)
    #expect(csv(#"the "best""#) == #""the ""best""""#)
    #expect(csv("two\nlines\r") == "\"two\nlines\r\"")
    #expect(csv("") == #""""#)
    #expect(csv(" padded") == #"" padded""#)
    #expect(csv("Öberg") == "Öberg")
  }

  @Test func `numbers and times are written exactly`() throws {
    func text(_ append: (inout [UInt8]) -> Void) -> String {
      var bytes: [UInt8] = []
      append(&bytes)
      return String(decoding: bytes, as: UTF8.self)
    }
    for value in [0, 7, -7, 10, 99, 100, .max, .min] as [Int64] {
      #expect(text { $0.append(integer: value) } == "\(value)")
    }
    for (value, expected) in [
      (0, "0"), (4_250_000, "4.25"), (-1, "-0.000001"), (1_000_000, "1"), (.min, "-9223372036854.775808"),
    ] as [(Int64, String)] {
      #expect(text { $0.append(millionths: value) } == expected)
    }
    #expect(text { $0.append(hexadecimal: 0x0123_4567_89ab_cdef) } == "0123456789abcdef")
  }
}

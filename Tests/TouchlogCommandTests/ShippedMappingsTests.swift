import Foundation
import JSON
import Testing

/// The mappings that come with the package, from files to the figures of the log.
@Suite struct ShippedMappingsTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()
  private static let data: String? = {
    let named = ProcessInfo.processInfo.environment["TOUCHLOG_SHARED"].map { URL(filePath: $0) }
    let path = (named ?? root.appending(path: "../shared")).appending(path: "data").path
    return FileManager.default.fileExists(atPath: path) ? path : nil
  }()

  private static func mapping(_ name: String) -> String {
    root.appending(path: "Tools/mappings/\(name).yaml").path
  }

  /// Imports a compressed file.
  private static func load(_ file: String, _ mapping: String, into sandbox: Sandbox) throws -> JSONValue {
    let line =
      "gunzip -c '\(try #require(data))/\(file)' | touchlog import - --mapping '\(Self.mapping(mapping))' --json"
    let outcome = try sandbox.shell(line)
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try JSONValue(parsing: outcome.output)
  }

  /// In how many interactions events of a type are, as `read` tells them.
  private static func interactions(with type: String, in sandbox: Sandbox) throws -> Int? {
    let outcome = try sandbox.shell(
      "touchlog read --type \(type) --json | grep -o '\"interaction\":\"[^\"]*\"' | sort -u | wc -l")
    #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    return Int(outcome.output.filter { $0.isNumber })
  }

  @Test(.enabled(if: data != nil, "the shared data is not beside the checkout"))
  func `incidents are imported once, and their figures are in the log`() throws {
    let sandbox = try Sandbox.withStore()
    let file = "incidents/incident_event_log.csv.gz"
    let first = try Self.load(file, "incidents", into: sandbox)
    #expect(first["appended"] == 123_748)
    #expect(first["rows"]?["read"] == 141_712)
    let second = try Self.load(file, "incidents", into: sandbox)
    #expect(second["appended"] == 0)
    #expect(second["duplicates"] == first["appended"])

    let stats = try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)
    #expect(stats["interactions"] == 24_918)
    #expect(stats["head"] == first["appended"])
    #expect(try Self.interactions(with: "promise.broken", in: sandbox) == 9115)
    #expect(try Self.interactions(with: "contact.transferred", in: sandbox) == 11_369)
    #expect(try Self.interactions(with: "contact.reopened", in: sandbox) == 275)
  }

  @Test(.enabled(if: data != nil, "the shared data is not beside the checkout"))
  func `service requests of four years are anonymous, and on time as the city says`() throws {
    let sandbox = try Sandbox.withStore()
    for year in 2015...2018 {
      let file = "boston311/boston311_\(year).csv.gz"
      let first = try Self.load(file, "boston311", into: sandbox)
      let second = try Self.load(file, "boston311", into: sandbox)
      #expect(second["appended"] == 0)
      #expect(second["duplicates"] == first["appended"])
    }
    let stats = try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)
    #expect(stats["interactions"] == 29_347)
    #expect(stats["customers"] == 0)
    for (type, flag, other, count) in [
      ("promise.kept", "ONTIME", "OVERDUE", 14_454), ("promise.broken", "OVERDUE", "ONTIME", 708),
    ] {
      let flags = try sandbox.shell(
        "touchlog read --type \(type) --json > flags; grep -c '\"cityflag\":\"\(flag)\"' flags; "
          + "grep -c '\"cityflag\":\"\(other)\"' flags")
      #expect(flags.lines == ["\(count)", "0"])
    }
  }

  @Test(.enabled(if: data != nil, "the shared data is not beside the checkout"))
  func `a shop's purchases are imported once, and the sample brings nothing new`() throws {
    let sandbox = try Sandbox.withStore()
    let first = try Self.load("cdnow/CDNOW_master.txt.gz", "cdnow", into: sandbox)
    #expect(first["appended"] == 69_659)
    #expect(first["duplicates"] == 0)
    let second = try Self.load("cdnow/CDNOW_master.txt.gz", "cdnow", into: sandbox)
    #expect(second["appended"] == 0)
    let sample = try Self.load("cdnow/CDNOW_sample.txt.gz", "cdnow", into: sandbox)
    #expect(sample["appended"] == 0)
    #expect(sample["duplicates"] == 6919)
    let stats = try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)
    #expect(stats["customers"] == 23_570)
    #expect(stats["head"] == 69_659)
  }

  static let incidents = [
    "number,incident_state,reassignment_count,reopen_count,made_sla,caller_id,opened_at,sys_updated_at,contact_type,"
      + "location,category,priority,assignment_group,assigned_to",
    "I1,New,0,0,true,Caller 7,1/3/2016 09:05,1/3/2016 09:06,Phone,?,?,Low,Group 1,?",
    "I2,New,0,0,true,?,1/3/2016 09:05,1/3/2016 09:06,Email,?,?,Low,?,?",
    "I1,Active,1,0,true,Caller 7,1/3/2016 09:05,1/3/2016 09:07,Phone,?,?,Low,Group 2,?",
    "I1,Closed,1,0,true,Caller 7,1/3/2016 09:05,1/3/2016 09:08,Phone,?,?,Low,Group 2,?",
    "",
  ]

  @Test func `a file is imported twice, and appended once`() throws {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(Self.incidents.joined(separator: "\n"), to: "incidents.csv")
    for (appended, duplicates) in [(7, 0), (0, 7)] as [(JSONValue, JSONValue)] {
      let outcome = try sandbox.touchlog("import", "incidents.csv", "--mapping", Self.mapping("incidents"), "--json")
      #expect(outcome.status == 0, "\(outcome.errors)")
      let receipt = try JSONValue(parsing: outcome.output)
      #expect(receipt["appended"] == appended)
      #expect(receipt["duplicates"] == duplicates)
    }
    let timeline = try sandbox.touchlog("timeline", "caller:Caller 7").output
    #expect(timeline.contains("transferred to team Group 2"))
    #expect(timeline.contains("promise sla:I1 kept"))
  }

  @Test func `a broken row is told, and may be set aside`() throws {
    let sandbox = try Sandbox.withStore()
    var rows = Self.incidents
    rows[2] = rows[2].replacing("1/3/2016 09:06", with: "2016-03-01 09:06")
    try sandbox.write(rows.joined(separator: "\n"), to: "incidents.csv")
    let command = ["import", "incidents.csv", "--mapping", Self.mapping("incidents")]
    let refused = try sandbox.touchlog(command[0], command[1], command[2], command[3])
    #expect(refused.status == 1)
    #expect(
      refused.errors.contains(
        "incidents.csv, line 3, column sys_updated_at: expected a day as d/M/yyyy H:mm, found “2016-03-01 09:06”"))
    let aside = try sandbox.touchlog(command[0], command[1], command[2], command[3], "--reject", "bad.ndjson")
    #expect(aside.status == 0, "\(aside.errors)")
    #expect(try sandbox.read("bad.ndjson").hasPrefix(#"{"line":3,"error":"column sys_updated_at: "#))
    let stats = try JSONValue(parsing: try sandbox.touchlog("stats", "--json").output)
    #expect(stats["interactions"] == 1)

    try sandbox.write(
      Self.incidents.map { $0.replacing("made_sla", with: "sla_made") }.joined(separator: "\n"), to: "x.csv")
    let missing = try sandbox.touchlog("import", "x.csv", "--mapping", Self.mapping("incidents"))
    #expect(missing.status == 1)
    #expect(missing.errors.contains("x.csv, line 1: expected a column made_sla once in the header, found 0 of them"))
    let another = try sandbox.touchlog("import", "x.csv", "--mapping", Self.mapping("cdnow"))
    #expect(another.status == 1)
    #expect(
      another.errors.contains(
        "x.csv, line 1: expected a header with customer_id, date, number_of_cds, dollar_value, or 5 cells in a row"))
  }
}

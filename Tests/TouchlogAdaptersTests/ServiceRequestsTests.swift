import JSON
import RealData
import Testing
import Touchlog
import TouchlogAdapters

/// The mapping of a city's service requests, on rows that are made up.
@Suite struct `Service requests` {
  static let header =
    "case_enquiry_id,open_dt,sla_target_dt,closed_dt,on_time,closure_reason,reason,type,department,neighborhood,source\n"

  static func row(
    _ id: String, target: String, closed: String, flag: String, source: String = "Constituent Call",
  ) -> String {
    "\(id),2016-07-01 09:00:00,\(target),\(closed),\(flag),\"Case Closed, \"\"done\"\"\",Street Cleaning,Litter,PWDx,"
      + "Brighton,\(source)\n"
  }

  static func read(_ rows: String...) throws -> Import {
    try Import(try SharedData.mapping("boston311"), header + rows.joined())
  }

  @Test func `a case is told from its report to its closing`() throws {
    let result = try Self.read(
      Self.row("17", target: "2016-07-05 08:30:00", closed: "2016-07-02 10:11:12", flag: "ONTIME", source: "Twitter"))
    #expect(result.rejected.isEmpty)
    let rest = #""channel":"social","interaction":"boston311:17","team":"PWDx","location":"Brighton","topic":"Litter","#
    func written(_ type: String, _ id: String, _ time: String, _ end: String) -> String {
      #"{"specversion":"1.0","id":"17:\#(id)","source":"/boston/311","type":"\#(type)","#
        + #""time":"2016-07-\#(time)Z",\#(rest)\#(end)}"#
    }
    let expected = [
      written(
        "contact.started", "started", "01T13:00:00", #""data":{"direction":"inbound","reason":"Street Cleaning"}"#),
      written(
        "promise.made", "promised", "01T13:00:00",
        #""data":{"promise":"boston311:17","kind":"other","dueAt":"2016-07-05T12:30:00Z","by":"standard"}"#),
      written(
        "promise.kept", "kept", "02T14:11:12", #""cityflag":"ONTIME","data":{"promise":"boston311:17"}"#),
      written(
        "contact.ended", "ended", "02T14:11:12", #""outcomeassumed":true,"data":{"outcome":"resolved"}"#),
    ]
    #expect(result.events.map { String(decoding: CloudEvents.encode($0), as: UTF8.self) } == expected)
  }

  @Test(arguments: [
    // To the second: closed at its target is in time.
    ("2016-07-05 08:30:00", "2016-07-05 08:30:00", "started promised kept ended"),
    ("2016-07-05 08:30:00", "2016-07-05 08:30:01", "started promised broken ended"),
    ("", "2016-07-05 08:30:00", "started ended"),
    ("2016-07-05 08:30:00", "", "started promised"),
    ("", "", "started"),
    // By the instants: this target never came, as clocks were set forward, and is moved to 3:45.
    ("2017-03-12 02:45:00", "2017-03-12 03:15:00", "started promised kept ended"),
    ("2017-03-12 02:45:00", "2017-03-12 03:45:01", "started promised broken ended"),
  ])
  func `a promise is kept when the case is closed by its target`(
    _ target: String, _ closed: String, _ expected: String,
  ) throws {
    let result = try Self.read(Self.row("17", target: target, closed: closed, flag: "ONTIME"))
    #expect(result.events.map { String($0.id.dropFirst(3)) }.joined(separator: " ") == expected)
    #expect(result.events.allSatisfy { $0.subject == nil })
  }

  @Test func `a case that was closed before it was opened begins at its closing`() throws {
    let result = try Self.read(Self.row("17", target: "", closed: "2016-07-01 08:59:58", flag: "ONTIME"))
    #expect(result.events.map(\.occurredAt.rfc3339) == ["2016-07-01T12:59:58Z", "2016-07-01T12:59:58Z"])
  }

  @Test func `a broken row is told by its line and column`() throws {
    let result = try Self.read(
      Self.row("17", target: "soon", closed: "", flag: "ONTIME"),
      Self.row("18", target: "", closed: "2016-07-01", flag: "ONTIME"),
      Self.row("19", target: "", closed: "", flag: "ONTIME", source: "Telegram"),
      Self.row("", target: "", closed: "", flag: "ONTIME"), Self.row("20", target: "", closed: "", flag: "ONTIME"))
    #expect(
      result.rejected == [
        "t.csv, line 2, column sla_target_dt: expected a day as yyyy-MM-dd HH:mm:ss, found “soon”",
        "t.csv, line 3, column closed_dt: expected a day as yyyy-MM-dd HH:mm:ss, found “2016-07-01”",
        "t.csv, line 4, column source: expected one of Citizens Connect App, City Worker App, Constituent Call, "
          + "Employee Generated, Maximo Integration, Self Service, Twitter, found “Telegram”",
        "t.csv, line 5: id of contact.started: expected every column that the id is made of, found nothing",
      ])
    #expect(result.ids == ["contact.started 20:started"])
  }
}

/// The real files, where they are.
@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct `Service requests of Boston` {
  @Test func `what follows from the times is the city's own flag, in every closed case with a target`() throws {
    let mapping = try DelimitedMapping(yaml: try SharedData.mapping("boston311"))
    var checker = EventChecker()
    var counts: [String: Int] = [:]
    var channels: [String: Int] = [:]
    var (rows, differing) = (0, [String]())
    for year in 2015...2018 {
      let file = "boston311/boston311_\(year).csv.gz"
      let report = try DelimitedReader(mapping, source: file).read(ByteSource(try SharedData.unzipped(file))) {
        event, _ in
        _ = try checker.check(event)
        counts[event.type, default: 0] += 1
        switch event.type {
        case "contact.started": channels[event.channel?.name ?? "none", default: 0] += 1
        case "promise.kept" where event.extensions["cityflag"] != "ONTIME": differing.append(event.id)
        case "promise.broken" where event.extensions["cityflag"] != "OVERDUE": differing.append(event.id)
        default: break
        }
      }
      #expect(report.rejected == 0 && report.skipped.isEmpty)
      #expect(report.ambiguousTimes == 0 && report.missingTimes == 0)
      rows += report.rows
    }
    #expect(rows == 29_347)
    #expect(differing == [])
    // 15,162 cases are closed and have a target; 1,990 have a target and are open; the rest have none.
    #expect(
      counts == [
        "contact.started": 29_347, "promise.made": 15_162 + 1990, "promise.kept": 14_454, "promise.broken": 708,
        "contact.ended": 19_596,
      ])
    #expect(
      channels == ["phone": 19_435, "app": 8307, "field": 952, "web": 301, "social": 35, "other": 317])
  }
}

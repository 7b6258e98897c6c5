import JSON
import RealData
import Testing
import Touchlog
import TouchlogAdapters

/// The mapping of incidents, on rows that are made up.
@Suite struct `States of incidents` {
  static let header =
    "number,incident_state,reassignment_count,reopen_count,made_sla,caller_id,opened_at,sys_updated_at,contact_type,"
    + "location,category,priority,assignment_group,assigned_to\n"

  static func row(
    _ number: String, _ state: String, counts: (Int, Int) = (0, 0), sla: Bool = true, caller: String = "Caller 7",
    _ time: String, channel: String = "Phone", group: String = "Group 1", agent: String = "?",
  ) -> String {
    "\(number),\(state),\(counts.0),\(counts.1),\(sla),\(caller),1/3/2016 09:05,\(time),\(channel),Location 3,"
      + "Category 4,3 - Moderate,\(group),\(agent)\n"
  }

  static func read(_ rows: [String]) throws -> Import {
    try Import(try SharedData.mapping("incidents"), header + rows.joined())
  }

  @Test func `an incident is told from its opening to its closing`() throws {
    let result = try Self.read([
      Self.row("INC1", "New", "1/3/2016 9:06"),
      Self.row("INC1", "Active", counts: (1, 0), "1/3/2016 10:00", group: "Group 2", agent: "Resolver 5"),
      Self.row("INC1", "Active", counts: (2, 0), "1/3/2016 10:01", group: "?"),
      Self.row("INC1", "Resolved", counts: (2, 0), "1/3/2016 11:00", agent: "Resolver 6"),
      Self.row("INC1", "Resolved", counts: (2, 0), "1/3/2016 11:30", agent: "Resolver 6"),
      Self.row("INC1", "Active", counts: (2, 1), sla: false, "2/3/2016 12:00"),
      Self.row("INC1", "Closed", counts: (2, 1), sla: false, "13/12/2016 23:59"),
    ])
    #expect(result.rejected.isEmpty)
    let common = #""subject":"caller:Caller 7","channel":"phone","interaction":"incident:INC1""#
    func written(_ type: String, _ id: String, _ time: String, _ rest: String) -> String {
      #"{"specversion":"1.0","id":"INC1:\#(id)","source":"/servicedesk/incidents","type":"\#(type)","#
        + #""time":"2016-\#(time):00Z",\#(common),\#(rest)}"#
    }
    let place = #""location":"Location 3","topic":"Category 4""#
    let team = #""team":"Group 1","# + place
    let promise = #""data":{"promise":"sla:INC1""#
    let expected = [
      written(
        "contact.started", "started", "03-01T09:05",
        team + #","data":{"direction":"inbound","priority":"3 - Moderate"}"#),
      written(
        "promise.made", "sla:made", "03-01T09:05", team + "," + promise + #","kind":"other","by":"standard"}"#),
      written(
        "contact.transferred", "transferred:1", "03-01T10:00",
        place + #","data":{"toTeam":"Group 2","toAgent":"Resolver 5"}"#),
      written("contact.transferred", "transferred:2", "03-01T10:01", place + #","data":{"toTeam":"unknown"}"#),
      written(
        "contact.ended", "ended:0", "03-01T11:00",
        #""agent":"Resolver 6","# + team + #","data":{"outcome":"resolved"}"#),
      written("contact.reopened", "reopened:1", "03-02T12:00", place),
      written("contact.ended", "ended:1", "12-13T23:59", team + #","data":{"outcome":"unresolved"}"#),
      written("promise.broken", "sla:broken", "12-13T23:59", team + "," + promise + "}"),
    ]
    #expect(result.events.map { String(decoding: CloudEvents.encode($0), as: UTF8.self) } == expected)
    #expect(result.lines == [2, 2, 3, 4, 5, 7, 8, 8])
  }

  @Test func `what is unknown is left out, and what is open has decided nothing`() throws {
    let result = try Self.read([
      Self.row("INC1", "Resolved", caller: "?", "1/3/2016 9:06", channel: "IVR"),
      Self.row("INC2", "New", sla: false, "1/3/2016 9:06", channel: "Self service"),
      Self.row("INC3", "Closed", "1/3/2016 9:06", channel: "Email"),
      Self.row("INC1", "Resolved", counts: (1, 0), caller: "?", "1/3/2016 9:07", group: "?", agent: "Resolver 2"),
    ])
    #expect(result.rejected.isEmpty)
    #expect(
      result.ids == [
        "contact.started INC1:started", "promise.made INC1:sla:made", "contact.ended INC1:ended:0",
        "contact.started INC2:started", "promise.made INC2:sla:made", "contact.started INC3:started",
        "promise.made INC3:sla:made", "contact.ended INC3:ended:0", "promise.kept INC3:sla:kept",
        "contact.transferred INC1:transferred:1",
      ])
    #expect(result.events.last.map { String(decoding: $0.data ?? [], as: UTF8.self) } == #"{"toAgent":"Resolver 2"}"#)
    #expect(result.events.map { $0.subject == nil } == result.ids.map { $0.contains("INC1") })
    #expect(
      result.events.compactMap(\.channel).map(\.name)
        == "phone phone phone web web email email email email phone".split(separator: " ").map(String.init))
  }

  @Test(arguments: [
    (
      "2016-03-01 09:05", "Phone",
      "t.csv, line 3, column sys_updated_at: expected a day as d/M/yyyy H:mm, found “2016-03-01 09:05”"
    ),
    (
      "30/2/2016 9:05", "Phone",
      "t.csv, line 3, column sys_updated_at: expected a day as d/M/yyyy H:mm, found “30/2/2016 9:05”"
    ),
    (
      "1/3/2016 9:05", "Fax",
      "t.csv, line 3, column contact_type: expected one of Direct opening, Email, IVR, Phone, Self service, found “Fax”"
    ),
  ])
  func `a broken row is told by its line and column`(_ time: String, _ channel: String, _ message: String) throws {
    let result = try Self.read([
      Self.row("INC1", "New", "1/3/2016 9:06"), Self.row("INC2", "New", time, channel: channel),
      Self.row("INC1", "Closed", "1/3/2016 9:07"),
    ])
    #expect(result.rejected == [message])
    #expect(
      result.ids == [
        "contact.started INC1:started", "promise.made INC1:sla:made", "contact.ended INC1:ended:0",
        "promise.kept INC1:sla:kept",
      ])
  }

  @Test func `a table without a column that is needed is no such table`() throws {
    let error = #expect(throws: AdapterError.self) {
      try Import(try SharedData.mapping("incidents"), Self.header.replacing(",reopen_count", with: ""))
    }
    #expect(error?.description.hasPrefix("t.csv, line 1: expected a column reopen_count once in the header") == true)
  }

  // MARK: Whatever the order

  /// An incident that is made up together with the events that must come of it.
  struct Planted {
    var rows: [String] = []
    var expected: [String] = []

    init(_ number: String, using random: inout `Tables`.Sequence) {
      var (state, group, agent, sla) = ("New", "Group 1", "?", true)
      var (transfers, reopenings, minute) = (0, 0, 0)
      func expect(_ event: String) { expected.append("\(number):\(event)") }
      func take() {
        rows.append(
          `States of incidents`.row(
            number, state, counts: (transfers, reopenings), sla: sla, "1/3/2016 \(minute / 60):\(minute % 60 + 10)",
            group: group, agent: agent))
        minute += 1
      }
      func end(_ last: String) {
        if state != "Resolved", state != "Closed" { expect("ended:\(reopenings)") }
        state = last
      }
      expect("started")
      expect("sla:made")
      if Bool.random(using: &random) { end("Resolved") }
      take()
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        if state == "Resolved" || state == "Closed", Bool.random(using: &random) {
          reopenings += 1
          state = ["Active", "New", "Awaiting Vendor", "-100"].randomElement(using: &random) ?? ""
          expect("reopened:\(reopenings)")
        }
        if Bool.random(using: &random) {
          transfers += 1
          group = ["Group 1", "Group 2", "?"].randomElement(using: &random) ?? ""
          agent = ["Resolver 1", "?"].randomElement(using: &random) ?? ""
          expect("transferred:\(transfers)")
        }
        if Bool.random(using: &random) { end(Bool.random(using: &random) ? "Resolved" : "Closed") }
        if Int.random(in: 0..<9, using: &random) == 0 { sla.toggle() }
        take()
      }
      if state == "Closed" { expect(sla ? "sla:kept" : "sla:broken") }
    }
  }

  /// The rows of all, mixed: those of one incident stay in their order.
  static func mixed(_ incidents: [[String]], using random: inout `Tables`.Sequence) -> [String] {
    let turns = incidents.indices.flatMap { repeatElement($0, count: incidents[$0].count) }.shuffled(using: &random)
    var next = incidents.map { $0[...] }
    return turns.compactMap { next[$0].popFirst() }
  }

  /// The events of each interaction in their order, as they would be written.
  static func written(_ events: [Event]) -> [String: [[UInt8]]] {
    Dictionary(grouping: events) { $0.interaction ?? "" }.mapValues { $0.map { CloudEvents.encode($0) } }
  }

  @Test(arguments: 1...25)
  func `however the rows of several incidents are mixed, each gives what was planted`(_ seed: UInt64) throws {
    var random = `Tables`.Sequence(state: seed)
    let planted = (1...40).map { Planted("INC\($0)", using: &random) }
    let side = try Self.read(planted.flatMap(\.rows))
    #expect(side.rejected.isEmpty)
    let found = Dictionary(grouping: side.events) { $0.interaction ?? "" }.mapValues { $0.map(\.id) }
    for (index, incident) in planted.enumerated() {
      #expect(found["incident:INC\(index + 1)"] == incident.expected)
    }
    #expect(found.count == planted.count)
    for _ in 0..<3 {
      let mixed = try Self.read(Self.mixed(planted.map(\.rows), using: &random))
      #expect(Self.written(mixed.events) == Self.written(side.events))
    }
  }
}

/// The real file, where it is.
@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct `Incidents of a company` {
  static let file = "incidents/incident_event_log.csv.gz"
  static let text = Result { try SharedData.unzipped(file) }
  static let imported = Result { try events(of: try text.get()) }

  static func events(of bytes: [UInt8]) throws -> (events: [Event], report: ImportReport) {
    let mapping = try DelimitedMapping(yaml: try SharedData.mapping("incidents"))
    var events: [Event] = []
    let report = try DelimitedReader(mapping, source: file).read(ByteSource(bytes)) { event, _ in
      events.append(event)
    }
    return (events, report)
  }

  @Test func `the figures of the last states come out of the events alone`() throws {
    let (events, report) = try Self.imported.get()
    #expect(report.rows == 141_712)
    #expect(report.skipped.isEmpty && report.rejected == 0)
    let interactions = Dictionary(grouping: events, by: \.type).mapValues { Set($0.compactMap(\.interaction)).count }
    #expect(interactions["contact.started"] == 24_918)
    #expect(interactions["promise.made"] == 24_918)
    #expect(interactions["promise.broken"] == 9115)
    #expect(interactions["promise.kept"] == 24_918 - 9115)
    #expect(interactions["contact.transferred"] == 11_369)
    #expect(interactions["contact.reopened"] == 275)
    #expect(interactions["contact.ended"] == 24_918)
    // 23,414 and 331 are the sums of reassignment_count and reopen_count over the last states.
    let counts = Dictionary(grouping: events, by: \.type).mapValues(\.count)
    #expect(
      counts == [
        "contact.started": 24_918, "promise.made": 24_918, "promise.broken": 9115, "promise.kept": 15_803,
        "contact.transferred": 23_414, "contact.reopened": 331, "contact.ended": 24_918 + 331,
      ])
    let data = events.filter { $0.type == "contact.ended" || $0.type == "promise.made" }.compactMap(\.data)
    let texts = Dictionary(grouping: data.map { String(decoding: $0, as: UTF8.self) }) { text in
      text.contains("dueAt") ? "due" : text.contains(#""unresolved""#) ? "unresolved" : "other"
    }
    #expect(texts["due"] == nil)
    #expect(texts["unresolved"]?.count == 13)
  }

  @Test func `each incident begins, goes on in episodes, and ends`() throws {
    let events = try Self.imported.get().events
    for (name, incident) in Dictionary(grouping: events, by: { $0.interaction ?? "" }) {
      let times = incident.map(\.occurredAt)
      try #require(times == times.sorted(), "\(name)")
      let turns = incident.map(\.type).filter { $0 != "contact.transferred" }
      try #require(turns.prefix(2) == ["contact.started", "promise.made"], "\(name)")
      try #require(turns.last == "promise.kept" || turns.last == "promise.broken", "\(name)")
      for (index, turn) in turns.dropFirst(2).dropLast().enumerated() {
        try #require(turn == (index % 2 == 0 ? "contact.ended" : "contact.reopened"), "\(name)")
      }
      try #require(turns.dropLast().last == "contact.ended", "\(name)")
    }
  }

  @Test func `the catalogue takes every event, and mixed rows bring the same`() throws {
    let events = try Self.imported.get().events
    var checker = EventChecker()
    for event in events { _ = try checker.check(event) }
    #expect(Set(events.map(\.id)).count == events.count)

    // A part of the file is enough, and is quick.
    let text = String(decoding: try Self.text.get().prefix(4 << 20), as: UTF8.self)
    let lines = text.split(separator: "\n").dropLast().map { "\($0)\n" }
    let part = try Self.events(of: Array(lines.joined().utf8)).events
    let incidents = Dictionary(grouping: lines.dropFirst()) { $0.prefix { $0 != "," } }.values.map { Array($0) }
    var random = `Tables`.Sequence(state: 7)
    let mixed = [lines[0]] + `States of incidents`.mixed(incidents, using: &random)
    #expect(mixed != lines && mixed.count == lines.count)
    let again = try Self.events(of: Array(mixed.joined().utf8)).events
    #expect(`States of incidents`.written(again) == `States of incidents`.written(part))
  }
}

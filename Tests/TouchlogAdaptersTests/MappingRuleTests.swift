import JSON
import Testing
import Touchlog
import TouchlogAdapters

/// What a mapping makes of a table.
struct Import {
  var events: [Event] = []
  var lines: [Int] = []
  var rejected: [String] = []
  var report = ImportReport()

  init(_ yaml: String, _ text: String) throws {
    let reader = DelimitedReader(try DelimitedMapping(yaml: yaml), source: "t.csv")
    var (events, lines, rejected): ([Event], [Int], [String]) = ([], [], [])
    func reject(_ error: AdapterError) { rejected.append(error.description) }
    report = try reader.read(ByteSource(Array(text.utf8)), rejecting: reject) {
      events.append($0)
      lines.append($1)
    }
    (self.events, self.lines, self.rejected) = (events, lines, rejected)
    #expect(report.events == events.count)
    #expect(report.rejected == rejected.count)
    #expect(report.rejections.map(\.description) == rejected)
  }

  /// Type and id of each event.
  var ids: [String] { events.map { "\($0.type) \($0.id)" } }

  var data: [String] { events.map { String(decoding: $0.data ?? [], as: UTF8.self) } }
}

@Suite struct `Mappings` {
  static let tickets = """
    name: tickets
    source: /tickets
    timezone: Europe/Stockholm
    null: "?"
    columns:
      number: text
      state: text
      group: text
      at: { type: date, format: d/M/yyyy HH:mm }
    key: [number]
    defaults: { channel: web, interaction: "ticket-{number}", subject: "crm:{number}" }
    events:
      - { type: contact.started, when: { first: true }, time: at, id: "{number}:started", data: { direction: inbound } }
      - type: contact.transferred
        when: { changed: group, column: group, present: true }
        time: at
        id: "{number}:{group}:{occurrence}"
        data: { toTeam: "{group}" }
      - type: contact.ended
        when: { last: true, column: state, in: [Closed, Solved] }
        time: at
        id: "{number}:ended"
        data: { outcome: { map: { Closed: resolved, Solved: resolved }, of: state } }
    """

  static let ticketRows = """
    number,state,group,at
    T1,New,A,1/3/2025 09:15
    T2,New,A,1/3/2025 09:16
    T1,Open,B,1/3/2025 09:17
    T1,Open,B,1/3/2025 09:18
    T1,Open,A,1/3/2025 09:19
    T1,Open,B,1/3/2025 09:20
    T2,Closed,?,1/3/2025 09:21
    T1,Closed,B,1/3/2025 09:22
    T3,Open,A,1/3/2025 09:23

    """

  @Test func `first, last and changed look at the other rows of the key`() throws {
    let result = try Import(Self.tickets, Self.ticketRows)
    #expect(
      result.ids.sorted() == [
        "contact.ended T1:ended", "contact.ended T2:ended", "contact.started T1:started", "contact.started T2:started",
        "contact.started T3:started", "contact.transferred T1:A:1", "contact.transferred T1:B:1",
        "contact.transferred T1:B:2",
      ])
    let ended = try #require(result.events.first { $0.id == "T1:ended" })
    #expect(ended.occurredAt.rfc3339 == "2025-03-01T08:22:00Z")
    #expect(ended.subject?.text == "crm:T1")
    #expect(result.rejected.isEmpty)
    #expect(result.report.rows == 9)
  }

  @Test func `a row is held no longer than until its key's next`() throws {
    let yaml = Self.tickets.replacing("last: true, ", with: "last: false, ")
    let result = try Import(yaml, Self.ticketRows.replacing("T1,Open", with: "T1,Solved"))
    // Lines 4 to 7 end the ticket, each as the next comes; line 9, the last, does not.
    let ended = zip(result.ids, result.lines).filter { $0.0 == "contact.ended T1:ended" }.map(\.1)
    #expect(ended == [4, 5, 6, 7])
  }

  @Test func `rows that are skipped or cannot be read are neither first nor last`() throws {
    let yaml = Self.tickets + "\nskip: [{ reason: draft, when: { column: state, equals: Draft } }]"
    let rows = """
      number,state,group,at
      T1,Draft,A,1/3/2025 09:15
      T1,New,A,soon
      T1,New,A,1/3/2025 09:16
      T1,Closed,A,1/3/2025 09:17
      T1,Draft,A,1/3/2025 09:18
      ,New,A,1/3/2025 09:18

      """
    let result = try Import(yaml, rows)
    #expect(result.ids == ["contact.started T1:started", "contact.ended T1:ended"])
    #expect(result.lines == [4, 5])
    #expect(result.report.skipped == ["draft": 2])
    #expect(
      result.rejected == [
        "t.csv, line 3, column at: expected a day as d/M/yyyy HH:mm, found “soon”",
        "t.csv, line 7, column number: expected a text, as it is part of the key, found nothing",
      ])
  }

  @Test func `a second import has the same events in the same order`() throws {
    let first = try Import(Self.tickets, Self.ticketRows)
    let second = try Import(Self.tickets, Self.ticketRows)
    #expect(first.ids == second.ids)
    #expect(first.lines == second.lines)
    #expect(Set(first.ids).count == first.ids.count)
  }

  static func simple(_ rest: String, columns: String = "", zone: String = "Europe/Stockholm") -> String {
    """
    name: simple
    source: /simple
    timezone: \(zone)
    columns:
      id: text
      at: { type: date, format: yyyy-MM-dd HH:mm }
    \(columns)
    \(rest)
    """
  }

  @Test func `rows that repeat get ids of their own, the same each time`() throws {
    let yaml = Self.simple("events: [{ type: seen, time: at, id: \"{id}#{occurrence}\" }]")
    let rows = "id,at\na,2025-01-01 00:00\nb,2025-01-01 00:00\na,2025-01-01 00:00\na,2025-01-02 00:00\n"
    #expect(try Import(yaml, rows).events.map(\.id) == ["a#1", "b#1", "a#2", "a#3"])
  }

  @Test func `times that come twice or never are counted`() throws {
    let yaml = Self.simple("events: [{ type: seen, time: at, id: \"{id}\" }, { type: again, time: at, id: \"{id}b\" }]")
    let result = try Import(yaml, "id,at\na,2025-03-30 02:30\nb,2025-10-26 02:30\nc,2025-10-26 04:30\n")
    #expect(result.report.missingTimes == 1)
    #expect(result.report.ambiguousTimes == 1)
    #expect(
      result.events.filter { $0.type == "seen" }.map(\.occurredAt.rfc3339)
        == ["2025-03-30T01:30:00Z", "2025-10-26T00:30:00Z", "2025-10-26T03:30:00Z"])
  }

  @Test func `fields have the types that the mapping gives them`() throws {
    let yaml = Self.simple(
      """
      format: { delimiter: ";", decimal: "," }
      instants: { due: { after: at, seconds: n } }
      events:
        - type: made
          time: at
          id: "{id}"
          data:
            text: { text: "{{{id}}}" }
            quoted: "1"
            count: { integer: n }
            cents: { integer: price, times: 100 }
            price: { decimal: price }
            due: { time: due }
            stay: { integer: stay }
            kind: { map: { a: x, b: null }, of: id, otherwise: z }
            one: 1
            share: 0.25
            sure: true
          extensions: { priority: 2, vip: false, note: "{id}!" }
      """, columns: "  n: integer\n  price: decimal\n  stay: { type: duration, null: \"0\" }")
    let result = try Import(
      yaml,
      "id;at;n;price;stay\na;2025-01-01 00:00;17;29,33;1,000\nb;2025-01-01 00:00;;-0,50;0\nc;2025-01-01 00:00; 5 ;;\n")
    #expect(result.rejected.isEmpty)
    #expect(
      result.data == [
        #"{"text":"{a}","quoted":"1","count":17,"cents":2933,"price":29.33,"due":"2024-12-31T23:00:17Z","stay":1,"kind":"x","one":1,"share":0.25,"sure":true}"#,
        #"{"text":"{b}","quoted":"1","cents":-50,"price":-0.5,"one":1,"share":0.25,"sure":true}"#,
        #"{"text":"{c}","quoted":"1","count":5,"due":"2024-12-31T23:00:05Z","kind":"z","one":1,"share":0.25,"sure":true}"#,
      ])
    #expect(result.events[0].extensions == ["priority": 2, "vip": false, "note": "a!"])
  }

  @Test func `conditions combine`() throws {
    func passing(_ condition: String) throws -> String {
      let yaml = Self.simple(
        """
        instants: { end: { after: at, seconds: n }, late: { latest: [at, end] }, early: { earliest: [at, end] } }
        values: { word: { map: { a: x }, of: id, otherwise: y } }
        events: [{ type: seen, time: at, id: "{id}", when: \(condition) }]
        """, columns: "  n: integer")
      let rows = "id,at,n\na,2025-01-01 00:00,1\nb,2025-01-01 00:00,10\nc,2025-01-01 00:00,\nd,2025-01-01 00:00,-5\n"
      return try Import(yaml, rows).events.map(\.id).joined()
    }
    #expect(try passing("{ column: id, equals: a }") == "a")
    #expect(try passing("{ column: n, notEquals: 10 }") == "acd")
    #expect(try passing("{ column: n, equals: 10.0 }") == "b")
    #expect(try passing("{ column: n, in: [1, -5] }") == "ad")
    #expect(try passing("{ column: n, present: true }") == "abd")
    #expect(try passing("{ column: n, absent: true }") == "c")
    #expect(try passing("{ column: n, present: false }") == "c")
    #expect(try passing("{ column: n, greater: 0, less: 10 }") == "a")
    #expect(try passing("{ not: { column: n, greater: 0 } }") == "cd")
    #expect(try passing("{ or: [{ column: id, equals: a }, { column: n, less: 0 }] }") == "ad")
    #expect(try passing("{ and: [{ column: id, in: [a, b] }, { column: n, greater: 1 }] }") == "b")
    #expect(try passing("{ column: word, equals: x }") == "a")
    #expect(try passing("{ column: end, present: true }") == "abd")
    #expect(try passing("{ column: end, less: at }") == "d")
    #expect(try passing("{ column: late, equals: at }") == "cd")
    #expect(try passing("{ column: early, greater: end }") == "")
  }

  @Test func `rows are skipped by reason, before anything else is asked of them`() throws {
    let yaml = Self.simple(
      """
      skip:
        - { reason: ghost, when: { column: id, equals: g } }
        - { reason: nameless, when: { column: id, absent: true } }
      events: [{ type: seen, time: at, id: "{id}" }]
      """)
    let result = try Import(yaml, "id,at\ng,whatever\n,2025-01-01 00:00\na,2025-01-01 00:00\ng,\n")
    #expect(result.report.skipped == ["ghost": 2, "nameless": 1])
    #expect(result.report.rows == 4)
    #expect(result.ids == ["seen a"])
  }

  @Test(arguments: [
    ("a,2025-02-29 00:00,1,1,1,phone", "column at: expected a day as yyyy-MM-dd HH:mm, found “2025-02-29 00:00”"),
    ("a,,1,1,1,phone", "time of seen: expected the instant that the mapping names, found nothing"),
    (",2025-01-01 00:00,1,1,1,phone", "id of seen: expected every column that the id is made of, found nothing"),
    ("a,2025-01-01 00:00,1.5,1,1,phone", "column n: expected a whole number, found “1.5”"),
    (
      "a,2025-01-01 00:00,1,1x,1,phone",
      "column p: expected a number with up to 6 decimal places, such as 12.5, found “1x”"
    ),
    (
      "a,2025-01-01 00:00,1,1.2345678,1,phone",
      "column p: expected a number with up to 6 decimal places, such as 12.5, found “1.2345678”"
    ),
    ("a,2025-01-01 00:00,1,1.001,1,phone", "column p: expected a number that times 100 is whole, found “1.001”"),
    ("a,2025-01-01 00:00,1,1,-1,phone", "column s: expected seconds, 0 or more, found “-1”"),
    (
      "a,2025-01-01 00:00,1,1,9223372036854,phone",
      "column s: expected seconds that are not that many, found “9223372036854”"
    ),
    ("a,2025-01-01 00:00,1,1,1,fax", "channel: expected one of \(Channel.names.joined(separator: ", ")), found “fax”"),
    ("x y,2025-01-01 00:00,1,1,1,phone", "column id: expected one of a, found “x y”"),
  ])
  func `a row that cannot be read is rejected whole`(_ row: String, _ message: String) throws {
    let yaml = Self.simple(
      """
      instants: { end: { after: at, seconds: s } }
      events:
        - { type: other, time: at, id: "o", when: { column: at, present: true } }
        - type: seen
          time: at
          id: "{id}"
          channel: "{c}"
          data: { cents: { integer: p, times: 100 }, end: { time: end }, word: { map: { a: b }, of: id } }
      """, columns: "  n: integer\n  p: decimal\n  s: duration\n  c: text")
    let result = try Import(yaml, "id,at,n,p,s,c\n\(row)\na,2025-01-01 00:00,1,1,1,phone\n")
    #expect(result.rejected == ["t.csv, line 2\(message.hasPrefix("column") ? ", " : ": ")\(message)"])
    #expect(result.lines == [3, 3])
    #expect(result.report.rows == 2)
  }

  @Test func `without a place for bad rows the first ends the reading`() throws {
    let reader = DelimitedReader(
      try DelimitedMapping(yaml: Self.simple("events: [{ type: seen, time: at, id: \"{id}\" }]")), source: "t.csv")
    var ids: [String] = []
    let error = #expect(throws: AdapterError.self) {
      _ = try reader.read(ByteSource(Array("id,at\na,2025-01-01 00:00\nb,x\nc,2025-01-01 00:00\n".utf8))) { event, _ in
        ids.append(event.id)
      }
    }
    #expect(error?.line == 3)
    #expect(ids == ["a"])
  }

  @Test(
    arguments: [
      ("yyMMdd", "990201", "1999-02-01T00:00:00Z"), ("yyMMdd", "680201", "2068-02-01T00:00:00Z"),
      ("yyMMdd", "690201", "1969-02-01T00:00:00Z"), ("d/M/yyyy HH:mm", "29/2/2016 01:16", "2016-02-29T01:16:00Z"),
      ("M/d/yyyy h:mm a", "2/9/2016 12:05 AM", "2016-02-09T00:05:00Z"),
      ("M/d/yyyy h:mm a", "2/9/2016 12:05 pm", "2016-02-09T12:05:00Z"),
      ("yyyy-MM-dd'T'HH:mm:ss.S", "2016-02-09T01:02:03.1234567", "2016-02-09T01:02:03.123456Z"),
      ("yyyy-MM-dd HH:mm", "2016-02-09 1:02", nil), ("yyyy-MM-dd HH:mm", "2016-02-09 24:00", nil),
      ("yyyy-MM-dd HH:mm", "2016-02-09 01:02x", nil), ("yyyy-MM-dd HH:mm", "2016-13-09 01:02", nil),
      ("d/M/yyyy HH:mm", "029/2/2016 01:16", nil), ("yyMMdd", "99021", nil),
    ] as [(String, String, String?)])
  func `days and times are read as their pattern says`(_ pattern: String, _ text: String, _ expected: String?) throws {
    let hasTime = pattern.contains("m:") || pattern.contains("mm ") || pattern.hasSuffix("mm")
    let yaml = """
      name: dates
      source: /dates
      timezone: UTC
      columns: { day: { type: date, format: "\(pattern)" }, hour: time }
      instants: { \(hasTime ? "at: { earliest: [day] }" : "at: { date: day, time: hour }") }
      events: [{ type: seen, time: at, id: "x" }]
      """
    let result = try Import(yaml, "day,hour\n\(text),0:00:00\n")
    #expect(result.events.map(\.occurredAt.rfc3339) == (expected.map { [$0] } ?? []))
    #expect(result.rejected.count == (expected == nil ? 1 : 0))
  }
}

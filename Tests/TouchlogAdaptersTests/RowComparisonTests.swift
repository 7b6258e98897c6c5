import Testing
import Touchlog
import TouchlogAdapters

/// What a mapping says of a row beside those of the same key.
@Suite struct `Rows of a key` {
  /// A mapping with one event, given where the condition holds.
  static func mapping(when condition: String) -> String {
    """
    name: counters
    source: /counters
    timezone: UTC
    null: "?"
    columns:
      key: text
      row: text
      n: decimal
      state: text
    instants: { at: { date: day, at: "12:00" } }
    values:
      stage: { map: { Done: over, Shut: over, Bad: null, Odd: odd }, of: state }
      pair: "{n}/{state}"
    key: [key]
    events: [{ type: seen, time: at, id: "{row}", when: \(condition) }]
    """.replacing("  state: text", with: "  state: text\n  day: { type: date, format: yyyyMMdd }")
  }

  /// The rows, written `key:n:state`, that the condition holds for, by their places from 1.
  static func passing(_ condition: String, _ rows: String) throws -> (rows: String, rejected: [String]) {
    var text = "key,row,n,state,day\n"
    for (index, row) in rows.split(separator: " ").enumerated() {
      let cells = row.split(separator: ":", omittingEmptySubsequences: false)
      text += "\(cells[0]),\(index + 1),\(cells[1]),\(cells[2]),20250301\n"
    }
    let result = try Import(mapping(when: condition), text)
    return (result.events.map(\.id).joined(separator: " "), result.rejected)
  }

  @Test(
    arguments: [
      // Neither in the first row, nor where it stays, nor where it falls.
      ("a:3: a:3: a:4: a:4: a:2: a:3:", "3 6"),
      // By the numbers' values, not by their texts.
      ("a:9: a:10: a:9.5: a:9.50: a:-1: a:-0.5: a:0:", "2 6 7"),
      // Where there is no number nothing grows; the next is held against the last that there was.
      ("a:1: a:?: a:2: a:: a:: a:2: a:?: a:3:", "3 8"),
      ("a:?: a:5: a:6:", "3"),
      // Each key by itself, however its rows lie.
      ("a:1: b:5: a:2: b:5: c:9: b:6: a:1: c:9: a:2:", "3 6 9"),
    ])
  func `a number has grown when it is above the key's last`(_ rows: String, _ expected: String) throws {
    #expect(try Self.passing("{ grew: n }", rows).rows == expected)
  }

  @Test func `several numbers and texts are compared side by side`() throws {
    let rows = "a:1:x a:2:x a:2:y a:1:y a:3:z b:1:y b:1:x"
    #expect(try Self.passing("{ or: [{ grew: n }, { changed: state }] }", rows).rows == "2 3 5 7")
    #expect(try Self.passing("{ grew: n, changed: state }", rows).rows == "5")
    #expect(try Self.passing("{ changed: n, not: { grew: n } }", rows).rows == "4")
    #expect(try Self.passing("{ changed: pair }", rows).rows == "2 3 4 5 7")
  }

  @Test func `a value has changed when what it is made to has`() throws {
    // Done and Shut are both over; what is mapped to nothing is another than what is mapped to something.
    #expect(try Self.passing("{ changed: stage }", "a::Done a::Shut a::Odd a::Bad a::Bad a::? a::Done").rows == "3 4 7")
    #expect(try Self.passing("{ changed: state }", "a::Done a::Shut a::Odd").rows == "2 3")
  }

  @Test func `a row whose compared value cannot be made is rejected, and counts for nothing`() throws {
    let changed = try Self.passing("{ changed: stage }", "a::Done a::New a::Shut a::Odd")
    #expect(changed.rows == "4")
    #expect(changed.rejected == ["t.csv, line 3, column state: expected one of Bad, Done, Odd, Shut, found “New”"])
    let grew = try Self.passing("{ grew: n }", "a:1: a:7x: a:2: a:1:")
    #expect(grew.rows == "3")
    #expect(
      grew.rejected == [
        "t.csv, line 3, column n: expected a number with up to 6 decimal places, such as 12.5, found “7x”"
      ])
  }

  @Test func `a day with a time that is always the same is on the mapping's clock`() throws {
    func time(_ day: String, _ rest: String) throws -> Import {
      let yaml = Self.mapping(when: "{ first: true }").replacing("at: \"12:00\"", with: rest)
        .replacing("timezone: UTC", with: "timezone: Europe/Stockholm")
      return try Import(yaml, "key,row,n,state,day\na,1,1,,\(day)\n")
    }
    #expect(try time("20250301", "at: 12:00").events.map(\.occurredAt.rfc3339) == ["2025-03-01T11:00:00Z"])
    #expect(try time("20250701", "at: \"0:00\"").events.map(\.occurredAt.rfc3339) == ["2025-06-30T22:00:00Z"])
    #expect(try time("20250701", "at: 23:59:59").events.map(\.occurredAt.rfc3339) == ["2025-07-01T21:59:59Z"])
    let missing = try time("20250330", "at: 02:30")
    #expect(missing.events.map(\.occurredAt.rfc3339) == ["2025-03-30T01:30:00Z"])
    #expect(missing.report.missingTimes == 1)
    #expect(
      try time("", "at: 02:30").rejected == [
        "t.csv, line 2: time of seen: expected the instant that the mapping names, found nothing"
      ])
  }
}

/// Tables that may have a header row.
@Suite struct `Optional headers` {
  static let format = "{ delimiter: \";\", header: optional, names: [x, a, b, c, at] }"

  @Test(arguments: [1, 7, .max])
  func `the first row is a header, or data in the order of the names`(_ pieces: Int) throws {
    let row = "2;3;\(Rows.time)"
    #expect(try Rows.read("0;1;\(row)\n0;4;\(row)\n", format: Self.format, pieces: pieces) == ["1 1|2|3", "2 4|2|3"])
    #expect(try Rows.read("a;b;c;at\n1;\(row)", format: Self.format, pieces: pieces) == ["2 1|2|3"])
    #expect(
      try Rows.read("\u{FEFF}at;\"c\"; b ;a;d\n\(Rows.time);3;2;1;4", format: Self.format, pieces: pieces)
        == ["2 1|2|3"])
    #expect(try Rows.read("0;a;b;c;\(Rows.time)", format: Self.format, pieces: pieces) == ["1 a|b|c"])
    #expect(try Rows.read("", format: Self.format, pieces: pieces).isEmpty)
  }

  @Test func `a first row that is neither says that this is another table`() throws {
    var rejected: [String] = []
    let error = #expect(throws: AdapterError.self) {
      try Rows.read(Array("a;b;d;at\n0;1;2;3;\(Rows.time)\n".utf8), format: Self.format, rejected: &rejected)
    }
    #expect(
      error?.description
        == "rows.csv, line 1: expected a header with a, b, c, at, or 5 cells in a row without a header, "
        + "found 4 in the first row: a, b, d, at")
    #expect(rejected == [])
    // With as many cells as data it is data, as far as anybody can tell.
    let header = "x;a;b;sea;at\n0;1;2;3;\(Rows.time)\n"
    #expect(try Rows.read(Array(header.utf8), format: Self.format, rejected: &rejected) == ["2 1|2|3"])
    #expect(
      rejected == ["rows.csv, line 1, column at: expected an RFC 3339 time such as 2025-03-01T09:15:00Z, found “at”"])
  }

  @Test(arguments: ["{}", format])
  func `a first row that cannot be taken apart is told with the file's name`(_ format: String) {
    let error = #expect(throws: AdapterError.self) { try Rows.read("a\"b,c\n", format: format) }
    #expect(error?.description.hasPrefix("rows.csv, line 1: expected quotes around a whole cell") == true)
  }
}

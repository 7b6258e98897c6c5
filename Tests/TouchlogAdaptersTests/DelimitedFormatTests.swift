import JSON
import Testing
import Touchlog
import TouchlogAdapters

/// A mapping that turns columns a, b and c into one event per row, and what comes of a text.
enum Rows {
  static func mapping(format: String) -> String {
    """
    name: rows
    source: /rows
    timezone: UTC
    format: \(format)
    columns: { a: text, b: text, c: text, at: instant }
    events:
      - type: row.read
        time: at
        id: "{occurrence}"
        data: { a: "{a}", b: "{b}", c: "{c}" }
    """
  }

  /// The cells of each row as `a|b|c`, absent ones as `-`, after the line.
  static func read(
    _ bytes: [UInt8], format: String = "{}", pieces: Int = .max, rejected: inout [String],
  ) throws -> [String] {
    let mapping = try DelimitedMapping(yaml: mapping(format: format))
    var rows: [String] = []
    func reject(_ error: AdapterError) { rejected.append(error.description) }
    let source = `Lines`.source(bytes, pieces: pieces)
    _ = try DelimitedReader(mapping, source: "rows.csv").read(
      source, rejecting: reject
    ) { event, line in
      let data = try JSONValue(parsing: String(decoding: event.data ?? [], as: UTF8.self))
      let cells = ["a", "b", "c"].map { name in
        if case .string(let text)? = data[name] { text } else { "-" }
      }
      rows.append("\(line) " + cells.joined(separator: "|"))
    }
    return rows
  }

  static func read(_ text: String, format: String = "{}", pieces: Int = .max) throws -> [String] {
    var rejected: [String] = []
    let rows = try read(Array(text.utf8), format: format, pieces: pieces, rejected: &rejected)
    #expect(rejected == [])
    return rows
  }

  static let time = "2025-03-01T09:15:00Z"
}

@Suite struct `Tables` {
  @Test(arguments: [1, 2, 5, .max])
  func `quotes hold delimiters, ends of lines and quotes`(_ pieces: Int) throws {
    let text =
      "\u{FEFF}a,b,c,at\r\n\"x,1\",\"two\r\nlines\",\"a \"\"word\"\"\",\(Rows.time)\r\n\r\n,\"\",z,\(Rows.time)"
    #expect(try Rows.read(text, pieces: pieces) == ["2 x,1|two\r\nlines|a \"word\"", "5 -|-|z"])
  }

  @Test func `without quotes a quote is a character like any other`() throws {
    let text = "a\tb\tc\tat\n\"x\t5\" pipe\t\"y\"\t\(Rows.time)\n"
    #expect(
      try Rows.read(text, format: "{ delimiter: tab, quote: none }") == ["2 \"x|5\" pipe|\"y\""])
  }

  @Test func `columns may have their names from the mapping, and spaces between them`() throws {
    let text = "  1   two  3 \(Rows.time)\n\n x y z \(Rows.time) \r\n"
    #expect(try Rows.read(text, format: "{ delimiter: spaces, names: [a, b, c, at] }") == ["1 1|two|3", "3 x|y|z"])
    #expect(
      try Rows.read("x;y;z;\(Rows.time)", format: "{ delimiter: ;, header: false, names: [c, b, a, at] }") == [
        "1 z|y|x"
      ])
  }

  @Test func `latin1 becomes what it means, and is no UTF-8`() throws {
    let bytes = Array("a,b,c,at\nUme".utf8) + [0xE5] + Array(",2,3,\(Rows.time)\n".utf8)
    var rejected: [String] = []
    #expect(try Rows.read(bytes, format: "{ encoding: latin1 }", rejected: &rejected) == ["2 Umeå|2|3"])
    #expect(rejected.isEmpty)
    #expect(try Rows.read(bytes, rejected: &rejected).isEmpty)
    #expect(rejected == ["rows.csv, line 2, column a: expected UTF-8, found “Ume\u{FFFD}”"])
  }

  @Test func `a broken row is told apart from those around it`() throws {
    var rejected: [String] = []
    let good = ",2,3,\(Rows.time)\n"
    let text =
      "a,b,c,at\n1\(good)x\"y\"\(good)2\(good)\"x\"y\(good)3\(good)1,2\n4\(good)5,6,7,8,9\n5\(good)\"open\(good)"
    #expect(
      try Rows.read(Array(text.utf8), rejected: &rejected) == ["2 1|2|3", "4 2|2|3", "6 3|2|3", "8 4|2|3", "10 5|2|3"])
    #expect(
      rejected == [
        "rows.csv, line 3: expected quotes around a whole cell (quote: none in the mapping, where quotes have no "
          + "meaning), found a quote within a cell",
        "rows.csv, line 5: expected a delimiter or the end of the line after a closing quote, found another character",
        "rows.csv, line 7: expected 4 cells in a row, found 2",
        "rows.csv, line 9: expected 4 cells in a row, found 5",
        "rows.csv, line 11: expected a closing quote, found the end of the file",
      ])
  }

  @Test func `a row that the file ends in says so`() throws {
    var rejected: [String] = []
    #expect(try Rows.read(Array("a,b,c,at\n1,2".utf8), rejected: &rejected).isEmpty)
    #expect(
      rejected == [
        "rows.csv, line 2: expected 4 cells in a row, found 2; the file ends within this line, so it may have been "
          + "cut off: fetch it again"
      ])
  }

  @Test func `an opened quote does not take in the whole file`() throws {
    var rejected: [String] = []
    let text = "a,b,c,at\n\"" + String(repeating: "x,1,2,3\n", count: 300_000)
    #expect(try Rows.read(Array(text.utf8), rejected: &rejected).isEmpty)
    #expect(rejected.first == "rows.csv, line 2: expected 2097152 bytes in a row at most, found more")
  }

  @Test(arguments: [
    ("a,b,at\n", "expected a column c once in the header, found 0 of them among: a, b, at"),
    ("a,b,c,c,at\n", "expected a column c once in the header, found 2 of them among: a, b, c, c, at"),
  ])
  func `a header without a column is an error of the whole table`(_ text: String, _ message: String) {
    let error = #expect(throws: AdapterError.self) { try Rows.read(text) }
    #expect(error?.description == "rows.csv, line 1: " + message)
  }

  @Test func `an empty file gives nothing`() throws {
    #expect(try Rows.read("").isEmpty)
    #expect(try Rows.read("a,b,c,at\n").isEmpty)
  }

  @Test(arguments: 1...50)
  func `whatever bytes come, each row is read or rejected`(_ seed: UInt64) throws {
    var random = Sequence(state: seed)
    let letters = Array("a\"\"\",,,,\n\n\r5:-TZ ".utf8) + [0x00, 0xC3, 0xFF]
    let noise = (0..<2000).map { _ in letters.randomElement(using: &random) ?? 0 }
    var (read, rejected) = (0, 0)
    let report = try DelimitedReader(try DelimitedMapping(yaml: Rows.mapping(format: "{}"))).read(
      ByteSource(Array("a,b,c,at\n".utf8) + noise + Array("\n\"\"\n1,2,3,\(Rows.time)\n".utf8)),
      rejecting: { (_: AdapterError) in rejected += 1 }, { _, _ in read += 1 })
    #expect(report.rows == read + rejected)
    #expect(rejected > 10)
  }

  /// A small generator (Knuth's MMIX constants), so that the test is the same each time.
  struct Sequence: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ state >> 29
    }
  }

  @Test(arguments: 1...20)
  func `whatever is quoted comes back as it was`(_ seed: UInt64) throws {
    var random = Sequence(state: seed)
    let letters = ["a", "\"", ",", "\n", "\r", "\r\n", " ", "å", "🎉", "{", "|"]
    var text = "a,b,c,at\n"
    var expected: [String] = []
    var line = 2
    for _ in 0..<50 {
      let cells = (0..<3).map { _ in
        (0...Int.random(in: 0...6, using: &random)).map { _ in letters.randomElement(using: &random) ?? "" }.joined()
      }
      expected.append("\(line) " + cells.joined(separator: "|"))
      text += cells.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }.joined(separator: ",") + ",\(Rows.time)\n"
      line += 1 + cells.joined().utf8.count { $0 == UInt8(ascii: "\n") }
    }
    #expect(try Rows.read(text, pieces: Int(seed)) == expected)
  }
}

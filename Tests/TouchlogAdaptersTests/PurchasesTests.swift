import JSON
import RealData
import Testing
import Touchlog
import TouchlogAdapters

/// The mapping of purchases, on rows that are made up.
@Suite struct `Purchases` {
  static let rows = [
    (" 00007", " 01 19970101  1   11.77\r\n"), (" 00007", " 01 19970101  1   11.77\r\n"),
    (" 00007", " 01 19970101  2   11.77\r\n"), (" 00031", " 02 19980630  1    0.00\r\n"),
    (" 00007", " 01 19970101  1   11.77\r\n"),
  ]

  /// As the larger file has them, with a header and without the sample's own number.
  static let master =
    " customer_id  date number_of_cds  dollar_value\r\n"
    + rows.map { $0 + $1.dropFirst(3) }.joined()

  /// As the smaller one has them.
  static let sample = rows.map { $0 + $1 }.joined()

  static func read(_ text: String) throws -> Import { try Import(try SharedData.mapping("cdnow"), text) }

  @Test func `equal rows are purchases of their own, and the same each time`() throws {
    let result = try Self.read(Self.master)
    #expect(result.rejected.isEmpty)
    #expect(
      result.events.map(\.id) == [
        "00007/19970101/1/11.77#1", "00007/19970101/1/11.77#2", "00007/19970101/2/11.77#1",
        "00031/19980630/1/0.00#1", "00007/19970101/1/11.77#3",
      ])
    let first = try #require(result.events.first)
    #expect(
      String(decoding: CloudEvents.encode(first), as: UTF8.self)
        == #"{"specversion":"1.0","id":"00007/19970101/1/11.77#1","source":"/cdnow","type":"purchase.made","#
        + #""time":"1997-01-01T00:00:00Z","subject":"cdnow:00007","channel":"web","#
        + #""data":{"amount":1177,"currency":"USD","kind":"cd","count":1}}"#)
    // Equal rows but for their numbers are equal events, so their order among each other tells nothing.
    let reversed = Self.rows.reversed().map { $0 + $1.dropFirst(3) }.joined()
    let again = try Self.read(String(Self.master.prefix { $0 != "\r\n" }) + "\r\n" + reversed)
    #expect(Set(again.events.map { CloudEvents.encode($0) }) == Set(result.events.map { CloudEvents.encode($0) }))
  }

  @Test func `the sample, without a header and with a column more, gives the same events`() throws {
    let (master, sample) = (try Self.read(Self.master), try Self.read(Self.sample))
    #expect(sample.events.map { CloudEvents.encode($0) } == master.events.map { CloudEvents.encode($0) })
    #expect(master.lines == [2, 3, 4, 5, 6] && sample.lines == [1, 2, 3, 4, 5])
  }

  @Test func `a broken row is told by its line and column`() throws {
    let result = try Self.read(
      """
       customer_id  date number_of_cds  dollar_value
       00001 19970230  1   11.77
       00001 19970101  one   11.77
       00001 19970101  1   11.775
       00001 19970101  1
       00001 19970101  1   11.77
      """)
    #expect(
      result.rejected == [
        "t.csv, line 2, column date: expected a day as yyyyMMdd, found “19970230”",
        "t.csv, line 3, column number_of_cds: expected a whole number, found “one”",
        "t.csv, line 4, column dollar_value: expected a number that times 100 is whole, found “11.775”",
        "t.csv, line 5: expected 4 cells in a row, found 3",
      ])
    // The row whose cents are not whole counts for nothing: there is no number 2.
    #expect(result.events.map(\.id) == ["00001/19970101/1/11.77#1"])
  }
}

/// The real files, where they are.
@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct `Purchases at CDNOW` {
  /// Events by their ids, and what they come to.
  static func read(_ name: String) throws -> (events: [String: [UInt8]], sums: Sums, report: ImportReport) {
    let file = "cdnow/\(name).txt.gz"
    let mapping = try DelimitedMapping(yaml: try SharedData.mapping("cdnow"))
    var (events, sums) = ([String: [UInt8]](), Sums())
    var checker = EventChecker()
    let report = try DelimitedReader(mapping, source: file).read(ByteSource(try SharedData.unzipped(file))) {
      event, _ in
      _ = try checker.check(event)
      events[event.id] = CloudEvents.encode(event)
      sums.customers.insert(event.subject?.text ?? "")
      let data = try JSONValue(parsing: String(decoding: event.data ?? [], as: UTF8.self))
      sums.cents += Int(data["amount"]?.text ?? "") ?? 0
      sums.pieces += Int(data["count"]?.text ?? "") ?? 0
      sums.repeats += event.id.hasSuffix("#1") ? 0 : 1
    }
    return (events, sums, report)
  }

  /// What a file's own text comes to, whose last three columns are the date, the pieces and the dollars.
  static func sums(of name: String) throws -> Sums {
    var (sums, seen) = (Sums(), Set<[Substring]>())
    let text = String(decoding: try SharedData.unzipped("cdnow/\(name).txt.gz"), as: UTF8.self)
    for line in text.split(whereSeparator: \.isNewline) {
      let cells = line.split(separator: " ")
      guard let pieces = Int(cells[cells.count - 2]) else { continue }
      sums.customers.insert("cdnow:\(cells[0])")
      sums.pieces += pieces
      sums.cents += Int(cells[cells.count - 1].filter { $0 != "." }) ?? 0
      sums.repeats += seen.insert(cells).inserted ? 0 : 1
    }
    return sums
  }

  struct Sums: Equatable {
    var customers: Set<String> = []
    var cents = 0
    var pieces = 0
    var repeats = 0
  }

  @Test func `all purchases of all customers come out, to the cent`() throws {
    let (events, sums, report) = try Self.read("CDNOW_master")
    #expect(report.rows == 69_659 && report.events == 69_659 && report.rejected == 0)
    #expect(events.count == 69_659)
    #expect(sums.customers.count == 23_570)
    #expect(sums.cents == 250_031_563)
    #expect(sums.pieces == 167_881)
    // Rows that are wholly equal to an earlier one.
    #expect(sums.repeats == 255)
    #expect(try Self.sums(of: "CDNOW_master") == sums)

    let sample = try Self.read("CDNOW_sample")
    #expect(sample.events.count == 6919 && sample.report.rows == 6919 && sample.report.rejected == 0)
    #expect(sample.sums.customers.count == 2357)
    #expect(sample.sums.cents == 24_409_194)
    #expect(try Self.sums(of: "CDNOW_sample") == sample.sums)
    for (id, event) in sample.events { try #require(events[id] == event, "\(id)") }
  }
}

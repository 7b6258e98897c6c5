import Foundation
import RealData
import Testing
import Touchlog
import TouchlogAdapters

@Suite struct `Reading business calendars` {
  /// A calendar that is good, but for the lines that are put in place of others.
  static func calendar(_ changes: KeyValuePairs<String, String> = [:]) -> String {
    var text = """
      name: support
      zone: UTC
      hours:
        mon-fri: "09:00-17:00"
        sat: ["10:00-14:00"]
      holidays:
        - 2025-12-25
        - { date: 2025-12-24, hours: "09:00-12:00" }
      """
    for (old, new) in changes {
      precondition(text.contains(old), "\(old) is not in the calendar")
      text = text.replacing(old, with: new)
    }
    return text
  }

  static func date(_ month: Int, _ day: Int) -> CivilDate { CivilDate(year: 2025, month: month, day: day) }

  @Test func `hours and holidays are as they are written`() throws {
    let calendar = try BusinessCalendar(yaml: Self.calendar())
    #expect(calendar.name == "support")
    #expect(calendar.zone == .utc)
    #expect(calendar.hours(on: Self.date(3, 14)).intervals == [540..<1020])
    #expect(calendar.hours(on: Self.date(3, 15)).intervals == [600..<840])
    #expect(calendar.hours(on: Self.date(3, 16)) == .closed)
    #expect(calendar.hours(on: Self.date(12, 24)).intervals == [540..<720])
    #expect(calendar.hours(on: Self.date(12, 25)) == .closed)
    #expect(calendar.hours(on: Self.date(12, 26)).intervals == [540..<1020])
    #expect(calendar.description == "support (UTC; mon-fri 09:00-17:00, sat 10:00-14:00; 2 holidays)")
  }

  @Test(arguments: [
    ("sat-mon: \"00:00-24:00\"", "mon 00:00-24:00, sat-sun 00:00-24:00"),
    ("mon-sun: [\"13:00-17:30\", 8:00-12:00]", "mon-sun 08:00-12:00, 13:00-17:30"),
    ("tue: 22:00-24:00", "tue 22:00-24:00"),
    ("{ mon-fri: 9:00-17:00, sat: closed, sun: [] }", "mon-fri 09:00-17:00"),
    ("wed: [0:00-12:00, 12:00-24:00]", "wed 00:00-12:00, 12:00-24:00"),
  ])
  func `days and hours have several forms`(_ hours: String, _ expected: String) throws {
    let calendar = try BusinessCalendar(yaml: "name: a\nzone: UTC\nhours:\n  \(hours)\n")
    #expect(calendar.description == "a (UTC; \(expected))")
  }

  @Test(
    arguments: [
      (["name: support\n": ""], "calendar (line 1): expected the key name, which is missing"),
      (["name: support": "name:"], "calendar, name (line 1): expected a text, found nothing"),
      (["name: support": "name: ''"], "calendar, name (line 1): expected a name such as support-se, found nothing"),
      (
        ["zone: UTC": "timezone: UTC"],
        "calendar, timezone (line 2): is not a known key; known here are name, zone, hours, holidays"
      ),
      (
        ["zone: UTC": "zone: Europe/Stockholm "],
        "calendar, zone (line 2): time zone Europe/Stockholm: expected a zone of the system's database, found none "
          + "(No such file or directory). Names are such as Europe/Stockholm; the package tzdata brings them"
      ),
      (
        ["zone: UTC": "zone: GMT+25!"],
        "calendar, zone (line 2): time zone GMT+25!: expected a name such as Europe/Stockholm"
      ),
      (
        ["mon-fri": "mon-friday"],
        "calendar, hours.mon-friday (line 4): is no day of the week; days are mon, tue, wed, thu, fri, sat, sun, or "
          + "from one to another: mon-fri"
      ),
      (
        ["sat:": "fri-sat:"],
        "calendar, hours.fri-sat (line 5): has hours for friday, which mon-fri has, too; name each day once"
      ),
      (["sat:": "mon-fri:"], "calendar (line 4): expected each key once, found twice: mon-fri"),
      (
        ["\"10:00-14:00\"": "10:00-13:00, 12:00-14:00"],
        "calendar, hours.sat (line 5): 10:00-13:00 and 12:00-14:00 overlap; make them one, or end the first sooner"
      ),
      (
        ["\"10:00-14:00\"": "22:00-06:00"],
        "calendar, hours.sat[0] (line 5): 22:00-06:00 ends before it begins; what goes on past midnight is two: "
          + "22:00-24:00, and 00:00-06:00 on the next day"
      ),
      (
        ["\"10:00-14:00\"": "10:00-10:00"],
        "calendar, hours.sat (line 5): 10:00-10:00 is empty; a day that is closed is written as closed, and one that "
          + "never closes as 00:00-24:00"
      ),
      (
        ["\"10:00-14:00\"": "10-14"],
        "calendar, hours.sat[0] (line 5): expected hours such as 09:00-17:00, or closed, found “10-14”"
      ),
      (
        ["\"10:00-14:00\"": "10:00-24:30"],
        "calendar, hours.sat[0] (line 5): expected hours such as 09:00-17:00, or closed, found “10:00-24:30”"
      ),
      (
        ["[\"10:00-14:00\"]": "{ open: 10 }"],
        "calendar, hours.sat (line 5): expected a text, found keys with values"
      ),
      (
        ["- 2025-12-25": "- 2025-02-29"],
        "calendar, holidays[0] (line 7): expected a day that exists, such as 2025-12-25, found “2025-02-29”"
      ),
      (
        ["- 2025-12-25": "- 25/12/2025"],
        "calendar, holidays[0] (line 7): expected a day that exists, such as 2025-12-25, found “25/12/2025”"
      ),
      (
        ["- 2025-12-25": "- 2025-12-24"],
        "calendar, holidays[1].date (line 8): is a second time 2025-12-24; give a day once, with all its hours"
      ),
      (
        ["date: 2025-12-24, ": ""], "calendar, holidays[1] (line 8): expected the key date, which is missing"
      ),
      (
        ["date: 2025-12-24": "day: 2025-12-24"],
        "calendar, holidays[1].day (line 8): is not a known key; known here are date, hours"
      ),
      (
        ["\"09:00-17:00\"": "closed", "[\"10:00-14:00\"]": "[]", "\"09:00-12:00\"": "closed"],
        "calendar, hours (line 4): is never open, so nothing would ever be due; open a day, e.g. mon-fri: "
          + "\"09:00-17:00\""
      ),
      (
        ["holidays:": "holidays: []\nnames:"],
        "calendar, names (line 8): is not a known key; known here are name, zone, hours, holidays"
      ),
    ] as [(KeyValuePairs<String, String>, String)])
  func `a fault names its place and the way out`(_ changes: KeyValuePairs<String, String>, _ expected: String) {
    let error = #expect(throws: MappingError.self) {
      try BusinessCalendar(yaml: Self.calendar(changes), timeZoneDatabase: "/nowhere")
    }
    #expect(error?.description == expected)
  }

  @Test func `a text with letters changed is read, or refused with a line to say`() {
    let whole = Array(Self.calendar().utf8)
    let letters = Array("0123456789:-[]{},\"# \nabz".utf8)
    var random = `Tables`.Sequence(state: 11)
    var (read, refused) = (0, 0)
    for _ in 0..<1500 {
      var bytes = whole
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        bytes[Int.random(in: bytes.indices, using: &random)] = letters[Int.random(in: letters.indices, using: &random)]
      }
      do throws(MappingError) {
        let calendar = try BusinessCalendar(yaml: String(decoding: bytes, as: UTF8.self), timeZoneDatabase: "/nowhere")
        #expect(calendar.adding(1, to: Timestamp(seconds: 1_735_689_600)) != nil)
        read += 1
      } catch {
        #expect(error.description.hasPrefix("calendar") && !error.description.contains("\n"))
        refused += 1
      }
    }
    #expect(read > 20 && refused > 100, "\(read) read, \(refused) refused")
  }

  @Test func `a text that is no calendar says so`() {
    let nothing = #expect(throws: MappingError.self) { try BusinessCalendar(yaml: "") }
    #expect(nothing?.description == "calendar: expected a calendar, found nothing")
    let broken = #expect(throws: MappingError.self) { try BusinessCalendar(yaml: "name: [") }
    #expect(broken?.description.hasPrefix("calendar (line ") == true)
    #expect(broken?.description.contains("expected YAML: ") == true)
  }
}

@Suite(.enabled(if: FileManager.default.fileExists(atPath: TimeZoneRules.systemDatabase), "there is no tzdata"))
struct `The page of business calendars` {
  static let page = SharedData.packageRoot.appending(path: "Sources/Touchlog/Documentation.docc/Business-calendars.md")

  /// The calendar of the page, and the cells of its two tables.
  static func example() throws -> (calendar: BusinessCalendar, spans: [[String]], targets: [[String]]) {
    let text = try String(contentsOf: page, encoding: .utf8)
    let yaml = try #require(text.split(separator: "```yaml\n").last?.split(separator: "```").first)
    let rows = text.split(separator: "\n").filter { $0.hasPrefix("|") && $0.contains(" min |") }.map { row in
      row.split(separator: "|").map { String($0.filter { $0 != "`" && $0 != " " }) }
    }
    return (
      try BusinessCalendar(yaml: String(yaml)), rows.filter { $0[2].hasSuffix("min") },
      rows.filter { $0[0].hasSuffix("min") }
    )
  }

  static func microseconds(_ text: String) throws -> Int64 {
    try #require(Int64(text.dropLast("min".count))) * 60_000_000
  }

  @Test func `its open times are so`() throws {
    let (calendar, spans, _) = try Self.example()
    #expect(spans.count == 6)
    for row in spans {
      let (from, to) = (try #require(Timestamp(rfc3339: row[0])), try #require(Timestamp(rfc3339: row[1])))
      let open = try Self.microseconds(row[2])
      #expect(calendar.elapsed(from: from, to: to) == open, "\(row)")
      #expect(calendar.prepared(from: from, to: to).elapsed(from: from, to: to) == open, "\(row)")
    }
  }

  @Test func `its targets are due so`() throws {
    let (calendar, _, targets) = try Self.example()
    #expect(targets.count == 4)
    for row in targets {
      let (set, due) = (try #require(Timestamp(rfc3339: row[1])), try #require(Timestamp(rfc3339: row[2])))
      #expect(calendar.adding(try Self.microseconds(row[0]), to: set) == due, "\(row)")
      #expect(calendar.prepared(from: set, to: due).adding(try Self.microseconds(row[0]), to: set) == due, "\(row)")
    }
  }

  @Test func `its fault is told so`() throws {
    let text = try String(contentsOf: Self.page, encoding: .utf8)
    let yaml = try #require(text.split(separator: "```yaml\n").last?.split(separator: "```").first)
    let faulty = yaml.replacing("sat: \"10:00-14:00\"", with: "sat: [10:00-13:00, 12:00-14:00]")
    let error = #expect(throws: MappingError.self) { try BusinessCalendar(yaml: String(faulty)) }
    #expect(text.contains("\n\(error?.description ?? "nothing")\n"))
  }
}

@Suite(.enabled(if: FileManager.default.fileExists(atPath: TimeZoneRules.systemDatabase), "there is no tzdata"))
struct `Reference values of business calendars` {
  @Test func `Mon-Fri 9-17: a one-hour target set Friday 16:30 is due Monday 09:30`() throws {
    let calendar = try BusinessCalendar(
      yaml: "name: office\nzone: Europe/Stockholm\nhours: { mon-fri: \"09:00-17:00\" }\n")
    // Three Fridays: with clocks set forward, set back, and left alone over the weekend.
    for (set, due) in [
      ("2025-03-28T16:30:00+01:00", "2025-03-31T09:30:00+02:00"),
      ("2025-10-24T16:30:00+02:00", "2025-10-27T09:30:00+01:00"),
      ("2025-06-13T16:30:00+02:00", "2025-06-16T09:30:00+02:00"),
    ] {
      let (set, due) = (try #require(Timestamp(rfc3339: set)), try #require(Timestamp(rfc3339: due)))
      #expect(calendar.adding(3_600_000_000, to: set) == due)
      #expect(calendar.elapsed(from: set, to: due) == 3_600_000_000)
    }
    let reopened = try #require(Timestamp(rfc3339: "2025-03-14T14:00:00+01:00"))
    #expect(calendar.elapsed(from: reopened, to: reopened.adding(seconds: 600)) == 600_000_000)
  }
}

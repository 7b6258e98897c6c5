import Foundation
import Testing
import Touchlog
import TouchlogAdapters

@Suite(.enabled(if: FileManager.default.fileExists(atPath: TimeZoneRules.systemDatabase), "there is no tzdata"))
struct `Time zones` {
  /// `yyyy-MM-dd HH:mm:ss` on the clock of a zone: the kind of reading and the instant.
  static func read(_ text: String, _ zone: String) throws -> String {
    let local = try #require(Timestamp(rfc3339: text.replacing(" ", with: "T") + "Z")).civil
    let reading = try TimeZoneRules(named: zone).read(local.date, microsecondOfDay: local.microsecondOfDay)
    switch reading {
    case .exact(let instant): return instant.rfc3339
    case .ambiguous(let instant): return "ambiguous \(instant.rfc3339)"
    case .missing(let instant): return "missing \(instant.rfc3339)"
    }
  }

  @Test(arguments: [
    ("2025-01-15 12:00:00", "2025-01-15T11:00:00Z"),
    ("2025-07-15 12:00:00.5", "2025-07-15T10:00:00.500Z"),
    // Clocks go forward at 02:00 on 30 March, and back at 03:00 on 26 October.
    ("2025-03-30 01:59:59", "2025-03-30T00:59:59Z"),
    ("2025-03-30 02:00:00", "missing 2025-03-30T01:00:00Z"),
    ("2025-03-30 02:30:00", "missing 2025-03-30T01:30:00Z"),
    ("2025-03-30 03:00:00", "2025-03-30T01:00:00Z"),
    ("2025-10-26 01:59:59", "2025-10-25T23:59:59Z"),
    ("2025-10-26 02:00:00", "ambiguous 2025-10-26T00:00:00Z"),
    ("2025-10-26 02:59:59.999999", "ambiguous 2025-10-26T00:59:59.999999Z"),
    ("2025-10-26 03:00:00", "2025-10-26T02:00:00Z"),
    // Beyond the last change that any file lists, by its footer.
    ("2090-01-15 12:00:00", "2090-01-15T11:00:00Z"),
    ("2090-07-15 12:00:00", "2090-07-15T10:00:00Z"),
    ("2090-03-26 02:30:00", "missing 2090-03-26T01:30:00Z"),
    ("2090-10-29 02:30:00", "ambiguous 2090-10-29T00:30:00Z"),
    ("2090-12-31 23:59:59", "2090-12-31T22:59:59Z"),
    // Before there was a zone, the sun: 1 h 12 min 12 s.
    ("1878-12-31 12:00:00", "1878-12-31T10:47:48Z"),
  ])
  func `Stockholm`(_ local: String, _ expected: String) throws {
    #expect(try Self.read(local, "Europe/Stockholm") == expected)
  }

  @Test(arguments: [
    ("1999-02-14 12:00:00", "1999-02-14T10:00:00Z"),
    // In 1999 by decree: forward at 02:00 on 2 April, back at 02:00 on 3 September.
    ("1999-04-02 02:30:00", "missing 1999-04-02T00:30:00Z"),
    ("1999-09-03 01:30:00", "ambiguous 1999-09-02T22:30:00Z"),
    ("1999-07-01 12:00:00", "1999-07-01T09:00:00Z"),
    // By the footer IST-2IDT,M3.4.4/26,M10.5.0: the Friday before the last Sunday of March, at 02:00.
    ("2080-03-29 02:30:00", "missing 2080-03-29T00:30:00Z"),
    ("2080-03-29 01:30:00", "2080-03-28T23:30:00Z"),
    ("2080-10-27 01:30:00", "ambiguous 2080-10-26T22:30:00Z"),
  ])
  func `Jerusalem`(_ local: String, _ expected: String) throws {
    #expect(try Self.read(local, "Asia/Jerusalem") == expected)
  }

  @Test func `every hour of a zone's clock comes back as it was`() throws {
    for name in [
      "Europe/Stockholm", "Asia/Jerusalem", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kolkata", "UTC",
    ] {
      let zone = try TimeZoneRules(named: name)
      for hour in stride(from: Int64(-20 * 8766), to: 120 * 8766, by: 7) {
        let instant = Timestamp(seconds: hour * 3600 + 1234)
        let local = instant.adding(seconds: Int64(zone.offset(at: instant))).civil
        switch zone.read(local.date, microsecondOfDay: local.microsecondOfDay) {
        case .exact(let read): try #require(read == instant, "\(name) \(instant)")
        case .ambiguous(let read): try #require(read <= instant, "\(name) \(instant)")
        case .missing: Issue.record("\(name) has shown \(local), which is said to be missing")
        }
      }
    }
  }

  @Test func `offsets agree with another reader of the same files`() throws {
    for name in ["Europe/Stockholm", "Asia/Jerusalem", "America/New_York", "Africa/Casablanca", "Pacific/Apia"] {
      let zone = try TimeZoneRules(named: name)
      let other = try #require(TimeZone(identifier: name))
      for day in stride(from: Int64(0), to: 365 * 60, by: 3) {
        let instant = Timestamp(seconds: day * 86_400)
        let expected = other.secondsFromGMT(for: Date(timeIntervalSince1970: Double(day * 86_400)))
        try #require(zone.offset(at: instant) == expected, "\(name) \(instant)")
      }
    }
  }

  @Test(arguments: ["Mars/Olympus", "../../etc/passwd", "/Europe/Stockholm", "", "Europe", "Europe//Stockholm"])
  func `a zone that is none says so`(_ name: String) {
    let error = #expect(throws: TimeZoneError.self) { try TimeZoneRules(named: name) }
    #expect(error?.description.hasPrefix("time zone \(name): ") == true)
    #expect(error?.problem.contains("Europe/Stockholm") == true || error?.problem.contains("reading") == true)
  }

  @Test func `UTC needs no database`() throws {
    let utc = try TimeZoneRules(named: "UTC", database: "/nowhere")
    #expect(utc.offset(at: Timestamp(seconds: 0)) == 0)
  }
}

@Suite struct `Files of time zones` {
  @Test(.enabled(if: FileManager.default.fileExists(atPath: TimeZoneRules.systemDatabase), "there is no tzdata"))
  func `a damaged file is refused or read, and never more than that`() throws {
    let whole = Array(try Data(contentsOf: URL(filePath: TimeZoneRules.systemDatabase + "/Asia/Jerusalem")))
    var random = `Tables`.Sequence(state: 7)
    var (refused, read) = (0, 0)
    for _ in 0..<500 {
      var bytes = whole
      for _ in 0..<3 {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random)) }
      do {
        let zone = try Self.rules(bytes)
        for year in stride(from: 1850, to: 2150, by: 7) {
          let date = CivilDate(year: year, month: 3, day: 28)
          let instant = zone.read(date, microsecondOfDay: 9_000_000_000).instant
          #expect(abs(instant.microseconds(since: Timestamp(date: date, microsecondOfDay: 0))) < 3 * 86_400_000_000)
        }
        read += 1
      } catch is TimeZoneError {
        refused += 1
      }
    }
    #expect(refused > 0 && read > 0)
  }

  /// A database of one zone with these bytes.
  static func rules(_ bytes: [UInt8]) throws -> TimeZoneRules {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { #expect(throws: Never.self) { try FileManager.default.removeItem(at: folder) } }
    try Data(bytes).write(to: folder.appending(path: "Zone"))
    return try TimeZoneRules(named: "Zone", database: folder.path)
  }

  /// A file of version 2 without changes, of one offset, with a footer.
  static func file(_ footer: String, offset: UInt8 = 0, version: String = "2", leaps: UInt8 = 0) -> [UInt8] {
    func header(types: UInt8) -> [UInt8] {
      Array("TZif\(version)".utf8) + Array(repeating: 0, count: 15)
        + [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, leaps * types, 0, 0, 0, 0, 0, 0, 0, types, 0, 0, 0, 4 * types]
    }
    let leap = [UInt8](repeating: 0, count: 12 * Int(leaps))
    return header(types: 0) + header(types: 1) + [0, 0, 0, offset, 0, 0] + Array("ABC\0".utf8) + leap
      + Array("\n\(footer)\n".utf8)
  }

  @Test func `all forms of a footer are understood`() throws {
    let noon = { (text: String) in try #require(Timestamp(rfc3339: text + "T12:00:00Z")) }
    func offset(_ footer: String, _ day: String) throws -> Int {
      try Self.rules(Self.file(footer)).offset(at: noon(day))
    }
    #expect(try offset("EST5", "2025-07-01") == -18_000)
    #expect(try offset("<+0330>-3:30", "2025-07-01") == 12_600)
    #expect(try offset("EST5EDT,J60,J300/3", "2024-02-29") == -18_000)
    #expect(try offset("EST5EDT,J60,J300/3", "2024-03-01") == -14_400)
    #expect(try offset("EST5EDT,59,300", "2024-02-29") == -14_400)
    #expect(try offset("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", "2025-07-01") == -3600)
    #expect(try offset("LHST-10:30LHDT-11,M10.1.0,M4.1.0", "2025-01-01") == 39_600, "summer over the new year")
    #expect(try offset("XXX3<+02>-2,0/0,J365/25", "2025-01-01") == 7200, "summer all the year")
    #expect(try offset("", "2025-07-01") == 0)
  }

  @Test(arguments: [
    "EST", "5", "EST5EDT", "EST5EDT,M13.1.0,M1.1.0", "EST5EDT,M3.1.0", "<EST5", "EST25", "EST5EDT,J0,J1",
  ])
  func `a footer that is none is refused`(_ footer: String) {
    let error = #expect(throws: TimeZoneError.self) { try Self.rules(Self.file(footer)) }
    #expect(
      error?.description == "time zone Zone: expected a POSIX rule at the end of its file, found “\(footer)”")
  }

  @Test func `other files are refused`() {
    let broken = "time zone Zone: expected a TZif file after RFC 8536, found a broken one"
    let whole = Self.file("EST5")
    for bytes in [[], Array("TZif".utf8), Array("PNG".utf8), Array(whole.prefix(60)), Array(whole.dropLast(8))] {
      let error = #expect(throws: TimeZoneError.self) { try Self.rules(bytes) }
      #expect(error?.description == broken)
    }
    let old = #expect(throws: TimeZoneError.self) { try Self.rules(Self.file("EST5", version: "\0")) }
    #expect(old?.problem == "expected TZif of version 2 or later, found version 1: renew tzdata")
    let leaps = #expect(throws: TimeZoneError.self) { try Self.rules(Self.file("EST5", leaps: 1)) }
    #expect(leaps?.problem == "counts leap seconds, which the log does not; use the zone without right/")
  }
}

import Testing
import Touchlog

/// Calendars by chance, against a count of every minute.
@Suite struct `Business calendars by the minute` {
  /// Hours that start and end on minutes, of which a day has up to three.
  static func hours(_ random: inout SeededRandom) throws -> OpeningHours {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: return .closed
    case 1: return .allDay
    default:
      let count = Int.random(in: 1...3, using: &random)
      var edges: Set<Int> = Bool.random(using: &random) ? [0, 1440] : []
      while edges.count < 2 * count { edges.insert(.random(in: 0...1440, using: &random)) }
      let sorted = edges.sorted()
      return try OpeningHours(stride(from: 0, to: sorted.count - 1, by: 2).map { sorted[$0]..<sorted[$0 + 1] })
    }
  }

  struct Plain {
    let zone: TimeZoneRules
    let week: [Weekday: OpeningHours]
    let holidays: [CivilDate: OpeningHours]

    /// Whether a minute is open: what the clock shows as it begins is looked up in the lists.
    func isOpen(_ minute: Int64) -> Bool {
      let instant = Timestamp(seconds: minute * 60)
      let shown = instant.adding(seconds: Int64(zone.offset(at: instant))).civil
      let hours = holidays[shown.date] ?? week[shown.date.dayOfWeek] ?? .closed
      let minuteOfDay = Int(shown.microsecondOfDay / 60_000_000)
      return hours.intervals.contains { $0.contains(minuteOfDay) }
    }

    var calendar: BusinessCalendar { BusinessCalendar(name: "random", zone: zone, week: week, holidays: holidays) }
  }

  static func plain(around date: CivilDate, _ zone: TimeZoneRules, _ random: inout SeededRandom) throws -> Plain {
    var week: [Weekday: OpeningHours] = [:]
    for day in Weekday.allCases where Int.random(in: 0..<5, using: &random) > 0 { week[day] = try hours(&random) }
    var holidays: [CivilDate: OpeningHours] = [:]
    for _ in 0..<Int.random(in: 0...3, using: &random) {
      let day = date.daysSince1970 + Int.random(in: -3...3, using: &random)
      holidays[CivilDate(daysSince1970: day)] = try hours(&random)
    }
    return Plain(zone: zone, week: week, holidays: holidays)
  }

  /// Days in whose nights clocks are changed in one of the zones, and others.
  static let dates = [
    CivilDate(year: 2025, month: 3, day: 30), CivilDate(year: 2025, month: 10, day: 26),
    CivilDate(year: 2025, month: 3, day: 9), CivilDate(year: 2025, month: 11, day: 2),
    CivilDate(year: 2025, month: 4, day: 6), CivilDate(year: 2025, month: 10, day: 5),
    CivilDate(year: 2025, month: 2, day: 16), CivilDate(year: 2024, month: 12, day: 31),
    CivilDate(year: 2011, month: 12, day: 30), CivilDate(year: 1969, month: 12, day: 31),
    CivilDate(year: 2024, month: 2, day: 29),
  ]

  @Test(arguments: CalendarZones.all.indices) func `open time is the open minutes, one by one`(_ zone: Int) throws {
    var random = SeededRandom(seed: UInt64(zone) + 917)
    for date in Self.dates {
      let plain = try Self.plain(around: date, CalendarZones.all[zone], &random)
      let calendar = plain.calendar
      let first = Int64(date.daysSince1970 - 2) * 1440 + Int64.random(in: 0..<1440, using: &random)
      let count = Int64(3 * 1440)
      // Open microseconds before each minute.
      var before: [Int64] = [0]
      for minute in first..<first + count {
        before.append(before[before.count - 1] + (plain.isOpen(minute) ? 60_000_000 : 0))
      }
      func open(_ offset: Int64) -> Int64 {
        let (minute, rest) = offset.quotientAndRemainder(dividingBy: 60_000_000)
        guard rest > 0 else { return before[Int(minute)] }
        return before[Int(minute)] + (before[Int(minute) + 1] > before[Int(minute)] ? rest : 0)
      }
      let start = first * 60_000_000
      let whole = calendar.prepared(
        from: Timestamp(microseconds: start), to: Timestamp(microseconds: start + count * 60_000_000))
      // Only a part is laid out: the rest is asked of the calendar itself.
      let part = calendar.prepared(
        from: Timestamp(microseconds: start + 86_400_000_000),
        to: Timestamp(microseconds: start + 100_000_000_000))
      for _ in 0..<60 {
        let a = Int64.random(in: 0...count * 60_000_000, using: &random)
        let b = Int64.random(in: 0...count * 60_000_000, using: &random)
        let (from, to) = (Timestamp(microseconds: start + a), Timestamp(microseconds: start + b))
        let expected = open(b) - open(a)
        try #require(calendar.elapsed(from: from, to: to) == expected, "\(calendar) \(from) \(to)")
        try #require(whole.elapsed(from: from, to: to) == expected, "\(calendar) \(from) \(to)")
        try #require(part.elapsed(from: from, to: to) == expected, "\(calendar) \(from) \(to)")
      }
    }
  }

  @Test(arguments: CalendarZones.all.indices)
  func `a target is due at the first instant at which its time has passed`(_ zone: Int) throws {
    var random = SeededRandom(seed: UInt64(zone) + 4711)
    for date in Self.dates {
      let calendar = try Self.plain(around: date, CalendarZones.all[zone], &random).calendar
      let middle = Timestamp(date: date, microsecondOfDay: 0)
      let prepared = calendar.prepared(from: middle.adding(seconds: -200_000), to: middle.adding(seconds: 900_000))
      for _ in 0..<12 {
        let start = Timestamp(
          microseconds: middle.microseconds + .random(in: -300_000_000_000...300_000_000_000, using: &random))
        let open =
          Bool.random(using: &random)
          ? Int64.random(in: -600_000_000_000...600_000_000_000, using: &random)
          : Int64.random(in: -400...400, using: &random) * 60_000_000
        let due = prepared.adding(open, to: start)
        try #require(due == calendar.adding(open, to: start), "\(calendar) \(start) \(open)")
        guard let due else {
          let ever = calendar.elapsed(
            from: start, to: Timestamp(microseconds: open > 0 ? .max : .min))
          try #require(ever.magnitude < open.magnitude)
          continue
        }
        try #require(calendar.elapsed(from: start, to: due) == open, "\(calendar) \(start) \(open) \(due)")
        guard open != 0 else { continue }
        let step: Int64 = open > 0 ? -1 : 1
        let nearer = calendar.elapsed(from: start, to: Timestamp(microseconds: due.microseconds + step))
        try #require(nearer == open + step, "\(calendar) \(start) \(open) \(due)")
      }
    }
  }
}

import Testing
import Touchlog

@Suite struct `Business calendars` {
  static func hours(_ intervals: Range<Int>...) throws -> OpeningHours { try OpeningHours(intervals) }

  /// Monday to Friday, 9 to 17.
  static func office(_ zone: TimeZoneRules, holidays: [CivilDate: OpeningHours] = [:]) throws -> BusinessCalendar {
    let day = try hours(540..<1020)
    return BusinessCalendar(
      name: "office", zone: zone,
      week: [.monday: day, .tuesday: day, .wednesday: day, .thursday: day, .friday: day], holidays: holidays)
  }

  static let minute: Int64 = 60_000_000
  static let hour: Int64 = 3_600_000_000

  /// Both ways to ask, which must agree: the calendar itself, and laid out over 2025.
  static func elapsed(_ calendar: BusinessCalendar, _ start: String, _ end: String) -> Int64 {
    let (start, end) = (instant(start), instant(end))
    let prepared = calendar.prepared(from: instant("2025-01-01T00:00:00Z"), to: instant("2026-01-01T00:00:00Z"))
    #expect(prepared.elapsed(from: start, to: end) == calendar.elapsed(from: start, to: end))
    return calendar.elapsed(from: start, to: end)
  }

  static func due(_ calendar: BusinessCalendar, _ open: Int64, _ start: String) -> String? {
    let prepared = calendar.prepared(from: instant("2025-01-01T00:00:00Z"), to: instant("2026-01-01T00:00:00Z"))
    #expect(prepared.adding(open, to: instant(start)) == calendar.adding(open, to: instant(start)))
    return calendar.adding(open, to: instant(start))?.rfc3339
  }

  @Test func `a one-hour target set Friday 16:30 is due Monday 09:30`() throws {
    let utc = try Self.office(.utc)
    #expect(Self.due(utc, Self.hour, "2025-03-14T16:30:00Z") == "2025-03-17T09:30:00Z")
    let stockholm = try Self.office(CalendarZones.stockholm)
    #expect(Self.due(stockholm, Self.hour, "2025-03-14T16:30:00+01:00") == "2025-03-17T08:30:00Z")
    // Clocks are set forward in the night to Sunday 30 March, and back in the night to Sunday 26 October.
    #expect(Self.due(stockholm, Self.hour, "2025-03-28T16:30:00+01:00") == "2025-03-31T07:30:00Z")
    #expect(Self.due(stockholm, Self.hour, "2025-10-24T16:30:00+02:00") == "2025-10-27T08:30:00Z")
    #expect(Self.elapsed(stockholm, "2025-10-24T14:30:00Z", "2025-10-27T08:30:00Z") == Self.hour)
  }

  @Test func `reopened Friday 14:00 and answered 14:10 are 10 minutes`() throws {
    let calendar = try Self.office(CalendarZones.stockholm)
    #expect(Self.elapsed(calendar, "2025-03-14T14:00:00+01:00", "2025-03-14T14:10:00+01:00") == 10 * Self.minute)
    // From the first start on Thursday it would be 5 hours and 10 minutes, and 8 hours of Thursday's.
    #expect(Self.elapsed(calendar, "2025-03-13T09:00:00+01:00", "2025-03-14T14:10:00+01:00") == 790 * Self.minute)
  }

  @Test func `a target is due as soon as its time has passed, and none is due at once`() throws {
    let calendar = try Self.office(.utc)
    #expect(Self.due(calendar, Self.hour, "2025-03-14T16:00:00Z") == "2025-03-14T17:00:00Z")
    #expect(Self.due(calendar, Self.hour + 1, "2025-03-14T16:00:00Z") == "2025-03-17T09:00:00.000001Z")
    #expect(Self.due(calendar, 8 * Self.hour, "2025-03-14T20:00:00Z") == "2025-03-17T17:00:00Z")
    #expect(Self.due(calendar, 0, "2025-03-15T12:00:00Z") == "2025-03-15T12:00:00Z")
    #expect(Self.due(calendar, -Self.hour, "2025-03-17T09:30:00Z") == "2025-03-14T16:30:00Z")
    #expect(Self.due(calendar, -Self.hour, "2025-03-17T10:00:00Z") == "2025-03-17T09:00:00Z")
    #expect(Self.due(calendar, 2000 * Self.hour, "2025-03-14T16:00:00Z") == "2026-02-27T16:00:00Z")
  }

  @Test func `whole days are due as doors close, and a microsecond more as they open`() throws {
    let calendar = try Self.office(.utc)
    let monday = instant("2025-01-06T09:00:00Z")
    let prepared = calendar.prepared(from: monday, to: monday.adding(seconds: 360 * 86_400))
    for days in 1...Int64(250) {
      let last = monday.adding(seconds: ((days - 1) / 5 * 7 + (days - 1) % 5) * 86_400)
      let next = monday.adding(seconds: (days / 5 * 7 + days % 5) * 86_400)
      #expect(prepared.adding(days * 8 * Self.hour, to: monday) == last.adding(seconds: 8 * 3600))
      #expect(
        prepared.adding(days * 8 * Self.hour + 1, to: monday) == Timestamp(microseconds: next.microseconds + 1))
    }
  }

  @Test func `what is due at the last closing of a stretch is due there, not at its end`() throws {
    let (monday, sunday) = (instant("2025-01-06T09:00:00Z"), instant("2025-01-12T12:00:00Z"))
    let prepared = try Self.office(.utc).prepared(from: monday, to: sunday)
    #expect(prepared.adding(40 * Self.hour, to: monday)?.rfc3339 == "2025-01-10T17:00:00Z")
    #expect(prepared.adding(41 * Self.hour, to: monday)?.rfc3339 == "2025-01-13T10:00:00Z")
    #expect(prepared.adding(Self.hour, to: sunday)?.rfc3339 == "2025-01-13T10:00:00Z")
  }

  @Test func `holidays are closed or have hours of their own`() throws {
    let calendar = try Self.office(
      .utc,
      holidays: [
        CivilDate(year: 2025, month: 12, day: 24): Self.hours(540..<720),
        CivilDate(year: 2025, month: 12, day: 25): .closed,
        CivilDate(year: 2025, month: 12, day: 26): .closed,
        // A Saturday that is open.
        CivilDate(year: 2025, month: 12, day: 27): Self.hours(600..<660),
      ])
    #expect(Self.elapsed(calendar, "2025-12-24T00:00:00Z", "2025-12-29T00:00:00Z") == 4 * Self.hour)
    #expect(Self.due(calendar, 4 * Self.hour, "2025-12-24T10:00:00Z") == "2025-12-29T10:00:00Z")
    #expect(Self.elapsed(calendar, "2024-12-24T00:00:00Z", "2024-12-29T00:00:00Z") == 32 * Self.hour, "another year")
    #expect(calendar.description == "office (UTC; mon-fri 09:00-17:00; 4 holidays)")
  }

  @Test func `the second argument may be the earlier`() throws {
    let calendar = try Self.office(.utc)
    #expect(Self.elapsed(calendar, "2025-03-17T10:00:00Z", "2025-03-14T16:30:00Z") == -90 * Self.minute)
    #expect(Self.elapsed(calendar, "2025-03-17T10:00:00Z", "2025-03-17T10:00:00Z") == 0)
  }

  @Test func `a night that clocks are changed in is as long as it was`() throws {
    let night = try Self.hours(0..<360)
    let calendar = BusinessCalendar(
      name: "night", zone: CalendarZones.stockholm,
      week: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, night) }))
    #expect(Self.elapsed(calendar, "2025-03-29T12:00:00Z", "2025-03-30T12:00:00Z") == 5 * Self.hour)
    #expect(Self.elapsed(calendar, "2025-10-25T12:00:00Z", "2025-10-26T12:00:00Z") == 7 * Self.hour)
    #expect(Self.elapsed(calendar, "2025-10-24T12:00:00Z", "2025-10-25T12:00:00Z") == 6 * Self.hour)
  }

  @Test func `always open is elapsed time, in any zone`() {
    let days = Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, OpeningHours.allDay) })
    for zone in CalendarZones.all {
      let calendar = BusinessCalendar(name: "always", zone: zone, week: days)
      #expect(
        Self.elapsed(calendar, "2025-01-01T00:00:00.5Z", "2025-12-31T00:00:01Z") == 364 * 24 * Self.hour + 500_000)
      #expect(Self.due(calendar, 1000 * Self.hour + 1, "2025-03-01T00:00:00Z") == "2025-04-11T16:00:00.000001Z")
    }
    #expect(Self.elapsed(.alwaysOpen(), "1900-01-01T00:00:00Z", "2100-01-01T00:00:00Z") == 73_049 * 24 * Self.hour)
    #expect(BusinessCalendar.alwaysOpen().description == "always (UTC; mon-sun 00:00-24:00)")
  }

  @Test func `never open is nothing, and nothing is ever due`() throws {
    let calendar = BusinessCalendar(name: "never", zone: CalendarZones.stockholm, week: [:])
    #expect(Self.elapsed(calendar, "2020-01-01T00:00:00Z", "2030-12-31T00:00:00Z") == 0)
    #expect(Self.due(calendar, 1, "2025-03-14T16:30:00Z") == nil)
    #expect(Self.due(calendar, 0, "2025-03-14T16:30:00Z") == "2025-03-14T16:30:00Z")
    #expect(calendar.description == "never (Europe/Stockholm; closed all week)")
    let once = BusinessCalendar(
      name: "once", zone: .utc, week: [:],
      holidays: [CivilDate(year: 2031, month: 1, day: 1): try Self.hours(600..<660)])
    #expect(Self.due(once, Self.hour, "2025-03-14T16:30:00Z") == "2031-01-01T11:00:00Z")
    #expect(Self.due(once, Self.hour + 1, "2025-03-14T16:30:00Z") == nil)
  }

  @Test func `times beyond all reason are answered, too`() throws {
    let calendar = try Self.office(.utc)
    let (first, last) = (Timestamp(microseconds: .min), Timestamp(microseconds: .max))
    let prepared = calendar.prepared(from: instant("2025-03-01T00:00:00Z"), to: instant("2025-03-02T00:00:00Z"))
    // 3,652,425 days from a Saturday, 0000-01-01: 521,775 weeks.
    #expect(calendar.elapsed(from: first, to: last) == 521_775 * 40 * Self.hour)
    #expect(prepared.elapsed(from: first, to: last) == 521_775 * 40 * Self.hour)
    for start in [first, last, instant("2025-03-01T00:00:00Z")] {
      #expect(prepared.adding(.max, to: start) == nil)
      #expect(prepared.adding(.min, to: start) == nil)
    }
    let nothing = calendar.prepared(from: last, to: first)
    #expect(
      nothing.elapsed(from: instant("2025-03-14T16:30:00Z"), to: instant("2025-03-17T09:30:00Z")) == Self.hour)
  }

  @Test func `opening hours are in order, within the day, and apart`() throws {
    #expect(try OpeningHours([780..<1440, 0..<1, 540..<780]).description == "00:00-00:01, 09:00-13:00, 13:00-24:00")
    #expect(OpeningHours.closed.description == "closed")
    func problem(_ intervals: Range<Int>...) -> String {
      let error = #expect(throws: OpeningHoursError.self) { try OpeningHours(intervals) }
      return error?.description ?? ""
    }
    #expect(
      problem(540..<720, 700..<800) == "09:00-12:00 and 11:40-13:20 overlap; make them one, or end the first sooner")
    #expect(problem(1380..<1500) == "23:00-25:00 leaves the day, which is from 00:00 to 24:00")
    #expect(problem(-1..<60).hasSuffix("leaves the day, which is from 00:00 to 24:00"))
    #expect(problem(540..<540).hasPrefix("09:00-09:00 is empty; "))
  }
}

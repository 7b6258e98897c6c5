import Testing
import Touchlog

@Suite struct `Reporting periods` {
  @Test func `a period's number, first day and label`() {
    let date = CivilDate(year: 2025, month: 3, day: 14)
    #expect(ReportingPeriod.day.label(of: ReportingPeriod.day.number(of: date)) == "2025-03-14")
    #expect(ReportingPeriod.week.label(of: ReportingPeriod.week.number(of: date)) == "2025-W11")
    #expect(ReportingPeriod.month.label(of: ReportingPeriod.month.number(of: date)) == "2025-03")
    #expect(ReportingPeriod.week.firstDay(of: 0) == CivilDate(year: 1969, month: 12, day: 29))
    #expect(ReportingPeriod.month.firstDay(of: -1) == CivilDate(year: 1969, month: 12, day: 1))
    #expect(ReportingPeriod.month.label(of: -12 * 1970) == "0000-01")
  }

  @Test func `weeks are those of ISO 8601`() {
    // A week has 53 of its kind in years that begin on a Thursday, or on a Wednesday and are leap.
    let long = (2000...2050).filter { year in
      let last = ReportingPeriod.week.number(of: CivilDate(year: year, month: 12, day: 31))
      return ReportingPeriod.week.label(of: last) == "\(year)-W53"
    }
    #expect(long == [2004, 2009, 2015, 2020, 2026, 2032, 2037, 2043, 2048])
    for number in 0..<3000 {
      #expect(ReportingPeriod.week.firstDay(of: number).dayOfWeek == .monday)
    }
  }

  @Test(arguments: ReportingPeriod.allCases)
  func `every instant lies in its period, in each zone, laid out or not`(_ period: ReportingPeriod) {
    for zone in CalendarZones.all {
      let (first, last) = (instant("2011-06-15T12:34:56Z"), instant("2014-06-15T12:34:56Z"))
      let prepared = period.prepared(in: zone, from: first, to: last)
      let outside = period.prepared(in: zone, from: .earliest, to: .earliest)
      #expect(prepared.numbers == outside.number(of: first)...outside.number(of: last))
      for hour in stride(from: first.microseconds, to: last.microseconds, by: 31 * 3_599_000_000) {
        let time = Timestamp(microseconds: hour)
        let number = prepared.number(of: time)
        #expect(prepared.start(of: number) <= time && time < prepared.end(of: number), "\(zone.name) \(time)")
        #expect(outside.number(of: time) == number, "\(zone.name) \(time)")
      }
      for number in prepared.numbers {
        let start = prepared.start(of: number)
        #expect(outside.start(of: number) == start)
        guard start < prepared.end(of: number) else {
          #expect(prepared.label(of: number) == "2011-12-30", "the one day that a zone has left out")
          continue
        }
        #expect(outside.number(of: start) == number)
        #expect(outside.number(of: Timestamp(microseconds: start.microseconds - 1)) < number)
      }
    }
  }

  @Test func `a day that has begun goes on, though the clock shows the day before again`() {
    // At 00:01 on 26 October 2025 by that rule, clocks go back to 23:01.
    let days = ReportingPeriod.day.prepared(
      in: CalendarZones.stJohns, from: instant("2025-10-20T00:00:00Z"), to: instant("2025-10-30T00:00:00Z"))
    let midnight = instant("2025-10-26T02:30:00Z")
    let number = ReportingPeriod.day.number(of: CivilDate(year: 2025, month: 10, day: 26))
    #expect(days.start(of: number) == midnight)
    #expect(days.number(of: midnight.adding(seconds: -1)) == number - 1)
    #expect(days.number(of: midnight.adding(seconds: 120)) == number, "23:02 of the 25th, the second time")
    #expect(CalendarZones.stJohns.day(of: midnight.adding(seconds: 120)) == days.period.firstDay(of: number))
    #expect(CalendarZones.stJohns.day(of: midnight.adding(seconds: -1)) == days.period.firstDay(of: number - 1))
    #expect(days.end(of: number).microseconds(since: midnight) == 25 * 3_600_000_000)
  }

  @Test func `a day whose midnight is left out begins as clocks are set forward past it`() {
    // As in Toronto in 1919, from 23:30 to 00:30.
    let zone = CalendarZones.byRule("Toronto", "EST5EDT,M3.5.0/23:30,M10.4.0/0")
    let date = CivilDate(year: 2025, month: 3, day: 31)
    #expect(zone.start(of: date).rfc3339 == "2025-03-31T04:30:00Z")
    #expect(zone.day(of: instant("2025-03-31T04:30:00Z")) == date)
    #expect(zone.day(of: instant("2025-03-31T04:29:59Z")) == CivilDate(year: 2025, month: 3, day: 30))
    #expect(zone.start(of: CivilDate(year: 2025, month: 4, day: 1)).rfc3339 == "2025-04-01T04:00:00Z")
  }

  @Test func `times beyond all reason have a period, too`() {
    let months = ReportingPeriod.month.prepared(
      in: CalendarZones.stockholm, from: Timestamp(microseconds: .max), to: Timestamp(microseconds: .min))
    #expect(months.label(of: months.number(of: Timestamp(microseconds: .max))) == "10000-01", "in Stockholm, by then")
    #expect(months.label(of: months.number(of: Timestamp(microseconds: .min))) == "0000-01")
  }
}

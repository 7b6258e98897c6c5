/// A day of the week.
///
/// The week begins on Monday, as in ISO 8601; the raw values count from it.
public enum Weekday: Int, CaseIterable, Hashable, Sendable {
  case monday
  case tuesday
  case wednesday
  case thursday
  case friday
  case saturday
  case sunday

  /// The weekday of a day since 1970-01-01, which was a Thursday.
  init(daysSince1970 days: Int) {
    self = Weekday.allCases[(days + 3).flooredQuotientAndRemainder(dividingBy: 7).remainder]
  }
}

extension CivilDate {
  /// The day of the week, by the proleptic Gregorian calendar.
  public var dayOfWeek: Weekday { Weekday(daysSince1970: daysSince1970) }
}

extension TimeZoneRules {
  /// When a day begins: the first coming of its midnight, or, where clocks were set forward past it, that change.
  ///
  /// A day that a zone has left out (2011-12-30 in Apia) begins when the next one does.
  public func start(of date: CivilDate) -> Timestamp {
    let reading = read(date, microsecondOfDay: 0)
    guard case .missing(let instant) = reading else { return reading.instant }
    return Timestamp(seconds: span(at: instant.wholeSeconds).from)
  }

  /// The day that an instant belongs to: days follow each other without gap, from ``start(of:)`` to the next one's.
  ///
  /// That is what the clock shows, but for the minutes for which a clock that was set back past midnight shows the day
  /// before again (St. John's until 2011, by 59 minutes): they stay with the day that had begun.
  public func day(of instant: Timestamp) -> CivilDate {
    let shown = instant.adding(seconds: Int64(offset(at: instant))).civil.date
    let next = CivilDate(daysSince1970: shown.daysSince1970 + 1)
    return start(of: next) <= instant ? next : shown
  }
}

extension Timestamp {
  /// Seconds since 1970, rounded down.
  var wholeSeconds: Int64 { microseconds.flooredQuotientAndRemainder(dividingBy: 1_000_000).quotient }

  /// The first and the last instant that calendars know: the years 0 to 9999, which RFC 3339 can write.
  static let calendarBounds: ClosedRange<Timestamp> =
    Timestamp(seconds: -62_167_219_200)...Timestamp(microseconds: 253_402_300_799_999_999)

  /// This instant, or the nearest that calendars know.
  var withinCalendars: Timestamp {
    min(max(self, Timestamp.calendarBounds.lowerBound), Timestamp.calendarBounds.upperBound)
  }
}

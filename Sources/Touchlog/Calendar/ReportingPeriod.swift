/// What a report is divided into: days, weeks or months on the clock of a zone.
///
/// Periods have numbers that are the same in every report, so that rows may be kept by them:
///
/// | period | number 0 | label |
/// |---|---|---|
/// | day | 1970-01-01 | `2025-03-14` |
/// | week, from Monday, of ISO 8601 | the week of 1970-01-01, from 1969-12-29 | `2025-W11` |
/// | month | January 1970 | `2025-03` |
///
/// ```swift
/// let weeks = ReportingPeriod.week.prepared(in: stockholm, from: first, to: last)
/// let number = weeks.number(of: event.occurredAt)
/// print(ReportingPeriod.week.label(of: number), weeks.start(of: number), weeks.end(of: number))
/// ```
public enum ReportingPeriod: String, CaseIterable, Hashable, Sendable {
  case day
  case week
  case month

  /// The period that a day belongs to.
  public func number(of date: CivilDate) -> Int {
    switch self {
    case .day: date.daysSince1970
    // 1970-01-01 was a Thursday.
    case .week: (date.daysSince1970 + 3).flooredQuotientAndRemainder(dividingBy: 7).quotient
    case .month: (date.year - 1970) * 12 + date.month - 1
    }
  }

  /// The first day of a period.
  public func firstDay(of number: Int) -> CivilDate {
    switch self {
    case .day: return CivilDate(daysSince1970: number)
    case .week: return CivilDate(daysSince1970: number * 7 - 3)
    case .month:
      let (years, month) = number.flooredQuotientAndRemainder(dividingBy: 12)
      return CivilDate(year: 1970 + years, month: month + 1, day: 1)
    }
  }

  /// A period as ISO 8601 writes it: `2025-03-14`, `2025-W11`, `2025-03`. Labels of the years 0 to 9999 sort as periods
  /// do.
  public func label(of number: Int) -> String {
    let first = firstDay(of: number)
    switch self {
    case .day: return four(first.year) + "-" + two(first.month) + "-" + two(first.day)
    case .month: return four(first.year) + "-" + two(first.month)
    case .week:
      // A week belongs to the year of its Thursday, and is the nth whose Thursday lies there.
      let thursday = CivilDate(daysSince1970: first.daysSince1970 + 3)
      let newYear = CivilDate(year: thursday.year, month: 1, day: 1)
      return four(thursday.year) + "-W"
        + two((thursday.daysSince1970 - newYear.daysSince1970) / 7 + 1)
    }
  }

  private func four(_ year: Int) -> String {
    let digits = String(abs(year))
    return (year < 0 ? "-" : "") + String(repeating: "0", count: max(0, 4 - digits.count)) + digits
  }

  private func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  /// How long a period is on the average of the Gregorian calendar's 400 years, in microseconds.
  fileprivate var meanLength: Int64 {
    switch self {
    case .day: Timestamp.microsecondsPerDay
    case .week: 7 * Timestamp.microsecondsPerDay
    case .month: 146_097 * Timestamp.microsecondsPerDay / 4800
    }
  }

  /// The periods of a stretch of time, laid out so that an instant's is found in a few nanoseconds.
  ///
  /// It takes 8 bytes per period.
  public func prepared(in zone: TimeZoneRules, from first: Timestamp, to last: Timestamp) -> PreparedPeriods {
    PreparedPeriods(self, in: zone, from: first, to: last)
  }
}

/// The days, weeks or months of a zone, laid out over a stretch of time.
///
/// Made by ``ReportingPeriod/prepared(in:from:to:)``. Immutable: any number of threads may ask. Instants and numbers
/// outside the stretch are answered as well, only slower; instants outside the years 0 to 9999 count as the nearest
/// within.
public struct PreparedPeriods: Sendable {
  /// What the periods are.
  public let period: ReportingPeriod
  /// Whose clock they go by.
  public let zone: TimeZoneRules
  /// The numbers of the periods that the stretch touches.
  public let numbers: ClosedRange<Int>
  /// When each of them begins, and when the last ends.
  private let starts: [Int64]

  init(_ period: ReportingPeriod, in zone: TimeZoneRules, from first: Timestamp, to last: Timestamp) {
    let first = first.withinCalendars
    let last = max(last.withinCalendars, first)
    self.period = period
    self.zone = zone
    let numbers = period.number(of: zone.day(of: first))...period.number(of: zone.day(of: last))
    self.numbers = numbers
    starts = (numbers.lowerBound...numbers.upperBound + 1).map { number in
      zone.start(of: period.firstDay(of: number)).microseconds
    }
  }

  /// The period that an instant belongs to.
  public func number(of instant: Timestamp) -> Int {
    let microseconds = instant.microseconds
    guard starts[0] <= microseconds, microseconds < starts[starts.count - 1] else {
      return period.number(of: zone.day(of: instant.withinCalendars))
    }
    // Months and changed clocks differ from the mean: the guess is near, and the starts say where it is.
    var index = min(Int((microseconds - starts[0]) / period.meanLength), starts.count - 2)
    while starts[index] > microseconds { index -= 1 }
    while starts[index + 1] <= microseconds { index += 1 }
    return numbers.lowerBound + index
  }

  /// The first instant of a period.
  public func start(of number: Int) -> Timestamp {
    let index = number - numbers.lowerBound
    guard starts.indices.contains(index) else { return zone.start(of: period.firstDay(of: number)) }
    return Timestamp(microseconds: starts[index])
  }

  /// The instant at which a period is over, which is the first of the next.
  public func end(of number: Int) -> Timestamp { start(of: number + 1) }

  /// A period as ISO 8601 writes it, see ``ReportingPeriod/label(of:)``.
  public func label(of number: Int) -> String { period.label(of: number) }
}

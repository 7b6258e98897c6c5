/// When a business is open: hours of the week on the clock of a zone, and days that have hours of their own.
///
/// ```swift
/// let calendar = BusinessCalendar(
///   name: "support-se", zone: stockholm,
///   week: [.monday: nineToFive, .tuesday: nineToFive, …],
///   holidays: [CivilDate(year: 2025, month: 12, day: 25): .closed])
/// calendar.elapsed(from: asked, to: answered)   // open microseconds between two instants
/// calendar.adding(3_600_000_000, to: asked)     // when one open hour will have passed
/// ```
///
/// An instant is open when the clock on the wall shows a time within the hours of the day that it shows. So an hour that
/// comes twice because clocks are set back counts twice, and one that they are set forward past does not count.
///
/// Both questions are answered exactly for any instants of the years 0 to 9999, at the cost of a look at each change of
/// the clock between them. Where many are asked, ``prepared(from:to:)`` gives the same answers in a few nanoseconds.
public struct BusinessCalendar: Hashable, Sendable {
  /// What people call it.
  public let name: String
  /// The clock of its hours.
  public let zone: TimeZoneRules
  /// The hours of the week, from Monday.
  private let week: [OpeningHours]
  /// Days with hours of their own, ascending.
  private let exceptions: [Exception]
  /// The open time of a week without them, up to each of its days, and of all of it: eight figures.
  private let openBeforeDay: [Int64]

  private struct Exception: Hashable, Sendable {
    let day: Int
    let hours: OpeningHours
    /// What this day and those before it add to the open time of plain weeks; mostly negative.
    let added: Int64
  }

  /// A calendar.
  ///
  /// - Parameters:
  ///   - week: The hours of each weekday; a day that is not there is closed.
  ///   - holidays: Days that have other hours than their weekday, or none.
  public init(
    name: String, zone: TimeZoneRules, week: [Weekday: OpeningHours], holidays: [CivilDate: OpeningHours] = [:]
  ) {
    let week = Weekday.allCases.map { week[$0] ?? .closed }
    var exceptions: [Exception] = []
    for (day, hours) in holidays.map({ ($0.daysSince1970, $1) }).sorted(by: { $0.0 < $1.0 }) {
      let plain = week[Weekday(daysSince1970: day).rawValue]
      let added = (exceptions.last?.added ?? 0) + hours.total - plain.total
      exceptions.append(Exception(day: day, hours: hours, added: added))
    }
    self.name = name
    self.zone = zone
    self.week = week
    self.exceptions = exceptions
    openBeforeDay = week.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.total) }
  }

  /// A calendar that never closes, whose open time is elapsed time.
  public static func alwaysOpen(name: String = "always") -> BusinessCalendar {
    BusinessCalendar(
      name: name, zone: .utc, week: Dictionary(uniqueKeysWithValues: Weekday.allCases.map { ($0, .allDay) }))
  }

  /// The hours of a day.
  public func hours(on date: CivilDate) -> OpeningHours { hours(onDay: date.daysSince1970) }

  func hours(onDay day: Int) -> OpeningHours {
    let index = exceptionIndex(from: day)
    if index < exceptions.count, exceptions[index].day == day { return exceptions[index].hours }
    return week[Weekday(daysSince1970: day).rawValue]
  }

  /// The first exception on a day or after it.
  private func exceptionIndex(from day: Int) -> Int {
    var low = 0
    var high = exceptions.count
    while low < high {
      let middle = (low + high) / 2
      if exceptions[middle].day < day { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Open microseconds from one instant to another; negative, of the same size, when the second is the earlier one.
  ///
  /// Instants outside the years 0 to 9999 count as the nearest within.
  public func elapsed(from start: Timestamp, to end: Timestamp) -> Int64 {
    guard start <= end else { return -elapsed(from: end, to: start) }
    let end = end.withinCalendars.microseconds
    var place = start.withinCalendars.microseconds
    var open: Int64 = 0
    while place < end {
      let span = span(around: place)
      let offset = span.offset
      let until = min(end, span.until)
      open += openTime(beforeLocal: until + offset) - openTime(beforeLocal: place + offset)
      place = until
    }
    return open
  }

  /// Open time by the clock on the wall before a day and time of it, counted from a fixed day: only differences mean
  /// something. All in microseconds.
  private func openTime(beforeLocal microseconds: Int64) -> Int64 {
    let (day, timeOfDay) = microseconds.flooredQuotientAndRemainder(dividingBy: Timestamp.microsecondsPerDay)
    // 1970-01-01 was a Thursday: weeks are counted from the Monday before.
    let (weeks, weekday) = (Int(day) + 3).flooredQuotientAndRemainder(dividingBy: 7)
    let index = exceptionIndex(from: Int(day))
    let isException = index < exceptions.count && exceptions[index].day == Int(day)
    let hours = isException ? exceptions[index].hours : week[weekday]
    return Int64(weeks) * openBeforeDay[7] + openBeforeDay[weekday] + (index == 0 ? 0 : exceptions[index - 1].added)
      + hours.open(before: timeOfDay)
  }

  /// The stretch of time around an instant through which clocks are not changed; all in microseconds.
  func span(around microseconds: Int64) -> (from: Int64, until: Int64, offset: Int64) {
    let span = zone.span(at: Timestamp(microseconds: microseconds).wholeSeconds)
    // The ends of the first and the last span are farther than microseconds reach.
    let bounds = Timestamp.calendarBounds
    let from = max(span.from, bounds.lowerBound.wholeSeconds) * 1_000_000
    let until = min(span.until, bounds.upperBound.wholeSeconds + 1) * 1_000_000
    return (from, until, Int64(span.offset) * 1_000_000)
  }

  /// The instant at which so much open time has passed since another: when a target is due that was set there.
  ///
  /// The earliest such instant: an hour that is set at 16:00 where doors close at 17:00 is due at 17:00, not when they
  /// open again. Nothing is due at once, even where doors are closed. A negative amount leads back, to the latest
  /// instant since which so much has passed.
  ///
  /// - Parameter open: In microseconds.
  /// - Returns: Nil when that is not before the end of the year 9999 (or not after the beginning of the year 0), as in a
  ///   calendar that is never open.
  public func adding(_ open: Int64, to start: Timestamp) -> Timestamp? {
    guard open != 0 else { return start }
    let bounds = Timestamp.calendarBounds
    guard bounds.contains(start) else { return nil }
    let step: Int64 = open > 0 ? 1 : -1
    let room = (open > 0 ? bounds.upperBound : bounds.lowerBound).microseconds - start.microseconds
    guard open.magnitude <= room.magnitude else { return nil }
    // Distances from the start: at `near` too little has passed, at `far` enough. No time is more than open.
    var near: UInt64 = 0
    var far = open.magnitude
    func hasPassed(_ distance: UInt64) -> Bool {
      let place = Timestamp(microseconds: start.microseconds + step * Int64(distance))
      return elapsed(from: start, to: place).magnitude >= open.magnitude
    }
    while !hasPassed(far) {
      guard far < room.magnitude else { return nil }
      near = far
      far = min(far * 2, room.magnitude)
    }
    while far - near > 1 {
      let middle = near + (far - near) / 2
      if hasPassed(middle) { far = middle } else { near = middle }
    }
    return Timestamp(microseconds: start.microseconds + step * Int64(far))
  }
}

extension BusinessCalendar: CustomStringConvertible {
  /// The calendar in a line, for the head of a report.
  public var description: String {
    var days: [String] = []
    var first = 0
    let names = Weekday.allCases.map { "\($0)".prefix(3) }
    while first < 7 {
      var last = first
      while last < 6, week[last + 1] == week[first] { last += 1 }
      if week[first] != .closed {
        days.append((first == last ? "\(names[first])" : "\(names[first])-\(names[last])") + " \(week[first])")
      }
      first = last + 1
    }
    let hours = days.isEmpty ? "closed all week" : days.joined(separator: ", ")
    let holidays = exceptions.isEmpty ? "" : "; \(exceptions.count) holiday\(exceptions.count == 1 ? "" : "s")"
    return "\(name) (\(zone.name); \(hours)\(holidays))"
  }
}

/// The simulated year, day by day.
struct Year {
  static let days = 365

  /// Days since 1970 of the first day.
  let firstDay: Int
  /// Microseconds since 1970 at which the year begins, and the first instant after it.
  let start, end: Int64
  /// How busy each day is, as a factor around 1.
  let business: [Double]

  init(from first: CalendarDay) {
    let firstDay = first.daysSince1970
    self.firstDay = firstDay
    start = Int64(firstDay) * Microseconds.day
    end = start + Int64(Self.days) * Microseconds.day
    // From Thursday on, the weekday of 1970-01-01.
    let byWeekday = [1.05, 1.0, 0.65, 0.5, 1.3, 1.2, 1.1]
    let byMonth = [1.05, 1.0, 1.0, 0.95, 0.95, 0.9, 0.8, 0.95, 1.05, 1.05, 1.15, 1.15]
    business = (0..<Self.days).map { day in
      byWeekday[(firstDay + day) % 7] * byMonth[CalendarDay(daysSince1970: firstDay + day).month - 1]
    }
  }

  func start(ofDay day: Int) -> Int64 { start + Int64(day) * Microseconds.day }

  /// The day of the year, 0 … 364, of a time that lies in it; beyond the year, the count goes on.
  func day(of time: Int64) -> Int { Int((time - start) / Microseconds.day) }

  func isFirstOfMonth(_ day: Int) -> Bool { CalendarDay(daysSince1970: firstDay + day).day == 1 }
}

/// An instant in microseconds since 1970-01-01T00:00:00Z, leap seconds not counted.
///
/// The log's only notion of time. It prints and parses as RFC 3339.
public struct Timestamp: Hashable, Comparable, Sendable, BitwiseCopyable {
  /// Microseconds since 1970, UTC; negative before.
  public let microseconds: Int64

  /// The instant so many microseconds after 1970-01-01T00:00:00Z.
  @inlinable
  public init(microseconds: Int64) {
    self.microseconds = microseconds
  }

  /// The instant so many whole seconds after 1970-01-01T00:00:00Z.
  @inlinable
  public init(seconds: Int64) {
    self.init(microseconds: seconds * 1_000_000)
  }

  /// Earlier is less.
  @inlinable
  public static func < (left: Timestamp, right: Timestamp) -> Bool {
    left.microseconds < right.microseconds
  }

  /// The earliest time an event may bear: 1900-01-01T00:00:00Z.
  public static let earliest = Timestamp(date: CivilDate(year: 1900, month: 1, day: 1), microsecondOfDay: 0)

  /// Microseconds from `other` to this instant; negative when `other` is later.
  @inlinable
  public func microseconds(since other: Timestamp) -> Int64 {
    microseconds - other.microseconds
  }

  /// This instant moved by whole seconds.
  @inlinable
  public func adding(seconds: Int64) -> Timestamp {
    Timestamp(microseconds: microseconds + seconds * 1_000_000)
  }

  /// The instant at a day and a time of day, both UTC.
  public init(date: CivilDate, microsecondOfDay: Int64) {
    self.init(microseconds: Int64(date.daysSince1970) * Timestamp.microsecondsPerDay + microsecondOfDay)
  }

  /// The UTC day and the microseconds since its start.
  public var civil: (date: CivilDate, microsecondOfDay: Int64) {
    let (day, rest) = microseconds.flooredQuotientAndRemainder(dividingBy: Timestamp.microsecondsPerDay)
    return (CivilDate(daysSince1970: Int(day)), rest)
  }

  static let microsecondsPerDay: Int64 = 86_400_000_000
}

/// A day of the proleptic Gregorian calendar.
public struct CivilDate: Hashable, Sendable {
  /// The astronomical year: 0 is 1 BC, negative before.
  public let year: Int
  /// 1–12.
  public let month: Int
  /// 1–31.
  public let day: Int

  /// A day by its parts, which are not checked: the caller vouches that it exists (`daysInMonth` tells).
  public init(year: Int, month: Int, day: Int) {
    self.year = year
    self.month = month
    self.day = day
  }

  /// How many days a month has, 28 to 31; `month` is 1–12.
  public static func daysInMonth(_ month: Int, of year: Int) -> Int {
    switch month {
    case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
    case 4, 6, 9, 11: 30
    default: 31
    }
  }

  /// Days since 1970-01-01, by counting eras of 400 years that begin on 1 March
  /// (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", `days_from_civil`).
  public var daysSince1970: Int {
    let shiftedYear = month <= 2 ? year - 1 : year
    let era = (shiftedYear >= 0 ? shiftedYear : shiftedYear - 399) / 400
    let yearOfEra = shiftedYear - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The inverse of `daysSince1970` (`civil_from_days` of the same source).
  public init(daysSince1970 days: Int) {
    let shifted = days + 719_468
    let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    self.init(
      year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
      month: month,
      day: dayOfYear - (153 * shiftedMonth + 2) / 5 + 1,
    )
  }
}

extension FixedWidthInteger {
  /// Division that rounds towards negative infinity, so that the remainder is never negative.
  func flooredQuotientAndRemainder(dividingBy divisor: Self) -> (quotient: Self, remainder: Self) {
    let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
  }
}

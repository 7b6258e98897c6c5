/// A day of the proleptic Gregorian calendar, in UTC.
public struct CalendarDay: Sendable, Hashable {
  public let year: Int
  /// 1 … 12.
  public let month: Int
  /// 1 … 31.
  public let day: Int

  /// Reads `2025-01-01`; `nil` if the text is not a date of the calendar between 1970 and 9998.
  public init?(_ text: some StringProtocol) {
    let parts = text.utf8.split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    guard parts.count == 3, parts[0].count == 4, parts[1].count == 2, parts[2].count == 2 else { return nil }
    let numbers = parts.map { digits in
      digits.reduce(into: 0) { $0 = (48...57).contains($1) && $0 >= 0 ? $0 * 10 + Int($1 &- 48) : -1 }
    }
    guard Self.exists(year: numbers[0], month: numbers[1], day: numbers[2]) else { return nil }
    self.init(year: numbers[0], month: numbers[1], day: numbers[2])
  }

  /// A day that the calendar has, between 1970 and 9998; another one is a programming error.
  public init(year: Int, month: Int, day: Int) {
    precondition(Self.exists(year: year, month: month, day: day), "no such day")
    self.year = year
    self.month = month
    self.day = day
  }

  private static func exists(year: Int, month: Int, day: Int) -> Bool {
    guard (1970...9998).contains(year), (1...12).contains(month), day >= 1 else { return false }
    let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return day <= [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// The day that lies `days` after 1970-01-01 (negative: not supported).
  init(daysSince1970 days: Int) {
    // Years counted from March, so that the leap day is the last of its year; eras of 400 years are 146,097 days.
    let shifted = days + 719_468
    let era = shifted / 146_097
    let dayOfEra = shifted % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  }

  /// Days since 1970-01-01.
  var daysSince1970: Int {
    let marchYear = month <= 2 ? year - 1 : year
    let era = marchYear / 400
    let yearOfEra = marchYear % 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }
}

/// Lengths of time in microseconds, the unit of every time in the simulation.
enum Microseconds {
  static let second: Int64 = 1_000_000
  static let minute: Int64 = 60 * second
  static let hour: Int64 = 60 * minute
  static let day: Int64 = 24 * hour

  static func seconds(_ seconds: Double) -> Int64 { Int64(seconds * 1_000_000) }
}

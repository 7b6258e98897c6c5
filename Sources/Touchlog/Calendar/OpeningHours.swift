/// When a day is open: intervals on the clock on the wall.
public struct OpeningHours: Hashable, Sendable {
  /// Minutes after midnight, from 0 to 1440 (24:00): ascending, none empty, none overlapping.
  public let intervals: [Range<Int>]

  /// Closed all day.
  public static let closed = OpeningHours(checked: [])
  /// Open from 00:00 to 24:00.
  public static let allDay = OpeningHours(checked: [0..<1440])

  /// Hours by their intervals, in any order.
  ///
  /// Intervals may touch. What goes on past midnight is two: up to 24:00, and from 00:00 on the next day.
  ///
  /// - Parameter intervals: In minutes after midnight, e.g. `[540..<1020]` for 09:00–17:00.
  /// - Throws: `OpeningHoursError` when one is empty, leaves the day or overlaps another.
  public init(_ intervals: [Range<Int>]) throws(OpeningHoursError) {
    let sorted = intervals.sorted { ($0.lowerBound, $0.upperBound) < ($1.lowerBound, $1.upperBound) }
    for interval in sorted {
      guard !interval.isEmpty else { throw .empty(interval) }
      guard 0 <= interval.lowerBound, interval.upperBound <= 1440 else { throw .outsideDay(interval) }
    }
    for (first, second) in zip(sorted, sorted.dropFirst()) where first.upperBound > second.lowerBound {
      throw .overlapping(first, second)
    }
    self.init(checked: sorted)
  }

  private init(checked intervals: [Range<Int>]) {
    self.intervals = intervals
  }

  static let microsecondsPerMinute: Int64 = 60_000_000

  /// How long the day is open by its clock, in microseconds.
  var total: Int64 {
    intervals.reduce(0) { $0 + Int64($1.count) * OpeningHours.microsecondsPerMinute }
  }

  /// How much of the open time lies before a time of day; both in microseconds.
  func open(before microsecondOfDay: Int64) -> Int64 {
    var open: Int64 = 0
    for interval in intervals {
      let start = Int64(interval.lowerBound) * OpeningHours.microsecondsPerMinute
      guard start < microsecondOfDay else { break }
      open += min(microsecondOfDay, Int64(interval.upperBound) * OpeningHours.microsecondsPerMinute) - start
    }
    return open
  }
}

extension OpeningHours: CustomStringConvertible {
  /// `09:00-12:00, 13:00-17:00`, or `closed`.
  public var description: String {
    intervals.isEmpty ? "closed" : intervals.map { OpeningHours.text($0) }.joined(separator: ", ")
  }

  static func text(_ interval: Range<Int>) -> String {
    "\(text(minute: interval.lowerBound))-\(text(minute: interval.upperBound))"
  }

  /// `09:05`; beyond the day too, as errors speak of such.
  private static func text(minute: Int) -> String {
    let (hour, rest) = minute.flooredQuotientAndRemainder(dividingBy: 60)
    func two(_ number: Int) -> String { number < 10 && number >= 0 ? "0\(number)" : "\(number)" }
    return "\(two(hour)):\(two(rest))"
  }
}

/// Why intervals are no opening hours.
public enum OpeningHoursError: Error, Hashable, Sendable, CustomStringConvertible {
  /// An interval ends where it begins.
  case empty(Range<Int>)
  /// An interval begins before 00:00, or ends after 24:00.
  case outsideDay(Range<Int>)
  /// The second interval begins before the first ends.
  case overlapping(Range<Int>, Range<Int>)

  public var description: String {
    switch self {
    case .empty(let interval):
      "\(OpeningHours.text(interval)) is empty; a day that is closed is written as closed, and one that never closes as "
        + "00:00-24:00"
    case .outsideDay(let interval): "\(OpeningHours.text(interval)) leaves the day, which is from 00:00 to 24:00"
    case .overlapping(let first, let second):
      "\(OpeningHours.text(first)) and \(OpeningHours.text(second)) overlap; make them one, or end the first sooner"
    }
  }
}

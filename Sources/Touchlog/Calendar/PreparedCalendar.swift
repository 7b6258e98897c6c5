/// A business calendar laid out over a stretch of time, so that questions within it cost a few nanoseconds.
///
/// Made by ``BusinessCalendar/prepared(from:to:)``. Immutable: any number of threads may ask.
public struct PreparedCalendar: Sendable {
  /// The calendar that is laid out.
  public let calendar: BusinessCalendar
  /// The first instant of the stretch, and the last.
  private let start: Int64
  private let end: Int64
  /// The open stretches of time, ascending, none touching another; then one that is never reached.
  private let openings: [Opening]
  /// For every 24 hours since `start`, the first opening that ends after they begin.
  private let firstOpenings: [Int32]

  private struct Opening: Sendable {
    let start: Int64
    var end: Int64
    /// Open time in the stretch before this opening.
    let before: Int64
  }

  /// Later than all instants, with room to subtract.
  private static let never: Int64 = .max / 4

  init(_ calendar: BusinessCalendar, from first: Timestamp, to last: Timestamp) {
    self.calendar = calendar
    start = first.withinCalendars.microseconds
    end = max(last.withinCalendars.microseconds, start)
    var openings = PreparedCalendar.openings(of: calendar, from: start, to: end)
    let total = openings.last.map { $0.before + $0.end - $0.start } ?? 0
    openings.append(Opening(start: PreparedCalendar.never, end: PreparedCalendar.never, before: total))
    self.openings = openings

    var firstOpenings: [Int32] = []
    firstOpenings.reserveCapacity(Int((end - start) / Timestamp.microsecondsPerDay) + 1)
    var index = 0
    for day in stride(from: start, through: end, by: Int(Timestamp.microsecondsPerDay)) {
      while openings[index].end <= day { index += 1 }
      firstOpenings.append(Int32(index))
    }
    self.firstOpenings = firstOpenings
  }

  private static func openings(of calendar: BusinessCalendar, from start: Int64, to end: Int64) -> [Opening] {
    var openings: [Opening] = []
    var open: Int64 = 0
    var place = start
    while place < end {
      let span = calendar.span(around: place)
      let until = min(end, span.until)
      let days = (place + span.offset).flooredQuotientAndRemainder(dividingBy: Timestamp.microsecondsPerDay).quotient
      let lastDay = (until - 1 + span.offset).flooredQuotientAndRemainder(dividingBy: Timestamp.microsecondsPerDay)
        .quotient
      for day in days...lastDay {
        let midnight = day * Timestamp.microsecondsPerDay - span.offset
        for interval in calendar.hours(onDay: Int(day)).intervals {
          let from = max(place, midnight + Int64(interval.lowerBound) * OpeningHours.microsecondsPerMinute)
          let to = min(until, midnight + Int64(interval.upperBound) * OpeningHours.microsecondsPerMinute)
          guard from < to else { continue }
          if openings.last?.end == from {
            openings[openings.count - 1].end = to
          } else {
            openings.append(Opening(start: from, end: to, before: open))
          }
          open += to - from
        }
      }
      place = until
    }
    return openings
  }

  /// Open microseconds from one instant to another, as ``BusinessCalendar/elapsed(from:to:)`` gives them.
  ///
  /// An instant outside what was prepared is answered as well, only slower.
  public func elapsed(from first: Timestamp, to last: Timestamp) -> Int64 {
    open(since: last.microseconds) - open(since: first.microseconds)
  }

  /// Open time from the start of the stretch to an instant; negative before it.
  private func open(since instant: Int64) -> Int64 {
    guard start <= instant, instant <= end else { return openOutside(instant) }
    let opening = openings[index(at: instant)]
    return opening.before + max(0, instant - opening.start)
  }

  /// The first opening that ends after an instant of the stretch.
  private func index(at instant: Int64) -> Int {
    var index = Int(firstOpenings[Int((instant - start) / Timestamp.microsecondsPerDay)])
    // Where a day has one opening this is all; added and not jumped over, as nobody can foresee which it is.
    index += openings[index].end <= instant ? 1 : 0
    while openings[index].end <= instant { index += 1 }
    return index
  }

  @inline(never)
  private func openOutside(_ instant: Int64) -> Int64 {
    let (known, place) = instant < start ? (0, start) : (openings[openings.count - 1].before, end)
    return known + calendar.elapsed(from: Timestamp(microseconds: place), to: Timestamp(microseconds: instant))
  }

  /// The instant at which so much open time has passed since another, as ``BusinessCalendar/adding(_:to:)`` gives it.
  ///
  /// An instant outside what was prepared, a target due there, or a negative amount is answered as well, only slower.
  public func adding(_ open: Int64, to instant: Timestamp) -> Timestamp? {
    let microseconds = instant.microseconds
    guard open > 0, start <= microseconds, microseconds <= end else { return calendar.adding(open, to: instant) }
    var low = index(at: microseconds)
    let before = openings[low].before + max(0, microseconds - openings[low].start)
    let (target, overflow) = before.addingReportingOverflow(open)
    let last = openings.count - 1
    guard !overflow, target <= openings[last].before else {
      let rest = open - (openings[last].before - before)
      return calendar.adding(rest, to: Timestamp(microseconds: end))
    }
    // Targets are mostly near: the strides double until one is too long. At `low` too little has passed before.
    var stride = 1
    while low + stride < last, openings[low + stride].before < target {
      low += stride
      stride *= 2
    }
    var high = min(low + stride, last)
    while high - low > 1 {
      let middle = (low + high) / 2
      if openings[middle].before < target { low = middle } else { high = middle }
    }
    return Timestamp(microseconds: openings[low].start + target - openings[low].before)
  }
}

extension BusinessCalendar {
  /// This calendar, laid out over a stretch of time: do it once, and ask it as often as there are events.
  ///
  /// It takes 24 bytes per opening and 4 per day, so 70 kilobytes for ten years of Mondays to Fridays.
  public func prepared(from first: Timestamp, to last: Timestamp) -> PreparedCalendar {
    PreparedCalendar(self, from: first, to: last)
  }
}

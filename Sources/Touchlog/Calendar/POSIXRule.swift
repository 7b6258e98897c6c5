/// The footer of a time zone file: how clocks change each year from now on, e.g. `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// Format: POSIX.1-2017, section 8.3, `TZ`, with the hours −167 to 167 of RFC 8536, section 3.3.1.
public struct POSIXRule: Hashable, Sendable {
  /// Seconds east of UTC.
  let standardOffset: Int
  /// Nil where clocks are never changed.
  let summer: Summer?

  struct Summer: Hashable, Sendable {
    let offset: Int
    let start: Day
    let end: Day
  }

  /// A day of the year, and the seconds after its midnight at which clocks change.
  struct Day: Hashable, Sendable {
    enum Form: Hashable, Sendable {
      /// `Jn`: 1 to 365, 29 February not counted.
      case julian(Int)
      /// `n`: 0 to 365.
      case dayOfYear(Int)
      /// `Mm.w.d`: the weekday d (0 is Sunday) of week w of month m; week 5 is the last.
      case weekday(month: Int, week: Int, day: Int)
    }
    let form: Form
    let seconds: Int

    /// Seconds since 1970 on the clock that holds until then.
    func localSeconds(in year: Int) -> Int64 {
      let days: Int
      switch form {
      case .julian(let number):
        let isLeap = CivilDate.daysInMonth(2, of: year) == 29
        days = CivilDate(year: year, month: 1, day: 1).daysSince1970 + number - 1 + (isLeap && number >= 60 ? 1 : 0)
      case .dayOfYear(let number):
        days = CivilDate(year: year, month: 1, day: 1).daysSince1970 + number
      case .weekday(let month, let week, let day):
        let first = CivilDate(year: year, month: month, day: 1).daysSince1970
        // 1970-01-01 was a Thursday.
        let weekdayOfFirst = ((first + 4) % 7 + 7) % 7
        var date = 1 + (day - weekdayOfFirst + 7) % 7 + (week - 1) * 7
        if date > CivilDate.daysInMonth(month, of: year) { date -= 7 }
        days = first + date - 1
      }
      return Int64(days) * 86_400 + Int64(seconds)
    }
  }

  /// The stretch around an instant, given the last change that the file lists and the offset that it brought.
  func span(at seconds: Int64, after last: Int64, offsetThere: Int, farFuture: Int64) -> TimeZoneRules.Span {
    guard let summer else {
      return TimeZoneRules.Span(from: last, until: farFuture, offset: standardOffset)
    }
    let year = Timestamp(seconds: seconds).civil.date.year
    var changes: [TimeZoneRules.Transition] = []
    for year in (year - 1)...(year + 1) {
      let start = summer.start.localSeconds(in: year) - Int64(standardOffset)
      let end = summer.end.localSeconds(in: year) - Int64(summer.offset)
      changes.append(TimeZoneRules.Transition(at: start, offset: summer.offset))
      changes.append(TimeZoneRules.Transition(at: end, offset: standardOffset))
    }
    // Where summer time ends as it begins again, it goes on: then its beginning counts.
    changes.sort { ($0.at, $0.offset == summer.offset ? 1 : 0) < ($1.at, $1.offset == summer.offset ? 1 : 0) }
    changes.removeAll { $0.at <= last }
    let next = changes.firstIndex { $0.at > seconds } ?? changes.endIndex
    let from = next == 0 ? last : changes[next - 1].at
    let offset = next == 0 ? offsetThere : changes[next - 1].offset
    return TimeZoneRules.Span(from: from, until: next < changes.count ? changes[next].at : farFuture, offset: offset)
  }
}

extension POSIXRule {
  /// Reads a footer; nil when it is not one.
  public init?(_ text: String) {
    var scanner = Scanner(rest: text.utf8[...])
    guard scanner.name(), let west = scanner.time(hours: 24) else { return nil }
    standardOffset = -west
    guard !scanner.isAtEnd else {
      summer = nil
      return
    }
    guard scanner.name() else { return nil }
    var summerOffset = standardOffset + 3600
    if !scanner.isNext(",") {
      guard let west = scanner.time(hours: 24) else { return nil }
      summerOffset = -west
    }
    guard scanner.skip(","), let start = scanner.day(), scanner.skip(","), let end = scanner.day(), scanner.isAtEnd
    else { return nil }
    summer = Summer(offset: summerOffset, start: start, end: end)
  }

  private struct Scanner {
    var rest: Substring.UTF8View

    var isAtEnd: Bool { rest.isEmpty }
    func isNext(_ character: Unicode.Scalar) -> Bool { rest.first == UInt8(ascii: character) }

    mutating func skip(_ character: Unicode.Scalar) -> Bool {
      guard isNext(character) else { return false }
      rest.removeFirst()
      return true
    }

    /// Three letters or more, or anything in angle brackets.
    mutating func name() -> Bool {
      if skip("<") {
        guard let end = rest.firstIndex(of: UInt8(ascii: ">")) else { return false }
        rest = rest[rest.index(after: end)...]
        return true
      }
      let letters = rest.prefix { ($0 | 0x20) &- UInt8(ascii: "a") < 26 }
      rest = rest.dropFirst(letters.count)
      return letters.count >= 3
    }

    mutating func number(_ range: ClosedRange<Int>) -> Int? {
      let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
      guard (1...3).contains(digits.count) else { return nil }
      rest = rest.dropFirst(digits.count)
      let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
      return range.contains(value) ? value : nil
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time(hours: Int) -> Int? {
      let sign = skip("-") ? -1 : 1
      if sign == 1 { _ = skip("+") }
      guard var seconds = number(0...hours).map({ $0 * 3600 }) else { return nil }
      if skip(":") {
        guard let minutes = number(0...59) else { return nil }
        seconds += minutes * 60
        if skip(":") {
          guard let rest = number(0...59) else { return nil }
          seconds += rest
        }
      }
      return sign * seconds
    }

    mutating func day() -> Day? {
      let form: Day.Form
      if skip("M") {
        guard let month = number(1...12), skip("."), let week = number(1...5), skip("."), let day = number(0...6)
        else { return nil }
        form = .weekday(month: month, week: week, day: day)
      } else if skip("J") {
        guard let day = number(1...365) else { return nil }
        form = .julian(day)
      } else {
        guard let day = number(0...365) else { return nil }
        form = .dayOfYear(day)
      }
      guard skip("/") else { return Day(form: form, seconds: 7200) }
      return time(hours: 167).map { Day(form: form, seconds: $0) }
    }
  }
}

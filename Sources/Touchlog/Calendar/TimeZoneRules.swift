/// The offsets from UTC of one time zone, through all its changes: a value, which reads no files.
///
/// `TouchlogAdapters` reads one by its name from the system's compiled time zone database, so that the rules are as new
/// as the system's: `try TimeZoneRules(named: "Europe/Stockholm")`. ``utc`` is always there.
public struct TimeZoneRules: Hashable, Sendable {
  /// The name of the database, e.g. `Europe/Stockholm`.
  public let name: String
  /// Seconds east of UTC before the first change.
  private let firstOffset: Int
  /// When the offset changes, in seconds since 1970 UTC, ascending, and what it changes to.
  private let transitions: [Transition]
  /// What holds after the last change; nil when nothing changes any more.
  private let later: POSIXRule?

  /// A change of the clock.
  public struct Transition: Hashable, Sendable {
    /// When, in seconds since 1970 UTC.
    public let at: Int64
    /// What it changes to, in seconds east of UTC.
    public let offset: Int

    /// A change at an instant, to so many seconds east of UTC.
    public init(at: Int64, offset: Int) {
      self.at = at
      self.offset = offset
    }
  }

  /// A zone by its changes.
  ///
  /// - Parameters:
  ///   - name: Its name in the database, e.g. `Europe/Stockholm`.
  ///   - firstOffset: Seconds east of UTC before the first change. All offsets are below 26 hours.
  ///   - transitions: The changes, ascending.
  ///   - later: What holds after the last of them, or always where there are none; nil when nothing changes any more.
  public init(name: String, firstOffset: Int, transitions: [Transition], later: POSIXRule?) {
    precondition(
      zip(transitions, transitions.dropFirst()).allSatisfy { $0.at < $1.at }, "the changes are not ascending")
    self.name = name
    self.firstOffset = firstOffset
    self.transitions = transitions
    self.later = later
  }

  /// Coordinated Universal Time, which needs no database.
  public static let utc = TimeZoneRules(name: "UTC", firstOffset: 0, transitions: [], later: nil)

  /// How far clocks are ahead of UTC at an instant, in seconds.
  public func offset(at instant: Timestamp) -> Int {
    span(at: instant.microseconds.flooredQuotientAndRemainder(dividingBy: 1_000_000).quotient).offset
  }

  /// What a clock's time on the wall says of the instant.
  public enum Reading: Hashable, Sendable {
    /// The time comes once.
    case exact(Timestamp)
    /// Clocks were set back, and the time comes twice: this is its first coming.
    case ambiguous(Timestamp)
    /// Clocks were set forward past the time: this is the instant that it would have been, so it shows on the
    /// clock as later by the gap.
    case missing(Timestamp)

    /// The instant, whatever is said about it.
    public var instant: Timestamp {
      switch self {
      case .exact(let instant), .ambiguous(let instant), .missing(let instant): instant
      }
    }
  }

  /// The instant at which clocks show a day and a time of day.
  public func read(_ date: CivilDate, microsecondOfDay: Int64) -> Reading {
    let (seconds, fraction) = microsecondOfDay.quotientAndRemainder(dividingBy: 1_000_000)
    let local = Int64(date.daysSince1970) * 86_400 + seconds
    func instant(_ offset: Int) -> Timestamp {
      Timestamp(microseconds: (local - Int64(offset)) * 1_000_000 + fraction)
    }
    let around = span(at: local)
    // No offset is a day: far from all changes there is one answer.
    if local - around.from > TimeZoneRules.widestOffset, around.until - local > TimeZoneRules.widestOffset {
      return .exact(instant(around.offset))
    }
    var candidates: [Span] = []
    var span = span(at: local - TimeZoneRules.widestOffset)
    while true {
      candidates.append(span)
      if span.until > local + TimeZoneRules.widestOffset { break }
      span = self.span(at: span.until)
    }
    let fitting = candidates.filter { $0.from <= local - Int64($0.offset) && local - Int64($0.offset) < $0.until }
    guard let first = fitting.first else {
      // The offset before the gap: the last span that had ended by then.
      let before = candidates.last { $0.until <= local - Int64($0.offset) } ?? around
      return .missing(instant(before.offset))
    }
    return fitting.count == 1 ? .exact(instant(first.offset)) : .ambiguous(instant(first.offset))
  }

  /// A stretch of time with one offset, in seconds since 1970 UTC.
  struct Span {
    let from: Int64
    let until: Int64
    let offset: Int
  }

  /// 26 hours: RFC 8536, section 3.2, holds offsets below that.
  private static let widestOffset: Int64 = 26 * 3600
  private static let farPast: Int64 = .min / 4
  private static let farFuture: Int64 = .max / 4

  /// The stretch around an instant, in seconds since 1970 UTC.
  func span(at seconds: Int64) -> Span {
    var low = 0
    var high = transitions.count
    while low < high {
      let middle = (low + high) / 2
      if transitions[middle].at <= seconds { low = middle + 1 } else { high = middle }
    }
    let from = low == 0 ? TimeZoneRules.farPast : transitions[low - 1].at
    let offset = low == 0 ? firstOffset : transitions[low - 1].offset
    if low < transitions.count { return Span(from: from, until: transitions[low].at, offset: offset) }
    guard let later else { return Span(from: from, until: TimeZoneRules.farFuture, offset: offset) }
    return later.span(at: seconds, after: from, offsetThere: offset, farFuture: TimeZoneRules.farFuture)
  }
}

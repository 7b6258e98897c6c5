extension Simulator {
  /// What to simulate.
  public struct Options: Sendable, Hashable {
    /// How many lines come out, exactly: 1 … 1,000,000,000. The company's size follows from it.
    public var events: Int
    /// Another seed is another company in another year.
    public var seed: UInt64
    /// The first of the 365 days, in UTC.
    public var from: CalendarDay
    /// The share of events that arrive five minutes to three days after they happened, 0 … 1.
    public var lateShare: Double
    /// How many events come a second time, byte for byte, seconds to hours later: per event, 0 … 1.
    public var duplicateShare: Double
    /// The share of contacts in which no event names a customer, 0 … 1. Field visits always name one.
    public var anonymousShare: Double

    public init(
      events: Int,
      seed: UInt64 = 1,
      from: CalendarDay = CalendarDay(year: 2025, month: 1, day: 1),
      lateShare: Double = 0.01,
      duplicateShare: Double = 0,
      anonymousShare: Double = 0.2,
    ) {
      self.events = events
      self.seed = seed
      self.from = from
      self.lateShare = lateShare
      self.duplicateShare = duplicateShare
      self.anonymousShare = anonymousShare
    }

    func check() throws(OptionsError) {
      guard (1...1_000_000_000).contains(events) else { throw .events(events) }
      for (name, share) in [
        ("lateShare", lateShare), ("duplicateShare", duplicateShare), ("anonymousShare", anonymousShare),
      ] where !(0...1).contains(share) {
        throw .share(name: name, share)
      }
    }
  }

  /// An option outside of its range.
  public enum OptionsError: Error, Hashable, CustomStringConvertible {
    /// `events` is not in 1 … 1,000,000,000.
    case events(Int)
    /// The named share is not in 0 … 1.
    case share(name: String, Double)

    public var description: String {
      switch self {
      case .events(let given):
        "events: expected 1 … 1000000000 lines, got \(given)"
      case .share(let name, let given):
        "\(name): expected a share from 0 to 1, got \(given); one percent is 0.01"
      }
    }
  }
}

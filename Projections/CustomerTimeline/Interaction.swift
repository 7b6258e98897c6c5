public import Touchlog

extension Timeline {
  /// One contact, visit or guide from its start to its end, with all that was said to belong to it.
  public struct Interaction: Hashable, Sendable {
    /// Unique in the store.
    public let name: String
    /// The channels on which it took place, in order of appearance: those of contact, visit and guide events, or where
    /// it has none, of all its events.
    public let channels: [Channel]
    /// Who took part, in order of appearance.
    public let agents: [String]
    /// Which teams took part, in order of appearance.
    public let teams: [String]
    /// What it was about, as stated last.
    public let topic: String?
    /// Its stretches, in order; none where only remarks about the interaction are there, such as a survey's answer.
    public let episodes: [Episode]
    /// In order.
    public let lines: [Line]

    /// The first episode's start; nil where it is not there.
    public var began: Timestamp? { episodes.first?.began }
    /// The last episode's end; nil while it is open.
    public var ended: Timestamp? { episodes.last?.ended }
    /// Whether it goes on, as far as the events tell.
    public var isOpen: Bool { episodes.last?.isOpen ?? false }
    /// How long the customer waited at first: the wait of the first episode that has one.
    public var wait: Duration? { episodes.lazy.compactMap(\.wait).first }
    /// How long the customer was on hold, in all; nil where nobody was put on hold.
    public var hold: Duration? { Interaction.sum(episodes.compactMap(\.hold)) }
    /// How long somebody attended to the customer, in all ended episodes; nil where nobody did.
    public var handle: Duration? { Interaction.sum(episodes.compactMap(\.handle)) }
    /// How it ended, as stated last: a word of `Field.outcome` or `Field.exit`, or `missed`; nil while it is open.
    public var outcome: String? { episodes.last?.outcome }

    private static func sum(_ durations: [Duration]) -> Duration? {
      durations.isEmpty ? nil : durations.reduce(.zero, +)
    }

    init(name: String, moments: [Moment], course: Course, lines: [Line]) {
      self.name = name
      self.lines = lines
      episodes = course.episodes
      let inside = moments.filter { $0.type?.concern == .interaction }
      let part = inside.isEmpty ? moments : inside
      channels = distinct(part.compactMap(\.event.channel))
      agents = distinct(part.compactMap(\.event.agent))
      teams = distinct(part.compactMap(\.event.team))
      topic = moments.last { $0.event.topic != nil }?.event.topic
    }
  }

  /// An interaction's stretch from its start, or from a reopening, to its end.
  public struct Episode: Hashable, Sendable {
    /// Nil where only the end is there.
    public internal(set) var began: Timestamp?
    /// Nil while it is open. Before `began` where the clocks contradict each other.
    public internal(set) var ended: Timestamp?
    /// Whether it began with a reopening.
    public internal(set) var isReopened = false
    /// As stated last: a word of `Field.outcome` or `Field.exit`, or `missed`.
    public internal(set) var outcome: String?
    /// From being queued, or from the start where nothing was queued before, to the first answer; to the end where the
    /// customer gave up unanswered.
    public internal(set) var wait: Duration?
    /// From each hold to whatever ended it: being resumed, answered by somebody else, or the end. Holds that nothing
    /// has ended do not count.
    public internal(set) var hold: Duration?
    /// From the first answer, or a visit's arrival, to the end: holds and further waits included.
    public internal(set) var handle: Duration?

    /// Whether it goes on, as far as the events tell.
    public var isOpen: Bool { ended == nil }
    /// Whether it ended before it began, so that one of two clocks is wrong.
    public var isContradictory: Bool {
      if let began, let ended { ended < began } else { false }
    }
    /// From start to end; nil while it is open, where its start is not there, and where the clocks contradict.
    public var duration: Duration? {
      guard let began, let ended, !isContradictory else { return nil }
      return ended.duration(since: began)
    }
  }
}

/// Each value once, in order of appearance.
private func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
  var seen: Set<Value> = []
  return values.filter { seen.insert($0).inserted }
}

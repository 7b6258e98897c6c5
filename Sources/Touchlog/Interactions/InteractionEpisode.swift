/// From one instant to a later one, or to the same: what a clock measured, so that business time can be measured too.
public struct Stretch: Hashable, Sendable, BitwiseCopyable {
  /// When the clock was started.
  public let from: Timestamp
  /// When it was stopped; never before `from`.
  public let to: Timestamp

  /// Nil where the end lies before the start, as clocks contradict each other.
  @inlinable
  public init?(from: Timestamp, to: Timestamp) {
    guard from <= to else { return nil }
    self.from = from
    self.to = to
  }

  /// Elapsed microseconds.
  @inlinable
  public var length: Int64 { to.microseconds - from.microseconds }
}

/// How an episode ended, as its events state it.
public enum EpisodeOutcome: UInt8, Sendable, CaseIterable, BitwiseCopyable {
  /// Words of `Field.outcome`, in their order; a guide that was left abandoned counts as abandoned too.
  case resolved, unresolved, abandoned, followUp
  /// Words of `Field.exit`.
  case solved, handedOver
  /// `visit.missed`.
  case missed

  /// Whether the customer's matter was settled: resolved, or solved by a guide.
  @inlinable
  public var isResolved: Bool { self == .resolved || self == .solved }
}

/// An interaction's stretch from its start, or from a reopening, to its end, with the instants that clocks go by.
public struct InteractionEpisode: Hashable, Sendable, BitwiseCopyable {
  /// Nil where only the end is there.
  public internal(set) var began: Timestamp?
  /// Nil while it is open. Before `began` where the clocks contradict each other.
  public internal(set) var ended: Timestamp?
  /// The first queueing before the first answer.
  public internal(set) var queued: Timestamp?
  /// The first `contact.answered`.
  public internal(set) var answered: Timestamp?
  /// The first `visit.arrived`.
  public internal(set) var arrived: Timestamp?
  /// The end of the window that was in force at the arrival: of the latest `visit.scheduled` before it.
  public internal(set) var windowEnd: Timestamp?
  /// The first message of an agent.
  public internal(set) var agentWrote: Timestamp?
  /// The first message of a bot.
  public internal(set) var botWrote: Timestamp?
  /// Microseconds on hold between the first answer and the end.
  public internal(set) var heldWithinHandle: Int64 = 0
  /// Microseconds on hold in all, as far as something ended the holds.
  public internal(set) var held: Int64 = 0

  /// Who first attended: the first agent named by an answer, an arrival, an own message or an end.
  public internal(set) var firstAgent: NameNumber?
  /// Who attended last.
  public internal(set) var lastAgent: NameNumber?
  /// The first team that was named.
  public internal(set) var firstTeam: NameNumber?
  /// The last team that was named.
  public internal(set) var lastTeam: NameNumber?
  /// How many times it was handed over.
  public internal(set) var transfers: UInt16 = 0
  /// How many times its visit was moved.
  public internal(set) var moves: UInt16 = 0
  /// The channel's raw value on which it began; 0 where no event names one.
  @usableFromInline var firstChannelCode: UInt8 = 0
  /// The channel's raw value on which it was last; 0 where no event names one.
  @usableFromInline var lastChannelCode: UInt8 = 0
  /// Whether it began with a reopening.
  public internal(set) var isReopened = false
  /// Whether a guide had a part in it.
  public internal(set) var hasGuide = false
  /// As stated last; nil where nothing states one.
  public internal(set) var outcome: EpisodeOutcome?

  init(began: Timestamp? = nil, isReopened: Bool = false) {
    self.began = began
    self.isReopened = isReopened
  }

  /// The channel on which it began.
  @inlinable
  public var firstChannel: Channel? { Channel(rawValue: firstChannelCode) }
  /// The channel on which it was last.
  @inlinable
  public var lastChannel: Channel? { Channel(rawValue: lastChannelCode) }

  /// Whether it goes on, as far as the events tell.
  @inlinable
  public var isOpen: Bool { ended == nil }
  /// Whether its end is dated before its start, so that one of two clocks is wrong. Such an end counts in no clock.
  @inlinable
  public var isContradictory: Bool {
    if let began, let ended { ended < began } else { false }
  }
  /// Its end, where that can be measured by.
  @inlinable
  public var measurableEnd: Timestamp? { isContradictory ? nil : ended }
  /// Whether the customer gave up before anybody answered.
  @inlinable
  public var isGivenUp: Bool { outcome == .abandoned && answered == nil }

  /// What a wait counts from.
  public enum WaitStart: String, Sendable, CaseIterable {
    /// The first queueing; the start or the reopening where nothing queued.
    case queued
    /// The start, or the reopening: what the customer lives through, menus and machines included.
    case began
  }

  /// The wait: to the first answer, or to the end where the customer gave up.
  ///
  /// Nil while nobody has answered an open episode, and where clocks contradict.
  @inlinable
  public func wait(from start: WaitStart = .queued) -> Stretch? {
    guard let from = start == .queued ? queued ?? began : began ?? queued,
      let to = answered ?? (isGivenUp ? measurableEnd : nil)
    else { return nil }
    return Stretch(from: from, to: to)
  }

  /// What counts as the first reply.
  public enum FirstReply: String, Sendable, CaseIterable {
    /// An agent's first message; where no agent wrote, the answer, as some sources say that a letter was answered and
    /// not what was written.
    case agent
    /// A bot's first message too, whichever was first.
    case anybody
  }

  /// From the start or the reopening to the first reply.
  @inlinable
  public func firstReply(by whom: FirstReply = .agent) -> Stretch? {
    var reply = agentWrote ?? answered
    if whom == .anybody, let botWrote { reply = reply.map { min($0, botWrote) } ?? botWrote }
    guard let began, let reply else { return nil }
    return Stretch(from: began, to: reply)
  }

  /// From the first answer, or a visit's arrival, to the end, holds included: `heldWithinHandle` says how much they are.
  @inlinable
  public var handle: Stretch? {
    guard let from = answered ?? arrived, let to = measurableEnd else { return nil }
    return Stretch(from: from, to: to)
  }

  /// From the start, or the reopening, to the end that settled the matter.
  @inlinable
  public var resolution: Stretch? {
    guard outcome?.isResolved == true, let began, let to = measurableEnd else { return nil }
    return Stretch(from: began, to: to)
  }

  /// How much later than the window's end the technician came; of no length for whoever came in time.
  @inlinable
  public var lateness: Stretch? {
    guard let arrived, let windowEnd else { return nil }
    return Stretch(from: min(windowEnd, arrived), to: arrived)
  }
}

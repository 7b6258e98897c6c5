/// How an interaction went, derived from its marks: episodes and what was said of all of it.
///
/// ```swift
/// var course = InteractionCourse()
/// try view.forEachRow(in: ServiceConsistency.interactions) { key, marks in
///   course.read(marks)
///   for episode in course.episodes { waits.add(episode.wait()?.length) }
/// }
/// ```
///
/// Made once and read into again and again: after the first few interactions nothing is allocated. The rules are those
/// of the timelines that auditors read:
/// - A contact that says when it starts or ends is one, also where a guide or a visit is part of it.
/// - A start while the episode is open changes nothing, and so does an end once it has ended: what follows is wrap-up.
///   Where no start is there, the first event stands in for it.
/// - A reopening begins a new episode, whose clocks begin anew. It closes one that was still open, which contradicts.
/// - An end dated before the start begins nothing. It is the end all the same, contradicts, and counts in no clock.
public struct InteractionCourse: Sendable {
  /// In order; none where only remarks about the interaction are there.
  public private(set) var episodes: ContiguousArray<InteractionEpisode> = []
  /// Holds that something ended, in order, each with the place of its episode.
  public private(set) var holds: ContiguousArray<Hold> = []
  /// What it was about, as stated last.
  public private(set) var topic: NameNumber?
  /// Where, as stated last.
  public private(set) var location: NameNumber?
  /// Whether the company began it; nil where no start says.
  public private(set) var isOutbound: Bool?
  /// How many events contradict each other's clocks: ends before the start, reopenings before the end.
  public private(set) var contradictions = 0
  /// Whether somebody gave feedback on it.
  public private(set) var hasFeedback = false
  /// The position of its first event, in the order of time.
  public private(set) var firstPosition = Position(0)

  /// A time on hold.
  public struct Hold: Hashable, Sendable, BitwiseCopyable {
    /// Which episode it was in.
    public let episode: Int
    /// From being held to being resumed, answered by somebody else, ended or reopened.
    public let stretch: Stretch
  }

  private var family = Family.none
  private var beginsSomewhere = false
  /// Episodes that have begun or ended; the first lies ready before.
  private var count = 0
  private var isOpen = false
  /// The first end before anything had begun.
  private var stray: Timestamp?
  private var strays = 0
  private var held: (since: Timestamp, place: Int)?
  private var windowEnd: Timestamp?
  private var isScheduled = false

  /// Nothing read yet.
  public init() {}

  /// How many times the interaction was handed over.
  public var transfers: Int { episodes.reduce(0) { $0 + Int($1.transfers) } }
  /// How many times it was reopened.
  public var reopenings: Int { episodes.reduce(0) { $0 + ($1.isReopened ? 1 : 0) } }
  /// How many times a visit was moved.
  public var moves: Int { episodes.reduce(0) { $0 + Int($1.moves) } }

  /// Reads the marks of an interaction that lie in one row; what was read before is gone.
  public mutating func read(_ marks: borrowing Values<Mark>) {
    var kinds = Kinds()
    for index in 0..<marks.count { kinds.insert(marks[index].typeCode) }
    begin(kinds)
    for index in 0..<marks.count { take(marks[index]) }
    finish()
  }

  /// Reads the marks of an interaction that lay in several rows.
  ///
  /// - Precondition: They are in order.
  public mutating func read(_ marks: Span<Mark>) {
    var kinds = Kinds()
    for index in marks.indices { kinds.insert(marks[index].typeCode) }
    begin(kinds)
    for index in marks.indices { take(marks[index]) }
    finish()
  }

  private mutating func begin(_ kinds: Kinds) {
    episodes.removeAll(keepingCapacity: true)
    holds.removeAll(keepingCapacity: true)
    episodes.append(InteractionEpisode())
    family = kinds.family
    hasFeedback = kinds.hasFeedback
    beginsSomewhere = kinds.beginsSomewhere(family)
    topic = nil
    location = nil
    isOutbound = nil
    contradictions = 0
    count = 0
    isOpen = false
    stray = nil
    strays = 0
    held = nil
    windowEnd = nil
    isScheduled = false
    firstPosition = Position(.max)
  }

  private mutating func take(_ mark: Mark) {
    if mark.part != 0 {
      if mark.typeCode == InteractionCodes.visitScheduled {
        windowEnd = Timestamp(microseconds: mark.secondNumber)
      }
      return
    }
    if firstPosition.value == .max { firstPosition = mark.position }
    if let named = mark.topic { topic = named }
    if let named = mark.location { location = named }
    guard mark.isOfCourse else { return }
    turn(mark)
    let place = max(0, count - 1)
    closeHold(mark, place)
    if mark.typeCode == InteractionCodes.contactStarted { isOutbound = isOutbound ?? mark.choice(0).map { $0 == 1 } }
    if mark.typeCode == InteractionCodes.visitScheduled {
      if isScheduled { episodes[place].moves &+= 1 }
      isScheduled = true
    }
    InteractionCourse.note(mark, &episodes[place], windowEnd: windowEnd)
  }

  /// Begins and ends episodes.
  private mutating func turn(_ mark: Mark) {
    switch family.turn(of: mark.typeCode) {
    case .begins:
      if !isOpen { open(mark.occurredAt) }
    case .reopens: reopen(mark.occurredAt)
    case .ends:
      if isOpen {
        episodes[count - 1].ended = mark.occurredAt
        isOpen = false
      } else if count == 0 {
        stray = stray ?? mark.occurredAt
        strays += 1
      }
    case .goesOn:
      if !beginsSomewhere, count == 0, stray == nil { open(mark.occurredAt) }
    case nil: break
    }
  }

  private mutating func open(_ time: Timestamp, isReopened: Bool = false) {
    if count == 0 {
      if !isReopened, let stray, stray < time { contradictions += strays }
      episodes[0].began = time
      episodes[0].isReopened = isReopened
    } else {
      episodes.append(InteractionEpisode(began: time, isReopened: isReopened))
    }
    count += 1
    isOpen = true
  }

  private mutating func reopen(_ time: Timestamp) {
    if isOpen, count == 1, let stray {
      episodes[0].ended = stray
    } else if isOpen {
      episodes[count - 1].ended = time
      contradictions += 1
    } else if count == 0, let stray {
      episodes[0].ended = stray
      count = 1
    }
    stray = nil
    strays = 0
    open(time, isReopened: true)
  }

  private mutating func closeHold(_ mark: Mark, _ place: Int) {
    switch mark.typeCode {
    case InteractionCodes.contactHeld:
      if held == nil { held = (mark.occurredAt, place) }
    case InteractionCodes.contactResumed, InteractionCodes.contactAnswered, InteractionCodes.contactEnded,
      InteractionCodes.contactReopened:
      guard let hold = held, let stretch = Stretch(from: hold.since, to: mark.occurredAt) else { return }
      held = nil
      holds.append(Hold(episode: hold.place, stretch: stretch))
      episodes[hold.place].held += stretch.length
      let episode = episodes[hold.place]
      guard let handled = episode.answered ?? episode.arrived else { return }
      let end = min(stretch.to, episode.ended ?? stretch.to)
      let start = max(stretch.from, handled)
      if start < end { episodes[hold.place].heldWithinHandle += end.microseconds(since: start) }
    default: break
    }
  }

  private mutating func finish() {
    if let stray {
      if count == 0 {
        episodes[0].ended = stray
        count = 1
      } else if count == 1, isOpen {
        episodes[0].ended = stray
      }
    }
    if count == 0 { episodes.removeAll(keepingCapacity: true) }
  }
}

extension InteractionCourse {
  /// What an event adds to the episode that it belongs to.
  private static func note(_ mark: Mark, _ episode: inout InteractionEpisode, windowEnd: Timestamp?) {
    let channel = mark.channel?.rawValue ?? 0
    if channel != 0 {
      if episode.firstChannelCode == 0 { episode.firstChannelCode = channel }
      episode.lastChannelCode = channel
    }
    if let team = mark.team {
      if episode.firstTeam == nil { episode.firstTeam = team }
      episode.lastTeam = team
    }
    let code = mark.typeCode
    switch code {
    case InteractionCodes.contactQueued:
      if episode.answered == nil, episode.queued == nil { episode.queued = mark.occurredAt }
    case InteractionCodes.contactAnswered:
      if episode.answered == nil { episode.answered = mark.occurredAt }
    case InteractionCodes.contactMessage: noteMessage(mark, &episode)
    case InteractionCodes.contactTransferred: episode.transfers &+= 1
    case InteractionCodes.contactEnded, InteractionCodes.visitCompleted:
      if let word = mark.choice(0) { episode.outcome = EpisodeOutcome(rawValue: UInt8(word)) ?? episode.outcome }
    case InteractionCodes.visitArrived:
      if episode.arrived == nil {
        episode.arrived = mark.occurredAt
        episode.windowEnd = windowEnd
      }
    case InteractionCodes.visitMissed: episode.outcome = .missed
    case InteractionCodes.guideFinished:
      switch mark.choice(0) {
      case 0: episode.outcome = .solved
      case 1: episode.outcome = .handedOver
      case 2: episode.outcome = .abandoned
      default: break
      }
    default: break
    }
    if InteractionCodes.guide.contains(code) { episode.hasGuide = true }
    if let agent = mark.agent, attends(mark) {
      if episode.firstAgent == nil { episode.firstAgent = agent }
      episode.lastAgent = agent
    }
  }

  private static func noteMessage(_ mark: Mark, _ episode: inout InteractionEpisode) {
    switch mark.choice(0) {
    case 1: if episode.agentWrote == nil { episode.agentWrote = mark.occurredAt }
    case 2: if episode.botWrote == nil { episode.botWrote = mark.occurredAt }
    default: break
    }
  }

  /// Whether the agent whom an event names attended by it. Whoever is named by a start, a queueing, a transfer or a
  /// schedule is meant to attend, and need not.
  private static func attends(_ mark: Mark) -> Bool {
    switch mark.typeCode {
    case InteractionCodes.contactStarted, InteractionCodes.contactQueued, InteractionCodes.contactTransferred,
      InteractionCodes.contactReopened, InteractionCodes.visitScheduled, InteractionCodes.visitMissed:
      false
    case InteractionCodes.contactMessage: mark.choice(0) == 1
    default: true
    }
  }

  /// Which kind of event begins and ends an interaction.
  private enum Family {
    case none, contact, visit, guide

    enum Turn {
      case begins, reopens, ends, goesOn
    }

    func turn(of code: UInt16) -> Turn? {
      if self == .none { return nil }
      return switch (self, code) {
      case (.contact, InteractionCodes.contactStarted), (.visit, InteractionCodes.visitScheduled),
        (.guide, InteractionCodes.guideStarted):
        .begins
      case (.contact, InteractionCodes.contactEnded), (.visit, InteractionCodes.visitCompleted),
        (.visit, InteractionCodes.visitMissed), (.guide, InteractionCodes.guideFinished):
        .ends
      case (_, InteractionCodes.contactReopened): .reopens
      case (.contact, _): InteractionCodes.contact.contains(code) ? .goesOn : nil
      case (.visit, _): InteractionCodes.visit.contains(code) ? .goesOn : nil
      case (.guide, _): InteractionCodes.guide.contains(code) ? .goesOn : nil
      case (.none, _): nil
      }
    }
  }

  /// Which types an interaction has: a bit for each of the first 64 codes.
  private struct Kinds {
    private var bits: UInt64 = 0

    mutating func insert(_ code: UInt16) { bits |= code < 64 ? 1 << UInt64(code) : 0 }

    private func has(_ code: UInt16) -> Bool { bits & 1 << UInt64(code) != 0 }
    private func has(_ codes: ClosedRange<UInt16>) -> Bool {
      bits >> UInt64(codes.lowerBound) & ((1 << UInt64(codes.count)) - 1) != 0
    }

    var hasFeedback: Bool { has(InteractionCodes.feedback) }

    var family: Family {
      if has(InteractionCodes.contactStarted) || has(InteractionCodes.contactEnded) { return .contact }
      if has(InteractionCodes.visit) { return .visit }
      if has(InteractionCodes.guide) { return .guide }
      return has(InteractionCodes.contact) ? .contact : .none
    }

    func beginsSomewhere(_ family: Family) -> Bool {
      switch family {
      case .contact: has(InteractionCodes.contactStarted)
      case .visit: has(InteractionCodes.visitScheduled)
      case .guide: has(InteractionCodes.guideStarted)
      case .none: false
      }
    }
  }
}

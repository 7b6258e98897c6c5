import Touchlog

/// What has come of a person so far, as facts are taken in the order of time.
struct PersonState {
  /// The value of the latest change of the relationship, see `FactValue`; 0 without one.
  private(set) var status: UInt16 = 0
  /// When the person became active.
  private(set) var activeSince: Int64?
  private(set) var firstSeen: Int64 = .max
  private(set) var lastActivity: Int64?
  private(set) var repeats = RepeatCount()

  private var lastDay = Int64.min
  private var channels: UInt32 = 0
  private var answers = 0
  private var scores = 0
  private var lastScore = 0
  /// By month, this one's first: days with an activity, purchases, good and poor contacts.
  private var activeDays = SIMD4<Int32>.zero
  private var purchases = SIMD4<Int32>.zero
  private var good = SIMD4<Int32>.zero
  private var poor = SIMD4<Int32>.zero
  /// In this month.
  private(set) var month = Month()
  private var open: [OpenContact] = []

  /// What happened in one month.
  struct Month {
    var unresolved = 0
    var abandoned = 0
    var transferred = 0
    var waits = 0
    var late = 0
    var broken = 0
    var complaints = 0
  }

  /// What a fact came to, for whoever shows the events behind a figure.
  struct Effect: OptionSet {
    let rawValue: UInt16
    static let activity = Effect(rawValue: 1)
    static let good = Effect(rawValue: 2)
    static let poor = Effect(rawValue: 4)
    static let unresolved = Effect(rawValue: 8)
    static let abandoned = Effect(rawValue: 16)
    static let wait = Effect(rawValue: 32)
    static let left = Effect(rawValue: 64)
  }

  private struct OpenContact {
    let tag: UInt32
    var queuedAt: Int64?
    var queuedOn = 0
    var isBeyond = false
    var isOpen = true
  }

  /// Forgets everything, but keeps its memory.
  mutating func reset() {
    open.removeAll(keepingCapacity: true)
    let kept = open
    open = []
    self = PersonState()
    open = kept
  }

  /// Takes the next fact.
  @inline(__always)
  mutating func take(_ fact: Fact, limits: WaitLimits) -> Effect {
    if fact.time < firstSeen { firstSeen = fact.time }
    guard let kind = fact.kind else { return [] }
    switch kind {
    case .started, .booked, .reopened, .queued, .answered, .transferred, .ended:
      return takeContact(kind, fact, limits)
    case .visitBeyondStandard:
      month.waits += 1
      return .wait
    case .visitEnded: return end(outcome: fact.value & 0xF, isBeyond: fact.value & Fact.isBeyond != 0)
    case .purchase:
      purchases[0] += 1
      return act(fact, isPurchase: true)
    case .feedback:
      answers += 1
      scores += Int(fact.value)
      lastScore = Int(fact.value)
      return act(fact)
    case .complaint:
      month.complaints += 1
      return act(fact)
    case .promiseLate: month.late += 1
    case .promiseBroken: month.broken += 1
    case .status: return takeStatus(fact)
    }
    return []
  }

  private mutating func takeStatus(_ fact: Fact) -> Effect {
    let before = status
    status = fact.value
    if status == FactValue.active {
      if activeSince == nil { activeSince = fact.time }
      repeats.resume(at: fact.time)
    }
    guard status == FactValue.former, before != FactValue.former else { return [] }
    repeats.pause(at: fact.time)
    return .left
  }

  private mutating func takeContact(_ kind: Fact.Kind, _ fact: Fact, _ limits: WaitLimits) -> Effect {
    var place = open.firstIndex { $0.tag == fact.tag } ?? -1
    var effect: Effect = []
    if place < 0 {
      // Interactions that were left open long ago are not looked for any more.
      if open.count >= 32 { open.removeFirst(16) }
      open.append(OpenContact(tag: fact.tag))
      place = open.count - 1
      // Whatever is there first of an interaction: the customer made contact, unless the start says who did.
      if kind != .ended, fact.value != FactValue.outbound || kind != .started { effect = act(fact) }
    }
    switch kind {
    case .reopened:
      open[place].isBeyond = false
      open[place].isOpen = true
      effect.formUnion(act(fact))
    case .queued:
      open[place].queuedAt = fact.time
      open[place].queuedOn = Int(fact.channel)
    case .answered:
      guard let since = open[place].queuedAt else { break }
      open[place].queuedAt = nil
      let limit = limits.wait(onChannel: open[place].queuedOn, at: since)
      guard let limit, fact.time - since > limit else { break }
      open[place].isBeyond = true
      month.waits += 1
      effect.insert(.wait)
    case .transferred: month.transferred += 1
    case .ended:
      open[place].queuedAt = nil
      // What ends what has ended already is wrap-up.
      guard open[place].isOpen else { break }
      open[place].isOpen = false
      effect.formUnion(end(outcome: fact.value, isBeyond: open[place].isBeyond))
    default: break
    }
    return effect
  }

  private mutating func end(outcome: UInt16, isBeyond: Bool) -> Effect {
    switch outcome {
    case FactValue.unresolved:
      month.unresolved += 1
      poor[0] += 1
      return [.poor, .unresolved]
    case FactValue.abandoned, FactValue.missed:
      month.abandoned += 1
      poor[0] += 1
      return [.poor, .abandoned]
    default:
      if isBeyond {
        poor[0] += 1
        return .poor
      }
      guard outcome == FactValue.resolved else { return [] }
      good[0] += 1
      return .good
    }
  }

  private mutating func act(_ fact: Fact, isPurchase: Bool = false) -> Effect {
    lastActivity = fact.time
    let day = RepeatCount.day(of: fact.time)
    if day != lastDay {
      lastDay = day
      activeDays[0] += 1
    }
    if fact.channel > 0 { channels |= 1 << UInt32(fact.channel) }
    if isPurchase { repeats.add(day: day, .purchases) }
    if isPurchase || fact.kind != .feedback && fact.kind != .complaint { repeats.add(day: day, .contacts) }
    return .activity
  }

  /// Begins the next month.
  mutating func turnMonth() {
    month = Month()
    activeDays = PersonState.moved(activeDays)
    purchases = PersonState.moved(purchases)
    good = PersonState.moved(good)
    poor = PersonState.moved(poor)
  }

  private static func moved(_ months: SIMD4<Int32>) -> SIMD4<Int32> {
    SIMD4(0, months[0], months[1], months[2])
  }

  /// Appends a number for each `Feature`, at the end of a month.
  func appendFeatures(at time: Int64, to row: inout ContiguousArray<Float>) {
    let recency = time - (lastActivity ?? firstSeen)
    let tenure = Double(max(0, time - (activeSince ?? firstSeen))) / Double(RepeatCount.day) / 30.4375
    row.append(Float(max(0, Double(recency) / Double(RepeatCount.day)).squareRoot()))
    row.append(Float(activeDays[0] + activeDays[1] + activeDays[2]))
    row.append(Float(purchases[0] + purchases[1] + purchases[2]))
    row.append(Float(tenure.squareRoot()))
    row.append(Float(channels.nonzeroBitCount))
    row.append(Float(month.unresolved))
    row.append(Float(month.abandoned))
    row.append(Float(month.transferred))
    row.append(Float(month.waits))
    row.append(Float(month.late))
    row.append(Float(month.broken))
    row.append(Float(month.complaints))
    row.append(Float(good[0]))
    row.append(Float(good[1] + good[2] + good[3]))
    row.append(Float(poor[1] + poor[2] + poor[3]))
    row.append(answers > 0 ? 1 : 0)
    let scale = Float(ChurnRisk.scoreScale)
    row.append(answers > 0 ? Float(lastScore) / scale - 0.5 : 0)
    row.append(answers > 0 ? Float(scores) / Float(answers) / scale - 0.5 : 0)
  }
}

/// The days on which a person came back, as the models of repeat activity count them. Days are of UTC.
struct RepeatCount {
  /// In microseconds.
  static let day: Int64 = 86_400_000_000

  /// Days since 1970, negative before.
  @inline(__always)
  static func day(of time: Int64) -> Int64 { (time >= 0 ? time : time - day + 1) / day }

  private struct Days {
    var first = Int64.min
    var last = Int64.min
    var count = 0
  }

  private var purchases = Days()
  private var contacts = Days()
  /// Since the relationship began.
  private var purchasesSince = Days()
  private var contactsSince = Days()
  private var began: Int64?
  private var ended: Int64?

  mutating func add(day: Int64, _ what: ChurnParameters.Repeat) {
    if ended != nil { return }
    switch what {
    case .purchases:
      RepeatCount.add(day, &purchases)
      if began != nil { RepeatCount.add(day, &purchasesSince) }
    case .contacts:
      RepeatCount.add(day, &contacts)
      if began != nil { RepeatCount.add(day, &contactsSince) }
    }
  }

  private static func add(_ day: Int64, _ days: inout Days) {
    if day == days.last { return }
    if days.count == 0 { days.first = day }
    days.last = day
    days.count += 1
  }

  /// The relationship begins, or goes on.
  mutating func resume(at time: Int64) {
    if began == nil { began = RepeatCount.day(of: time) }
    ended = nil
  }

  /// The person is former: nobody watches any more.
  mutating func pause(at time: Int64) { ended = RepeatCount.day(of: time) }

  /// Days of the history, up to the day of `cut`; nil for whom the clock has not begun.
  func history(_ what: ChurnParameters.Repeat, _ clock: ChurnParameters.Clock, cut: Int64) -> RepeatDays? {
    let end = ended ?? RepeatCount.day(of: cut)
    switch clock {
    case .firstActivity:
      let days = what == .purchases ? purchases : contacts
      guard days.count > 0 else { return nil }
      return RepeatDays(repeats: days.count - 1, last: days.last - days.first, age: end - days.first)
    case .relationship:
      guard let began else { return nil }
      let days = what == .purchases ? purchasesSince : contactsSince
      return RepeatDays(repeats: days.count, last: days.count > 0 ? days.last - began : 0, age: end - began)
    }
  }
}

/// A person's repeat activity in days: how often, when last, since when.
struct RepeatDays: Hashable, Sendable, BitwiseCopyable {
  let repeats: UInt32
  let last: UInt32
  let age: UInt32

  init(repeats: Int, last: Int64, age: Int64) {
    self.repeats = UInt32(clamping: repeats)
    self.last = UInt32(clamping: last)
    self.age = max(UInt32(clamping: age), self.last)
  }
}

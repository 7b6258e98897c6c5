/// How a stretch of a contact went, from its start or reopening to its end.
struct Episode {
  var outcome = Outcome.resolved
  var end: Int64
  /// A wait in it was longer than the standard.
  var isBeyondStandard = false
}

// Contacts that an employee answers.
extension World {
  mutating func contactStaff(on channel: SimulatedChannel, at time: Int64) {
    var contact = opening(on: channel, at: time)
    let subject = contact.subject
    // Some begin without saying who they are.
    if random.chance(0.04) { contact.subject = .nobody }
    plan(.contactStarted, like: contact, at: time)
    var now = time + between(Microseconds.second / 2, 4 * Microseconds.second)
    if channel.isCorrespondence {
      say(.customer, contact, at: now)
      now += 1000
    } else if channel == .chat, random.chance(0.3) {
      say(.bot, contact, at: now)
      now += between(4 * Microseconds.second, 20 * Microseconds.second)
    }
    let episode = serve(&contact, subject: subject, from: now)
    follow(contact, episode)
    reopen(contact, after: episode)
  }

  /// Queue, answer, conversation, perhaps a transfer with another queue, end.
  mutating func serve(_ contact: inout PlannedEvent, subject: SubjectScheme, from time: Int64) -> Episode {
    var episode = Episode(end: time)
    guard queue(&contact, subject: subject, &episode) else { return episode }
    converse(contact, &episode)
    if random.chance(0.11) {
      transfer(&contact, to: nil, at: episode.end)
      episode.end += between(Microseconds.second, 3 * Microseconds.second)
      guard queue(&contact, subject: subject, &episode) else { return episode }
      converse(contact, &episode)
    }
    conclude(contact, .contactEnded, &episode)
    return episode
  }

  /// Waits from the episode's end so far; `false` if the customer gave up, which ends the episode.
  private mutating func queue(_ contact: inout PlannedEvent, subject: SubjectScheme, _ episode: inout Episode) -> Bool {
    contact.agent = 0
    plan(.contactQueued, like: contact, at: episode.end)
    let channel = contact.channel ?? .other
    let day = year.day(of: episode.end)
    let table = day < Truth.shiftDay ? services : servicesAfterShift
    guard let queue = table[Int(channel.rawValue)].queue else { preconditionFailure("nobody answers on \(channel)") }
    let wait = duration(median: queue.waitMedianSeconds, spread: queue.waitSpread)
    let patience = duration(median: queue.patienceMedianSeconds, spread: queue.patienceSpread)
    // Whoever did not say who they are is known by the end at the latest, from the number or the account.
    contact.subject = subject
    if patience < wait {
      episode.end += patience
      episode.outcome = .abandoned
      plan(.contactEnded, like: contact, at: episode.end, code: Outcome.abandoned.rawValue)
      return false
    }
    episode.end += wait
    let standard = Truth.standardWaitSeconds(channel, day: day)
    let isBeyond = standard.map { wait > Int64($0) * Microseconds.second } ?? false
    episode.isBeyondStandard = episode.isBeyondStandard || isBeyond
    contact.agent = someAgent()
    plan(.contactAnswered, like: contact, at: episode.end, effect: isBeyond ? .waitBeyondStandard : .none)
    return true
  }

  private mutating func converse(_ contact: PlannedEvent, _ episode: inout Episode) {
    let channel = contact.channel ?? .other
    if channel.isCorrespondence {
      episode.end += between(Microseconds.second, Microseconds.minute)
      say(.agent, contact, at: episode.end)
      if random.chance(0.35) {
        episode.end += duration(median: 2 * 3600, spread: 0.8)
        say(.customer, contact, at: episode.end)
        episode.end += duration(median: 3600, spread: 0.8)
        say(.agent, contact, at: episode.end)
      }
      episode.end += between(Microseconds.second, Microseconds.hour)
    } else if channel == .chat {
      for turn in 0..<2 + random.below(4) {
        episode.end += duration(median: 35, spread: 0.6)
        say(turn % 2 == 0 ? .agent : .customer, contact, at: episode.end)
      }
      episode.end += duration(median: 20, spread: 0.6)
    } else {
      episode.end += duration(median: 240, spread: 0.7)
      if channel == .phone, random.chance(0.18) {
        plan(.contactHeld, like: contact, at: episode.end)
        episode.end += duration(median: 50, spread: 0.7)
        plan(.contactResumed, like: contact, at: episode.end)
        episode.end += duration(median: 60, spread: 0.6)
      }
    }
  }

  /// Hands the contact over, to another team, and with `channel` to another channel.
  mutating func transfer(_ contact: inout PlannedEvent, to channel: SimulatedChannel?, at time: Int64) {
    var event = contact
    event.detail = UInt8(1 + random.below(5))
    event.toChannel = channel
    if random.chance(0.25) { event.other = someAgent() }
    plan(.contactTransferred, like: event, at: time)
    contact.team = event.detail
    contact.agent = 0
    if let channel { contact.channel = channel }
  }

  /// Ends a contact or a visit that was answered, with the outcome that its channel's service gives.
  mutating func conclude(_ contact: PlannedEvent, _ kind: EventKind, _ episode: inout Episode) {
    let service = services[Int((contact.channel ?? .other).rawValue)]
    if random.chance(service.resolution) {
      episode.outcome = .resolved
    } else {
      episode.outcome = random.chance(Truth.unresolvedRest) ? .unresolved : .followUp
    }
    let effect: Effect =
      switch episode.outcome {
      case .resolved: episode.isBeyondStandard ? .none : .goodContact
      case .unresolved: .unresolvedContact
      case .abandoned, .followUp: .none
      }
    plan(kind, like: contact, at: episode.end, code: episode.outcome.rawValue, effect: effect)
  }

  /// Some come back to the same matter; more, if it was not settled.
  private mutating func reopen(_ contact: PlannedEvent, after first: Episode) {
    let probability =
      switch first.outcome {
      case .resolved: 0.04
      case .unresolved: 0.18
      case .abandoned, .followUp: 0.0
      }
    if !random.chance(probability) { return }
    var again = contact
    again.agent = 0
    let pause = min(5 * Microseconds.day, duration(median: 20 * 3600, spread: 0.8))
    let time = first.end + pause
    plan(.contactReopened, like: again, at: time)
    let episode = serve(&again, subject: contact.subject, from: time + between(1000, 3 * Microseconds.second))
    follow(again, episode)
  }

  /// A call that an employee makes: nobody waits.
  mutating func callBack(_ cause: PlannedEvent, at time: Int64) {
    var call = cause
    call.channel = .phone
    call.origin = .phone
    call.interaction = nextInteraction()
    call.isConsequence = false
    call.agent = someAgent()
    plan(.contactStarted, like: call, at: time, code: 1)
    var episode = Episode(end: time + between(4 * Microseconds.second, 25 * Microseconds.second))
    plan(.contactAnswered, like: call, at: episode.end)
    episode.end += duration(median: 180, spread: 0.7)
    conclude(call, .contactEnded, &episode)
  }

  private mutating func say(_ speaker: Speaker, _ contact: PlannedEvent, at time: Int64) {
    var message = contact
    message.text = UInt8(random.below(Words.fromCustomer.count * Words.fromStaff.count))
    plan(.contactMessage, like: message, at: time, code: speaker.rawValue)
  }
}

// Who contacts the company, when, and on which channel.
extension World {
  /// Begins one interaction of the day, with all that follows from it.
  mutating func beginInteraction() {
    let before = volume.plannedLines
    let index = random.index(cumulative: channelShares)
    let channel = SimulatedChannel.allCases[index]
    let time = startTime(on: channel)
    if channel == .field {
      bookVisit(at: time)
    } else if services[index].machine != nil {
      useMachine(on: channel, at: time)
    } else {
      contactStaff(on: channel, at: time)
    }
    volume.count(interactionOfLines: volume.plannedLines - before)
  }

  /// The beginning of an interaction: whose, on what, where, and who answers for it.
  mutating func opening(on channel: SimulatedChannel, at time: Int64, mayBeAnonymous: Bool = true) -> PlannedEvent {
    var event = PlannedEvent(.contactStarted, at: time)
    event.channel = channel
    event.origin = channel
    event.interaction = nextInteraction()
    event.topic = UInt8(1 + random.below(Words.topics.count - 1))
    event.team = channel == .field ? 6 : Words.teamOfTopic[Int(event.topic)]
    if channel == .kiosk || channel == .inperson || channel == .field {
      event.location = UInt8(1 + random.below(Words.locations.count - 1))
    }
    if mayBeAnonymous, random.chance(anonymousShare) { return event }
    if active.isEmpty || random.chance(0.05) {
      // Somebody who is no customer (yet); the same few strangers come again.
      event.subject = channel == .phone || channel == .sms ? .strangerPhone : .strangerMail
      event.subjectNumber = UInt32(random.below(1 + customers.count / 5))
      return event
    }
    let customer = someCustomer()
    event.subjectNumber = UInt32(customer)
    event.subject = .customer
    switch channel {
    case .phone, .sms:
      if customers[customer].usesPhone, random.chance(0.4) { event.subject = .customerPhone }
    case .email, .web, .app:
      if customers[customer].usesMail, random.chance(0.4) { event.subject = .customerMail }
    default: break
    }
    profile(customer: customer, at: time)
    return event
  }

  /// An active customer, in proportion to how readily each contacts the company.
  private mutating func someCustomer() -> Int {
    while true {
      let customer = Int(active[random.below(active.count)])
      if random.below(256) <= Int(customers[customer].readiness) { return customer }
    }
  }

  private mutating func startTime(on channel: SimulatedChannel) -> Int64 {
    // Shares of the 24 hours, in UTC: where people work, and where machines do.
    let staffed = [
      0.0, 1, 1, 1, 1, 4, 20, 60, 95, 100, 98, 90, 85, 90, 88, 80, 60, 40, 28, 18, 10, 6, 3, 2,
    ]
    let always = [
      0.0, 4, 3, 3, 4, 10, 25, 40, 50, 52, 55, 56, 60, 55, 52, 54, 62, 75, 90, 95, 80, 55, 30, 15,
    ]
    let hours =
      switch channel {
      case .web, .app, .email, .social, .sms, .other: always
      default: staffed
      }
    // Rejection needs no table of sums: the fullest hour has 100.
    while true {
      let hour = random.below(24)
      if random.unit() * 100 < hours[hour] {
        return year.start(ofDay: today) + Int64(hour) * Microseconds.hour + between(0, Microseconds.hour)
      }
    }
  }

  /// States the segment and the other references of a customer who is met for the first time.
  private mutating func profile(customer: Int, at time: Int64) {
    if customers[customer].isProfiled { return }
    customers[customer].isProfiled = true
    var event = PlannedEvent(.segmentAssigned, at: time + between(Microseconds.second, Microseconds.minute))
    event.subject = .customer
    event.subjectNumber = UInt32(customer)
    event.code = customers[customer].segment
    plan(event)
    if customers[customer].usesPhone { link(event, .customerPhone, number: UInt32(customer)) }
    if customers[customer].usesMail { link(event, .customerMail, number: UInt32(customer)) }
    if random.chance(0.02) {
      // A mistake: a reference of nobody who ever calls, taken back after some days.
      let wrong = UInt32(10_000_000 + customer % 30_000_000)
      link(
        event, .strangerPhone, number: wrong, confidence: 55,
        unlinkedAfter: between(Microseconds.day, 9 * Microseconds.day))
    }
  }

  private mutating func link(
    _ template: PlannedEvent, _ scheme: SubjectScheme, number: UInt32, confidence: Int? = nil,
    unlinkedAfter: Int64? = nil,
  ) {
    var event = template
    event.thing = number
    event.detail = scheme.rawValue
    event.score = UInt8(confidence ?? 80 + random.below(21))
    let evidence = UInt8(random.below(Words.evidence.count))
    let time = template.time + between(Microseconds.second, 5 * Microseconds.minute)
    plan(.identityLinked, like: event, at: time, code: evidence)
    if let unlinkedAfter { plan(.identityUnlinked, like: event, at: time + unlinkedAfter, code: 3) }
  }
}

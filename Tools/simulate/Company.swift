// What the company says about itself: standards, beliefs, and its customers on the first day.
extension World {
  mutating func foundCompany() {
    let declared: [(SimulatedChannel, Metric, Int)] = [
      (.phone, .wait, 0), (.chat, .wait, 0), (.video, .wait, 0), (.inperson, .wait, 0), (.email, .firstReply, 0),
      (.social, .firstReply, 0), (.sms, .firstReply, 0), (.mail, .firstReply, 0), (.other, .firstReply, 0),
      (.field, .visitLateness, 0), (.phone, .handle, 600), (.chat, .resolution, 86_400),
    ]
    for (place, (channel, metric, seconds)) in declared.prefix(volume.standards).enumerated() {
      let threshold = Truth.standardWaitSeconds(channel, day: 0) ?? seconds
      declare(
        channel, metric, seconds: metric == .handle || metric == .resolution ? seconds : threshold,
        from: year.start, at: year.start + Int64(place + 1) * 1000)
    }
    for _ in 0..<volume.foundingCustomers {
      let customer = addCustomer()
      // The customer base is carried over in the first minutes.
      let time = year.start + between(Microseconds.second, 5 * Microseconds.minute)
      planStatus(.active, .joined, customer: customer, at: time)
      activate(customer: customer, at: time)
    }
  }

  mutating func tightenStandard() {
    let seconds = Truth.standardWaitSeconds(.phone, day: Truth.standardChangeDay) ?? 0
    declare(
      .phone, .wait, seconds: seconds, from: year.start(ofDay: Truth.standardChangeDay),
      at: year.start(ofDay: today) + between(9 * Microseconds.hour, 10 * Microseconds.hour))
  }

  private mutating func declare(
    _ channel: SimulatedChannel, _ metric: Metric, seconds: Int, from: Int64, at time: Int64,
  ) {
    var event = PlannedEvent(.standardDeclared, at: time)
    event.toChannel = channel
    event.code = metric.rawValue
    event.amount = Int32(seconds)
    event.score = channel == .mail || channel == .other ? 90 : 80
    event.moment = from
    plan(event)
  }

  mutating func stateBelief() {
    let time = year.start(ofDay: today) + between(8 * Microseconds.hour, 16 * Microseconds.hour)
    var event = PlannedEvent(.beliefStated, at: time)
    let servedWell = random.chance(Truth.beliefServedWell)
    event.code = Instrument.csat.rawValue
    event.score = UInt8(servedWell ? 4 + random.below(2) : 1 + random.below(3))
    event.other = UInt16(random.below(Words.departments.count))
    plan(event)
  }

  mutating func addCustomer() -> Int {
    customers.append(Customer(random: &random))
    return customers.count - 1
  }

  /// A new customer: half of them are prospects for some days first.
  mutating func welcomeCustomer() {
    let customer = addCustomer()
    var time = year.start(ofDay: today) + between(8 * Microseconds.hour, 20 * Microseconds.hour)
    if random.chance(0.5) {
      planStatus(.prospect, .interest, customer: customer, at: time)
      time += between(Microseconds.day, 10 * Microseconds.day)
    }
    planStatus(.active, .joined, customer: customer, at: time, effect: .joined)
  }

  mutating func planStatus(
    _ status: Status, _ reason: LeavingReason, customer: Int, at time: Int64, effect: Effect = .none,
  ) {
    var event = PlannedEvent(.relationshipChanged, at: time)
    event.subject = .customer
    event.subjectNumber = UInt32(customer)
    event.detail = reason.rawValue
    event.code = status.rawValue
    event.effect = effect
    plan(event)
  }

  /// Ends a month for all: who leaves is drawn from what the month was like.
  mutating func closeMonth() {
    var staying: [UInt32] = []
    staying.reserveCapacity(active.count)
    for number in active {
      let month = customers[Int(number)].closeMonth()
      if random.chance(Truth.leavingProbability(after: month)) {
        leave(customer: Int(number), after: month)
      } else {
        customers[Int(number)].slot = UInt32(staying.count)
        staying.append(number)
      }
    }
    active = staying
  }

  private mutating func leave(customer: Int, after month: Truth.Month) {
    customers[customer].slot = Customer.notActive
    let busyUntil = year.start + Int64(customers[customer].busyUntil) * Microseconds.second
    let decided = year.start(ofDay: today) + between(8 * Microseconds.hour, 20 * Microseconds.day)
    let time = max(decided, busyUntil + between(Microseconds.hour, 12 * Microseconds.hour))
    let reason: LeavingReason =
      if month.brokenPromises > 0 {
        .brokenPromise
      } else if month.unresolvedContacts > 0 {
        .unresolved
      } else if month.waitsBeyondStandard > 0 {
        .waiting
      } else {
        [LeavingReason.price, .moved, .competitor][random.below(3)]
      }
    planStatus(.former, reason, customer: customer, at: time)
  }
}

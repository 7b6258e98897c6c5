/// The company and its customers, living through the year day by day.
///
/// What is set going on a day (a contact with all that follows from it) is planned at once, into the agenda of the
/// days on which its events happen; what it does to a customer takes effect when it happens.
struct World {
  let year: Year
  let anonymousShare: Double
  var random: Randomness
  var today = 0

  var customers: [Customer] = []
  /// Numbers of the customers that contact and buy.
  var active: [UInt32] = []
  /// What happens on each day, as far as it is planned.
  private var agenda = [[PlannedEvent]](repeating: [], count: Year.days)
  var volume: Volume

  let services: [Truth.Service]
  let servicesAfterShift: [Truth.Service]
  let channelShares: [Double]
  let agents: Int
  private var lastInteraction: UInt32 = 0
  private var lastThing: UInt32 = 0

  init(options: Simulator.Options) {
    year = Year(from: options.from)
    anonymousShare = options.anonymousShare
    random = Randomness(seed: options.seed)
    volume = Volume(options: options, business: year.business)
    services = SimulatedChannel.allCases.map { Truth.service($0, day: 0) }
    servicesAfterShift = SimulatedChannel.allCases.map { Truth.service($0, day: Truth.shiftDay) }
    var sum = 0.0
    channelShares = services.map { service in
      sum += service.share
      return sum
    }
    agents = min(9_999, max(4, options.events / 20_000))
    foundCompany()
  }

  /// Plans what a day sets going.
  mutating func live(day: Int) {
    today = day
    if day == Truth.standardChangeDay - 7 { tightenStandard() }
    if day > 0, year.isFirstOfMonth(day) { closeMonth() }
    for _ in 0..<volume.newCustomers(onDay: day) { welcomeCustomer() }
    for _ in 0..<random.poisson(mean: volume.beliefsPerDay) { stateBelief() }
    let contacts = volume.contacts(onDay: day, activeCustomers: active.count)
    for _ in 0..<random.poisson(mean: contacts) { beginInteraction() }
  }

  /// Begins so many more interactions that about `count` lines are added to the day.
  mutating func addContacts(atLeast count: Int, onDay day: Int) {
    for _ in 0..<max(1, Int(Double(count) / volume.linesPerInteraction)) { beginInteraction() }
  }

  /// What happens on the day, in no order, having taken effect.
  mutating func takeEvents(of day: Int) -> [PlannedEvent] {
    var written: [PlannedEvent] = []
    written.reserveCapacity(agenda[day].count)
    // Events that take effect may put more on the same day.
    var next = 0
    while next < agenda[day].count {
      let event = agenda[day][next]
      next += 1
      if event.kind == .purchaseDue {
        buy(customer: Int(event.subjectNumber), at: event.time)
        continue
      }
      if event.effect != .none, let customer = event.customer { take(event.effect, customer, at: event.time) }
      written.append(event)
    }
    agenda[day] = []
    return written
  }

  private mutating func take(_ effect: Effect, _ customer: Int, at time: Int64) {
    customers[customer].feel(effect)
    if effect == .joined { activate(customer: customer, at: time) }
  }

  /// Puts an event on the agenda; what lies beyond the year is not told any more.
  mutating func plan(_ event: PlannedEvent) {
    if let customer = event.customer, event.keepsCustomerBusy {
      let seconds = UInt32((event.time - year.start) / Microseconds.second) + 1
      if seconds > customers[customer].busyUntil { customers[customer].busyUntil = seconds }
    }
    if event.time >= year.end { return }
    agenda[year.day(of: event.time)].append(event)
    if event.kind != .purchaseDue { volume.plannedLines += 1 }
  }

  /// Plans an event that is like `template` but for its kind and time.
  mutating func plan(
    _ kind: EventKind, like template: PlannedEvent, at time: Int64, code: UInt8 = 0, effect: Effect = .none,
  ) {
    var event = template
    event.kind = kind
    event.time = time
    event.code = code
    event.effect = effect
    plan(event)
  }

  mutating func nextInteraction() -> UInt32 {
    lastInteraction += 1
    return lastInteraction
  }

  /// The next number of a promise, an order or a request.
  mutating func nextThing() -> UInt32 {
    lastThing += 1
    return lastThing
  }

  mutating func someAgent() -> UInt16 { UInt16(1 + random.below(agents)) }

  /// A length of time between the two, in microseconds.
  mutating func between(_ least: Int64, _ most: Int64) -> Int64 {
    least + Int64(random.unit() * Double(most - least))
  }

  /// A log-normal length of time with the median in seconds; a millisecond at least, so that order shows in times.
  mutating func duration(median: Double, spread: Double) -> Int64 {
    max(1000, Microseconds.seconds(random.logNormal(median: median, spread: spread)))
  }

  mutating func activate(customer: Int, at time: Int64) {
    customers[customer].slot = UInt32(active.count)
    active.append(UInt32(customer))
    planPurchase(customer: customer, after: time)
  }

  mutating func planPurchase(customer: Int, after time: Int64) {
    let rate = Double(customers[customer].purchaseRate)
    // A rate next to nothing would give a wait that no Int64 holds; ten years are "never" here.
    let days = rate > 0 ? min(3650, random.exponentialWait(rate: rate)) : 3650
    var due = PlannedEvent(.purchaseDue, at: time + max(1000, Int64(days * Double(Microseconds.day))))
    due.subject = .customer
    due.subjectNumber = UInt32(customer)
    plan(due)
  }
}

extension PlannedEvent {
  /// A customer that leaves waits for this to be over.
  fileprivate var keepsCustomerBusy: Bool {
    switch kind {
    case .purchaseDue, .termsSettled, .relationshipChanged: false
    default: true
    }
  }
}

// A technician's visit at the customer's place.
extension World {
  mutating func bookVisit(at time: Int64) {
    var visit = opening(on: .field, at: time, mayBeAnonymous: false)
    moveWindow(&visit, days: 2 + Int64(random.below(6)), after: time)
    plan(.visitScheduled, like: visit, at: time)
    if random.chance(0.14) {
      let moved = time + between(Microseconds.minute, visit.moment - time)
      moveWindow(&visit, days: 1 + Int64(random.below(4)), after: visit.moment)
      plan(.visitScheduled, like: visit, at: moved)
    }
    visit.agent = someAgent()
    if random.chance(0.05) {
      let missed = visit.windowEnd + between(Microseconds.minute, Microseconds.hour)
      plan(.visitMissed, like: visit, at: missed, code: UInt8(random.below(Words.missedReasons.count)))
      if random.chance(0.3) { return }
      visit.agent = 0
      moveWindow(&visit, days: 1 + Int64(random.below(4)), after: missed)
      plan(.visitScheduled, like: visit, at: missed + between(Microseconds.minute, 4 * Microseconds.hour))
      visit.agent = someAgent()
    }
    carryOut(visit)
  }

  private mutating func carryOut(_ visit: PlannedEvent) {
    guard let queue = services[Int(SimulatedChannel.field.rawValue)].queue else { preconditionFailure("no field") }
    let arrival = visit.moment + duration(median: queue.waitMedianSeconds, spread: queue.waitSpread)
    let standard = Truth.standardWaitSeconds(.field, day: year.day(of: arrival)) ?? 0
    let isBeyond = arrival > visit.windowEnd + Int64(standard) * Microseconds.second
    plan(.visitArrived, like: visit, at: arrival, effect: isBeyond ? .waitBeyondStandard : .none)
    var episode = Episode(end: arrival + duration(median: 40 * 60, spread: 0.5), isBeyondStandard: isBeyond)
    conclude(visit, .visitCompleted, &episode)
    follow(visit, episode)
  }

  /// A window of two or four hours, whole hours of the working day, some days after a time.
  private mutating func moveWindow(_ visit: inout PlannedEvent, days: Int64, after time: Int64) {
    let midnight = time / Microseconds.day * Microseconds.day
    let hour = Int64([6, 8, 10, 13][random.below(4)])
    visit.moment = midnight + days * Microseconds.day + hour * Microseconds.hour
    visit.amount = random.chance(0.7) ? 7200 : 14_400
  }
}

extension PlannedEvent {
  /// The end of a visit's window.
  fileprivate var windowEnd: Int64 { moment + Int64(amount) * Microseconds.second }
}

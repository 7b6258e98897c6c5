/// Puts events into the order in which they arrive, some late, some twice, and numbers them as they happen.
struct ArrivalOrder {
  private struct Arrival {
    var time: Int64
    var event: PlannedEvent
  }

  private let year: Year
  private let lateShare, duplicateShare: Double
  // Apart from the world's, so that the same company lives the same life however its events travel.
  private var random: Randomness
  private var lastSerial: UInt32 = 0
  /// What arrives on each day.
  private var arrivals = [[Arrival]](repeating: [], count: Year.days)

  init(options: Simulator.Options, year: Year) {
    self.year = year
    lateShare = options.lateShare
    duplicateShare = options.duplicateShare
    random = Randomness(seed: options.seed ^ 0x4C61_7465)
  }

  /// Takes the events that happen on a day, in any order.
  mutating func receive(_ events: [PlannedEvent], onDay day: Int, mayBeLate: Bool) {
    let start = year.start(ofDay: day)
    for index in Self.order(of: events.lazy.map { $0.time - start }) {
      var event = events[index]
      lastSerial += 1
      event.serial = lastSerial
      var arrival = event.time
      if mayBeLate, lateShare > 0, random.chance(lateShare) {
        arrival += delay(fromSeconds: 300, toSeconds: 3 * 86_400)
      }
      expect(event, at: arrival)
      if duplicateShare > 0, random.chance(duplicateShare) {
        expect(event, at: arrival + delay(fromSeconds: 1, toSeconds: 6 * 3600))
      }
    }
  }

  func count(onDay day: Int) -> Int { arrivals[day].count }

  /// What arrives on the day, in order; the day is over then.
  mutating func takeInOrder(day: Int) -> [PlannedEvent] {
    let today = arrivals[day]
    arrivals[day] = []
    let start = year.start(ofDay: day)
    return Self.order(of: today.lazy.map { $0.time - start }).map { today[$0].event }
  }

  /// Evenly distributed on a logarithmic scale: minutes are as likely as hours, and hours as days.
  private mutating func delay(fromSeconds least: Double, toSeconds most: Double) -> Int64 {
    Microseconds.seconds(least * exponential(random.unit() * naturalLogarithm(most / least)))
  }

  private mutating func expect(_ event: PlannedEvent, at time: Int64) {
    let day = year.day(of: time)
    // What arrives after the year is not in its stream.
    if day < Year.days { arrivals[day].append(Arrival(time: time, event: event)) }
  }

  /// The indexes in the order of `times` (microseconds into one day), equal times in their given order.
  private static func order(of times: some Sequence<Int64>) -> [Int] {
    // A day has fewer than 2³⁷ microseconds and, at the most events allowed, fewer than 2²⁷ of them: time and index
    // fit into one number, and sorting numbers is several times faster than sorting events.
    var keys = times.enumerated().map { UInt64($1) << 27 | UInt64($0) }
    keys.sort()
    return keys.map { Int($0 & (1 << 27 - 1)) }
  }
}

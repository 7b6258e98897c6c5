import Touchlog

/// One step of a `ModelTest`.
enum Operation: CustomStringConvertible {
  case append([Event], Expectation)
  case read(Query)
  case version(Reference)
  case compare
  case moveClock(seconds: Int64)
  case reopen

  var description: String {
    switch self {
    case .append(let events, let expectation): "appending \(events.shown) expecting \(expectation)"
    case .read(let query): query.shown
    case .version(let customer): "asking for the version of \(customer)"
    case .compare: "comparing the logs"
    case .moveClock(let seconds): "moving the clock by \(seconds) seconds"
    case .reopen: "opening the store anew"
    }
  }
}

/// Makes up random operations, which follow from the seed and from what became of the earlier ones.
struct OperationScript {
  private var generator: EventGenerator
  /// Events that were sent, most of them stored.
  private var sent: [Event] = []
  /// Requests that were sent, for retries.
  private var requests: [[Event]] = []
  /// Shows what is in the log, for the conditions of queries.
  private var sample: [OpenedEvent] = []
  private var head = 0
  private var ahead: Int64 = 0

  init(seed: UInt64) {
    generator = EventGenerator(seed: seed)
  }

  /// Takes note of a request that both have answered.
  mutating func note(_ events: [Event], in head: Position) {
    self.head = Int(head.value)
    requests.append(events)
    sent += events
    for event in events {
      sample.append(
        OpenedEvent(
          position: head, recordedAt: Samples.noon.adding(seconds: ahead), customerNumber: CustomerNumber(0),
          customer: event.subject ?? event.interaction.map { .anonymous(interaction: $0) } ?? .company,
          streamVersion: 0, event: event))
    }
  }

  mutating func next() -> Operation {
    switch Int.random(in: 0..<100, using: &generator.random) {
    case 0..<22: .append(generator.batch(), .any)
    case 22..<38: appendToOneStream()
    case 38..<52: retry()
    case 52..<58: mixed()
    case 58..<64: contrary()
    case 64..<68: invalid()
    case 68..<69: .append([], expectation())
    case 69..<88: .read(.random(count: head, sample: sample, using: &generator.random))
    case 88..<91: .version(generator.random.pick(EventGenerator.customers + [.company, Samples.customer(99)]))
    case 91..<96: moveClock()
    case 96..<98: .compare
    default: .reopen
    }
  }

  private mutating func expectation() -> Expectation {
    switch Int.random(in: 0..<4, using: &generator.random) {
    case 0: .any
    case 1: .noStream
    default: .version(UInt32.random(in: 0...20, using: &generator.random))
    }
  }

  /// To a stream whose version is guessed from what was sent, so that the guess is often right.
  private mutating func appendToOneStream() -> Operation {
    let customer = generator.random.pick(EventGenerator.customers)
    let likely = Set(sent.filter { $0.subject == customer }.map { "\($0.source) \($0.id)" }).count
    let isLikely = !generator.random.oneIn(3)
    return .append(generator.batch(of: customer), isLikely ? .version(UInt32(likely)) : expectation())
  }

  /// What was sent before: whole, in part, in another order, in other words.
  private mutating func retry() -> Operation {
    guard !requests.isEmpty else { return .append(generator.batch(), expectation()) }
    var events = generator.random.pick(requests)
    if generator.random.oneIn(3) { events = events.filter { _ in generator.random.oneIn(2) } }
    if generator.random.oneIn(4) { events += generator.random.pick(requests) }
    if generator.random.oneIn(4) { events.shuffle(using: &generator.random) }
    if generator.random.oneIn(3) { events = events.map { generator.respelling($0) } }
    return .append(events, generator.random.oneIn(2) ? .any : expectation())
  }

  /// New events among sent ones, and some twice.
  private mutating func mixed() -> Operation {
    let customer = generator.random.pick(EventGenerator.customers)
    var events = generator.batch(of: customer)
    events += sent.filter { $0.subject == customer }.suffix(2)
    events.append(generator.respelling(events[0]))
    events.shuffle(using: &generator.random)
    return .append(events, expectation())
  }

  /// Other content under an identity that was sent, or that the request itself has.
  private mutating func contrary() -> Operation {
    var events = generator.batch()
    let original = sent.isEmpty || generator.random.oneIn(3) ? events[0] : generator.random.pick(sent)
    events.insert(
      generator.contradiction(of: original), at: Int.random(in: 0...events.count, using: &generator.random))
    return .append(events, generator.random.oneIn(2) ? .any : expectation())
  }

  private mutating func invalid() -> Operation {
    var events = generator.batch()
    let index = Int.random(in: 0..<events.count, using: &generator.random)
    switch Int.random(in: 0..<4, using: &generator.random) {
    case 0: events[index].id = ""
    case 1: events[index].occurredAt = Samples.noon.adding(seconds: 10 * Limits.futureSeconds)
    case 2: events[index].data = Array("{]".utf8)
    default: events[index].type = "customer.erased"
    }
    return .append(events, expectation())
  }

  /// Not so far that events which end at noon were dated more than a day ahead.
  private mutating func moveClock() -> Operation {
    let seconds = Int64.random(in: -3000...9000, using: &generator.random)
    let move = ahead + seconds < -80_000 ? 80_000 : seconds
    ahead += move
    return .moveClock(seconds: move)
  }
}

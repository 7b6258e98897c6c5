import JSON
import Touchlog

/// What a log should give out, as a plain list that the suite keeps beside the store.
struct PlainLog: Sendable {
  private(set) var events: [OpenedEvent] = []
  private var customers: [String: (number: UInt32, version: UInt32)] = [:]

  /// Forty events of five customers, of some types and channels, not in the order in which they happened, and taken
  /// by the log over some minutes.
  static func fill(_ trial: Trial) async throws -> PlainLog {
    var log = PlainLog()
    for batch in 0..<10 {
      trial.clock.set(to: Samples.minute(batch / 2 * 3))
      let events = (0..<4).map { PlainLog.event(batch * 4 + $0) }
      try await trial.append(events)
      for event in events { log.add(event, at: trial.clock.now) }
    }
    return log
  }

  private static func event(_ number: Int) -> Event {
    let customer = Samples.customer(number * number % 5 + (number % 3))
    let minute = Samples.minute(number * 17 % 40 - 60)
    let id = "event \(number)"
    let event =
      switch number % 4 {
      case 0: Samples.praise(id, of: customer)
      case 1: Samples.event(id, "contact.held", of: customer, channel: .chat, interaction: "chat \(number % 5)")
      case 2: Samples.event(id, "acme.thing", of: customer, channel: number % 8 == 2 ? .phone : nil, data: [1])
      default: Samples.event(id, "contact.resumed", of: customer, channel: .phone, interaction: "call \(number % 7)")
      }
    return event.with { $0.occurredAt = minute }
  }

  private mutating func add(_ event: Event, at recordedAt: Timestamp) {
    guard let customer = event.subject else { preconditionFailure("each event of this log has a subject") }
    let known = customers[customer.text] ?? (UInt32(customers.count), 0)
    customers[customer.text] = (known.number, known.version + 1)
    events.append(
      OpenedEvent(
        position: Position(UInt64(events.count)), recordedAt: recordedAt,
        customerNumber: CustomerNumber(known.number), customer: customer, streamVersion: known.version, event: event))
  }

  /// The events that a query asks for: one filter after the other.
  func events(_ query: Query) -> [OpenedEvent] {
    var found = events
    if let from = query.from { found = found.filter { from.value <= $0.position.value } }
    if let until = query.until { found = found.filter { $0.position.value < until.value } }
    if let customer = query.customer { found = found.filter { $0.customer == customer } }
    if !query.types.isEmpty { found = found.filter { query.types.contains($0.event.type) } }
    if !query.channels.isEmpty {
      found = found.filter { opened in query.channels.contains { opened.event.channel == $0 } }
    }
    if !query.interactions.isEmpty {
      found = found.filter { opened in query.interactions.contains { opened.event.interaction == $0 } }
    }
    if let from = query.occurredFrom { found = found.filter { from <= $0.event.occurredAt } }
    if let until = query.occurredUntil { found = found.filter { $0.event.occurredAt < until } }
    if let through = query.recordedThrough { found = found.filter { $0.recordedAt <= through } }
    if query.order == .backward { found.reverse() }
    return Array(found.prefix(query.limit ?? .max))
  }

  /// Checks a store's answer, position by position, and each event with all that the log says of it.
  func check(_ query: Query, in trial: Trial, file: StaticString = #fileID, line: UInt = #line) throws {
    let found = try trial.store.events(query)
    let expected = events(query)
    try expect(
      "positions of \(query.shown)", found.map(\.position.value), is: expected.map(\.position.value),
      file: file, line: line)
    for (found, expected) in zip(found, expected) {
      let place = "position \(expected.position) of \(query.shown)"
      try expect("id at \(place)", found.event.id, is: expected.event.id, file: file, line: line)
      try expect("recordedAt at \(place)", found.recordedAt, is: expected.recordedAt, file: file, line: line)
      try expect("customer at \(place)", found.customer, is: expected.customer, file: file, line: line)
      try expect(
        "customer number at \(place)", found.customerNumber, is: expected.customerNumber, file: file, line: line)
      try expect(
        "stream version at \(place)", found.streamVersion, is: expected.streamVersion, file: file, line: line)
    }
  }
}

extension Query {
  /// The query, for a message.
  var shown: String {
    var parts = [order == .forward ? "forward" : "backward"]
    if let from { parts.append("from \(from)") }
    if let until { parts.append("until \(until)") }
    if let customer { parts.append("of \(customer)") }
    if !types.isEmpty { parts.append("types \(types.sorted())") }
    if !channels.isEmpty { parts.append("channels \(channels.map(\.name).sorted())") }
    if !interactions.isEmpty { parts.append("interactions \(interactions.sorted())") }
    if let occurredFrom { parts.append("occurred from \(occurredFrom)") }
    if let occurredUntil { parts.append("occurred until \(occurredUntil)") }
    if let recordedThrough { parts.append("recorded through \(recordedThrough)") }
    if let limit { parts.append("limit \(limit)") }
    return "a reading " + parts.joined(separator: ", ")
  }

  /// A query with some random conditions, for a log of `count` events whose events `sample` shows.
  static func random(
    count: Int, sample: [OpenedEvent], using random: inout some RandomNumberGenerator,
  ) -> Query {
    var query = Query(order: random.oneIn(2) ? .forward : .backward)
    func position() -> Position { Position(UInt64.random(in: 0...UInt64(count + 2), using: &random)) }
    if random.oneIn(3) { query.from = position() }
    if random.oneIn(3) { query.until = position() }
    if random.oneIn(4) { query.limit = random.pick([0, 1, 2, 5, count, .max]) }
    guard !sample.isEmpty else { return query }
    if random.oneIn(3) { query.customer = random.pick(sample).customer }
    if random.oneIn(4) { query.types = Set((0..<3).map { _ in random.pick(sample).event.type }) }
    if random.oneIn(4) { query.channels = Set((0..<3).compactMap { _ in random.pick(sample).event.channel }) }
    if random.oneIn(5) {
      query.interactions = Set((0..<3).compactMap { _ in random.pick(sample).event.interaction })
    }
    if random.oneIn(5) { query.occurredFrom = random.pick(sample).event.occurredAt }
    if random.oneIn(5) { query.occurredUntil = random.pick(sample).event.occurredAt }
    if random.oneIn(4) {
      query.recordedThrough = random.pick(sample).recordedAt.adding(seconds: random.pick([-1, 0, 0, 1]))
    }
    return query
  }
}

import JSON
public import Touchlog

/// Makes random events that the catalogue accepts, of all its types and of types that it does not know.
///
/// The same seed gives the same events. Ids are never given twice by one generator. Customers, interactions and names
/// come from small pools, so that streams grow, interactions have several events, and links point to known customers.
/// No event is dated after `Samples.noon`.
///
/// ```swift
/// var generator = EventGenerator(seed: 7)
/// let receipt = try await store.append(generator.batch())
/// ```
public struct EventGenerator: Sendable {
  /// The numbers that the events are made from.
  public var random: SplitMix64
  private var made = 0

  /// The generator of that seed's events.
  public init(seed: UInt64) {
    random = SplitMix64(seed: seed)
  }

  /// The customers whom events concern: of every scheme that is normalised, and of one that is not.
  public static let customers: [Reference] =
    (1...6).map { Samples.customer($0) }
    + ["tel:+46701234567", "tel:+4684440000", "mailto:Anna@example.se", "shop:Å/17"].map { Reference(normalised: $0) }

  private static let types = Catalogue.all.filter { $0.concern != .log }
  private static let names = ["asta", "bo", "Åsa Öberg", "nattjour", "𝄞 support", "a b/c", "zoë"]
  private static let foreignTypes = ["acme.thing", "se.example.tåg", "contact.teleported"]

  /// One to eight events, mostly of several customers.
  public mutating func batch() -> [Event] {
    (0..<Int.random(in: 1...8, using: &random)).map { _ in event() }
  }

  /// One to eight events of one customer.
  public mutating func batch(of customer: Reference) -> [Event] {
    (0..<Int.random(in: 1...8, using: &random)).map { _ in event(of: customer) }
  }

  /// An event of somebody's, or about the company.
  public mutating func event() -> Event {
    let type = random.oneIn(12) ? nil : random.pick(EventGenerator.types)
    let isCompany = type?.concern == .company
    let isAnonymous = isCompany || random.oneIn(10)
    return event(of: isAnonymous ? nil : random.pick(EventGenerator.customers), type: type)
  }

  /// An event of that customer.
  public mutating func event(of customer: Reference) -> Event {
    let types = EventGenerator.types.filter { $0.concern != .company }
    return event(of: customer, type: random.oneIn(12) ? nil : random.pick(types))
  }

  private mutating func event(of customer: Reference?, type: EventType?) -> Event {
    made += 1
    let isContact = type?.concern == .interaction
    var event = Event(
      id: "event \(made)", source: random.pick(["/pbx", "/kiosk/7", "se.example"]),
      type: type?.name ?? random.pick(EventGenerator.foreignTypes), occurredAt: time(), subject: customer)
    if isContact || random.oneIn(4) { event.channel = random.pick(Channel.allCases) }
    if isContact || random.oneIn(8) { event.interaction = "call \(Int.random(in: 1...9, using: &random))" }
    if random.oneIn(3) { event.agent = random.pick(EventGenerator.names) }
    if random.oneIn(4) { event.team = random.pick(EventGenerator.names) }
    if random.oneIn(6) { event.location = random.pick(EventGenerator.names) }
    if random.oneIn(5) { event.topic = random.pick(EventGenerator.names) }
    while random.oneIn(5) {
      event.extensions[random.pick(["correlationid", "causationid", "shift", "isvip"])] =
        random.pick(["abc", 7, 2.50, true, "", "å"] as [JSONValue])
    }
    event.data = type.map { data(of: $0) } ?? foreignData()
    return event
  }

  /// Within the thirty days before noon, to the microsecond or to the second.
  private mutating func time() -> Timestamp {
    let time = Samples.noon.adding(seconds: -Int64.random(in: 0...2_592_000, using: &random))
    guard random.oneIn(2) else { return time }
    return Timestamp(microseconds: time.microseconds - Int64.random(in: 0..<1_000_000, using: &random))
  }

  private mutating func foreignData() -> [UInt8]? {
    let values: [JSONValue?] = [nil, .null, [:], [1, "two", nil], ["x": ["y": [-0.5, true]]], "text", 0]
    return random.pick(values).map { Array($0.text.utf8) }
  }

  /// `data` that keeps the type's rules, with some of the optional fields; sometimes with members of nobody's.
  private mutating func data(of type: EventType) -> [UInt8]? {
    let ordered = orderedValues(of: type)
    let indispensable = indispensableField(of: type)
    var members: [(key: String, value: JSONValue)] = []
    for member in type.fields {
      guard member.isRequired || member.field == indispensable || random.oneIn(2) else { continue }
      members.append((member.field.name, ordered[member.field] ?? value(for: member.field)))
    }
    if random.oneIn(6) { members.append(("remark", ["by": "nobody", "n": 1])) }
    if members.isEmpty, random.oneIn(2) { return nil }
    let data = JSONValue.object(members.shuffled(using: &random))
    return Array((random.oneIn(4) ? data.respelled(using: &random) : data.text).utf8)
  }

  private mutating func value(for field: Field) -> JSONValue {
    switch field.kind {
    case .choice(let words): .string(random.pick(words))
    case .name, .identifier: .string(random.pick(EventGenerator.names))
    case .text: random.pick(["", "hej", "rad 1\nrad 2 \u{1}", "👩‍👩‍👧 “quoted” \\ /"])
    case .time, .integer, .decimal: written(number(for: field), of: field)
    case .currency: random.pick(["SEK", "EUR", "USD"])
    case .reference: .string(random.pick(EventGenerator.customers + [Reference(normalised: "card:99")]).text)
    case .json: random.pick([["price", "delay"], ["age": 41.5], [], nil, "one"])
    }
  }

  private mutating func number(for field: Field) -> Int64 {
    switch field.kind {
    case .integer(let range): Int64.random(in: range.clamped(to: -1_000_000...1_000_000), using: &random)
    case .decimal(let range):
      // Halves and millionths, as people write them and as computers do.
      Int64.random(in: range.clamped(to: -20_000_000...20_000_000), using: &random) / 500_000 * 500_000
        + (random.oneIn(3) && range.contains(1_000_001) ? Int64.random(in: 0..<500_000, using: &random) : 0)
    default: time().microseconds
    }
  }

  private func written(_ number: Int64, of field: Field) -> JSONValue {
    switch field.kind {
    case .decimal: Field.decimalText(number).number
    case .time: .string(Timestamp(microseconds: number).rfc3339)
    default: String(number).number
    }
  }

  /// Ascending values for the fields that a rule puts in order.
  private mutating func orderedValues(of type: EventType) -> [Field: JSONValue] {
    var fields: [Field] = []
    for case .ascending(let first, let second) in type.rules {
      for field in [first, second] where !fields.contains(field) { fields.append(field) }
    }
    let numbers = fields.map { number(for: $0) }.sorted()
    return Dictionary(uniqueKeysWithValues: zip(fields, numbers).map { ($0, written($1, of: $0)) })
  }

  /// The field that satisfies a rule which asks for at least one.
  private mutating func indispensableField(of type: EventType) -> Field? {
    for case .atLeastOne(let fields) in type.rules { return random.pick(fields) }
    return nil
  }
}

extension EventGenerator {
  /// The same event in other words: equal in content, not in bytes. An event whose data is no JSON stays as it is.
  public mutating func respelling(_ event: Event) -> Event {
    guard let data = event.data else { return event }
    do {
      let text = try JSONValue(parsing: String(decoding: data, as: UTF8.self)).respelled(using: &random)
      return event.with { $0.data = Array(text.utf8) }
    } catch {
      return event
    }
  }

  /// An event with the same identity and other content, which the catalogue accepts too.
  public mutating func contradiction(of event: Event) -> Event {
    let choice = Int.random(in: 0..<6, using: &random)
    return event.with { other in
      switch choice {
      case 0: other.occurredAt = Timestamp(microseconds: event.occurredAt.microseconds - 1)
      case 1: other.agent = event.agent == nil ? "somebody" : nil
      case 2: other.team = (event.team ?? "") + "2"
      case 3: other.topic = (event.topic ?? "") + "2"
      case 4: other.extensions["shift"] = event.extensions["shift"] == nil ? 1 : nil
      default: other.location = event.location == nil ? "Kista" : nil
      }
    }
  }
}

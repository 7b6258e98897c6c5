import JSON

/// Checks events against the catalogue. One thread at a time uses a checker; it keeps its parser's buffers.
public struct EventChecker: ~Copyable, Sendable {
  private var parser = JSONParser(maximumBytes: Limits.dataBytes)
  private var lending = EventLending()

  /// A checker with empty buffers.
  public init() {}

  /// Checks one event.
  ///
  /// - Throws: `EventError`, which names the field, what was expected and what came.
  public mutating func check(_ event: Event) throws(EventError) -> CheckedEvent {
    var events = CheckedEvents()
    try check(event, into: &events)
    return CheckedEvent(event, as: events)
  }

  /// Checks one event, and adds it to others.
  ///
  /// - Throws: as `check(_:)`; `events` is as before then.
  public mutating func check(_ event: Event, into events: inout CheckedEvents) throws(EventError) {
    try EventChecker.check(event, parser: &parser, lending: &lending, into: &events)
  }

  private static func check(
    _ event: Event, parser: inout JSONParser, lending: inout EventLending, into events: inout CheckedEvents,
  ) throws(EventError) {
    try lending.withParts(of: event) { (parts) throws(EventError) in
      guard let data = event.data else { return try events.append(parts, data: EventData()) }
      do {
        try checkSize(of: data)
        let document = try parser.parse(data.span)
        try events.append(parts, data: EventData(document))
      } catch let error as JSONError {
        // What is wrong with the attributes is told first.
        try events.check(parts)
        throw EventError(field: "data", expected: "JSON", problem: "\(error)")
      } catch let error as EventError {
        try events.check(parts)
        throw error
      } catch {
        preconditionFailure("checking throws nothing else: \(error)")
      }
    }
  }

  private static func checkSize(of data: [UInt8]) throws(EventError) {
    guard data.count <= Limits.dataBytes else {
      throw EventError(field: "data", expected: "\(Limits.dataBytes) bytes at most", problem: "\(data.count) bytes")
    }
  }
}

extension CheckedEvents {
  /// Checks an event that is lent in parts, and adds it.
  ///
  /// - Parameter data: The event's `data`, of a document that was parsed strictly.
  /// - Throws: `EventError`, for the first thing that is not as it should be; the events are as before then.
  package mutating func append(_ parts: EventParts, data: EventData) throws(EventError) {
    let (plan, customer) = try checkAttributes(of: parts)
    let reading =
      if let plan { try DataReading(plan, data: data) } else {
        try DataReading(foreignType: parts.type, data: data)
      }
    try SensitiveTexts.check(parts, customer: customer, reading: reading, plan: plan)
    try parts.checkTime(latest: latest)
    take(parts, customer: customer, reading: reading)
  }

  /// Checks that an event that is here already is not dated after the latest time that is allowed.
  package func checkTime(of index: Int, latest: Timestamp) throws(EventError) {
    var parts = EventParts()
    parts.occurredAt = entries[index].header.occurredAt
    try parts.checkTime(latest: latest)
  }

  /// Checks all but `data`.
  func check(_ parts: EventParts) throws(EventError) {
    _ = try checkAttributes(of: parts)
  }

  private func checkAttributes(
    of parts: EventParts,
  ) throws(EventError) -> (plan: UnsafePointer<CheckPlan>?, customer: CustomerText) {
    try parts.checkNames()
    if !parts.extensions.isEmpty { try parts.checkExtensions() }
    let plan = CheckPlan.named(parts.type)
    let customer = try CustomerText(of: parts, concern: plan?.pointee.concern)
    if plan?.pointee.concern == .interaction {
      guard parts.channel != nil else {
        throw EventError(field: "channel", expected: "one of \(Channel.names.joined(separator: ", "))", found: nil)
      }
      guard parts.interaction.isPresent else {
        throw EventError(field: "interaction", expected: "the name of the contact that it is part of", found: nil)
      }
    }
    return (plan, customer)
  }
}

extension EventParts {
  func checkNames() throws(EventError) {
    try Limits.checkName(id, field: "id")
    try Limits.checkName(source, field: "source")
    try Limits.checkName(type, field: "type")
    if interaction.isPresent { try Limits.checkName(interaction, field: "interaction") }
    if agent.isPresent { try Limits.checkName(agent, field: "agent") }
    if team.isPresent { try Limits.checkName(team, field: "team") }
    if location.isPresent { try Limits.checkName(location, field: "location") }
    if topic.isPresent { try Limits.checkName(topic, field: "topic") }
    guard occurredAt >= .earliest else {
      throw EventError(field: "time", expected: "a time from 1900 on", found: occurredAt.rfc3339)
    }
  }

  /// - Throws: `EventError` of `time`, when it is after the latest that is allowed.
  func checkTime(latest: Timestamp) throws(EventError) {
    guard occurredAt <= latest else {
      throw EventError(
        field: "time", expected: "no more than a day ahead of the log's clock", found: occurredAt.rfc3339)
    }
  }

  private typealias Attribute = Event.Attribute

  /// CloudEvents 1.0: names are lower-case letters and digits, values are strings, numbers and booleans.
  func checkExtensions() throws(EventError) {
    var size = 0
    for (name, value) in extensions {
      let isName = name.utf8.allSatisfy { byte in
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
      }
      guard isName, !name.isEmpty else {
        throw EventError(
          field: "extensions", expected: "attributes' names of lower-case letters and digits", found: name)
      }
      guard Attribute(rawValue: name) == nil, !Event.logAttributes.contains(name) else {
        throw EventError(field: name, expected: "an extension", problem: "an attribute that has a place of its own")
      }
      switch value {
      case .bool, .number, .string: size += name.utf8.count + value.text.utf8.count + 4
      case .null, .array, .object:
        throw EventError(field: name, expected: "a string, a number, true or false", found: value.text)
      }
    }
    guard size <= Limits.extensionBytes else {
      throw EventError(
        field: "extensions", expected: "\(Limits.extensionBytes) bytes at most, together", problem: "\(size) bytes")
    }
  }
}

/// Whose stream an event belongs to, by its reference's text: the subject, or who stands in for it.
struct CustomerText {
  private let lent: EventParts.Text
  /// Where nothing can be lent.
  private let made: String?

  /// See "customer" among the words of the design.
  init(of parts: EventParts, concern: EventType.Concern?) throws(EventError) {
    switch concern {
    case .log:
      throw EventError(field: "type", expected: "a type that adapters send", found: parts.type.shown)
    case .company:
      try CustomerText.checkCompany(parts)
      self.init(made: Reference.company.text)
    case .interaction, .customer, nil:
      switch parts.subject {
      case .lent(let text): self.init(lent: text)
      case .reference(let reference): self.init(made: reference.text)
      case .none: self.init(made: try CustomerText.standIn(for: parts).text)
      }
    }
  }

  private init(lent: EventParts.Text) {
    self.lent = lent
    made = nil
  }

  private init(made: String) {
    lent = EventParts.Text(start: nil, count: 0)
    self.made = made
  }

  private static func checkCompany(_ parts: EventParts) throws(EventError) {
    let subject: String
    switch parts.subject {
    case .none: return
    case .lent(let text): subject = text.shown
    case .reference(let reference): subject = reference.text
    }
    guard subject.hasSameBytes(as: Reference.company.text) else {
      throw EventError(
        field: "subject", expected: "company:self or nothing, for \(parts.type.shown)", found: subject)
    }
  }

  private static func standIn(for parts: EventParts) throws(EventError) -> Reference {
    let stand =
      parts.interaction.isPresent
      ? Reference.anonymous(interaction: parts.interaction.shown)
      : Reference.anonymous(source: parts.source.shown, id: parts.id.shown)
    guard stand.text.utf8.count <= Limits.nameBytes else {
      throw EventError(
        field: "subject", expected: "a reference, as what stands in for it is longer than \(Limits.nameBytes) bytes",
        found: nil)
    }
    return stand
  }

  func withBytes<Result>(_ body: (EventParts.Text) throws -> Result) rethrows -> Result {
    guard var made else { return try body(lent) }
    return try made.withUTF8 { try body($0) }
  }

  /// Whether its value tells by itself who is meant, see `Reference.isSensitive`.
  var isSensitive: Bool {
    withBytes { Reference.isSensitive($0) }
  }

  var reference: Reference { Reference(normalised: made ?? lent.shown) }
}

/// What stays readable in the log must not tell who the customer is.
enum SensitiveTexts {
  static func check(
    _ parts: EventParts, customer: CustomerText, reading: DataReading, plan: UnsafePointer<CheckPlan>?,
  ) throws(EventError) {
    var sensitive: [Reference] = customer.isSensitive ? [customer.reference] : []
    for other in reading.references where other.reference.isSensitive { sensitive.append(other.reference) }
    guard !sensitive.isEmpty else { return }
    let texts: [(field: String, text: EventParts.Text)] = [
      ("id", parts.id), ("interaction", parts.interaction), ("source", parts.source), ("type", parts.type),
      ("agent", parts.agent), ("team", parts.team), ("location", parts.location), ("topic", parts.topic),
    ]
    for reference in sensitive {
      // Digits give a number away without its plus.
      let value = Array(reference.value.utf8.drop { $0 == UInt8(ascii: "+") })
      func check(_ text: EventParts.Text, _ field: @autoclosure () -> String) throws(EventError) {
        guard Span(_unsafeElements: text).containsFoldingCase(value.span) else { return }
        throw EventError(
          field: field(), expected: "a text without the customer's \(reference.scheme): it stays readable; hash it",
          found: text.shown)
      }
      for (field, text) in texts where text.isPresent { try check(text, field) }
      for slot in 0..<RecordLayout.maximumSlots where reading.nameSlots & 1 << UInt16(slot) != 0 {
        try check(
          reading.texts[slot], plan.map { "data.\($0.pointee.type.slotFields[slot].name)" } ?? "type")
      }
    }
  }
}

extension Span<UInt8> {
  /// Whether the bytes occur somewhere, ASCII letters compared without their case.
  func containsFoldingCase(_ other: Span<UInt8>) -> Bool {
    guard other.count > 0, count >= other.count else { return false }
    let first = Span.folded(other[0])
    for start in 0...(count - other.count) where Span.folded(self[start]) == first {
      var length = 1
      while length < other.count, Span.folded(self[start + length]) == Span.folded(other[length]) { length += 1 }
      if length == other.count { return true }
    }
    return false
  }

  private static func folded(_ byte: UInt8) -> UInt8 {
    byte &- UInt8(ascii: "A") < 26 ? byte | 0x20 : byte
  }
}

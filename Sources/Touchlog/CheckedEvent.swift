import JSON

/// An event that is what the catalogue asks for, with the values that its header keeps.
///
/// A class, because a copy of so many texts would cost a reference count for each.
public final class CheckedEvent: Sendable {
  /// The event as it came.
  public let event: Event
  /// Whose stream it belongs to: the subject, or who stands in for it.
  public let customer: Reference
  /// The type's declaration; nil for a type outside the catalogue.
  public let type: EventType?
  /// The choice bytes of the header.
  public let choices: (UInt8, UInt8)
  /// The fields that the header keeps, by slot; nil where absent.
  public let fields: [FieldValue?]
  /// `data` as it is sealed: without the references in it, which the header names by number.
  public let sealedData: [UInt8]?

  init(_ event: Event, customer: Reference, type: EventType?, reading: DataReading) {
    self.event = event
    self.customer = customer
    self.type = type
    choices = reading.choices
    fields = reading.fields
    sealedData = event.data.map { reading.sealing($0) }
  }
}

/// A field's value on its way into a header.
public enum FieldValue: Hashable, Sendable {
  /// As it is: a time in microseconds, a whole number, millionths, a currency's letters.
  case number(Int64)
  /// To be replaced by the name's number.
  case name(String)
  /// To be replaced by its hash.
  case identifier(String)
  /// To be replaced by the customer's number.
  case reference(Reference)
}

/// Checks events against the catalogue. One thread at a time uses a checker; it keeps its parser's buffers.
public struct EventChecker: ~Copyable, Sendable {
  private var parser = JSONParser(maximumBytes: Limits.dataBytes)

  /// A checker with empty buffers.
  public init() {}

  /// Checks one event.
  ///
  /// - Throws: `EventError`, which names the field, what was expected and what came.
  public mutating func check(_ event: Event) throws(EventError) -> CheckedEvent {
    try EventChecker.checkNames(of: event)
    if !event.extensions.isEmpty { try EventChecker.checkExtensions(of: event) }
    let type = Catalogue.type(named: event.type)
    let customer = try EventChecker.customer(of: event, type: type)
    if type?.concern == .interaction {
      guard event.channel != nil else {
        throw EventError(field: "channel", expected: "one of \(Channel.names.joined(separator: ", "))", found: nil)
      }
      guard event.interaction != nil else {
        throw EventError(field: "interaction", expected: "the name of the contact that it is part of", found: nil)
      }
    }
    var reading = DataReading(slots: type?.slotCount ?? 1)
    if let type {
      try read(event.data, of: type, into: &reading)
    } else {
      reading.fields[0] = .name(event.type)
      if let data = event.data { try parseAny(data) }
    }
    let checked = CheckedEvent(event, customer: customer, type: type, reading: reading)
    try EventChecker.checkReadableTexts(of: checked)
    return checked
  }

  private mutating func parseAny(_ data: [UInt8]) throws(EventError) {
    try EventChecker.checkSize(of: data)
    do {
      _ = try parser.parse(data.span)
    } catch {
      throw EventError(field: "data", expected: "JSON", problem: "\(error)")
    }
  }

  private mutating func read(
    _ data: [UInt8]?, of type: EventType, into reading: inout DataReading,
  ) throws(EventError) {
    guard let data else {
      if let missing = type.fields.first(where: \.isRequired) {
        throw EventError(field: "data.\(missing.field.name)", expected: missing.field.expectation, found: nil)
      }
      if !type.rules.isEmpty { try reading.checkRules(of: type) }
      return
    }
    try EventChecker.checkSize(of: data)
    do {
      let document = try parser.parse(data.span)
      guard document.root.kind == .object else {
        throw EventError(field: "data", expected: "a JSON object", problem: document.root.shown)
      }
      try reading.read(document.root, of: type)
    } catch let error as JSONError {
      throw EventError(field: "data", expected: "JSON", problem: "\(error)")
    } catch let error as EventError {
      throw error
    } catch {
      preconditionFailure("reading data throws nothing else: \(error)")
    }
  }

  private static func checkSize(of data: [UInt8]) throws(EventError) {
    guard data.count <= Limits.dataBytes else {
      throw EventError(field: "data", expected: "\(Limits.dataBytes) bytes at most", problem: "\(data.count) bytes")
    }
  }

  private static func checkNames(of event: Event) throws(EventError) {
    try Limits.checkName(event.id, field: "id")
    try Limits.checkName(event.source, field: "source")
    try Limits.checkName(event.type, field: "type")
    if let text = event.interaction { try Limits.checkName(text, field: "interaction") }
    if let text = event.agent { try Limits.checkName(text, field: "agent") }
    if let text = event.team { try Limits.checkName(text, field: "team") }
    if let text = event.location { try Limits.checkName(text, field: "location") }
    if let text = event.topic { try Limits.checkName(text, field: "topic") }
    guard event.occurredAt >= .earliest else {
      throw EventError(field: "time", expected: "a time from 1900 on", found: event.occurredAt.rfc3339)
    }
  }

  /// CloudEvents 1.0: names are lower-case letters and digits, values are strings, numbers and booleans.
  private static func checkExtensions(of event: Event) throws(EventError) {
    var size = 0
    for (name, value) in event.extensions {
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

  private typealias Attribute = Event.Attribute

  /// Whose stream the event belongs to: see "customer" among the words of the design.
  private static func customer(of event: Event, type: EventType?) throws(EventError) -> Reference {
    switch type?.concern {
    case .log:
      throw EventError(field: "type", expected: "a type that adapters send", found: event.type)
    case .company:
      guard event.subject == nil || event.subject == .company else {
        throw EventError(
          field: "subject", expected: "company:self or nothing, for \(event.type)", found: event.subject?.text)
      }
      return .company
    case .interaction, .customer, nil:
      if let subject = event.subject { return subject }
      let stand =
        event.interaction.map { Reference.anonymous(interaction: $0) }
        ?? Reference.anonymous(source: event.source, id: event.id)
      guard stand.text.utf8.count <= Limits.nameBytes else {
        throw EventError(
          field: "subject", expected: "a reference, as what stands in for it is longer than \(Limits.nameBytes) bytes",
          found: nil)
      }
      return stand
    }
  }

  /// What stays readable in the log must not tell who the customer is.
  private static func checkReadableTexts(of checked: CheckedEvent) throws(EventError) {
    var sensitive: [Reference] = checked.customer.isSensitive ? [checked.customer] : []
    for case .reference(let reference)? in checked.fields where reference.isSensitive { sensitive.append(reference) }
    guard !sensitive.isEmpty else { return }
    let event = checked.event
    let texts: [(field: String, text: String?)] = [
      ("id", event.id), ("interaction", event.interaction), ("source", event.source), ("type", event.type),
      ("agent", event.agent), ("team", event.team), ("location", event.location), ("topic", event.topic),
    ]
    for reference in sensitive {
      // Digits give a number away without its plus.
      let value = Array(reference.value.utf8.drop { $0 == UInt8(ascii: "+") })
      func check(_ text: String, _ field: @autoclosure () -> String) throws(EventError) {
        guard text.utf8.span.containsFoldingCase(value.span) else { return }
        throw EventError(
          field: field(), expected: "a text without the customer's \(reference.scheme): it stays readable; hash it",
          found: text)
      }
      for case (let field, let text?) in texts { try check(text, field) }
      for case (let slot, .name(let name)?) in checked.fields.enumerated() {
        try check(name, checked.type.map { "data.\($0.slotFields[slot].name)" } ?? "type")
      }
    }
  }
}

extension EventType {
  /// How many slots its header has at most.
  public var slotCount: Int { fields.count { $0.field.kind.headerForm == .slot } }

  /// The fields that its header keeps in slots, by slot.
  var slotFields: [Field] { fields.map(\.field).filter { $0.kind.headerForm == .slot } }
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

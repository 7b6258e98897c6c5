import JSON
import Touchlog

/// From a parsed JSON object to an event.
///
/// The parser and the names are handed in side by side, as the document borrows the one while the other is written.
enum EventReading {
  static func event(
    _ text: Span<UInt8>, parser: inout JSONParser, names: inout NameCache
  ) throws -> Event {
    let document = try parser.parse(text)
    return try event(document.root, names: &names)
  }

  /// - Parameter bytes: After them `JSONParser.padding` more are readable.
  static func event(
    padded bytes: UnsafeRawBufferPointer, parser: inout JSONParser, names: inout NameCache
  ) throws -> Event {
    let document = try parser.parse(padded: bytes)
    return try event(document.root, names: &names)
  }

  /// - Parameter bytes: After them `JSONParser.padding` more are readable.
  static func check(
    padded bytes: UnsafeRawBufferPointer, parser: inout JSONParser, into events: inout CheckedEvents
  ) throws {
    let document = try parser.parse(padded: bytes)
    try check(document.root, into: &events)
  }

  /// One event, or an array of them. After an error `events` holds those before it.
  static func events(
    _ text: Span<UInt8>, into events: inout [Event], isBatch: inout Bool, parser: inout JSONParser,
    names: inout NameCache
  ) throws {
    let document = try parser.parse(text)
    isBatch = document.root.kind == .array
    guard isBatch else { return events.append(try event(document.root, names: &names)) }
    events.reserveCapacity(document.root.count)
    var elements = document.root.children
    while let element = elements.next() { events.append(try event(element, names: &names)) }
  }

  /// One event object, as an `Event`.
  ///
  /// - Throws: `EventError`, which names the attribute.
  static func event(_ object: JSONNode, names: inout NameCache) throws(EventError) -> Event {
    let lent = try parts(of: object)
    let parts = lent.parts
    return Event(
      id: NameCache.copy(parts.id), source: names.text(parts.source), type: names.text(parts.type),
      occurredAt: parts.occurredAt, subject: parts.subject.reference, channel: parts.channel,
      interaction: parts.interaction.baseAddress == nil ? nil : NameCache.copy(parts.interaction),
      agent: names.optionalText(parts.agent), team: names.optionalText(parts.team),
      location: names.optionalText(parts.location), topic: names.optionalText(parts.topic),
      dataText: lent.dataText, extensions: parts.extensions)
  }

  /// One event object, checked and added to others.
  ///
  /// - Throws: `EventError`, which names the attribute; `events` is as before then.
  static func check(_ object: JSONNode, into events: inout CheckedEvents) throws(EventError) {
    let lent = try parts(of: object)
    try events.append(lent.parts, data: lent.data)
  }

  /// The attributes of an event object, lent by its document.
  @_lifetime(copy object)
  private static func parts(of object: JSONNode) throws(EventError) -> LentEvent {
    guard object.kind == .object else {
      throw EventError(field: "event", expected: "a JSON object", found: shown(object))
    }
    var isVersioned = false
    var hasTime = false
    var parts = EventParts()
    var data = EventData()
    var members = object.children
    // Which attribute a key is follows from its length and bytes: no text is made of a key that is known.
    while let node = members.next() {
      if node.isNull { continue }
      switch node.key.count {
      case 2 where node.hasKey("id"): parts.id = try text(node, "id")
      case 4 where node.hasKey("type"): parts.type = try text(node, "type")
      case 4 where node.hasKey("time"):
        parts.occurredAt = try instant(node)
        hasTime = true
      case 4 where node.hasKey("data"): data = EventData(node)
      case 4 where node.hasKey("team"): parts.team = try text(node, "team")
      case 5 where node.hasKey("agent"): parts.agent = try text(node, "agent")
      case 5 where node.hasKey("topic"): parts.topic = try text(node, "topic")
      case 6 where node.hasKey("source"): parts.source = try text(node, "source")
      case 7 where node.hasKey("subject"): parts.subject = try subject(node)
      case 7 where node.hasKey("channel"): parts.channel = try channel(node)
      case 8 where node.hasKey("location"): parts.location = try text(node, "location")
      case 11 where node.hasKey("interaction"): parts.interaction = try text(node, "interaction")
      case 11 where node.hasKey("specversion"):
        guard node.isString("1.0") else {
          throw EventError(field: "specversion", expected: "1.0", found: shown(node))
        }
        isVersioned = true
      default: try readExtension(node, into: &parts)
      }
    }
    guard isVersioned else { throw EventError(field: "specversion", expected: "1.0", found: nil) }
    if parts.id.isEmpty { throw missing("id") }
    if parts.source.isEmpty { throw missing("source") }
    if parts.type.isEmpty { throw missing("type") }
    guard hasTime else {
      throw EventError(field: "time", expected: expectedTime, found: nil)
    }
    return LentEvent(parts: parts, data: data)
  }

  private static let expectedTime = "an RFC 3339 time such as 2025-03-01T09:15:00Z"
  private static let expectedText = "a text that is not empty"

  private static func missing(_ field: String) -> EventError {
    EventError(field: field, expected: expectedText, found: nil)
  }

  private static func text(_ node: JSONNode, _ field: StaticString) throws(EventError) -> EventParts.Text {
    let bytes = node.unsafeUTF8
    guard node.kind == .string, !bytes.isEmpty else {
      throw EventError(field: "\(field)", expected: expectedText, found: shown(node))
    }
    return bytes
  }

  private static func instant(_ node: JSONNode) throws(EventError) -> Timestamp {
    guard node.kind == .string, let time = Timestamp(rfc3339: node.utf8.bytes) else {
      throw EventError(field: "time", expected: expectedTime, found: shown(node))
    }
    return time
  }

  private static func subject(_ node: JSONNode) throws(EventError) -> EventParts.Subject {
    guard node.kind == .string else {
      throw EventError(field: "subject", expected: "a reference scheme:value such as crm:42", found: shown(node))
    }
    if Reference.isNormal(node.unsafeUTF8) { return .lent(node.unsafeUTF8) }
    return .reference(try Reference(NameCache.copy(node.utf8)))
  }

  private static func channel(_ node: JSONNode) throws(EventError) -> Channel {
    guard node.kind == .string, let channel = Channel(name: node.unsafeUTF8) else {
      throw EventError(
        field: "channel", expected: "one of \(Channel.names.joined(separator: ", "))", found: shown(node))
    }
    return channel
  }

  private static func readExtension(_ node: JSONNode, into parts: inout EventParts) throws(EventError) {
    let name = NameCache.copy(node.key)
    if Event.logAttributes.contains(name) { return }
    if name == "data_base64" {
      throw EventError(field: name, expected: "data as JSON, as binary data is not kept", found: shown(node))
    }
    guard isAttributeName(node.key) else {
      throw EventError(
        field: "attribute name", expected: "lower-case letters and digits (CloudEvents 1.0)", found: name)
    }
    switch node.kind {
    case .string, .number, .true, .false: break
    case .null, .array, .object:
      throw EventError(field: name, expected: "a text, a number, true or false", found: shown(node))
    }
    if name == "datacontenttype" { try checkContentType(node) }
    parts.extensions[name] = JSONValue(node)
  }

  private static func isAttributeName(_ key: Span<UInt8>) -> Bool {
    for index in key.indices {
      switch key[index] {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): continue
      default: return false
      }
    }
    return !key.isEmpty
  }

  /// RFC 2045: parameters follow a semicolon, and a media type has no case.
  private static func checkContentType(_ node: JSONNode) throws(EventError) {
    let text = node.string ?? ""
    let end = text.firstIndex(of: ";") ?? text.endIndex
    var type = text[..<end].lowercased()
    while type.last == " " { type.removeLast() }
    guard type == "application/json" || type.hasSuffix("+json") else {
      throw EventError(
        field: "datacontenttype", expected: "application/json, or a type that ends in +json", found: shown(node))
    }
  }

  private static func shown(_ node: JSONNode) -> String {
    node.string ?? NameCache.copy(node.raw)
  }
}

/// The parts of an event and its `data`, lent by their document.
struct LentEvent: ~Escapable {
  let parts: EventParts
  let data: EventData

  @_lifetime(copy data)
  init(parts: EventParts, data: EventData) {
    self.parts = parts
    self.data = data
  }

  /// `data` as it came; nil where there is none.
  var dataText: [UInt8]? {
    data.text.baseAddress == nil ? nil : Array(data.text)
  }
}

extension EventParts.Subject {
  /// As a reference of its own; nil for none.
  var reference: Reference? {
    switch self {
    case .none: nil
    case .lent(let text): Reference(normalised: NameCache.copy(text))
    case .reference(let reference): reference
    }
  }
}

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

  /// - Throws: `EventError`, which names the attribute.
  static func event(_ object: JSONNode, names: inout NameCache) throws(EventError) -> Event {
    guard object.kind == .object else {
      throw EventError(field: "event", expected: "a JSON object", found: shown(object))
    }
    var isVersioned = false
    var time: Timestamp?
    var event = Event(id: "", source: "", type: "", occurredAt: .earliest, dataText: nil)
    var members = object.children
    // Which attribute a key is follows from its length and bytes: no text is made of a key that is known.
    while let node = members.next() {
      if node.isNull { continue }
      switch node.key.count {
      case 2 where node.hasKey("id"): event.id = try text(node, "id")
      case 4 where node.hasKey("type"): event.type = names.text(try utf8(node, "type"))
      case 4 where node.hasKey("time"): time = try instant(node)
      case 4 where node.hasKey("data"): event.data = bytes(node.raw)
      case 4 where node.hasKey("team"): event.team = names.text(try utf8(node, "team"))
      case 5 where node.hasKey("agent"): event.agent = names.text(try utf8(node, "agent"))
      case 5 where node.hasKey("topic"): event.topic = names.text(try utf8(node, "topic"))
      case 6 where node.hasKey("source"): event.source = names.text(try utf8(node, "source"))
      case 7 where node.hasKey("subject"): event.subject = try reference(node)
      case 7 where node.hasKey("channel"): event.channel = try channel(node)
      case 8 where node.hasKey("location"): event.location = names.text(try utf8(node, "location"))
      case 11 where node.hasKey("interaction"): event.interaction = try text(node, "interaction")
      case 11 where node.hasKey("specversion"):
        guard node.isString("1.0") else {
          throw EventError(field: "specversion", expected: "1.0", found: shown(node))
        }
        isVersioned = true
      default: try readExtension(node, into: &event)
      }
    }
    guard isVersioned else { throw EventError(field: "specversion", expected: "1.0", found: nil) }
    if event.id.isEmpty { throw missing("id") }
    if event.source.isEmpty { throw missing("source") }
    if event.type.isEmpty { throw missing("type") }
    guard let time else {
      throw EventError(field: "time", expected: expectedTime, found: nil)
    }
    event.occurredAt = time
    return event
  }

  private static let expectedTime = "an RFC 3339 time such as 2025-03-01T09:15:00Z"
  private static let expectedText = "a text that is not empty"

  private static func missing(_ field: String) -> EventError {
    EventError(field: field, expected: expectedText, found: nil)
  }

  @_lifetime(copy node)
  private static func utf8(_ node: JSONNode, _ field: StaticString) throws(EventError) -> Span<UInt8> {
    let bytes = node.utf8
    guard node.kind == .string, !bytes.isEmpty else {
      throw EventError(field: "\(field)", expected: expectedText, found: shown(node))
    }
    return bytes
  }

  private static func text(_ node: JSONNode, _ field: StaticString) throws(EventError) -> String {
    NameCache.copy(try utf8(node, field))
  }

  private static func instant(_ node: JSONNode) throws(EventError) -> Timestamp {
    guard node.kind == .string, let time = Timestamp(rfc3339: node.utf8.bytes) else {
      throw EventError(field: "time", expected: expectedTime, found: shown(node))
    }
    return time
  }

  private static func reference(_ node: JSONNode) throws(EventError) -> Reference {
    guard node.kind == .string else {
      throw EventError(field: "subject", expected: "a reference scheme:value such as crm:42", found: shown(node))
    }
    return try Reference(NameCache.copy(node.utf8))
  }

  private static func channel(_ node: JSONNode) throws(EventError) -> Channel {
    guard node.kind == .string, let channel = Channel(name: NameCache.copy(node.utf8)) else {
      throw EventError(
        field: "channel", expected: "one of \(Channel.names.joined(separator: ", "))", found: shown(node))
    }
    return channel
  }

  private static func bytes(_ raw: Span<UInt8>) -> [UInt8] {
    raw.withUnsafeBufferPointer { Array($0) }
  }

  private static func readExtension(_ node: JSONNode, into event: inout Event) throws(EventError) {
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
    event.extensions[name] = JSONValue(node)
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

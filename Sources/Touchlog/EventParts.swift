/// An event's attributes, lent by whoever has read it, on their way into `CheckedEvents`.
///
/// The texts point into the memory of a parsed document or of an event, and must not be used once that is gone: whoever
/// makes the parts sees to it. An absent text has no address.
package struct EventParts {
  package typealias Text = UnsafeBufferPointer<UInt8>

  /// Whom an event is about, where it says so.
  package enum Subject {
    case none
    /// A reference's text that is surely in normal form, see `Reference.isNormal`.
    case lent(Text)
    case reference(Reference)
  }

  package var id = Text(start: nil, count: 0)
  package var source = Text(start: nil, count: 0)
  package var type = Text(start: nil, count: 0)
  package var occurredAt = Timestamp.earliest
  package var subject = Subject.none
  package var channel: Channel?
  package var interaction = Text(start: nil, count: 0)
  package var agent = Text(start: nil, count: 0)
  package var team = Text(start: nil, count: 0)
  package var location = Text(start: nil, count: 0)
  package var topic = Text(start: nil, count: 0)
  package var extensions: [String: JSONValue] = [:]

  package init() {}
}

/// An event's `data`, lent: parsed, and as it came.
package struct EventData: ~Escapable {
  /// Nil where there is none.
  let node: JSONNode?
  package let text: EventParts.Text
  /// Where the text begins in that of the document.
  let offset: Int

  /// No `data`.
  @_lifetime(immortal)
  package init() {
    node = nil
    text = EventParts.Text(start: nil, count: 0)
    offset = 0
  }

  /// A value in a larger document.
  @_lifetime(copy node)
  package init(_ node: JSONNode) {
    self.node = node
    text = node.unsafeRaw
    offset = node.offset
  }

  /// A whole document, with the space around its value.
  @_lifetime(copy document)
  init(_ document: JSONDocument) {
    node = document.root
    text = document.unsafeText
    offset = 0
  }
}

extension EventParts.Text {
  /// Whether the attribute is there at all, be it empty.
  var isPresent: Bool { baseAddress != nil }

  /// The text for a message.
  package var shown: String { String(decoding: self, as: UTF8.self) }
}

/// Lends the attributes of events, one event after the other.
struct EventLending: ~Copyable {
  private var bytes: [UInt8] = []

  /// Calls `body` with the parts of an event.
  mutating func withParts(of event: Event, _ body: (EventParts) throws(EventError) -> Void) throws(EventError) {
    bytes.removeAll(keepingCapacity: true)
    let texts = [
      event.id, event.source, event.type, event.interaction, event.agent, event.team, event.location, event.topic,
    ]
    for case let text? in texts { bytes.append(contentsOf: text.utf8) }
    // An empty text has an address too, which tells it from an absent one.
    bytes.append(0)
    try bytes.withUnsafeBufferPointer { (bytes) throws(EventError) in
      var offset = 0
      func lent(_ text: String?) -> EventParts.Text {
        guard let text else { return EventParts.Text(start: nil, count: 0) }
        let count = text.utf8.count
        defer { offset += count }
        return EventParts.Text(start: bytes.baseAddress.map { $0 + offset }, count: count)
      }
      var parts = EventParts()
      parts.id = lent(event.id)
      parts.source = lent(event.source)
      parts.type = lent(event.type)
      parts.interaction = lent(event.interaction)
      parts.agent = lent(event.agent)
      parts.team = lent(event.team)
      parts.location = lent(event.location)
      parts.topic = lent(event.topic)
      parts.occurredAt = event.occurredAt
      parts.subject = event.subject.map { .reference($0) } ?? .none
      parts.channel = event.channel
      parts.extensions = event.extensions
      try body(parts)
    }
  }
}

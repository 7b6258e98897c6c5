public import JSON
public import Touchlog

/// Writes events as CloudEvents 1.0 in JSON; `CloudEventsDecoder` reads them.
///
/// The order of attributes is always the same: those that have a place in `Event`, in its order; all others by name;
/// those of the log; `data` at the end. So an event is written with the same bytes each time.
public enum CloudEvents {
  /// The media type of one event (CloudEvents 1.0.2, "JSON Event Format", section 3).
  public static let mediaType = "application/cloudevents+json"
  /// The media type of an array of events (section 4).
  public static let batchMediaType = "application/cloudevents-batch+json"

  /// One event object.
  public static func encode(_ event: Event) -> [UInt8] {
    var writer = JSONWriter()
    write(event, to: &writer)
    return writer.bytes
  }

  /// One event object, with what the log knows of it.
  public static func encode(_ event: OpenedEvent) -> [UInt8] {
    var writer = JSONWriter()
    write(event, to: &writer)
    return writer.bytes
  }

  /// As `encode` of an event that the log gives out, in one line. Line breaks can stand nowhere but between the tokens
  /// of `data`, which is kept as it came; they become spaces.
  public static func encodeLine(_ event: OpenedEvent) -> [UInt8] {
    var bytes = encode(event)
    for (index, byte) in bytes.enumerated() where byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\r") {
      bytes[index] = UInt8(ascii: " ")
    }
    return bytes
  }

  /// Writes an event as the writer's next value.
  ///
  /// A subject that only stands in for somebody unknown (`Reference.anonymous`) is left out: it follows from the rest.
  public static func write(_ event: Event, to writer: inout JSONWriter) {
    writer.object { object in
      writeAttributes(of: event, to: &object)
      writeData(of: event, to: &object)
    }
  }

  /// Writes an event as the writer's next value, with the attributes of the log: `position`, `recordedat`,
  /// `customernumber` and `streamversion`, which the decoder passes over.
  public static func write(_ opened: OpenedEvent, to writer: inout JSONWriter) {
    writer.object { object in
      writeAttributes(of: opened.event, to: &object)
      object.key("position")
      object.integer(opened.position.value)
      object.key("recordedat")
      object.string(opened.recordedAt.rfc3339)
      object.key("customernumber")
      object.integer(opened.customerNumber.value)
      object.key("streamversion")
      object.integer(opened.streamVersion)
      writeData(of: opened.event, to: &object)
    }
  }

  private static func writeAttributes(of event: Event, to object: inout JSONWriter) {
    func attribute(_ name: String, _ value: String?) {
      guard let value else { return }
      object.key(name)
      object.string(value)
    }
    attribute("specversion", "1.0")
    attribute("id", event.id)
    attribute("source", event.source)
    attribute("type", event.type)
    attribute("time", event.occurredAt.rfc3339)
    attribute("subject", namedSubject(of: event)?.text)
    attribute("channel", event.channel?.name)
    attribute("interaction", event.interaction)
    attribute("agent", event.agent)
    attribute("team", event.team)
    attribute("location", event.location)
    attribute("topic", event.topic)
    let extensions = event.extensions.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    for (name, value) in extensions {
      object.key(name)
      object.value(value)
    }
  }

  private static func writeData(of event: Event, to object: inout JSONWriter) {
    guard let data = event.data else { return }
    object.key("data")
    object.raw(data.span)
  }

  private static func namedSubject(of event: Event) -> Reference? {
    let standIn =
      event.interaction.map { Reference.anonymous(interaction: $0) }
      ?? Reference.anonymous(source: event.source, id: event.id)
    return event.subject == standIn ? nil : event.subject
  }
}

import JSON
import Testing
import Touchlog
import TouchlogAdapters

@Suite struct `Writing CloudEvents` {
  static let full = Event(
    id: "a \"quoted\" id", source: "/pbx", type: "contact.started",
    occurredAt: Timestamp(microseconds: 1_740_820_500_250_000),
    subject: Reference(normalised: "crm:42"), channel: .phone, interaction: "pbx-17", agent: "anna", team: "t",
    location: "Umeå", topic: "invoice", dataText: Array(#"{"direction": "inbound"}"#.utf8),
    extensions: ["zone": 1.5, "alpha": "x", "vip": true])

  @Test func `attributes stand in their order`() {
    #expect(
      String(decoding: CloudEvents.encode(Self.full), as: UTF8.self)
        == #"{"specversion":"1.0","id":"a \"quoted\" id","source":"/pbx","type":"contact.started","#
        + #""time":"2025-03-01T09:15:00.250Z","subject":"crm:42","channel":"phone","interaction":"pbx-17","#
        + #""agent":"anna","team":"t","location":"Umeå","topic":"invoice","alpha":"x","vip":true,"zone":1.5,"#
        + #""data":{"direction": "inbound"}}"#)
  }

  @Test func `an event of the log bears what the log knows`() {
    let opened = OpenedEvent(
      position: Position(17), recordedAt: Timestamp(seconds: 1_740_820_501), customerNumber: CustomerNumber(3),
      customer: Reference(normalised: "crm:42"), streamVersion: 2,
      event: Event(id: "1", source: "s", type: "t", occurredAt: Timestamp(seconds: 0), data: [1]))
    #expect(
      String(decoding: CloudEvents.encode(opened), as: UTF8.self)
        == #"{"specversion":"1.0","id":"1","source":"s","type":"t","time":"1970-01-01T00:00:00Z","position":17,"#
        + #""recordedat":"2025-03-01T09:15:01Z","customernumber":3,"streamversion":2,"data":[1]}"#)
  }

  @Test func `whoever only stands in for somebody is left out`() throws {
    var event = Event(id: "1", source: "s", type: "t", occurredAt: Timestamp(seconds: 0), dataText: nil)
    event.subject = .anonymous(source: "s", id: "1")
    #expect(try Self.again(event).subject == nil)
    event.interaction = "i"
    #expect(try Self.again(event).subject == event.subject)
    event.subject = .anonymous(interaction: "i")
    #expect(try Self.again(event).subject == nil)
    event.subject = .company
    #expect(try Self.again(event).subject == .company)
  }

  @Test func `what is written is read again as it was`() throws {
    var opened = OpenedEvent(
      position: Position(1), recordedAt: Timestamp(seconds: 1), customerNumber: CustomerNumber(1), customer: nil,
      streamVersion: 0, event: Self.full)
    try Self.expectSame(try Self.again(Self.full), Self.full)
    try Self.expectSame(try Self.again(bytes: CloudEvents.encode(opened)), Self.full)
    // Every attribute by itself, and texts that need escapes.
    for text in ["\"", "\\", "\n\u{1}", "å̈🎉", String(repeating: "x", count: 480)] {
      for (field, _) in Self.optional {
        var event = Event(id: text, source: text, type: text, occurredAt: Timestamp(microseconds: -1), dataText: nil)
        event[keyPath: field] = text
        opened = OpenedEvent(
          position: Position(.max), recordedAt: Timestamp(seconds: 1), customerNumber: CustomerNumber(.max),
          customer: nil, streamVersion: .max, event: event)
        try Self.expectSame(try Self.again(bytes: CloudEvents.encode(opened)), event)
      }
    }
  }

  static var optional: [(WritableKeyPath<Event, String?>, String)] {
    [
      (\.interaction, "interaction"), (\.agent, "agent"), (\.team, "team"), (\.location, "location"),
      (\.topic, "topic"),
    ]
  }

  static func again(_ event: Event) throws -> Event { try again(bytes: CloudEvents.encode(event)) }

  static func again(bytes: [UInt8]) throws -> Event {
    var decoder = CloudEventsDecoder()
    return try decoder.event(bytes.span)
  }

  static func expectSame(_ a: Event, _ b: Event) throws {
    #expect(a.id == b.id && a.source == b.source && a.type == b.type && a.occurredAt == b.occurredAt)
    #expect(a.subject == b.subject && a.channel == b.channel && a.data == b.data && a.extensions == b.extensions)
    for (field, name) in optional { #expect(a[keyPath: field] == b[keyPath: field], "\(name)") }
  }
}

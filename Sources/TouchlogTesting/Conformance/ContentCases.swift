import JSON
import Touchlog

extension EventStoreConformance {
  /// Which events have the same content.
  static let contentCases = [
    Case("the same content in other words is the same event") { trial in
      for (position, pair) in try sameContents().enumerated() {
        try await trial.append([pair.event])
        for other in pair.others { try await trial.expectDuplicate(other, at: Position(UInt64(position)), pair.name) }
        try await trial.append([pair.event] + pair.others)
      }
    },
    Case("random events in other words are the same events") { trial in
      var generator = EventGenerator(seed: 3)
      let events = (0..<60).map { _ in generator.event() }
      try await trial.append(events)
      for (position, event) in events.enumerated() {
        let other = generator.respelling(event)
        try await trial.expectDuplicate(
          other, at: Position(UInt64(position)), "of event \(position) of seed 3, with data \(other.shown("data"))")
      }
      try trial.expectLog(events)
    },
    Case("other content in any field is a conflict that names it") { trial in
      try await trial.append([Samples.praise("before", of: Samples.customer(2))])
      try await trial.append([fullEvent])
      for (field, other) in try contradictions() {
        try await trial.expectAppend(
          [Samples.praise("new"), other],
          ends: .refused(
            .conflict(
              index: 1, id: fullEvent.id, source: fullEvent.source, stored: Position(1), field: field)))
      }
      try trial.expectLog([Samples.praise("before", of: Samples.customer(2)), fullEvent])
    },
    Case("other content within a request is a conflict that names it") { trial in
      for (field, other) in try contradictions() {
        try await trial.expectAppend(
          [Samples.praise("new"), fullEvent, other],
          ends: .refused(
            .conflictWithinRequest(
              index: 2, earlier: 1, id: fullEvent.id, source: fullEvent.source, field: field)))
      }
      try trial.expectLog([])
    },
    Case("of several differences the first is named") { trial in
      try await trial.append([fullEvent])
      let changes = try contradictions().filter { !["added", "zone"].contains($0.field) }
      var all = fullEvent
      // From the last to the first: with each step an earlier field differs as well.
      for (field, other) in changes.reversed() {
        all.take(field, from: other)
        try await trial.expectAppend(
          [all],
          ends: .refused(
            .conflict(index: 0, id: all.id, source: all.source, stored: Position(0), field: field)))
      }
    },
  ]

  /// An event with everything that an event can have.
  private static let fullEvent = Event(
    id: "full", source: "/pbx", type: "complaint.raised", occurredAt: Samples.noon, subject: Samples.customer(1),
    channel: .phone, interaction: "call 1", agent: "asta", team: "north", location: "kista", topic: "invoice",
    data: ["severity": 3, "text": "too late"], extensions: ["shift": 1, "zone": "b"])

  /// The event with one thing changed, which each time is the first and only difference; some things in several ways.
  private static func contradictions() throws -> [(field: String, event: Event)] {
    let microsecond = Timestamp(microseconds: Samples.noon.microseconds + 1)
    var all: [(field: String, event: Event)] = [
      ("type", fullEvent.with { $0.type = "praise.given" }),
      ("type", fullEvent.with { $0.type = "acme.complaint" }),
      ("time", fullEvent.with { $0.occurredAt = microsecond }),
      ("subject", fullEvent.with { $0.subject = Samples.customer(2) }),
      ("subject", fullEvent.with { $0.subject = nil }),
      ("channel", fullEvent.with { $0.channel = .chat }),
      ("channel", fullEvent.with { $0.channel = nil }),
    ]
    let texts: [(String, WritableKeyPath<Event, String?>)] = [
      ("interaction", \.interaction), ("agent", \.agent), ("team", \.team), ("location", \.location),
      ("topic", \.topic),
    ]
    for (field, path) in texts {
      all.append((field, fullEvent.with { $0[keyPath: path] = "another" }))
      all.append((field, fullEvent.with { $0[keyPath: path] = nil }))
    }
    let data = [
      #"{"severity":4,"text":"too late"}"#, #"{"severity":3,"text":"Too late"}"#, #"{"severity":3}"#, "{}",
      #"{"severity":3,"text":"too late","more":null}"#, #"{"severity":3,"text":"too late","more":[]}"#,
      #"{"severity":null,"text":"too late"}"#,
    ]
    for text in data { all.append(("data", fullEvent.with { $0.data = Array(text.utf8) })) }
    all.append(("data", fullEvent.with { $0.data = nil }))
    let shifts: [JSONValue?] = [2, "1", true, 1.000001, nil]
    for shift in shifts { all.append(("shift", fullEvent.with { $0.extensions["shift"] = shift })) }
    all.append(("added", fullEvent.with { $0.extensions["added"] = false }))
    all.append(("zone", fullEvent.with { $0.extensions["zone"] = nil }))
    return all
  }

  /// Events, each with others that say the same.
  private static func sameContents() throws -> [(name: String, event: Event, others: [Event])] {
    func foreign(_ id: String, _ data: String, _ extensions: [String: JSONValue] = [:]) -> Event {
      Event(
        id: id, source: "/acme", type: "acme.thing", occurredAt: Samples.noon, dataText: Array(data.utf8),
        extensions: extensions)
    }
    func times(_ texts: [String]) -> [Event] {
      texts.map { text in
        Samples.praise("time").with { $0.occurredAt = Timestamp(rfc3339: text) ?? $0.occurredAt.adding(seconds: 1) }
      }
    }
    let instants = times([
      "2025-03-01T12:00:00Z", "2025-03-01T13:00:00+01:00", "2025-03-01t06:30:00.000000-05:30",
      "2025-03-01T12:00:00.0000009Z",
    ])
    return [
      (
        "with its members in another order, other spacing and escapes",
        foreign("order", #"{"a":1,"b":{"c":[true,null],"d":"x/y"}}"#),
        [foreign("order", "\n{ \"b\" : {\"d\":\"\\u0078\\/y\", \"c\":[ true , null ]},\t\"\\u0061\" : 1 }\r\n")]
      ),
      (
        "with numbers in other forms", foreign("number", "[1,0,12.5,1000000000000000000001]"),
        ["[1.0,-0,1.25e1,1000000000000000000001.00]", "[10e-1,0e7,12.50,1000000000000000000.001E3]"]
          .map { foreign("number", $0) }
      ),
      (
        "with its extensions' numbers in other forms", foreign("extension", "{}", ["shift": 1, "zone": 2.5]),
        [foreign("extension", "{}", ["zone": .number("25e-1"), "shift": 1.0])]
      ),
      ("at the same instant in another offset", instants[0], Array(instants.dropFirst())),
      (
        "with its subject in another spelling", Samples.praise("tel", of: try Reference("tel:+46701234567")),
        [
          Samples.praise("tel", of: try Reference("TEL:+46 70-123 45 67")),
          Samples.praise("tel", of: Reference(normalised: "tel:+46701234567")),
        ]
      ),
      (
        "with a reference in data in another spelling",
        Samples.link("link", of: Samples.customer(1), with: "tel:+46 8-123 456"),
        ["tel:+468123456", "Tel:+46(8)123456"].map { Samples.link("link", of: Samples.customer(1), with: $0) }
      ),
      (
        "whose subject only says who stands in for it",
        Samples.event("stand-in", "contact.held", of: nil, channel: .chat, interaction: "chat-1"),
        [
          Samples.event(
            "stand-in", "contact.held", of: try Reference("anon:chat-1"), channel: .chat, interaction: "chat-1")
        ]
      ),
    ]
  }
}

extension Event {
  /// Makes one field, by the name that `firstDifference` gives it, what it is in another event.
  fileprivate mutating func take(_ field: String, from other: Event) {
    switch field {
    case "type": type = other.type
    case "time": occurredAt = other.occurredAt
    case "subject": subject = other.subject
    case "channel": channel = other.channel
    case "interaction": interaction = other.interaction
    case "agent": agent = other.agent
    case "team": team = other.team
    case "location": location = other.location
    case "topic": topic = other.topic
    case "data": data = other.data
    default: extensions[field] = other.extensions[field]
    }
  }
}

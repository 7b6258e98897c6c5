import JSON
import Touchlog

extension EventStoreConformance {
  private static let longName = String(repeating: "n", count: Limits.nameBytes)
  /// 480 bytes in 160 characters.
  private static let longWideName = String(repeating: "語", count: Limits.nameBytes / 3)

  /// Names and texts of an event, by the field that a refusal names.
  private static let names: [(field: String, set: @Sendable (inout Event, String) -> Void)] = [
    ("id", { $0.id = $1 }), ("source", { $0.source = $1 }), ("type", { $0.type = $1 }),
    ("interaction", { $0.interaction = $1 }), ("agent", { $0.agent = $1 }), ("team", { $0.team = $1 }),
    ("location", { $0.location = $1 }), ("topic", { $0.topic = $1 }),
  ]

  /// How large things may be.
  static let limitCases = [
    Case("names of 480 bytes are stored, told apart and given back") { trial in
      var events: [Event] = []
      for (field, set) in names {
        for long in [longName, longName.dropLast() + "m", longWideName] {
          events.append(Samples.praise("\(field) \(events.count)").with { set(&$0, String(long)) })
        }
      }
      let all = Samples.praise("all").with { event in for (_, set) in names { set(&event, longName) } }
      let value = String(repeating: "9", count: Limits.nameBytes - 4)
      for customer in ["crm:" + value, "crm:" + value.dropLast() + "8"] {
        events.append(Samples.praise("of \(events.count)", of: try Reference(customer)))
        events.append(Samples.link("to \(events.count)", of: Samples.customer(1), with: customer))
      }
      try await trial.append(events + [all])
      try trial.expectLog(events + [all])
      for (position, event) in events.enumerated() {
        try await trial.expectDuplicate(event, at: Position(UInt64(position)), "with a long name")
      }
      let stream = try trial.store.events(Query(customer: try Reference("crm:" + value)))
      try expect("events of a customer with a long name", stream.count, is: 1)
    },
    Case("names that are empty, longer or hold control characters are refused") { trial in
      for (field, set) in names {
        for name in ["", longName + "n", longWideName + "n", "a\u{0}b", "a\nb", "a\u{7F}", "\u{85}b"] {
          try await trial.expectAppend(
            [Samples.praise("x").with { set(&$0, name) }], ends: .invalid(0, field), "\(field) of \(name.utf8.count)")
        }
      }
      try trial.expectLog([])
    },
    Case("a reference that stands in for a customer is no longer than another") { trial in
      let source = String(repeating: "s", count: 240)
      let fitting = Samples.praise(String(repeating: "i", count: 231), of: nil).with { $0.source = source }
      try await trial.append([fitting])
      try await trial.expectAppend([fitting.with { $0.id += "i" }], ends: .invalid(0, "subject"))
      try await trial.expectAppend(
        [Samples.praise("x", of: nil).with { $0.interaction = longName }], ends: .invalid(0, "subject"))
      try trial.expectLog([fitting])
    },
    Case("data of a mebibyte is stored and given back, and no more") { trial in
      func text(of bytes: Int) -> [UInt8] {
        Array(#"{"text":""#.utf8) + [UInt8](repeating: UInt8(ascii: "x"), count: bytes - 11) + Array(#""}"#.utf8)
      }
      let sizes = [4000, 4096, 65_536, Limits.dataBytes - 1, Limits.dataBytes]
      let events = sizes.map { size in Samples.praise("\(size)").with { $0.data = text(of: size) } }
      let foreign = Samples.event("foreign", "acme.thing", of: nil).with { $0.data = text(of: Limits.dataBytes) }
      try await trial.append(events + [foreign])
      try await trial.append(events)
      for type in ["praise.given", "acme.thing"] {
        let large = Samples.event("x", type, of: nil).with { $0.data = text(of: Limits.dataBytes + 1) }
        try await trial.expectAppend([large], ends: .invalid(0, "data"), "data of a byte too much")
      }
      try trial.expectLog(events + [foreign])
    },
    Case("extensions of 64 kibibytes are stored and given back, and no more") { trial in
      func event(_ id: String, extensionBytes: Int) -> Event {
        // "long":"…",
        let text = String(repeating: "x", count: extensionBytes - 10)
        return Samples.praise(id).with { $0.extensions = ["long": .string(text)] }
      }
      let largest = event("largest", extensionBytes: Limits.extensionBytes)
      try await trial.append([largest])
      try await trial.expectAppend(
        [event("x", extensionBytes: Limits.extensionBytes + 1)], ends: .invalid(0, "extensions"))
      try trial.expectLog([largest])
    },
    Case("more events than an append may have are refused") { trial in
      let events = [Event](repeating: Samples.praise("1"), count: Limits.eventsPerAppend + 1)
      try await trial.expectAppend(events, ends: .refused(.tooManyEvents(events.count)))
      try await trial.expectAppend(
        events.map { $0.with { $0.id = "" } }, expecting: .version(7), ends: .refused(.tooManyEvents(events.count)))
      try trial.expectLog([])
    },
    Case("a readable text that gives a number or an address away is refused") { trial in
      let number = try Reference("tel:+46701234567")
      let address = try Reference("mailto:Anna@example.se")
      for (field, set) in names where field != "type" {
        try await trial.expectAppend(
          [Samples.praise("x", of: number).with { set(&$0, "call-46701234567-1") }], ends: .invalid(0, field))
        try await trial.expectAppend(
          [Samples.praise("x", of: address).with { set(&$0, "from ANNA@EXAMPLE.SE") }], ends: .invalid(0, field))
      }
      try await trial.expectAppend(
        [Samples.link("x +46701234567", of: Samples.customer(1), with: number.text)], ends: .invalid(0, "id"))
      try trial.expectLog([])
    },
  ]
}

import JSON
import Touchlog

extension EventStoreConformance {
  private static let types = Catalogue.all.filter { $0.concern != .log }

  /// What the catalogue asks of known types. The bad events are made from its declarations.
  static let catalogueCases = [
    Case("each type of the catalogue is stored and given back") { trial in
      let events = types.map { $0.plainEvent("plain").with { $0.id += " \($0.type)" } }
      try await trial.append(events)
      try trial.expectLog(events)
    },
    Case("the smallest and the largest value of each field are stored and given back") { trial in
      var events: [Event] = []
      for type in types where type.rules.isEmpty {
        for member in type.fields {
          for (number, value) in member.field.bounds.enumerated() {
            events.append(
              type.plainEvent("\(type.name) \(member.field.name) \(number)")
                .settingData(member.field.name, to: value, in: type.plainData))
          }
        }
      }
      try await trial.append(events)
      try trial.expectLog(events)
    },
    Case("a missing required field is refused by its name") { trial in
      for type in types {
        for member in type.fields where member.isRequired {
          let name = member.field.name
          for value in [JSONValue?.none, .some(.null)] {
            let event = type.plainEvent("x").settingData(name, to: value, in: type.plainData)
            try await refuse(event, "data.\(name)", trial)
          }
        }
        guard let first = type.fields.first(where: \.isRequired) else { continue }
        try await refuse(type.plainEvent("x").with { $0.data = nil }, "data.\(first.field.name)", trial)
      }
      try trial.expectLog([])
    },
    Case("an optional field may be missing or null") { trial in
      var events: [Event] = []
      for type in types where type.rules.isEmpty {
        for member in type.fields where !member.isRequired {
          for value in [JSONValue?.none, .some(.null)] {
            events.append(
              type.plainEvent("\(type.name) \(member.field.name) \(value == nil ? "missing" : "null")")
                .settingData(member.field.name, to: value, in: type.plainData))
          }
        }
      }
      try await trial.append(events)
      try trial.expectLog(events)
    },
    Case("a field of the wrong kind is refused by its name") { trial in
      for type in types {
        for member in type.fields {
          let name = member.field.name
          for value in member.field.wrongKinds {
            let event = type.plainEvent("x").settingData(name, to: value, in: type.plainData)
            try await refuse(event, "data.\(name)", trial)
          }
        }
      }
      try trial.expectLog([])
    },
    Case("a value out of range is refused by its field's name") { trial in
      for type in types {
        for member in type.fields {
          let name = member.field.name
          for value in member.field.outOfRange {
            let event = type.plainEvent("x").settingData(name, to: value, in: type.plainData)
            try await refuse(event, "data.\(name)", trial)
          }
        }
      }
      try trial.expectLog([])
    },
    Case("what breaks a rule between fields is refused") { trial in
      for type in types {
        for rule in type.rules { try await refuseBreaking(rule, of: type, trial) }
      }
      try trial.expectLog([])
    },
    Case("a contact without its channel or interaction is refused") { trial in
      for type in types where type.concern == .interaction {
        try await refuse(type.plainEvent("x").with { $0.channel = nil }, "channel", trial)
        try await refuse(type.plainEvent("x").with { $0.interaction = nil }, "interaction", trial)
      }
      try trial.expectLog([])
    },
    Case("an event about the company names no customer") { trial in
      for type in types where type.concern == .company {
        try await refuse(type.plainEvent("x").with { $0.subject = Samples.customer(1) }, "subject", trial)
      }
      try trial.expectLog([])
    },
    Case("what the log alone writes is refused") { trial in
      for type in Catalogue.all where type.concern == .log {
        try await refuse(Samples.event("x", type.name, of: Samples.customer(1)), "type", trial)
      }
      try trial.expectLog([])
    },
    Case("data of a known type is a JSON object, of any type JSON") { trial in
      for type in types {
        for text in ["[]", "null", "1", #""{}""#] {
          try await refuse(type.plainEvent("x").with { $0.data = Array(text.utf8) }, "data", trial)
        }
      }
      for text in ["", " ", "{", "{}{}", #"{"a":1,"a":1}"#, #"{"a":01}"#, "nul", "\u{FEFF}{}", #"["\ud800"]"#] {
        for type in ["acme.thing", "praise.given"] {
          let event = Samples.event("x", type, of: Samples.customer(1)).with { $0.data = Array(text.utf8) }
          try await refuse(event, "data", trial)
        }
      }
      let broken = Samples.event("x", "acme.thing", of: nil).with { $0.data = [0x22, 0xFF, 0x22] }
      try await refuse(broken, "data", trial)
      try trial.expectLog([])
    },
  ]

  private static func refuse(
    _ event: Event, _ field: String, _ trial: Trial, file: StaticString = #fileID, line: UInt = #line,
  ) async throws {
    try await trial.expectAppend(
      [Samples.praise("before"), event], ends: .invalid(1, field),
      "\(event.type) with data \(event.shown("data").prefix(300))", file: file, line: line)
  }

  private static func refuseBreaking(_ rule: EventType.Rule, of type: EventType, _ trial: Trial) async throws {
    var data = type.plainData
    switch rule {
    case .atLeastOne(let fields):
      data.removeAll { member in fields.contains { $0.name == member.key } }
      let event = type.plainEvent("x").with { $0.data = Array(JSONValue.object(data).text.utf8) }
      try await refuse(event, "data", trial)
      try await refuse(event.with { $0.data = nil }, "data", trial)
    case .ascending(let first, let second):
      guard let high = first.descending?.high, let low = second.descending?.low else {
        preconditionFailure("\(first.name) and \(second.name) have no order")
      }
      data.removeAll { $0.key == first.name }
      data.append((first.name, high))
      try await refuse(type.plainEvent("x").settingData(second.name, to: low, in: data), "data.\(second.name)", trial)
    }
  }
}

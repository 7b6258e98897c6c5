import JSON
import Touchlog

extension EventStoreConformance {
  /// Whose stream an event is in.
  static let streamCases = [
    Case("events about the company are in the company's stream") { trial in
      let belief = Samples.event(
        "b", "belief.stated", of: nil, data: ["instrument": "nps", "score": 8, "min": 0, "max": 10])
      let declared = belief.with {
        $0.id = "b2"
        $0.subject = .company
      }
      let praised = Samples.praise("of the company", of: .company)
      try await trial.append([belief, declared, praised], expecting: .noStream)
      try expect("version of the company", try trial.store.streamVersion(of: .company), is: 3)
      let opened = try trial.expectLog([belief, declared, praised])
      let subjects = opened.map { $0.event.subject?.text ?? "none" }
      try expect("subjects that came back", subjects, is: ["none", "none", "company:self"])
      try expect("the company's events", try trial.store.events(Query(customer: .company)).count, is: 3)
    },
    Case("an event without a customer is in its interaction's stream") { trial in
      let call = Samples.call("call-7", of: nil)
      let named = Samples.praise("named", of: try Reference("anon:call-7")).with { $0.interaction = "call-7" }
      let elsewhere = Samples.praise("elsewhere", of: try Reference("anon:call-7"))
      let other = Samples.call("call-8", of: nil)
      try await trial.append(call + [named, elsewhere], expecting: .noStream)
      try await trial.append(other, expecting: .noStream)
      let opened = try trial.expectLog(call + [named, elsewhere] + other)
      let subjects = opened.map { $0.event.subject?.text ?? "none" }
      try expect(
        "subjects that came back", subjects,
        is: ["none", "none", "none", "none", "none", "anon:call-7", "none", "none", "none", "none"])
      let version = try trial.store.streamVersion(of: .anonymous(interaction: "call-7"))
      try expect("version of the anonymous", version, is: 6)
    },
    Case("an event without a customer and an interaction is in a stream of its own") { trial in
      let events = ["1", "2"].map { Samples.praise($0, of: nil) }
      try await trial.append(events)
      let opened = try trial.expectLog(events)
      try expect(
        "customers", opened.map { $0.customer?.text ?? "none" }, is: ["anon:/samples/id:1", "anon:/samples/id:2"])
      try expect("stream versions", opened.map(\.streamVersion), is: [0, 0])
    },
    Case("a reference in data comes back in normal form") { trial in
      let customer = Samples.customer(1)
      let written = [
        ("tel:+46 8-123 456", "tel:+468123456"), ("MAILTO:Bo@Example.SE", "mailto:Bo@example.se"),
        ("crm:1", "crm:1"), ("Card:Å \\ \"7\"", "card:Å \\ \"7\""),
      ]
      let events = written.enumerated().map { Samples.link("\($0)", of: customer, with: $1.0) }
      let unlinked = Event(
        id: "u", source: Samples.source, type: "identity.unlinked", occurredAt: Samples.noon, subject: customer,
        dataText: Array(#"{ "confidence" : 1.50e-1,"other":"TEL:+46\u00208123456" , "other2":"tel:+46 1" }"#.utf8))
      try await trial.append(events + [unlinked])
      let opened = try trial.expectLog(events + [unlinked])
      for (opened, expected) in zip(opened, written.map(\.1) + ["tel:+468123456"]) {
        let data = try JSONValue(parsing: opened.event.shown("data"))
        try expect("other at \(opened.position)", data["other"], is: .string(expected))
      }
    },
    Case("customers are numbered as they first appear, also in others' data") { trial in
      let (anna, bo, eva) = (Samples.customer(1), Samples.customer(2), Samples.customer(3))
      let events = [
        Samples.praise("1", of: bo), Samples.link("2", of: anna, with: "tel:+46 8-123 456"),
        Samples.praise("3", of: eva), Samples.praise("4", of: try Reference("tel:+468123456")),
        Samples.link("5", of: eva, with: anna.text), Samples.praise("6", of: anna), Samples.praise("7", of: nil),
      ]
      for events in [Array(events[..<3]), events] { try await trial.append(events) }
      let opened = try trial.expectLog(events)
      try expect("customer numbers", opened.map(\.customerNumber.value), is: [0, 1, 3, 2, 3, 1, 4])
      try expect("stream versions", opened.map(\.streamVersion), is: [0, 0, 0, 0, 1, 1, 0])
    },
    Case("types outside the catalogue are stored and given back") { trial in
      let data: [String?] = [nil, "null", "[]", "1e400", #""text""#, #"{"severity":"grave", "other":"tel:+46 1"}"#]
      let types = ["acme.thing", "se.example.tåg", "contact", "contact.started2", "Contact.Started"]
      var events: [Event] = []
      for type in types {
        for text in data {
          events.append(
            Event(
              id: "\(events.count)", source: "/acme", type: type, occurredAt: Samples.noon,
              subject: Samples.customer(1), dataText: text.map { Array($0.utf8) }))
        }
      }
      try await trial.append(events)
      try trial.expectLog(events)
      for type in types {
        try expect("events of \(type)", try trial.store.events(Query(types: [type])).count, is: data.count)
      }
    },
    Case("random events are stored and given back") { trial in
      var generator = EventGenerator(seed: 5)
      var events: [Event] = []
      for _ in 0..<40 {
        let batch = generator.batch()
        try await trial.append(batch)
        events += batch
      }
      try trial.expectLog(events)
    },
  ]
}

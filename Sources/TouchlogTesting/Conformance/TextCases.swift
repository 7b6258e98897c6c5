import JSON
import Touchlog

extension EventStoreConformance {
  /// Texts come back as they were.
  static let textCases = [
    Case("data comes back byte for byte") { trial in
      let texts = [
        #"{"severity":3}"#, "{ \"text\" : \"a\\u0041\\/\\n\" ,\r\n\t\"severity\" : 3.0 }\n", "  {}  ",
        #"{"extra":[1.0,1E5,-0,1234567890123456789012345678901234567890],"text":"\ud83d\ude00 😀"}"#,
        #"{"":"","text":"","x":{"":[[[]]]}}"#,
      ]
      let events = texts.enumerated().map { number, text in
        Samples.praise("\(number)").with { $0.data = Array(text.utf8) }
      }
      try await trial.append(events)
      let opened = try trial.store.events()
      try expect("data", opened.map { $0.event.shown("data") }, is: texts)
    },
    Case("extensions come back") { trial in
      let extensions: [[String: JSONValue]] = [
        [:], ["correlationid": "abc", "causationid": ""], ["isvip": true, "isnew": false],
        ["count": 7, "share": .number("0.10"), "large": .number("123456789012345678901234567890")],
        ["text": "å 😀 \" \\ \n \u{1}", "z": "1", "a": 1],
      ]
      let events = extensions.enumerated().map { number, extensions in
        Samples.praise("\(number)").with { $0.extensions = extensions }
      }
      let bare = Samples.event("bare", "contact.held", of: nil, channel: .chat, interaction: "c")
        .with { $0.extensions = ["shift": 1] }
      try await trial.append(events + [bare])
      try trial.expectLog(events + [bare])
      let found = try trial.store.events().map(\.event.extensions.count)
      try expect("extensions by event", found, is: [0, 2, 2, 3, 3, 1])
    },
    Case("absent data and empty data are told apart") { trial in
      let absent = Samples.praise("absent").with { $0.data = nil }
      let empty = Samples.praise("empty").with { $0.data = Array("{}".utf8) }
      try await trial.append([absent, empty])
      try trial.expectLog([absent, empty])
      try await trial.expectAppend(
        [absent.with { $0.data = empty.data }],
        ends: .refused(
          .conflict(index: 0, id: "absent", source: Samples.source, stored: Position(0), field: "data")))
      try await trial.expectAppend(
        [empty.with { $0.data = nil }],
        ends: .refused(
          .conflict(index: 0, id: "empty", source: Samples.source, stored: Position(1), field: "data")))
    },
    Case("texts of all scripts come back") { trial in
      let texts = ["Åsa Öberg", "日本語", "مرحبا", "👩‍👩‍👧‍👦", "e\u{301}", "\u{E9}", "\u{10FFFD}", " two  spaces ", "\"\\/"]
      let events = texts.map { text in
        Event(
          id: "id " + text, source: text, type: "acme." + text, occurredAt: Samples.noon,
          subject: Reference(normalised: "crm:" + text.filter { $0 != " " }), channel: .chat, interaction: text,
          agent: text, team: text, location: text, topic: text, data: [.string(text)],
          extensions: ["text": .string(text)])
      }
      try await trial.append(events)
      try trial.expectLog(events)
      try await trial.append(events)
      for event in events {
        let stream = try trial.store.events(Query(customer: event.subject))
        try expect("events of \(event.identity)'s customer", stream.count, is: 1)
      }
    },
    Case("texts that Unicode calls equivalent are told apart") { trial in
      let (one, two) = ("caf\u{E9}", "cafe\u{301}")
      let identities = [(one, one), (one, two), (two, one), (two, two)]
      let events = identities.map { source, id in Samples.praise(id).with { $0.source = source } }
      try await trial.append(events)
      try trial.expectLog(events)
      for (position, event) in events.enumerated() {
        try await trial.expectDuplicate(event, at: Position(UInt64(position)), "with an equivalent text")
      }
      try await trial.append([Samples.praise("agent").with { $0.agent = one }])
      try await trial.expectAppend(
        [Samples.praise("agent").with { $0.agent = two }],
        ends: .refused(
          .conflict(index: 0, id: "agent", source: Samples.source, stored: Position(4), field: "agent")))
      let customers = [one, two].map { Reference(normalised: "shop:" + $0) }
      try await trial.append([Samples.praise("a", of: customers[0])], expecting: .noStream)
      try await trial.append([Samples.praise("b", of: customers[1])], expecting: .noStream)
      for customer in customers {
        try expect("version", try trial.store.streamVersion(of: customer), is: 1)
        try expect("events", try trial.store.events(Query(customer: customer)).count, is: 1)
      }
    },
  ]
}

import Touchlog

extension EventStoreConformance {
  /// A refused request leaves nothing.
  static let atomicityCases = [
    Case("a refused request leaves nothing, wherever it is bad") { trial in
      let stored = Samples.praises(1...2)
      try await trial.append(stored)
      let new = Samples.praises(3...6)
      let bad: [(event: Event, ends: (Int) -> Outcome)] = [
        (Samples.praise("bad").with { $0.type = "contact.ended" }, { .invalid($0, "channel") }),
        (Samples.praise("bad").with { $0.data = Array("{".utf8) }, { .invalid($0, "data") }),
        (
          stored[1].with { $0.topic = "x" },
          {
            .refused(
              .conflict(
                index: $0, id: stored[1].id, source: Samples.source, stored: Position(1), field: "topic"))
          }
        ),
      ]
      for (event, ends) in bad {
        for index in 0...new.count {
          let events = new[..<index] + [event] + new[index...]
          try await trial.expectAppend(Array(events), ends: ends(index), "bad at \(index)")
          try trial.expectLog(stored)
          try expect("version", try trial.store.streamVersion(of: Samples.customer(1)), is: 2)
        }
      }
    },
    Case("a refused request uses up no position, version, identity or customer number") { trial in
      let events = Samples.praises(1...3, of: Samples.customer(1))
      let doomed =
        Samples.praises(1...3, of: Samples.customer(2))
        + [Samples.link("l", of: Samples.customer(3), with: "card:7"), Samples.praise("bad").with { $0.id = "" }]
      for event in events {
        try await trial.expectAppend(doomed, ends: .invalid(4, "id"))
        try await trial.expectAppend(
          Samples.praises(1...2, of: Samples.customer(2)), expecting: .version(7),
          ends: .refused(.unexpectedVersion(customer: Samples.customer(2), expected: .version(7), found: 0)))
        try await trial.append([event])
      }
      let later = Samples.praises(1...1, of: Samples.customer(2))
      let receipt = try await trial.append(later, expecting: .noStream)
      try expect("positions", receipt.positions, is: [Position(3)])
      let opened = try trial.expectLog(events + later)
      try expect("customer numbers", opened.map(\.customerNumber.value), is: [0, 0, 0, 1])
      try expect("stream versions", opened.map(\.streamVersion), is: [0, 1, 2, 0])
    },
    Case("a large request with a bad last event leaves nothing") { trial in
      let events = Samples.praises(1...3000)
      let last = Samples.praise("last").with { $0.data = Array(#"{"severity":0}"#.utf8) }
      try await trial.expectAppend(events + [last], ends: .invalid(3000, "data.severity"))
      try trial.expectLog([])
      try await trial.append(events, expecting: .noStream)
      try await trial.expectAppend(
        Samples.praises(3001...6000) + [events[2999].with { $0.agent = "x" }],
        ends: .refused(
          .conflict(
            index: 3000, id: events[2999].id, source: Samples.source, stored: Position(2999), field: "agent")))
      try trial.expectLog(events)
    },
  ]
}

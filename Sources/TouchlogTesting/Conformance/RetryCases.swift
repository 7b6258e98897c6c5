import Touchlog

extension EventStoreConformance {
  /// Appending the same event again is harmless.
  static let retryCases = [
    Case("a retry answers with the first positions, whatever it expects") { trial in
      try await trial.append(Samples.praises(1...3, of: Samples.customer(9)))
      let events = Samples.praises(1...4)
      try await trial.append(events, expecting: .noStream)
      let expectations: [Expectation] = [.any, .noStream, .version(0), .version(4), .version(99)]
      for expectation in expectations {
        for (part, positions) in [(0..<4, 3...6), (2..<4, 5...6), (0..<2, 3...4), (1..<2, 4...4)] {
          try await trial.expectAppend(
            Array(events[part]), expecting: expectation,
            ends: .accepted(positions: positions.map { UInt64($0) }, appended: 0, streamVersion: 4, head: 7))
        }
      }
      try trial.expectLog(Samples.praises(1...3, of: Samples.customer(9)) + events)
    },
    Case("a retry after the stream has moved on answers with the first positions") { trial in
      let first = Samples.praises(1...2)
      try await trial.append(first, expecting: .noStream)
      try await trial.append(Samples.praises(3...5))
      try await trial.append(Samples.praises(1...1, of: Samples.customer(2)))
      try await trial.expectAppend(
        first, expecting: .noStream,
        ends: .accepted(positions: [0, 1], appended: 0, streamVersion: 5, head: 6))
    },
    Case("a retry across several customers is recognised") { trial in
      let events = (1...3).flatMap { Samples.praises(1...2, of: Samples.customer($0)) }
      try await trial.append(events)
      try await trial.expectAppend(
        events.reversed(), ends: .accepted(positions: [5, 4, 3, 2, 1, 0], appended: 0, streamVersion: nil, head: 6))
    },
    Case("without an expectation, the new events of a mixed request are added") { trial in
      try await trial.append(Samples.praises(2...3))
      try await trial.expectAppend(
        Samples.praises(1...5), ends: .accepted(positions: [2, 0, 1, 3, 4], appended: 3, streamVersion: 5, head: 5))
      let log = [2, 3, 1, 4, 5].flatMap { Samples.praises($0...$0) }
      try trial.expectLog(log)
    },
    Case("what is in a request twice counts once") { trial in
      let (first, second) = (Samples.praise("1"), Samples.praise("2"))
      try await trial.expectAppend(
        [first, second, first, first], expecting: .noStream,
        ends: .accepted(positions: [0, 1, 0, 0], appended: 2, streamVersion: 2, head: 2))
      try await trial.expectAppend(
        [second, first, second],
        ends: .accepted(positions: [1, 0, 1], appended: 0, streamVersion: 2, head: 2))
      let third = Samples.praise("3")
      try await trial.expectAppend(
        [third, second, third],
        ends: .accepted(positions: [2, 1, 2], appended: 1, streamVersion: 3, head: 3))
      try trial.expectLog([first, second, third])
    },
    Case("an identity is the source and the id together") { trial in
      let identities = [("/a", "1"), ("/b", "1"), ("/a", "2"), ("/a1", "2"), ("/a", "12"), ("/A", "1"), ("1", "/a")]
      let events = identities.map { source, id in Samples.praise(id).with { $0.source = source } }
      try await trial.append(events, expecting: .noStream)
      try trial.expectLog(events)
    },
    Case("a stored event is recognised when it comes for another customer") { trial in
      let event = Samples.praise("1", of: Samples.customer(1))
      try await trial.append([event])
      try await trial.expectAppend(
        [event.with { $0.subject = Samples.customer(2) }], expecting: .noStream,
        ends: .refused(
          .conflict(index: 0, id: "1", source: Samples.source, stored: Position(0), field: "subject")))
      try expect("version", try trial.store.streamVersion(of: Samples.customer(2)), is: 0)
    },
    Case("a request that was refused is accepted once its cause is gone") { trial in
      let events = Samples.praises(3...4)
      try await trial.expectAppend(
        events, expecting: .version(2),
        ends: .refused(.unexpectedVersion(customer: Samples.customer(1), expected: .version(2), found: 0)))
      try await trial.append(Samples.praises(1...2))
      try await trial.expectAppend(
        events, expecting: .version(2),
        ends: .accepted(positions: [2, 3], appended: 2, streamVersion: 4, head: 4))
    },
  ]
}

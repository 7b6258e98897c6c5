import Touchlog

extension EventStoreConformance {
  /// What an append expects of a stream, and what it finds there.
  static let expectationCases = [
    Case("each expectation meets each kind of request as the rules say") { trial in
      try await trial.append([Samples.praise("before all", of: Samples.customer(0))])
      for (number, meeting) in Meeting.all.enumerated() {
        try await meeting.check(trial, customer: Samples.customer(number + 1))
      }
    },
    Case("no stream is expected of a customer that exists") { trial in
      try await trial.append(Samples.praises(1...2), expecting: .noStream)
      try await trial.expectAppend(
        Samples.praises(3...3), expecting: .noStream,
        ends: .refused(.unexpectedVersion(customer: Samples.customer(1), expected: .noStream, found: 2)))
      try await trial.append(Samples.praises(3...3, of: Samples.customer(2)), expecting: .noStream)
    },
    Case("a customer that others only refer to has no stream") { trial in
      let other = Samples.customer(2)
      try await trial.append([Samples.link("l", of: Samples.customer(1), with: other.text)])
      try expect("version", try trial.store.streamVersion(of: other), is: 0)
      try await trial.append(Samples.praises(1...1, of: other), expecting: .noStream)
      try expect("version", try trial.store.streamVersion(of: other), is: 1)
    },
    Case("an expectation holds for one customer") { trial in
      let (anna, bo) = (Samples.customer(1), Samples.customer(2))
      let events = Samples.praises(1...1, of: anna) + Samples.praises(1...1, of: bo)
      for expectation in [Expectation.noStream, .version(0), .version(7)] {
        try await trial.expectAppend(events, expecting: expectation, ends: .refused(.severalCustomers(anna, bo)))
      }
      try await trial.append(events)
      try await trial.expectAppend(
        events, expecting: .noStream, ends: .refused(.severalCustomers(anna, bo)), "wholly stored")
      let three = Samples.praises(2...3, of: bo) + Samples.praises(2...2, of: anna)
      try await trial.expectAppend(three, expecting: .version(1), ends: .refused(.severalCustomers(bo, anna)))
    },
    Case("one customer in several spellings is one customer") { trial in
      let spellings = ["tel:+46701234567", "TEL:+46 (70) 123-45.67", "tel:+46-70-123 45 67"]
      let events = try spellings.enumerated().map { Samples.praise("\($0)", of: try Reference($1)) }
      let receipt = try await trial.append(events, expecting: .noStream)
      try expect("stream version", receipt.streamVersion, is: 3)
    },
    Case("errors are decided in one order") { trial in try await checkOrderOfErrors(trial) },
  ]

  private static func checkOrderOfErrors(_ trial: Trial) async throws {
    let (anna, bo) = (Samples.customer(1), Samples.customer(2))
    let stored = Samples.praises(1...2, of: anna)
    try await trial.append(stored)
    let invalid = Samples.praise("bad", of: bo).with { $0.data = Array(#"{"severity":9}"#.utf8) }
    let foreign = Samples.praise("of another", of: bo)
    let new = Samples.praise("new", of: anna)
    let within = [new, new.with { $0.agent = "x" }]
    let contrary = stored[0].with { $0.topic = "x" }
    let wrong = Expectation.version(9)

    try await trial.expectAppend(
      [contrary, stored[1]] + within + [foreign, invalid], expecting: wrong, ends: .invalid(5, "data.severity"))
    try await trial.expectAppend(
      [contrary, stored[1]] + within + [foreign], expecting: wrong, ends: .refused(.severalCustomers(anna, bo)))
    try await trial.expectAppend(
      [contrary, stored[1]] + within, expecting: wrong,
      ends: .refused(
        .conflictWithinRequest(index: 3, earlier: 2, id: "new", source: Samples.source, field: "agent")))
    try await trial.expectAppend(
      [stored[0], contrary], expecting: .any,
      ends: .refused(
        .conflictWithinRequest(index: 1, earlier: 0, id: contrary.id, source: Samples.source, field: "topic")))
    try await trial.expectAppend(
      [stored[1], new, contrary], expecting: wrong,
      ends: .refused(
        .conflict(index: 2, id: contrary.id, source: Samples.source, stored: Position(0), field: "topic")))
    try await trial.expectAppend(
      [stored[1], stored[1], new], expecting: wrong, ends: .refused(.partlyStored(stored: 1, new: 1)))
    try await trial.expectAppend(
      [new], expecting: wrong, ends: .refused(.unexpectedVersion(customer: anna, expected: wrong, found: 2)))
    try await trial.append(stored, expecting: wrong)
    try trial.expectLog(stored)
  }
}

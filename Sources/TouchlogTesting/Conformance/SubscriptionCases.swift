import Touchlog

extension EventStoreConformance {
  /// What a subscription gives out, of the log so far and of what comes.
  static let subscriptionCases = [
    Case("a subscription gives the log so far, from every boundary to every other") { trial in
      let log = try await PlainLog.fill(trial)
      let bounds = [0, 1, 2, 19, 20, 39, 40].map { Position($0) }
      for from in [nil] + bounds {
        for until in bounds {
          try await checkCatchingUp(Query(from: from, until: until), in: trial, against: log)
          let stream = Query(from: from, until: until, customer: Samples.customer(1))
          try await checkCatchingUp(stream, in: trial, against: log)
        }
      }
    },
    Case("a subscription keeps to the query's conditions") { trial in
      let log = try await PlainLog.fill(trial)
      var random = SplitMix64(seed: 12)
      for _ in 0..<300 {
        var query = Query.random(count: log.events.count, sample: log.events, using: &random)
        query.order = .forward
        query.limit = nil
        query.recordedThrough = nil
        query.until = query.until.map { min($0, Position(40)) } ?? Position(40)
        try await checkCatchingUp(query, in: trial, against: log)
      }
    },
    Case("a subscription goes on with what is appended") { trial in
      try await trial.append(Samples.praises(1...3))
      try await trial.soon("a subscription that is appended to") {
        var listener = try Listener(to: trial.store)
        try await listener.listen(until: Position(3))
        for number in 4...20 {
          try await trial.append(Samples.praises(number...number))
          try await listener.listen(until: Position(UInt64(number)))
          try expect("position after one append", listener.position, is: Position(UInt64(number)))
        }
        try expect("positions", listener.positions, is: (0..<20).map { $0 })
        for (found, event) in zip(listener.events, Samples.praises(1...20)) { try trial.expectSame(found, event) }
      }
    },
    Case("a subscription waits where it has seen all") { trial in
      let (seen, report) = AsyncStream.makeStream(of: Position.self)
      let task = Task {
        var listener = try Listener(to: trial.store)
        while listener.position.value < 8, try await listener.next() != nil { report.yield(listener.position) }
        return listener.positions
      }
      try await trial.soon("the end of each wait after an append") {
        var reports = seen.makeAsyncIterator()
        for number in 1...8 {
          // It is waiting by now, or finds the event at once: either is right.
          try await Task.sleep(for: .milliseconds(5))
          try await trial.append(Samples.praises(number...number))
          try expect("position", await reports.next(), is: Position(UInt64(number)))
        }
        try expect("positions", try await task.value, is: (0..<8).map { $0 })
      }
    },
    Case("a subscription's conditions hold for what is appended, and positions go on regardless") { trial in
      try await trial.append(Samples.praises(1...2))
      try await trial.soon("subscriptions to what does not come and then comes") {
        // Neither the type nor the customer is known to the log when the subscription begins.
        var types = try Listener(Query(types: ["acme.thing"]), to: trial.store)
        var streams = try Listener(Query(customer: Samples.customer(9)), to: trial.store)
        var calls = try Listener(Query(channels: [.phone], interactions: ["call 1"]), to: trial.store)
        for round in 0..<10 {
          let name = "call \(round % 2)"
          try await trial.append(Samples.praises(10 * round + 3...10 * round + 5))
          try await trial.append([Samples.event("t\(round)", "acme.thing", of: nil)])
          try await trial.append(
            Samples.call("\(name)", of: Samples.customer(9)).map { event in
              event.with { $0.id += "/\(round)" }
            })
          let head = try trial.store.head()
          try await types.listen(until: head)
          try await streams.listen(until: head)
          try await calls.listen(until: head)
        }
        try expect("events of a type", types.positions, is: (0..<10).map { 2 + 8 * $0 + 3 })
        try expect(
          "events of a stream", streams.positions, is: (0..<10).flatMap { round in (0..<4).map { 6 + 8 * round + $0 } })
        try expect(
          "events of a call", calls.positions,
          is: (0..<5).flatMap { round in (0..<4).map { 14 + 16 * round + $0 } })
        let head = try trial.store.head()
        for listener in [types, streams, calls] { try expect("position", listener.position, is: head) }
      }
    },
    Case("nothing is lost or repeated while many append") { trial in
      try await listenWhileAppending(trial)
    },
    Case("a subscriber that takes its time finds whole batches") { trial in
      try await trial.append(Samples.praises(1...1))
      try await trial.soon("a slow subscriber") {
        var listener = try Listener(to: trial.store)
        try await listener.next()
        for number in 2...700 { try await trial.append(Samples.praises(number...number)) }
        try await listener.listen(until: Position(700))
        try expect("positions", listener.positions, is: (0..<700).map { $0 })
        // One commit may have been under way to it. What it would read by itself comes in as few batches as hold it.
        try expect("batches, beyond four, for 700 commits", max(0, listener.batches - 4), is: 0)
      }
    },
    Case("each loop over a subscription begins at its start") { trial in
      try await trial.append(Samples.praises(1...5))
      let subscription = try trial.store.subscription(to: Query(from: Position(2), until: Position(5)))
      try await trial.soon("two loops over a subscription") {
        for _ in 0..<2 {
          var positions: [UInt64] = []
          for try await batch in subscription { positions += batch.events.map(\.position.value) }
          try expect("positions", positions, is: [2, 3, 4])
        }
      }
    },
    Case("a subscription from beyond the log's end waits for that position") { trial in
      try await trial.append(Samples.praises(1...2))
      try await trial.soon("a subscription from position 5") {
        var listener = try Listener(Query(from: Position(5), until: Position(7)), to: trial.store)
        async let end: Void = { for number in 3...9 { try await trial.append(Samples.praises(number...number)) } }()
        try await listener.listenToEnd()
        try await end
        try expect("positions", listener.positions, is: [5, 6])
      }
    },
    Case("a subscription has no end to be read from, no limit and no time to look back at") { trial in
      try expectRefusal(of: Query(order: .backward), with: .backward, in: trial)
      try expectRefusal(of: Query(limit: 3), with: .limit(3), in: trial)
      try expectRefusal(of: Query(recordedThrough: Samples.noon), with: .recordedThrough(Samples.noon), in: trial)
    },
    Case("cancelling a task ends its subscription at once") { trial in
      try await trial.append(Samples.praises(1...1))
      for pause in [nil, 0, 1, 10, 30] as [Int?] {
        let (begun, report) = AsyncStream.makeStream(of: Void.self)
        let task = Task {
          var listener = try Listener(to: trial.store)
          try await listener.next()
          report.yield()
          try await listener.listenToEnd()
        }
        // Before it has begun, on its way into the wait, and within it.
        if let pause {
          for await _ in begun { break }
          try await Task.sleep(for: .milliseconds(pause))
        }
        task.cancel()
        let result = try await trial.soon("the end of a subscription whose task is cancelled") { await task.result }
        guard case .failure(let error) = result, error is CancellationError else {
          throw ConformanceFailure(
            "a subscription whose task is cancelled", expected: "CancellationError", found: "\(result)")
        }
      }
      try await trial.append(Samples.praises(2...2))
    },
    Case("closing the log ends its subscriptions, and refuses appends") { trial in
      try await trial.append(Samples.praises(1...3))
      let tasks = [Query(), Query(types: ["acme.thing"]), Query(from: Position(9))].map { query in
        Task {
          var listener = try Listener(query, to: trial.store)
          try await listener.listenToEnd()
          return listener.positions
        }
      }
      try await Task.sleep(for: .milliseconds(20))
      try trial.store.close()
      let positions = try await trial.soon("the end of subscriptions to a closed log") {
        var positions: [[UInt64]] = []
        for task in tasks { positions.append(try await task.value) }
        return positions
      }
      // The machine may have been busy, so that it closed before the first batch.
      try expect("positions", positions[0] == [] || positions[0] == [0, 1, 2], is: true)
      try expect("positions where nothing passes", Array(positions[1...]), is: [[], []])
      for events in [Samples.praises(1...1), Samples.praises(4...4, of: Samples.customer(2))] {
        try expect("an append", try await trial.store.outcome(of: events, expecting: .any), is: .refused(.closed))
      }
    },
  ]

  private static func checkCatchingUp(_ query: Query, in trial: Trial, against log: PlainLog) async throws {
    let found = try await trial.soon("a subscription to \(query.shown)") {
      var listener = try Listener(query, to: trial.store)
      try await listener.listenToEnd()
      return listener.events
    }
    try expect(
      "positions of a subscription to \(query.shown)", found.map(\.position.value),
      is: log.events(query).map(\.position.value))
    for (found, expected) in zip(found, log.events(query)) { try trial.expectSame(found, expected.event) }
  }

  /// Four append batches of their own, while subscribers begin at different times, with and without conditions.
  private static func listenWhileAppending(_ trial: Trial) async throws {
    let rounds = 40
    let total = UInt64(4 * rounds * 3)
    let queries = [
      Query(), Query(), Query(customer: Samples.customer(2)), Query(types: ["acme.thing"]), Query(from: Position(100)),
    ]
    let found = try await trial.soon("subscribers among appenders") {
      try await withThrowingTaskGroup { group in
        for writer in 0..<4 {
          group.addTask {
            for round in 0..<rounds {
              let id = "\(writer)/\(round)"
              let customer = Samples.customer(writer)
              try await trial.append([
                Samples.praise(id + "/a", of: customer), Samples.event(id + "/b", "acme.thing", of: customer),
                Samples.praise(id + "/c", of: customer),
              ])
            }
            return (-1, [UInt64]())
          }
        }
        for (index, query) in queries.enumerated() {
          group.addTask {
            for _ in 0..<index { await Task.yield() }
            var listener = try Listener(query, to: trial.store)
            try await listener.listen(until: Position(total))
            return (index, listener.positions)
          }
        }
        return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
      }
    }
    for (index, query) in queries.enumerated() {
      let expected = try trial.store.events(query).map(\.position.value)
      try expect("positions of a subscription to \(query.shown)", found[index] ?? [], is: expected)
    }
    try expect("events", found[0]?.count, is: Int(total))
  }

  private static func expectRefusal(of query: Query, with expected: SubscriptionError, in trial: Trial) throws {
    do {
      _ = try trial.store.subscription(to: query)
    } catch let error as SubscriptionError {
      return try expect("the refusal of a subscription to \(query.shown)", error, is: expected)
    }
    throw ConformanceFailure("a subscription to \(query.shown)", expected: "a refusal: \(expected)", found: "none")
  }
}

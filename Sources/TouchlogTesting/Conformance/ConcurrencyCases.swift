import Touchlog

extension EventStoreConformance {
  private static let appenders = 64

  /// Many append at once.
  static let concurrencyCases = [
    Case("64 concurrent appenders leave no gap and lose nothing") { trial in
      let acknowledged = try await appendAtOnce(trial)
      let opened = try trial.store.events()
      let head = try trial.store.head()
      try expect("head", head, is: Position(UInt64(opened.count)))
      try expect(
        "positions", opened.map(\.position.value), is: (0..<UInt64(opened.count)).map { $0 })
      let identities = Set(acknowledged.map(\.event.identity))
      try expect("events", opened.count, is: identities.count)
      try expect("distinct events", Set(opened.map(\.event.identity)), is: identities)
      for (event, position) in acknowledged {
        guard position < head else {
          throw ConformanceFailure(event.identity, expected: "a position below \(head)", found: "\(position)")
        }
        try trial.expectSame(opened[Int(position.value)], event)
      }
      for (customer, stream) in Dictionary(grouping: opened, by: { $0.customer?.text ?? "" }) {
        try expect(
          "stream versions of \(customer)", stream.map(\.streamVersion), is: (0..<UInt32(stream.count)).map { $0 })
        let version = try trial.store.streamVersion(of: Reference(normalised: customer))
        try expect("version of \(customer)", version, is: UInt32(stream.count))
      }
    },
    Case("of 64 that expect the same version, one wins") { trial in
      let customer = Samples.customer(1)
      for round in 0..<UInt32(3) {
        let outcomes = try await withThrowingTaskGroup { group in
          for number in 0..<appenders {
            group.addTask {
              try await trial.store.outcome(
                of: [Samples.praise("\(round)/\(number)")], expecting: .version(round))
            }
          }
          return try await group.reduce(into: []) { $0.append($1) }
        }
        let refusal = Outcome.refused(
          .unexpectedVersion(customer: customer, expected: .version(round), found: round + 1))
        let winner = Outcome.accepted(
          positions: [UInt64(round)], appended: 1, streamVersion: round + 1, head: UInt64(round + 1))
        try expect("winners of round \(round)", outcomes.count { $0 == winner }, is: 1)
        try expect("refused in round \(round)", outcomes.count { $0 == refusal }, is: appenders - 1)
      }
      try expect("version", try trial.store.streamVersion(of: customer), is: 3)
    },
    Case("one event sent by 64 at once is stored once") { trial in
      let events = Samples.praises(1...3)
      let receipts = try await withThrowingTaskGroup { group in
        for number in 0..<appenders {
          group.addTask { try await trial.append(events, expecting: number % 2 == 0 ? .noStream : .any) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      try expect("requests that added", receipts.map(\.appended).filter { $0 != 0 }, is: [3])
      try expect("positions", Set(receipts.map(\.positions)), is: [(0..<3).map { Position($0) }])
      try trial.expectLog(events)
    },
    Case("of 64 events with one identity, one is stored") { trial in
      let outcomes = try await withThrowingTaskGroup { group in
        for number in 0..<appenders {
          group.addTask {
            try await trial.store.outcome(
              of: [Samples.praise("1").with { $0.agent = "agent \(number)" }], expecting: .any)
          }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      let winner = Outcome.accepted(positions: [0], appended: 1, streamVersion: 1, head: 1)
      let refusal = Outcome.refused(
        .conflict(index: 0, id: "1", source: Samples.source, stored: Position(0), field: "agent"))
      try expect("winners", outcomes.count { $0 == winner }, is: 1)
      try expect("refused", outcomes.count { $0 == refusal }, is: appenders - 1)
      try expect("head", try trial.store.head(), is: Position(1))
    },
    Case("refused requests leave those beside them alone") { trial in
      try await trial.append([Samples.praise("taken", of: Samples.customer(0))])
      try await withThrowingTaskGroup { group in
        for number in 1...appenders {
          group.addTask { try await appendBesideRefused(trial, number: number) }
        }
        try await group.waitForAll()
      }
      let opened = try trial.store.events()
      try expect("positions", opened.map(\.position.value), is: (0...2 * UInt64(appenders)).map { $0 })
      var numbers: [CustomerNumber] = []
      for event in opened where !numbers.contains(event.customerNumber) { numbers.append(event.customerNumber) }
      try expect("customer numbers in the order of appearance", numbers.map(\.value), is: (0...64).map { $0 })
      try expect("customers", Set(opened.compactMap { $0.customer?.text }).count, is: appenders + 1)
    },
    Case("readers see whole requests while others append") { trial in
      try await withThrowingTaskGroup { group in
        for number in 0..<8 {
          group.addTask {
            for round in 0..<6 {
              try await trial.append(
                (0..<5).map { Samples.praise("\(number)/\(round)/\($0)", of: Samples.customer(number)) })
            }
          }
          group.addTask {
            var earlier = 0
            for _ in 0..<6 {
              let seen = try trial.store.events()
              try expect("events seen, beyond whole requests of five", seen.count % 5, is: 0)
              try expect("positions", seen.map(\.position.value), is: (0..<UInt64(seen.count)).map { $0 })
              try expect("a log that shrinks", seen.count < earlier, is: false)
              earlier = seen.count
              await Task.yield()
            }
          }
        }
        try await group.waitForAll()
      }
      try expect("head", try trial.store.head(), is: Position(240))
    },
  ]

  /// Sends two events of a customer of its own, each after a request that is refused and names another new customer.
  private static func appendBesideRefused(_ trial: Trial, number: Int) async throws {
    let customer = Samples.customer(number)
    let nobody = Samples.customer(1000 + number)
    for version in UInt32(0)..<2 {
      let refused = try await trial.store.outcome(
        of: [Samples.praise("no \(number) \(version)", of: nobody), Samples.praise("taken", of: nobody)],
        expecting: .any)
      try expect(
        "a request with a conflict", refused,
        is: .refused(
          .conflict(index: 1, id: "taken", source: Samples.source, stored: Position(0), field: "subject")))
      let wrong = try await trial.store.outcome(
        of: [Samples.praise("wrong \(number) \(version)", of: nobody)], expecting: .version(3))
      try expect(
        "a request with a wrong version", wrong,
        is: .refused(.unexpectedVersion(customer: nobody, expected: .version(3), found: 0)))
      let receipt = try await trial.append(
        [Samples.praise("yes \(number) \(version)", of: customer)], expecting: .version(version))
      try expect("stream version", receipt.streamVersion, is: version + 1)
    }
  }

  /// Batches of everybody's own, with retries, and some that all share. Gives what was acknowledged.
  private static func appendAtOnce(_ trial: Trial) async throws -> [(event: Event, position: Position)] {
    try await withThrowingTaskGroup { group in
      for number in 0..<appenders {
        group.addTask {
          var acknowledged: [(Event, Position)] = []
          for round in 0..<4 {
            let own = (0..<3).map {
              Samples.praise("\(number)/\(round)/\($0)", of: Samples.customer(number % 8))
            }
            let shared = Samples.praise("shared/\(round)/\(number % 4)", of: Samples.customer(100 + round))
            let events = [own[0], shared, own[1], own[2]]
            let receipt = try await trial.append(events)
            acknowledged += zip(events, receipt.positions)
            guard number % 3 == 0 else { continue }
            let retry = try await trial.append(events)
            try expect("positions of a retry", retry.positions, is: receipt.positions)
            try expect("new events of a retry", retry.appended, is: 0)
          }
          return acknowledged
        }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
  }
}

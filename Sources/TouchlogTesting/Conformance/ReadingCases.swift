import Touchlog

extension EventStoreConformance {
  /// Which events a query gives out, and in which order.
  static let readingCases = [
    Case("reading both ways from every boundary to every other") { trial in
      let log = try await PlainLog.fill(trial)
      let bounds: [Position?] = [nil] + [0, 1, 2, 19, 20, 38, 39, 40, 41, .max].map { Position($0) }
      for from in bounds {
        for until in bounds {
          try checkOrdersAndLimits(Query(from: from, until: until), in: trial, against: log)
        }
      }
    },
    Case("reading one customer's stream from every boundary to every other") { trial in
      let log = try await PlainLog.fill(trial)
      let bounds: [Position?] = [nil] + [0, 1, 7, 20, 39, 40].map { Position($0) }
      for customer in 0..<8 {
        for from in bounds {
          for until in bounds {
            let query = Query(from: from, until: until, customer: Samples.customer(customer))
            try checkOrdersAndLimits(query, in: trial, against: log)
          }
        }
      }
    },
    Case("reading by type and by channel") { trial in
      let log = try await PlainLog.fill(trial)
      let types = ["praise.given", "contact.held", "contact.resumed", "acme.thing", "nobody.sent", ""]
      for type in types {
        try checkOrdersAndLimits(Query(types: [type]), in: trial, against: log)
        try checkOrdersAndLimits(Query(types: [type, "acme.thing"]), in: trial, against: log)
        try checkOrdersAndLimits(
          Query(from: Position(3), customer: Samples.customer(1), types: [type]), in: trial, against: log)
      }
      for channel in Channel.allCases {
        try checkOrdersAndLimits(Query(channels: [channel]), in: trial, against: log)
        try checkOrdersAndLimits(Query(channels: [channel, .chat]), in: trial, against: log)
        try checkOrdersAndLimits(Query(types: ["acme.thing"], channels: [channel]), in: trial, against: log)
      }
    },
    Case("reading by interaction, whoever its customers are") { trial in
      let log = try await PlainLog.fill(trial)
      let names = Set(log.events.compactMap(\.event.interaction))
      try expect("interactions in the log", names.count > 1, is: true)
      for name in names.sorted().prefix(8) + ["nobody's"] {
        try checkOrdersAndLimits(Query(interactions: [name]), in: trial, against: log)
        try checkOrdersAndLimits(
          Query(customer: Samples.customer(1), interactions: [name, "nobody's"]), in: trial, against: log)
      }
      try checkOrdersAndLimits(Query(interactions: names), in: trial, against: log)
    },
    Case("reading by both clocks, bounds included and excluded") { trial in
      let log = try await PlainLog.fill(trial)
      let nearby: [Int64] = [-1, 0, 1]
      for minute in [-100, -60, -43, -22, -21, 0] {
        for microsecond in nearby {
          let time = Timestamp(microseconds: Samples.minute(minute).microseconds + microsecond)
          try checkOrdersAndLimits(Query(occurredFrom: time), in: trial, against: log)
          try checkOrdersAndLimits(Query(occurredUntil: time), in: trial, against: log)
          try checkOrdersAndLimits(
            Query(occurredFrom: Samples.minute(-50), occurredUntil: time), in: trial, against: log)
        }
      }
      for minute in [-1, 0, 3, 6, 9, 12, 15] {
        for microsecond in nearby {
          let time = Timestamp(microseconds: Samples.minute(minute).microseconds + microsecond)
          try checkOrdersAndLimits(Query(recordedThrough: time), in: trial, against: log)
          try checkOrdersAndLimits(
            Query(from: Position(5), customer: Samples.customer(2), recordedThrough: time), in: trial, against: log)
        }
      }
    },
    Case("reading under random conditions") { trial in
      let log = try await PlainLog.fill(trial)
      var random = SplitMix64(seed: 11)
      for _ in 0..<400 {
        try log.check(
          Query.random(count: log.events.count, sample: log.events, using: &random), in: trial)
      }
    },
    Case("what is read comes whole, also when much is left out") { trial in
      let log = try await PlainLog.fill(trial)
      for query in [Query(), Query(order: .backward), Query(customer: Samples.customer(2), limit: 2)] {
        for (found, expected) in zip(try trial.store.events(query), log.events(query)) {
          try trial.expectSame(found, expected.event)
        }
      }
    },
    Case("an error of the reader ends the reading and comes out") { trial in
      try await trial.append(Samples.praises(1...5))
      for order in [Query.Order.forward, .backward] {
        var seen = 0
        do {
          try trial.store.read(Query(order: order)) { _ in
            seen += 1
            if seen == 3 { throw Enough() }
          }
          throw ConformanceFailure("a reading whose reader throws", expected: "the reader's error", found: "none")
        } catch is Enough {
          try expect("events before the error", seen, is: 3)
        }
      }
      try await trial.append(Samples.praises(6...6))
      try trial.expectLog(Samples.praises(1...6))
    },
    Case("what was appended is read at once") { trial in
      for number in 1...30 {
        let receipt = try await trial.append(Samples.praises(number...number))
        let last = try trial.store.events(Query(order: .backward, limit: 1))
        try expect("last position", last.map(\.position), is: receipt.positions)
        let stream = try trial.store.events(Query(customer: Samples.customer(1)))
        try expect("events of the stream", stream.count, is: number)
      }
    },
  ]

  private struct Enough: Error {}

  /// Checks the query both ways, without a limit and with the smallest ones.
  private static func checkOrdersAndLimits(_ query: Query, in trial: Trial, against log: PlainLog) throws {
    for order in [Query.Order.forward, .backward] {
      for limit in [nil, 0, 1, 2, 40] {
        var query = query
        query.order = order
        query.limit = limit
        try log.check(query, in: trial)
      }
    }
  }
}

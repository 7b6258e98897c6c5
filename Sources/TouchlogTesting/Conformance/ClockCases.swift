import Touchlog

extension EventStoreConformance {
  /// The log's clock, and the sources'.
  static let clockCases = [
    Case("recordedAt is the clock's time, and never goes back with it") { trial in
      let jumps: [Int64] = [0, 5, 0, -3600, 1, 3590, 10, -86_000, 86_000, 100]
      var latest = trial.clock.now
      for (number, seconds) in jumps.enumerated() {
        trial.clock.move(seconds: seconds)
        latest = max(latest, trial.clock.now)
        let events = (0..<3).map { Samples.praise("\(number)/\($0)") }
        let receipt = try await trial.append(events)
        for opened in try trial.store.events(Query(from: receipt.positions[0])) {
          try expect("recordedAt after jump \(number)", opened.recordedAt, is: latest)
        }
      }
      let times = try trial.store.events().map(\.recordedAt)
      try expect("recordedAt in the order of positions", times, is: times.sorted())
    },
    Case("a retry does not change recordedAt") { trial in
      try await trial.append(Samples.praises(1...2))
      trial.clock.move(seconds: 60)
      try await trial.append(Samples.praises(1...3))
      let times = try trial.store.events().map(\.recordedAt)
      try expect("recordedAt", times, is: [Samples.noon, Samples.noon, Samples.minute(1)])
    },
    Case("an event is dated at most a day ahead of the clock") { trial in
      let latest = Samples.noon.adding(seconds: Limits.futureSeconds)
      let tooLate = Timestamp(microseconds: latest.microseconds + 1)
      let event = Samples.praise("1").with { $0.occurredAt = latest }
      let late = Samples.praise("2").with { $0.occurredAt = tooLate }
      try await trial.append([event])
      try await trial.expectAppend([late], ends: .invalid(0, "time"))
      try await trial.expectAppend([event, late], ends: .invalid(1, "time"))
      try await trial.expectAppend(
        [Samples.praise("3").with { $0.occurredAt = Timestamp(microseconds: .max) }], ends: .invalid(0, "time"))
      trial.clock.move(seconds: 1)
      try await trial.append([late])
      try trial.expectLog([event, late])
    },
    Case("an event is dated from 1900 on") { trial in
      let earliest = Samples.praise("1").with { $0.occurredAt = .earliest }
      let tooEarly = Timestamp(microseconds: Timestamp.earliest.microseconds - 1)
      try await trial.append([earliest])
      for time in [tooEarly, Timestamp(microseconds: .min)] {
        try await trial.expectAppend(
          [Samples.praise("2").with { $0.occurredAt = time }], ends: .invalid(0, "time"))
      }
      try trial.expectLog([earliest])
    },
    Case("times are kept to the microsecond") { trial in
      let events = [0, 1, 999_999, -1, -1_740_830_400_000_001].enumerated().map { number, offset in
        Samples.praise("\(number)").with {
          $0.occurredAt = Timestamp(microseconds: Samples.noon.microseconds + offset)
        }
      }
      trial.clock.set(to: Timestamp(microseconds: Samples.noon.microseconds + 7))
      try await trial.append(events)
      let opened = try trial.expectLog(events)
      try expect("recordedAt", opened[0].recordedAt.microseconds, is: Samples.noon.microseconds + 7)
    },
  ]
}

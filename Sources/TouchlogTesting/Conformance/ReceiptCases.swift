import Touchlog

extension EventStoreConformance {
  /// What an answer tells.
  static let receiptCases = [
    Case("a receipt tells positions, versions and head") { trial in
      let (anna, bo) = (Samples.customer(1), Samples.customer(2))
      try await trial.expectAppend(
        Samples.praises(1...2, of: anna),
        ends: .accepted(positions: [0, 1], appended: 2, streamVersion: 2, head: 2))
      try await trial.expectAppend(
        Samples.praises(1...1, of: bo), ends: .accepted(positions: [2], appended: 1, streamVersion: 1, head: 3))
      try await trial.expectAppend(
        Samples.praises(3...3, of: anna) + Samples.praises(2...2, of: bo),
        ends: .accepted(positions: [3, 4], appended: 2, streamVersion: nil, head: 5))
      try await trial.expectAppend(
        Samples.praises(4...4, of: anna), ends: .accepted(positions: [5], appended: 1, streamVersion: 4, head: 6))
      try expect("version of \(anna)", try trial.store.streamVersion(of: anna), is: 4)
      try expect("version of \(bo)", try trial.store.streamVersion(of: bo), is: 2)
      try expect("version of nobody", try trial.store.streamVersion(of: Samples.customer(3)), is: 0)
    },
    Case("an empty request answers with an empty receipt, whatever it expects") { trial in
      for head in [UInt64(0), 2] {
        for expectation in [Expectation.any, .noStream, .version(0), .version(7)] {
          try await trial.expectAppend(
            [], expecting: expectation,
            ends: .accepted(positions: [], appended: 0, streamVersion: nil, head: head))
        }
        if head == 0 { try await trial.append(Samples.praises(1...2)) }
      }
    },
    Case("all receipts of a store are worth the same") { trial in
      let first = try await trial.append([])
      let second = try await trial.append(Samples.praises(1...2))
      let third = try await trial.append(Samples.praises(1...3))
      let fourth = try await trial.append(Samples.praises(1...3), expecting: .noStream)
      for receipt in [second, third, fourth] {
        try expect("durability", receipt.durability.rawValue, is: first.durability.rawValue)
      }
    },
    Case("an empty log has a head, streams and readings") { trial in
      try trial.expectLog([])
      try expect("version", try trial.store.streamVersion(of: Samples.customer(1)), is: 0)
      try expect("events", try trial.store.events(Query(order: .backward)).count, is: 0)
      try expect("events", try trial.store.events(Query(customer: Samples.customer(1))).count, is: 0)
      try expect(
        "events", try trial.store.events(Query(order: .backward, from: Position(3), until: Position(9))).count, is: 0)
    },
  ]
}

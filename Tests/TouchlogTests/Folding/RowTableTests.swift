import Testing
import Touchlog
import TouchlogTesting

struct RowTableTests {
  private struct Sum: Row, Equatable {
    var events: UInt64 = 0
    var latest: Int64 = .min
    mutating func merge(_ other: Sum) {
      events += other.events
      latest = max(latest, other.latest)
    }
  }

  /// Few customers with many things, and many customers with one: rows meet in one place, and make room for others.
  private func keys(_ count: Int, using random: inout SplitMix64) -> [RowKey] {
    (0..<count).map { _ in
      let isOne = Bool.random(using: &random)
      return RowKey(
        CustomerNumber(.random(in: 0..<(isOne ? 9_000 : 3), using: &random)),
        thing: isOne ? 0 : .random(in: 0..<9_000, using: &random))
    }
  }

  private func rows(_ table: inout RowTable<Sum>) -> [RowKey: Sum] {
    var rows: [RowKey: Sum] = [:]
    for part in 0..<table.table.partCount {
      let run = table.table.takePart(part)
      for index in 0..<run.count {
        rows[run.keys[index]] = run.withBytes(of: index) { $0.loadUnaligned(as: Sum.self) }
      }
    }
    return rows
  }

  @Test func `rows that were kept back are there when they are taken`() {
    var random = SplitMix64(seed: 5)
    var expected: [RowKey: Sum] = [:]
    var table = RowTable<Sum>()
    for (place, key) in keys(20_000, using: &random).enumerated() {
      let sum = Sum(events: 1, latest: Int64(place))
      table.add(sum, of: key.customer, thing: key.thing)
      expected[key, default: Sum()].merge(sum)
    }
    #expect(rows(&table) == expected)
    #expect(rows(&table).isEmpty)
  }

  @Test func `a table that goes on after its rows were taken keeps back anew`() {
    var table = RowTable<Sum>()
    for round in 1...3 {
      table.add(Sum(events: UInt64(round), latest: 0), of: CustomerNumber(70_000), thing: 9)
      table.add(Sum(events: 1, latest: 1), of: CustomerNumber(70_000), thing: 9)
      let expected = [RowKey(CustomerNumber(70_000), thing: 9): Sum(events: UInt64(round) + 1, latest: 1)]
      #expect(table.table.customerBound > 70_000)
      #expect(rows(&table) == expected)
    }
  }

  @Test func `what another table has kept back is taken over too`() {
    var random = SplitMix64(seed: 9)
    var expected: [RowKey: Sum] = [:]
    var whole = RowTable<Sum>()
    for _ in 0..<3 {
      var part = RowTable<Sum>()
      for key in keys(2_000, using: &random) {
        part.add(Sum(events: 1, latest: 7), of: key.customer, thing: key.thing)
        expected[key, default: Sum()].merge(Sum(events: 1, latest: 7))
      }
      whole.table.absorb(&part.table)
      #expect(rows(&part).isEmpty)
    }
    #expect(rows(&whole) == expected)
  }

  @Test func `no number of a customer and a thing is mistaken for an empty place`() {
    var table = RowTable<Sum>()
    let keys = [
      RowKey(CustomerNumber(0)), RowKey(CustomerNumber(1), thing: .max), RowKey(CustomerNumber(3_000), thing: 1),
    ]
    for key in keys { table.add(Sum(events: 1, latest: 0), of: key.customer, thing: key.thing) }
    #expect(Set(rows(&table).keys) == Set(keys))
  }
}

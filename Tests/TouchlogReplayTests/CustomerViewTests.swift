import Catalog
import Testing
import Touchlog
import TouchlogReplay
import TouchlogStore
import TouchlogTesting

@Suite struct `Views of some customers` {
  private func lines(
    of view: any View, _ table: ViewTable, among customers: Set<CustomerNumber>,
  ) throws -> [[RowField]] {
    var lines: [[RowField]] = []
    try view.forEachLine(of: table) { line in
      if case .customer(let customer) = line[0], customers.contains(customer) { lines.append(line) }
    }
    return lines
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func `hold the rows that the whole log's views have of them, and nobody else's`(seed: UInt64) async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: seed)
    try await world.append(random: &generator, batches: 60)
    let end = try world.store.head()
    let customers = [0, 3, 5].map { CustomerNumber($0) }
    let replay = world.replay(projections: Catalog.folds)
    var compared = 0
    for alone in try replay.views(of: customers, below: end) {
      let name = alone.view.provenance.projection
      #expect(alone.parked.isEmpty)
      #expect(alone.view.provenance.head == end)
      try replay.withView(of: name) { whole in
        for table in alone.tables {
          let expected = try lines(of: whole, table, among: Set(customers))
          var found: [[RowField]] = []
          try alone.view.forEachLine(of: table) { found.append($0) }
          #expect(found == expected, "\(name) \(table.name)")
          compared += found.count
        }
      }
    }
    #expect(compared > 30)
    #expect(try replay.views(of: customers, below: end).map(\.view.provenance.projection) == replay.projections)
  }

  @Test func `end where they are told to, and say who is left out`() async throws {
    let world = try ReplayStore()
    let replay = world.replay { [Fold(Tally.self), Fold(Refusing.self)] }
    _ = try await world.store.append(Samples.praises(1...5))
    let customer = CustomerNumber(0)
    let views = try replay.views(of: [customer], below: Position(3))
    #expect(views.map(\.view.provenance.events) == [3, 3])
    #expect(views[0].parked.isEmpty)
    #expect(views[1].parked.map(\.customer) == [customer])
    #expect(views[1].parked[0].1.reason == "it refuses")
    #expect(try lines(of: views[1].view, views[1].tables[0], among: [customer]).isEmpty)
  }
}

/// A projection that can fold nobody.
private struct Refusing: Projection, ~Copyable {
  static let name = "refusing"
  static let version: UInt32 = 1
  var marks = MarkTable()

  mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
    throw FoldFault("it refuses")
  }

  mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
    try visit("marks", &marks.table)
  }
}

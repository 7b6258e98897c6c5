import Catalog
import Testing
import Touchlog
import TouchlogReplay
import TouchlogStore
import TouchlogTesting

@Suite struct ViewTablesTests {
  private func lines(_ view: any View) throws -> [String: [[RowField]]] {
    var lines: [String: [[RowField]]] = [:]
    for table in try Fold(Tally.self).tables() {
      try view.forEachLine(of: table) { lines[table.name, default: []].append($0) }
    }
    return lines
  }

  @Test func `the lines of a view on disk, with and without a tail, are those of a fold in memory`() async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: 11)
    let replay = world.replay()
    try await world.append(random: &generator, batches: 30)
    _ = try replay.catchUp()
    try await world.append(random: &generator, batches: 30)
    let bounds = Bounds(until: try world.store.head())
    let folded = try replay.withView(of: "tally", bounds: bounds) { try lines($0) }
    let withTail = try replay.withView(of: "tally") { try lines($0) }
    _ = try replay.catchUp()
    let onDisk = try replay.withView(of: "tally") { try lines($0) }
    #expect(folded["customers"]?.isEmpty == false)
    #expect(folded == withTail)
    #expect(folded == onDisk)
  }

  @Test func `lines say what the rows say`() async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: 12)
    try await world.append(random: &generator, batches: 30)
    try world.replay().withView(of: "tally") { view in
      let lines = try lines(view)
      var customers: [[RowField]] = []
      try view.forEachRow(in: Tally.customers) { key, rows in
        customers.append([
          .customer(key.customer), .hash(key.thing), .integer(Int64(rows.first.events)), .time(rows.first.first),
          .time(rows.first.last),
        ])
      }
      #expect(lines["customers"] == customers)
      var positions: [RowField] = []
      try view.forEachRow(in: Tally.marks) { _, marks in
        for index in 0..<marks.count { positions.append(.integer(Int64(marks[index].position.value))) }
      }
      #expect(lines["marks"]?.map { $0[3] } == positions)
    }
  }

  @Test func `all tables of the catalogue have columns, each name once`() throws {
    for fold in Catalog.folds() {
      let tables = try fold.tables()
      #expect(!tables.isEmpty)
      for table in tables {
        #expect(table.columns.first?.name == "customer")
        #expect(Set(table.columns.map(\.name)).count == table.columns.count)
        // SQL knows no case.
        #expect(Set(table.columns.map { $0.name.lowercased() }).count == table.columns.count)
      }
    }
  }
}

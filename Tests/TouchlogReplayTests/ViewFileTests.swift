import Foundation
import Testing
import Touchlog
import TouchlogReplay
import TouchlogStore
import TouchlogTesting

/// What is on disk, read by another version, torn, or parked.
@Suite struct ViewFileTests {
  /// As `Tally`, of a later version, with another row.
  private struct LaterTally: Projection, ~Copyable {
    static let name = "tally"
    static let version: UInt32 = 2
    var customers = RowTable<Tally.Count>()

    mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
      customers.add(Tally.Count(events: 1), of: event.customer)
    }

    mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
      try visit("customers", &customers.table)
    }
  }

  /// As `Tally`, but for its rows, which it says nothing of.
  private struct FalseTally: Projection, ~Copyable {
    static let name = "tally"
    static let version: UInt32 = 1
    var customers = MarkTable()

    mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
      customers.add(Mark(event), of: event.customer)
    }

    mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
      try visit("customers", &customers.table)
    }
  }

  /// Cannot fold grave complaints, until it can.
  private struct Fragile: Projection, ~Copyable {
    static let name = "fragile"
    static let version: UInt32 = 1
    @TaskLocal static var isMended = false
    static let customers = TableName<Tally.Count>("customers")
    var customers = RowTable<Tally.Count>()

    mutating func apply(_ event: borrowing RecordedEvent) throws(FoldFault) {
      if event.typeCode == Catalogue.complaintRaised.code, !Fragile.isMended { throw FoldFault("too grave") }
      customers.add(Tally.Count(events: 1, first: event.occurredAt, last: event.occurredAt), of: event.customer)
    }

    mutating func visitTables(_ visit: (String, inout FoldTable) throws -> Void) rethrows {
      try visit(Fragile.customers.name, &customers.table)
    }
  }

  @Test func `a later version has a view of its own`() async throws {
    let world = try ReplayStore()
    _ = try await world.store.append(Samples.praises(1...3))
    _ = try world.replay().catchUp()
    let later = world.replay { [Fold(LaterTally.self)] }
    #expect(try later.catchUp().first?.isNew == true)
    #expect(try later.status().first?.rows.map(\.count) == [1])
    #expect(try world.replay().status().first?.rows.map(\.count) == [1, 1])
  }

  @Test func `a view of other tables under the same version is not misread`() async throws {
    let world = try ReplayStore()
    _ = try await world.store.append(Samples.praises(1...3))
    _ = try world.replay().catchUp()
    let other = world.replay { [Fold(FalseTally.self)] }
    #expect {
      try other.withView(of: "tally") { _ in }
    } throws: { error in
      "\(error)".contains("expected “table customers 32 marks”, found “table customers 24 row”")
    }
    #expect(throws: ReplayError.self) { try other.catchUp() }
  }

  @Test func `a view of another store is not misread`() async throws {
    let world = try ReplayStore()
    let other = try ReplayStore()
    _ = try await world.store.append(Samples.praises(1...3))
    _ = try await other.store.append(Samples.praises(1...5))
    _ = try world.replay().catchUp()
    try FileManager.default.copyItem(atPath: world.folder + "/store/views", toPath: other.folder + "/store/views")
    #expect {
      try other.replay().withView(of: "tally") { _ in }
    } throws: { error in
      if case ReplayError.foreignView = error { true } else { false }
    }
  }

  @Test func `a customer who cannot be folded is parked whole, and released`() async throws {
    let world = try ReplayStore()
    let grave = Samples.event("g", "complaint.raised", of: Samples.customer(2), data: ["severity": 5])
    _ = try await world.store.append(Samples.praises(1...3) + Samples.praises(1...2, of: Samples.customer(2)))
    let replay = world.replay { [Fold(Fragile.self)] }
    _ = try replay.catchUp()
    #expect(try counts(replay) == [3, 2])
    _ = try await world.store.append([grave])
    // In the tail first, then on disk.
    #expect(try counts(replay) == [3])
    _ = try replay.catchUp()
    #expect(try counts(replay) == [3])
    #expect(try replay.withView(of: "fragile") { $0.provenance.parkedCustomers } == 1)
    let status = try #require(try replay.status().first)
    #expect(status.parked.map(\.1.reason) == ["too grave"])
    #expect(status.parked.map(\.1.position) == [Position(5)])
    // The others go on, and so does whoever is parked.
    _ = try await world.store.append(Samples.praises(4...4) + Samples.praises(3...3, of: Samples.customer(2)))
    _ = try replay.catchUp()
    #expect(try counts(replay) == [4])
    #expect(try replay.release(of: "fragile").parked.map(\.1.reason) == ["too grave"])
    let released = try Fragile.$isMended.withValue(true) { try replay.release(of: "fragile").released }
    #expect(released.count == 1)
    #expect(try counts(replay) == [4, 4])
    #expect(try replay.status().first?.parked.isEmpty == true)
  }

  /// What can happen to a file.
  enum Damage: String, CaseIterable {
    case head, cut, empty, foreign

    func befall(_ world: ReplayStore) throws {
      let path = world.folder + "/store/views/tally-v1"
      let file = try #require(FileHandle(forUpdatingAtPath: path + "/data.mdb"))
      defer { file.closeFile() }
      switch self {
      case .head: file.write(Data(repeating: 0xA5, count: 8192))
      case .cut: file.truncateFile(atOffset: 20_000)
      case .empty: file.truncateFile(atOffset: 0)
      case .foreign:
        try FileManager.default.removeItem(atPath: path)
        _ = try world.replay { [Fold(Fragile.self)] }.catchUp()
        try FileManager.default.moveItem(atPath: world.folder + "/store/views/fragile-v1", toPath: path)
      }
    }
  }

  @Test(arguments: Damage.allCases)
  func `a view that cannot be read is told, and made anew`(damage: Damage) async throws {
    let world = try ReplayStore()
    // A file that is large enough for its length to be looked at.
    for customers in [1...3000, 3001...6000] {
      _ = try await world.store.append(customers.map { Samples.praise("\($0)", of: Samples.customer($0)) })
    }
    let replay = world.replay()
    _ = try replay.catchUp()
    let digest = try replay.digest(of: "tally")
    try damage.befall(world)
    #expect(throws: ReplayError.self) { try replay.withView(of: "tally") { _ in } }
    #expect(throws: ReplayError.self) { try replay.catchUp() }
    let fault = try #require(try replay.status().first?.fault)
    let rebuilt = try #require(try replay.rebuild().first)
    #expect(rebuilt.difference == nil)
    #expect(rebuilt.unreadable == fault)
    #expect(try replay.digest(of: "tally") == digest)
    #expect(try replay.status().first?.fault == nil)
  }

  @Test func `a view on its way that was damaged is begun anew`() async throws {
    let world = try ReplayStore()
    _ = try await world.store.append(Samples.praises(1...2000))
    let replay = world.replay(jobs: 1, memory: 1)
    #expect(throws: CancellationError.self) {
      _ = try replay.rebuild { folded, _ in if folded > 1000 { throw CancellationError() } }
    }
    #expect(try replay.status().first?.building != Position(0))
    let file = world.folder + "/store/views/tally-v1.building/data.mdb"
    let handle = try #require(FileHandle(forUpdatingAtPath: file))
    handle.write(Data(repeating: 0xA5, count: 8192))
    handle.closeFile()
    #expect(try replay.rebuild().first?.from == Position(0))
    #expect(try replay.withView(of: "tally") { $0.provenance.events } == 2000)
  }

  @Test func `a view on its way that is ahead of the log is begun anew`() async throws {
    let world = try ReplayStore()
    _ = try await world.store.append(Samples.praises(1...500))
    try FileManager.default.copyItem(atPath: world.folder + "/store", toPath: world.folder + "/earlier")
    _ = try await world.store.append(Samples.praises(501...2000))
    #expect(throws: CancellationError.self) {
      _ = try world.replay(jobs: 1, memory: 1).rebuild { folded, _ in if folded > 1000 { throw CancellationError() } }
    }
    // The log as it was, with the view that had gone on.
    try FileManager.default.copyItem(
      atPath: world.folder + "/store/views", toPath: world.folder + "/earlier/views")
    var options = Store.Options()
    options.addressSpace = 1 << 30
    let earlier = try Store(
      opening: world.folder + "/earlier", keyPath: world.folder + "/key", access: .reading, options: options)
    let rebuilt = try #require(try Replay(of: earlier, projections: { [Fold(Tally.self)] }).rebuild().first)
    #expect(rebuilt.from == Position(0) && rebuilt.through == Position(500))
  }

  @Test func `the view before is kept where it is asked for`() async throws {
    let world = try ReplayStore()
    _ = try await world.store.append(Samples.praises(1...3))
    let replay = world.replay()
    _ = try replay.catchUp()
    _ = try replay.rebuild(keepingOld: true)
    #expect(try replay.status().first?.hasOld == true)
    _ = try replay.rebuild()
    #expect(try replay.status().first?.hasOld == false)
    #expect(try replay.status().first?.rebuiltAt != nil)
  }

  private func counts(_ replay: Replay) throws -> [UInt64] {
    try replay.withView(of: "fragile") { view in
      var counts: [UInt64] = []
      try view.forEachRow(in: Fragile.customers) { _, values in counts.append(values.first.events) }
      return counts
    }
  }
}

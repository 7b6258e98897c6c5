import Catalog
import Testing
import Touchlog
import TouchlogReplay
import TouchlogStore
import TouchlogTesting

/// What reports are made of, before somebody is erased and after.
@Suite struct `The figures` {
  /// All that a report asks a view for: if it is the same, so is every figure.
  private struct Basis: Equatable {
    var digests: [String: String] = [:]
    var ends: [String: Timestamp?] = [:]
    var bounds: [String: UInt32] = [:]
    var parked: [String: Int] = [:]
    var anonymous: Set<UInt32> = []

    init(_ replay: Replay) throws {
      for name in replay.projections {
        digests[name] = try replay.digest(of: name)
        try replay.withView(of: name) { view in
          ends[name] = view.provenance.end
          bounds[name] = view.customerBound
          parked[name] = view.provenance.parkedCustomers
          let set = try view.anonymousCustomers()
          anonymous = Set((0..<view.customerBound).filter { set.contains(CustomerNumber($0)) })
        }
      }
    }
  }

  @Test(arguments: [UInt64(4), 5])
  func `do not change when customers are erased`(seed: UInt64) async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: seed)
    try await world.append(random: &generator, batches: 150)
    let replay = world.replay(projections: Catalog.folds)
    // Views that are kept know their customers' bound better than such as are folded for one report.
    let folded = try Basis(replay)
    _ = try replay.catchUp()
    let before = try Basis(replay)
    #expect(!before.anonymous.isEmpty && before.digests.count >= 3)

    // Some who are known, one who is linked with others, and one whom nobody knows.
    let known = try EventGenerator.customers.prefix(4).compactMap { try world.store.number(of: $0) }
    let unknown = try #require(before.anonymous.min())
    let erasure = try await world.store.erase(known + [CustomerNumber(unknown)], reason: "asked for it")
    #expect(erasure.customers.count == known.count + 1 && known.count >= 2)

    // With the views as they were, caught up, made anew, and without any.
    #expect(try Basis(replay) == before)
    _ = try replay.catchUp()
    #expect(try Basis(replay) == before)
    let rebuilt = try replay.rebuild()
    #expect(rebuilt.allSatisfy { $0.difference?.isEmpty == true })
    #expect(try Basis(replay) == before)
    try world.removeViews()
    #expect(try Basis(replay) == folded)
    #expect(try world.store.verify().damages == [])
  }
}

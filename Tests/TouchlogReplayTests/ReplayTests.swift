import Synchronization
import Testing
import Touchlog
import TouchlogReplay
import TouchlogStore
import TouchlogTesting

@Suite struct ReplayTests {
  @Test(arguments: [UInt64(1), 2, 3])
  func `however a view comes about, its rows are the same`(seed: UInt64) async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: seed)
    var digests: Set<String> = []
    // In steps, as a log grows.
    let growing = world.replay()
    for _ in 0..<5 {
      try await world.append(random: &generator, batches: 40)
      _ = try growing.catchUp()
      _ = try growing.catchUp()
    }
    digests.insert(try growing.digest(of: "tally"))
    // Beside the view, in one go and in pieces, on one thread and on three.
    for (jobs, memory) in [(1, 768 << 20), (3, 768 << 20), (1, 1), (3, 1)] {
      let rebuilt = try world.replay(jobs: jobs, memory: memory).rebuild()
      #expect(rebuilt.first?.difference?.isEmpty == true)
      digests.insert(try growing.digest(of: "tally"))
    }
    // With no view at all.
    try world.removeViews()
    digests.insert(try growing.digest(of: "tally"))
    // A view with a tail.
    _ = try growing.catchUp()
    let head = try world.store.head()
    let bounds = Bounds(until: head)
    #expect(try growing.withView(of: "tally", bounds: bounds) { $0.provenance.head } == head)
    digests.insert(try growing.digest(of: "tally"))
    #expect(digests.count == 1)
  }

  @Test func `a view is read up to the head, whatever it has folded`() async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: 5)
    let replay = world.replay()
    try await world.append(random: &generator, batches: 30)
    _ = try replay.catchUp()
    try await world.append(random: &generator, batches: 30)
    let behind = try replay.digest(of: "tally")
    let provenance = try replay.withView(of: "tally") { $0.provenance }
    #expect(provenance.head == (try world.store.head()))
    #expect(provenance.events == provenance.head.value)
    #expect(try replay.status().first?.lagEvents != 0)
    _ = try replay.catchUp()
    #expect(try replay.status().first?.lagEvents == 0)
    #expect(try replay.digest(of: "tally") == behind)
    let counted = try replay.withView(of: "tally") { view in
      let parts = try view.mapCustomers { range in
        var events: UInt64 = 0
        try view.forEachRow(in: Tally.customers, customers: range) { _, values in events += values.first.events }
        return events
      }
      return parts.reduce(0, +)
    }
    #expect(counted == provenance.head.value)
  }

  @Test func `as known at a position is what the log's beginning gives`() async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: 9)
    try await world.append(random: &generator, batches: 20)
    let head = try world.store.head()
    let replay = world.replay()
    let then = try rows(of: replay)
    try await world.append(random: &generator, batches: 20)
    _ = try replay.catchUp()
    #expect(try rows(of: replay, Bounds(until: head)) == then)
    #expect(try rows(of: replay) != then)
    let recordedAt = try world.store.recordedAt(Position(head.value - 1))
    let known = try replay.withView(of: "tally", bounds: Bounds(asKnownAt: recordedAt)) { $0.provenance.head }
    #expect(known >= head)
  }

  @Test func `as of a time only what had happened by then counts`() async throws {
    let world = try ReplayStore()
    _ = try await world.store.append(Samples.praises(1...10))
    let replay = world.replay()
    _ = try replay.catchUp()
    let time = Samples.noon.adding(seconds: 4)
    let (counts, provenance) = try replay.withView(of: "tally", bounds: Bounds(asOf: time)) { view in
      var counts: [Tally.Count] = []
      try view.forEachRow(in: Tally.customers) { _, values in counts.append(values.first) }
      return (counts, view.provenance)
    }
    #expect(counts.map(\.events) == [4])
    #expect(counts.map(\.last) == [time])
    #expect(provenance.events == 4)
    #expect(provenance.end == time)
  }

  @Test func `a view that another process writes is left alone`() async throws {
    let world = try ReplayStore()
    _ = try await world.store.append(Samples.praises(1...3))
    let replay = world.replay()
    #expect {
      _ = try replay.catchUp([]) { _, _ in _ = try world.replay().catchUp() }
    } throws: { error in
      if case ReplayError.viewBusy = error { true } else { false }
    }
    #expect(try replay.catchUp().first?.isNew == true)
  }

  @Test func `reports, catching up and rebuilding go on side by side in one process`() async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: 33)
    try await world.append(random: &generator, batches: 40)
    let replay = world.replay()
    _ = try replay.catchUp()
    let digest = try replay.digest(of: "tally")
    try replay.withView(of: "tally") { view in
      try replay.withView(of: "tally") { other in #expect(other.provenance == view.provenance) }
      _ = try replay.catchUp()
      _ = try replay.rebuild()
      // The view before, which is gone from its place.
      var rows = 0
      try view.forEachRow(in: Tally.customers) { _, _ in rows += 1 }
      #expect(rows > 0)
    }
    #expect(try replay.digest(of: "tally") == digest)
    #expect(try replay.status().first?.lagEvents == 0)
  }

  @Test func `a restored store's view has the rows of the one that was backed up`() async throws {
    let world = try ReplayStore()
    var generator = EventGenerator(seed: 21)
    try await world.append(random: &generator, batches: 60)
    let replay = world.replay()
    _ = try replay.catchUp()
    let digest = try replay.digest(of: "tally")
    let restored = try world.restored()
    #expect(restored.id != world.store.id)
    let other = Replay(of: restored, projections: { [Fold(Tally.self)] })
    #expect(try other.status().first?.exists == false)
    _ = try other.catchUp()
    #expect(try other.digest(of: "tally") == digest)
    try restored.close()
  }

  @Test func `a name that no projection has is refused`() throws {
    let replay = try ReplayStore().replay()
    #expect(throws: ReplayError.self) { try replay.catchUp(["talley"]) }
    #expect(throws: ReplayError.self) { try replay.rebuild(["talley"]) }
    #expect(throws: ReplayError.self) { try replay.withView(of: "talley") { _ in } }
  }

  private func rows(of replay: Replay, _ bounds: Bounds = Bounds()) throws -> [RowKey: [Mark]] {
    try replay.withView(of: "tally", bounds: bounds) { view in
      var rows: [RowKey: [Mark]] = [:]
      try view.forEachRow(in: Tally.marks) { key, values in
        rows[key] = (0..<values.count).map { values[$0] }
      }
      return rows
    }
  }
}

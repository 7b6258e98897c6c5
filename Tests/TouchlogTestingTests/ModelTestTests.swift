import Testing
import Touchlog
import TouchlogTesting

@Suite struct `The model test` {
  @Test(arguments: 1...20 as ClosedRange<UInt64>)
  func `finds nothing wrong with the model itself`(seed: UInt64) async throws {
    let store = try await ModelTest(seed: seed).run { InMemoryEventStore(clock: $0) }
    #expect(try store.head() > Position(100))
  }

  @Test func `opens the store anew at random points`() async throws {
    let opened = Counter()
    try await ModelTest(seed: 1, steps: 300).run {
      InMemoryEventStore(clock: $0)
    } reopen: { store, _ in
      _ = opened.next()
      return store
    }
    #expect(opened.next() > 2)
  }

  @Test func `finds a store that forgets when it is opened anew`() async throws {
    let failure = try await #require(throws: ModelFailure.self) {
      try await ModelTest(seed: 1, steps: 300).run {
        InMemoryEventStore(clock: $0)
      } reopen: { _, clock in
        InMemoryEventStore(clock: clock)
      }
    }
    #expect(failure.operation == "opening the store anew")
    #expect(failure.description.hasPrefix("seed 1, step \(failure.step), opening the store anew: head: expected "))
  }

  @Test func `is the same for the same seed`() async throws {
    let first = try await ModelTest(seed: 7).run { InMemoryEventStore(clock: $0) }.events()
    let second = try await ModelTest(seed: 7).run { InMemoryEventStore(clock: $0) }.events()
    let another = try await ModelTest(seed: 8).run { InMemoryEventStore(clock: $0) }.events()
    #expect(first.map(\.event.id) == second.map(\.event.id))
    #expect(first.map(\.recordedAt) == second.map(\.recordedAt))
    #expect(first.map(\.event.data) == second.map(\.event.data))
    #expect(first.map(\.event.data) != another.map(\.event.data))
  }

  @Test(arguments: Breakage.ofRequests.filter { !unnoticeable.contains($0.description) })
  func `finds a broken store`(_ breakage: Breakage) async throws {
    await #expect(throws: ModelFailure.self) {
      for seed in 1...10 as ClosedRange<UInt64> {
        try await ModelTest(seed: seed).run { breakage.breaking(InMemoryEventStore(clock: $0)) }
      }
    }
  }

  /// What shows itself only when many use the store at once, with texts that the generator does not make, or in what
  /// is no part of an outcome.
  private static let unnoticeable: Set<String> = [
    "checks the version in one step and appends in another", "compares texts as Unicode does",
    "promises now this, now that", "writes data anew",
  ]
}

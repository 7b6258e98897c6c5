import Testing
import Touchlog
import TouchlogTesting

@Suite struct `A broken store` {
  @Test(arguments: Breakage.all)
  func `fails the cases that are about what it does wrong`(_ breakage: Breakage) async throws {
    for name in breakage.cases {
      await #expect(throws: ConformanceFailure.self, "“\(name)” notices nothing") {
        try await EventStoreConformance.named(name).run { clock, check in
          try await check(breakage.breaking(InMemoryEventStore(clock: clock)))
        }
      }
    }
  }

  @Test func `fails no case when nothing is wrong`() async throws {
    for conformance in EventStoreConformance.allCases {
      try await conformance.run { clock, check in
        try await check(BrokenStore(InMemoryEventStore(clock: clock)) { _ in })
      }
    }
  }
}

import Testing
import Touchlog
import TouchlogTesting

@Suite struct `A broken store` {
  @Test(arguments: Breakage.all)
  func `fails the cases that are about what it does wrong`(_ breakage: Breakage) async throws {
    for name in breakage.cases {
      await #expect(throws: ConformanceFailure.self, "“\(name)” notices nothing") {
        // What does not come soon from memory never comes.
        try await EventStoreConformance.$patience.withValue(.seconds(2)) {
          try await EventStoreConformance.named(name).run { clock, check in
            try await check(breakage.breaking(InMemoryEventStore(clock: clock)))
          }
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

  @Test func `with nothing wrong in its followers only goes on when it is closed`() async throws {
    let closing = "closing the log ends its subscriptions, and refuses appends"
    for conformance in EventStoreConformance.allCases where conformance.name != closing {
      try await conformance.run { clock, check in
        try await check(
          BrokenStore(InMemoryEventStore(clock: clock)) {
            $0.subscribing = { inner, query in try Subscription(to: query) { BrokenFollower(inner, query) } }
          })
      }
    }
  }
}

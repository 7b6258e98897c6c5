import Testing
import TouchlogTesting

@Suite struct `The in-memory store` {
  @Test(arguments: EventStoreConformance.allCases)
  func `conforms`(_ conformance: EventStoreConformance.Case) async throws {
    try await conformance.run { clock, check in try await check(InMemoryEventStore(clock: clock)) }
  }
}

@Suite struct `The conformance suite` {
  @Test func `names each case once`() {
    let names = EventStoreConformance.allCases.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(names.count >= 60)
  }

  @Test func `fails when no store is lent`() async throws {
    await #expect(throws: ConformanceFailure.self) {
      try await EventStoreConformance.allCases[0].run { _, _ in }
    }
  }

  @Test func `says what was expected, what was found and where it looked`() async throws {
    let failure = try await #require(throws: ConformanceFailure.self) {
      try await EventStoreConformance.named("a receipt tells positions, versions and head").run { clock, check in
        try await check(BrokenStore.forgetful(InMemoryEventStore(clock: clock)))
        try await check(BrokenStore.countingFromOne(InMemoryEventStore(clock: clock)))
      }
    }
    #expect(failure.expected == "positions [0, 1], 2 of them new, stream version 2, head 2")
    #expect(failure.found == "positions [1, 2], 2 of them new, stream version 2, head 2")
    #expect(failure.file.hasSuffix("ReceiptCases.swift"))
    #expect(failure.description.contains("append of [/samples crm:1/1, /samples crm:1/2] expecting any version"))
  }
}

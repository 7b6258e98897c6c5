import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

@Suite struct `The LMDB store` {
  @Test(arguments: EventStoreConformance.allCases)
  func `conforms`(_ conformance: EventStoreConformance.Case) async throws {
    try await conformance.run { clock, check in
      let place = try TemporaryStore()
      try await check(place.open(clock: clock))
    }
  }

  @Test(arguments: 1...12 as ClosedRange<UInt64>)
  func `behaves like the model, also when it is closed and opened`(seed: UInt64) async throws {
    let place = try TemporaryStore()
    let store = try await ModelTest(seed: seed).run { clock in
      try place.open(clock: clock)
    } reopen: { store, clock in
      try store.close()
      return try place.open(clock: clock)
    }
    #expect(try store.verify().damages == [])
  }
}

import LMDB
import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

@Suite struct `A subscription to a store` {
  /// One event of another type among many.
  private func filled(_ store: Store, count: Int) async throws {
    var events = Samples.praises(1...count)
    events[count - 2] = Samples.event("rare", "acme.thing", of: Samples.customer(7))
    _ = try await store.append(events)
  }

  @Test func `passes a long stretch without events in pages, and holds no transaction between them`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    try await filled(store, count: 95)
    for query in [Query(until: Position(95), types: ["acme.thing"]), Query(until: Position(95))] {
      let subscription = try Subscription(to: query) { StoreFollower(store: store, query: query, pageHeaders: 10) }
      var positions: [UInt64] = []
      var ends: [UInt64] = []
      for try await batch in subscription {
        positions += batch.events.map(\.position.value)
        ends.append(batch.position.value)
        #expect(try readers(of: store) == 0)
        #expect(batch.head == Position(95))
      }
      #expect(ends == [10, 20, 30, 40, 50, 60, 70, 80, 90, 95])
      #expect(positions == (query.types.isEmpty ? Array(0..<95) : [93]))
    }
  }

  private func readers(of store: Store) throws -> Int {
    try store.log.environment.readers().count { $0.transaction != nil }
  }

  @Test func `walks a customer's stream once for all its batches, and finds what came meanwhile`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append(Samples.praises(1...1100) + Samples.praises(1...1, of: Samples.customer(2)))
    var batches = try store.subscription(to: Query(customer: Samples.customer(1))).makeAsyncIterator()
    var counts: [Int] = []
    var positions: [UInt64] = []
    while positions.count < 1102 {
      let batch = try #require(try await batches.next())
      counts.append(batch.events.count)
      positions += batch.events.map(\.position.value)
      if counts.count == 1 { _ = try await store.append(Samples.praises(1101...1102)) }
      #expect(batch.position == Position([512, 1024, 1101, 1103][counts.count - 1]))
    }
    #expect(counts == [512, 512, 76, 2])
    #expect(positions == Array(0..<1100) + [1101, 1102])
  }

  @Test func `ends when the store is closed, whatever it is at`() async throws {
    for access in [Store.Access.appending, .reading] {
      let place = try TemporaryStore()
      let writing = try place.open()
      _ = try await writing.append(Samples.praises(1...600))
      try writing.close()
      let store = try place.open(access)
      let (begun, report) = AsyncStream.makeStream(of: Void.self)
      try await withThrowingTaskGroup { group in
        for number in 0..<6 {
          group.addTask {
            // Some wait for more, the others begin again and again.
            var loops = 0
            while true {
              let query = Query(until: number % 2 == 0 ? nil : Position(600))
              var batches = 0
              for try await _ in try store.subscription(to: query) {
                batches += 1
                if loops == 0, batches == 1 { report.yield() }
              }
              if batches == 0 || number % 2 == 0 { return }
              loops += 1
            }
          }
        }
        var count = 0
        for await _ in begun {
          count += 1
          if count == 6 { break }
        }
        try store.close()
        try await group.waitForAll()
      }
    }
  }
}

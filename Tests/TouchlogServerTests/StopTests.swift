import Foundation
import JSON
import Synchronization
import Testing
import Touchlog
import TouchlogServer
import TouchlogStore

@Suite struct StopTests {
  /// What was acknowledged, by several clients.
  private final class Acknowledged: Sendable {
    let ids = Mutex<Set<String>>([])
    var count: Int { ids.withLock { $0.count } }
  }

  /// Appends one event after the other until the service is gone.
  private static func append(client: Int, port: Int, to acknowledged: Acknowledged) {
    do {
      let connection = try Connection(port: port)
      for number in 0..<100_000 {
        let id = "c\(client)-\(number)"
        try connection.request(
          "POST", "/v1/events", ServiceUnderTest.headers("pbx", ["Content-Type": Sample.structured]),
          body: Sample.event(id))
        guard try connection.reply().status == 200 else { return }
        _ = acknowledged.ids.withLock { $0.insert(id) }
      }
    } catch {
      // The service is gone: what had no answer was not acknowledged.
    }
  }

  @Test func `a service that is stopped under load answers what it has taken, and loses nothing`() async throws {
    let acknowledged = Acknowledged()
    try await ServiceUnderTest.run { service in
      let port = service.port
      try await withThrowingTaskGroup { group in
        for client in 0..<8 {
          group.addTask {
            try await blocking { StopTests.append(client: client, port: port, to: acknowledged) }
          }
        }
        for _ in 0..<6000 where acknowledged.count < 200 { try await Task.sleep(for: .milliseconds(10)) }
        await service.stop()
        try await group.waitForAll()
      }
    } afterwards: { service in
      #expect(acknowledged.count >= 200)
      try service.withStore { store in
        let ids = try store.events().map(\.event.id)
        #expect(Set(ids).count == ids.count)
        #expect(acknowledged.ids.withLock { $0 }.isSubset(of: ids))
        // What was taken was answered: no client lost an answer to the end.
        #expect(ids.count == acknowledged.count)
        #expect(try store.verify().damages == [])
      }
    }
  }

  @Test func `a stream of lines is told that the service stops, with a last receipt`() async throws {
    try await ServiceUnderTest.run { service in
      let port = service.port
      let (firsts, first) = AsyncStream<Void>.makeStream()
      let stream = Task {
        try await blocking {
          let connection = try Connection(port: port)
          try connection.request(
            "POST", "/v1/events",
            ServiceUnderTest.headers("pbx", ["Content-Type": Sample.lines, "Transfer-Encoding": "chunked"]))
          try connection.chunk(Sample.event("a") + "\n" + "{\"half")
          _ = try connection.head()
          _ = try connection.piece()
          first.yield()
          let last = try #require(try connection.piece())
          return try JSONValue(parsing: String(decoding: last, as: UTF8.self))
        }
      }
      for await _ in firsts { break }
      await service.stop()
      let last = try await stream.value
      #expect(last["stopping"] == true)
      #expect(last["events"] == 1)
      #expect(last["problem"] == nil)
    }
  }
}

import Foundation
import Synchronization
import Testing
import Touchlog

@testable import TouchlogStore

@Suite struct AppendingTests {
  @Test func `what is appended is there after the store was opened again`() async throws {
    let place = try TemporaryStore()
    do {
      let store = try place.open()
      let receipt = try await store.append([started("1"), started("2", customer: nil), started("3")])
      #expect(receipt.positions.map(\.value) == [0, 1, 2])
      #expect(receipt.durability == .synced)
    }
    let store = try place.open()
    let events = try store.events()
    #expect(events.map(\.event.id) == ["1", "2", "3"])
    #expect(events.map(\.customer?.text) == ["crm:1", "anon:call-2", "crm:1"])
    #expect(events.map(\.streamVersion) == [0, 0, 1])
    #expect(try await store.append([started("3"), started("4")]).positions.map(\.value) == [2, 3])
    #expect(try store.verify().damages == [])
  }

  @Test func `a number without events is no customer, and is used again`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    let first = try Reference("crm:1")
    let never = try Reference("crm:99")
    _ = try await store.append([started("1")])
    await #expect(throws: AppendError.self) {
      try await store.append([started("2", customer: "crm:99")], expecting: .version(3))
    }
    #expect(try store.number(of: never) == nil)
    // A link's other end gets a number with the link, and its stream begins later.
    let link = Event(
      id: "link", source: "/crm", type: "identity.linked",
      occurredAt: try #require(Timestamp(rfc3339: "2025-03-01T10:00:00Z")), subject: first,
      data: ["other": "tel:+46 70 123 45 67"])
    _ = try await store.append([link])
    let other = try Reference("tel:+46701234567")
    let number = try #require(try store.number(of: other))
    #expect(try store.streamVersion(of: other) == 0)
    #expect(try store.statistics().customers == 1)
    _ = try await store.append([started("3", customer: other.text)], expecting: .noStream)
    #expect(try store.events(Query(customer: other)).map(\.customerNumber) == [number])
  }

  @Test func `no file of the store holds a reference or data in clear`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    var event = try started("1", customer: "mailto:anna.secret@example.se")
    event.type = "contact.message"
    event.data = Array(#"{"by":"customer","text":"my confidential words"}"#.utf8)
    _ = try await store.append([event])
    let log = try Data(contentsOf: URL(filePath: place.path + "/log/data.mdb"))
    #expect(log.range(of: Data("anna.secret".utf8)) == nil)
    #expect(log.range(of: Data("confidential".utf8)) == nil)
    #expect(log.range(of: Data("call-1".utf8)) != nil, "interactions stay readable")
    let vault = try Data(contentsOf: URL(filePath: place.path + "/vault/data.mdb"))
    #expect(vault.range(of: Data("anna.secret".utf8)) != nil, "the vault knows who it is")
    #expect(vault.range(of: Data("confidential".utf8)) == nil)
  }

  @Test func `recordedAt never decreases, also when the clock goes back`() async throws {
    let place = try TemporaryStore()
    let clock = SteppingClock(times: [5000, 3000, 9000, 1000])
    var options = Store.Options.forTests
    options.clock = { clock.next() }
    let store = try place.open(options: options)
    for number in 0..<6 { _ = try await store.append([started("\(number)")]) }
    let times = try store.events().map(\.recordedAt)
    #expect(times == times.sorted())
    #expect(try store.head(recordedThrough: times[0]).value >= 1)
    #expect(try store.head(recordedThrough: Timestamp(seconds: 0)) == Position(0))
  }

  @Test func `a queue that is full holds appenders back, and loses none`() async throws {
    let place = try TemporaryStore()
    var options = Store.Options.forTests
    options.queueCapacity = 10
    let store = try place.open(options: options)
    try await withThrowingTaskGroup(of: Int.self) { group in
      for appender in 0..<50 {
        group.addTask {
          let events = try (0..<7).map { try started("\(appender)-\($0)", customer: "crm:\(appender)") }
          return try await store.append(events).appended
        }
      }
      var appended = 0
      for try await count in group { appended += count }
      #expect(appended == 350)
    }
    // One that is larger than the queue goes in as well.
    #expect(try await store.append((0..<40).map { try started("large-\($0)") }).appended == 40)
    #expect(try store.head() == Position(390))
    #expect(try store.verify().damages == [])
  }

  @Test func `a store that stopped appending says so, and still reads`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append([started("1")])
    store.stopAppending()
    await #expect(throws: AppendError.closed) { try await store.append([started("2")]) }
    #expect(try store.events().count == 1)
  }

  @Test func `a log without room refuses, acknowledges nothing more, and opens with all that it acknowledged`()
    async throws
  {
    let place = try TemporaryStore()
    var acknowledged = 0
    do {
      var options = Store.Options.forTests
      options.addressSpace = 1 << 20
      let store = try place.open(options: options)
      var failure: AppendError?
      for number in 0..<2000 where failure == nil {
        do {
          acknowledged += try await store.append((0..<10).map { try started("\(number)-\($0)") }).appended
        } catch let error as AppendError {
          failure = error
        }
      }
      guard case .failed(let cause)? = failure else {
        Issue.record("expected the log to be full, found \(String(describing: failure))")
        return
      }
      #expect(cause.contains("MDB_MAP_FULL"))
      await #expect(throws: AppendError.self) { try await store.append([started("later")]) }
    }
    let store = try place.open()
    #expect(try store.head().value == UInt64(acknowledged))
    #expect(try store.verify().damages == [])
    #expect(try await store.append([started("later")]).appended == 1)
  }
}

/// Gives out times in turn, over and over.
private final class SteppingClock: Sendable {
  private let times: [Int64]
  private let place = Mutex(0)

  init(times: [Int64]) {
    self.times = times
  }

  func next() -> Timestamp {
    place.withLock { place in
      defer { place += 1 }
      return Timestamp(seconds: 1_800_000_000 + times[place % times.count])
    }
  }
}

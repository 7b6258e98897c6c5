import Foundation
import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

/// What was made ready before an erasure, and comes to the log after it.
@Suite struct `An event that was prepared before an erasure` {
  private static let anna = "crm:anna-forgotten"

  /// Preparing is not for asynchronous callers, as it may take its time.
  private func prepare(_ events: [Event], in store: Store) throws -> PreparedEvents { try store.prepare(events) }

  /// That a customer under the old reference is a new one in all respects.
  private func checkIsNew(_ old: Traces, in store: Store, of place: TemporaryStore) throws {
    let number = try #require(try store.number(of: old.reference))
    #expect(number != old.number)
    let new = try Traces(of: old.reference.text, in: store)
    #expect(new.key != old.key)
    let found = try old.found(in: place.path)
    #expect(found.allSatisfy { $0.hasSuffix(": reference") }, "neither the old key nor the wrapped one came back")
    #expect(try store.verify().damages == [])
    // Each payload opens under the key that its customer has now.
    for event in try store.events(Query(customer: old.reference)) {
      #expect(!event.isErased && event.customerNumber == number && event.event.data != nil)
    }
  }

  @Test func `belongs to a new customer with a new key`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append([started("1", customer: Self.anna), started("2", customer: "crm:other")])
    let traces = try Traces(of: Self.anna, in: store)
    let prepared = try prepare(
      [started("3", customer: Self.anna), started("4", customer: "crm:other"), started("5", customer: Self.anna)],
      in: store)
    _ = try await store.erase([traces.number], reason: nil)
    let receipt = try await store.append(prepared)
    #expect(receipt.appended == 3)
    try checkIsNew(traces, in: store, of: place)
    #expect(try store.events(Query(customer: traces.reference)).map(\.event.id) == ["3", "5"])
    let other = try store.events(Query(customer: Reference("crm:other")))
    #expect(other.map(\.event.id) == ["2", "4"] && other.allSatisfy { !$0.isErased && $0.event.data != nil })
    #expect(try store.events(Query(customer: Reference(normalised: traces.number.description))).count == 2)
  }

  @Test func `is sealed anew also where it was the first of its customer when it was prepared`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    // Both under one provisional key, of which the first makes the customer's own.
    let first = try prepare([started("1", customer: Self.anna)], in: store)
    let second = try prepare([started("2", customer: Self.anna)], in: store)
    _ = try await store.append(first)
    let traces = try Traces(of: Self.anna, in: store)
    _ = try await store.erase([traces.number], reason: nil)
    _ = try await store.append(second)
    try checkIsNew(traces, in: store, of: place)
  }

  @Test func `and names the erased one as another reference, names a new one`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append([started("1", customer: Self.anna)])
    let traces = try Traces(of: Self.anna, in: store)
    let time = try #require(Timestamp(rfc3339: "2025-03-01T09:30:00Z"))
    let link = Event(
      id: "link", source: "/crm", type: "identity.linked", occurredAt: time, subject: try Reference("crm:2"),
      data: ["other": .string(Self.anna)])
    let prepared = try prepare([link], in: store)
    _ = try await store.erase([traces.number], reason: nil)
    _ = try await store.append(prepared)
    try checkIsNew(traces, in: store, of: place)
    let data = try #require(try store.events(Query(types: ["identity.linked"])).first?.event.data)
    #expect(String(decoding: data, as: UTF8.self).contains(Self.anna), "who sent it means whom that name means now")
  }

  @Test func `expects a stream that begins anew`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append([started("1", customer: Self.anna)])
    let number = try #require(try store.number(of: Reference(Self.anna)))
    let third = try prepare([started("3", customer: Self.anna)], in: store)
    _ = try await store.erase([number], reason: nil)
    await #expect(throws: AppendError.self) { _ = try await store.append(third, expecting: .version(1)) }
    let receipt = try await store.append(third, expecting: .noStream)
    #expect(receipt.streamVersion == 1)
  }

  @Test func `as all events that are appended while customers go, is whole, once, and sealed right`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    let customers = (0..<6).map { "crm:customer-\($0)-of-many" }
    func event(_ lane: Int, _ number: Int) throws -> Event {
      try started("\(lane)-\(number)", customer: customers[(lane + number) % customers.count])
    }
    for customer in customers.indices { _ = try await store.append([event(0, customer)]) }
    let erased = try await withThrowingTaskGroup(of: [Traces].self) { group in
      for lane in 1...3 {
        group.addTask {
          for number in 0..<60 {
            let receipt = try await store.append([event(lane, number)])
            #expect(receipt.appended == 1)
          }
          return []
        }
      }
      group.addTask {
        var random = SplitMix64(seed: 11)
        var erased: [Traces] = []
        for _ in 0..<25 {
          let name = customers.randomElement(using: &random) ?? ""
          // Nobody has come back under the name since it was erased.
          guard try store.number(of: Reference(name)) != nil else { continue }
          let traces = try Traces(of: name, in: store)
          _ = try await store.erase([traces.number], reason: nil)
          erased.append(traces)
        }
        return erased
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    #expect(erased.count > 5)
    #expect(try store.verify().damages == [])
    let numbers = Set(erased.map(\.number))
    #expect(numbers.count == erased.count, "a number is given once")
    let events = try store.events()
    #expect(events.count { $0.event.type != "customer.erased" } == 6 + 180)
    for event in events {
      let isCompanys = event.customer == .company
      #expect(event.isErased == numbers.contains(event.customerNumber))
      #expect(event.isErased || isCompanys || event.event.data != nil)
    }
    for traces in erased {
      #expect(try traces.found(in: place.path).allSatisfy { $0.hasSuffix(": reference") })
    }
  }

  @Test func `is not opened any more by a reading that had begun before`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append([started("1", customer: Self.anna), started("2", customer: "crm:other")])
    let number = try #require(try store.number(of: Reference(Self.anna)))
    let positions = [Position(0), Position(1)]
    var reader = LogReader(log: store.log, query: Query())
    #expect(try reader.events(at: positions).map(\.isErased) == [false, false])
    _ = try await store.erase([number], reason: nil)
    #expect(try reader.events(at: positions).map(\.isErased) == [true, false])
  }

  @Test func `is in a backup that is made meanwhile, or is not, and the backup is whole`() async throws {
    let place = try TemporaryStore()
    let store = try place.open()
    _ = try await store.append((0..<400).map { try started("e\($0)", customer: "crm:\($0 % 40)") })
    let folder = place.folder
    let path = place.path
    // Of this process's store, and as another process would; each is read whole.
    let made = Task.detached {
      try (0..<6).map { index in
        let target = "\(folder)/copy-\(index)"
        return (target, try store.backUp(to: target))
      }
    }
    for number in 0..<30 { _ = try await store.erase([CustomerNumber(UInt32(number))], reason: nil) }
    let backups = try await made.value
    try store.close()
    var erased: [Int] = []
    for (index, (backup, manifest)) in backups.enumerated() {
      let new = "\(folder)/new-\(index)"
      _ = try Store.restore(
        backup, to: new, options: .forTests, formerKeyPath: { _ in place.keyPath }, keyPath: { _ in new + ".key" })
      let restored = try Store(opening: new, keyPath: new + ".key", access: .reading, options: .forTests)
      let events = try restored.events()
      #expect(UInt64(events.count) == manifest.head.value)
      erased.append(events.count { $0.isErased && $0.event.type == "customer.erased" })
      #expect(events.count { $0.isErased } == (erased.last ?? 0) * 11)
      try restored.close()
    }
    #expect(erased == erased.sorted())
    #expect(FileManager.default.fileExists(atPath: path + "/vault-30/data.mdb"))
  }
}

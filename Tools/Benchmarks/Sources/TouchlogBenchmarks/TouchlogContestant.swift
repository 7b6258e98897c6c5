import CPeers
import Foundation
import Touchlog
import TouchlogProof
import TouchlogStore

/// Touchlog's store in a directory, with its key beside it: a benchmark has no secrets.
struct TouchlogContestant {
  let directory: URL

  var path: String { directory.appending(path: "store").path }
  private var keyPath: String { directory.appending(path: "key").path }
  /// The log's environment, for a raw cursor over the same tables.
  var logPath: String { path + "/log" }

  func create() throws {
    _ = try Store.create(at: path) { _ in keyPath }
  }

  func open(_ access: Store.Access) throws -> Store {
    try Store(opening: path, keyPath: keyPath, access: access)
  }

  /// Head, verification, and the last event found by its customer; how fast, `find` tells.
  func check(events: Int, lastCustomer: String) throws {
    let store = try open(.reading)
    let head = try store.head()
    guard head == Position(UInt64(events)) else {
      throw BenchmarkError("expected \(events) events, the head is \(head)")
    }
    let last = try store.events(
      Query(order: .backward, customer: Reference(normalised: lastCustomer), limit: 1))
    guard last.first?.position == Position(UInt64(events - 1)) else {
      throw BenchmarkError("the last event is not found by its customer \(lastCustomer)")
    }
    // A build that hashes nothing has nothing to verify.
    guard Store.sealsPayloads else { return }
    let verification = try store.verify()
    guard verification.damages.isEmpty else {
      throw BenchmarkError("verify: \(verification.damages.prefix(3).map(\.description).joined(separator: "; "))")
    }
  }

  /// Nanoseconds for each customer's last events, opened.
  func read(customers: [String], limit: Int) throws -> [UInt64] {
    let store = try open(.reading)
    var bytes = 0
    let nanoseconds = try customers.map { customer in
      let begun = peer_seconds()
      try store.read(Query(order: .backward, customer: Reference(normalised: customer), limit: limit)) { opened in
        bytes &+= opened.event.data?.count ?? 0
      }
      return UInt64((peer_seconds() - begun) * 1e9)
    }
    precondition(bytes >= 0, "bytes are counted, so that reading is not left out")
    return nanoseconds
  }

  /// Passes over all headers, by a query that looks at each and admits none.
  func scan() throws -> Measurement {
    let store = try open(.reading)
    let head = try store.head()
    let stopwatch = Stopwatch()
    var found = 0
    try store.read(Query(occurredFrom: Timestamp(microseconds: .max))) { _ in found += 1 }
    guard found == 0 else { throw BenchmarkError("no event happens at the end of time, and \(found) were found") }
    return stopwatch.measurement(of: Int(head.value))
  }
}

extension TouchlogContestant {
  /// Verifies the whole store.
  func verify(jobs: Int) throws -> Measurement {
    let store = try open(.reading)
    let stopwatch = Stopwatch()
    let verification = try store.verify(jobs: jobs)
    guard verification.damages.isEmpty else {
      throw BenchmarkError("verify: \(verification.damages.prefix(3).map(\.description).joined(separator: "; "))")
    }
    return stopwatch.measurement(of: Int(verification.events))
  }

  /// Makes the bundle of each customer in memory, as `touchlog prove` writes it.
  func prove(customers: [String]) throws -> Measurement {
    let store = try open(.reading)
    let key = try SigningKey(named: "touchlog/benchmarks")
    var (bytes, events) = (0, 0)
    let nanoseconds = try customers.map { customer in
      let begun = peer_seconds()
      guard let number = try store.number(of: Reference(normalised: customer)) else {
        throw BenchmarkError("\(customer) is not in the log")
      }
      let bundle = try TimelineBundle(of: [number], in: store, signedBy: key)
      try bundle.forEachLine { bytes += $0.count }
      events += bundle.events
      return UInt64((peer_seconds() - begun) * 1e9)
    }
    var measurement = Measurement(nanoseconds: nanoseconds)
    measurement.bytes = bytes
    measurement.entries = events
    return measurement
  }
}

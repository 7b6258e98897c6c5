import Foundation
import JSON
import Logging
import ServiceLifecycle
import Testing
import Touchlog
import TouchlogAccess
import TouchlogProof
import TouchlogServer
import TouchlogStore

/// Callers in memory, whose tokens are their names.
struct ListedCallers: CallerDirectory {
  let callers: [Caller]

  static let usual = ListedCallers(callers: [
    Caller(name: "pbx", role: .adapter, sourcePrefix: "/pbx"), Caller(name: "analyst", role: .analyst),
    Caller(name: "auditor", role: .auditor), Caller(name: "admin", role: .admin),
  ])

  func caller(bearing token: String) throws -> Caller? {
    callers.first { $0.name == token }
  }
}

/// A service in this process, on a port of its own, with a store in a temporary folder.
struct ServiceUnderTest: Sendable {
  let port: Int
  let folder: String
  let id: StoreID
  let signingKey: SigningKey
  private let group: ServiceGroup

  var storePath: String { folder + "/store" }
  var keyPath: String { folder + "/store.key" }

  /// Runs a service while `body` does; then stops it, and removes the store after `afterwards` has seen it.
  static func run(
    _ change: (inout TouchlogService.Options) -> Void = { _ in }, _ body: (ServiceUnderTest) async throws -> Void,
    afterwards: (ServiceUnderTest) throws -> Void = { _ in },
  ) async throws {
    let folder = NSTemporaryDirectory() + "/touchlog-server-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer {
      do {
        try FileManager.default.removeItem(atPath: folder)
      } catch {
        Issue.record("the folder could not be removed: \(error)")
      }
    }
    let path = folder + "/store"
    let id = try Store.create(at: path) { (_) in folder + "/store.key" }
    let store = try Store(opening: path, keyPath: folder + "/store.key", access: .appending)
    let key = try SigningKey(named: "test.example/log")
    var options = TouchlogService.Options()
    options.port = 0
    change(&options)
    let (ports, found) = AsyncStream<Int>.makeStream()
    options.onServing = { found.yield($0) }
    let logger = Logger(label: "test") { _ in LineLog(level: .critical) }
    let service = TouchlogService(
      store: store, callers: ListedCallers.usual, looks: try AccessRecord(ofStoreAt: path), signingKey: key,
      logger: logger, options: options)
    let group = ServiceGroup(configuration: .init(services: [service], logger: logger))
    let running = Task {
      defer { found.finish() }
      try await group.run()
    }
    var iterator = ports.makeAsyncIterator()
    let port = try #require(await iterator.next(), "the service did not begin")
    let tested = ServiceUnderTest(port: port, folder: folder, id: id, signingKey: key, group: group)
    do {
      try await body(tested)
    } catch {
      await group.triggerGracefulShutdown()
      try await running.value
      throw error
    }
    await group.triggerGracefulShutdown()
    try await running.value
    try afterwards(tested)
  }

  /// Tells the service to stop, as a signal does.
  func stop() async { await group.triggerGracefulShutdown() }

  /// Sends a request on a connection of its own.
  func ask(
    _ method: String, _ path: String, as token: String? = "admin", _ headers: [String: String] = [:],
    body: String? = nil,
  ) async throws -> Reply {
    let port = port
    return try await blocking {
      let connection = try Connection(port: port)
      try connection.request(method, path, Self.headers(token, headers), body: body)
      return try connection.reply()
    }
  }

  /// Appends.
  func post(
    _ type: String, _ body: String, as token: String? = "admin", _ headers: [String: String] = [:],
  ) async throws -> Reply {
    try await ask("POST", "/v1/events", as: token, headers.merging(["Content-Type": type]) { $1 }, body: body)
  }

  /// All events, once the service has ended.
  func events() throws -> [OpenedEvent] {
    var events: [OpenedEvent] = []
    try withStore { events = try $0.events() }
    return events
  }

  static func headers(_ token: String?, _ others: [String: String] = [:]) -> [String: String] {
    token.map { others.merging(["Authorization": "Bearer \($0)"]) { $1 } } ?? others
  }

  /// Opens the store for reading, once the service has ended.
  func withStore(_ body: (Store) throws -> Void) throws {
    let store = try Store(opening: storePath, keyPath: keyPath, access: .reading)
    try body(store)
    try store.close()
  }
}

/// Events for tests.
enum Sample {
  static let structured = "application/cloudevents+json"
  static let batch = "application/cloudevents-batch+json"
  static let lines = "application/x-ndjson"

  /// A contact's start, as JSON in one line.
  static func event(
    _ id: String, source: String = "/pbx", subject: String = "crm:42", direction: String = "inbound",
  ) -> String {
    """
    {"specversion":"1.0","id":"\(id)","source":"\(source)","type":"contact.started","time":"2025-03-01T09:15:00Z",\
    "subject":"\(subject)","channel":"phone","interaction":"pbx-\(id)","data":{"direction":"\(direction)"}}
    """
  }

  /// So many of them, a line each.
  static func lines(_ ids: Range<Int>, source: String = "/pbx") -> String {
    ids.map { event("e\($0)", source: source, subject: "crm:\($0 % 97)") + "\n" }.joined()
  }
}

import Foundation
import Testing
import Touchlog

@testable import TouchlogStore

/// A store in a folder of its own, which goes when the test is done.
final class TemporaryStore: Sendable {
  let folder: String
  let path: String
  let keyPath: String

  init(options: Store.Options = .forTests) throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "touchlog-\(UUID())").path
    path = folder + "/store"
    keyPath = folder + "/key"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let keyPath = keyPath
    _ = try Store.create(at: path, options: options) { _ in keyPath }
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      print("left behind: \(folder), \(error)")
    }
  }

  func open(_ access: Store.Access = .appending, options: Store.Options = .forTests) throws -> Store {
    try Store(opening: path, keyPath: keyPath, access: access, options: options)
  }

  func open(clock: @escaping @Sendable () -> Timestamp) throws -> Store {
    var options = Store.Options.forTests
    options.clock = clock
    return try open(options: options)
  }
}

extension Store.Options {
  /// Little address space, so that many stores are open at a time.
  static var forTests: Store.Options {
    var options = Store.Options()
    options.addressSpace = 1 << 30
    return options
  }
}

/// A contact that begins; its identity is `id`.
func started(
  _ id: String, customer: String? = "crm:1", at time: String = "2025-03-01T09:00:00Z", topic: String? = nil,
) throws -> Event {
  Event(
    id: id, source: "/pbx", type: "contact.started", occurredAt: try #require(Timestamp(rfc3339: time)),
    subject: try customer.map { try Reference($0) }, channel: .phone, interaction: "call-\(id)", topic: topic,
    data: ["direction": "inbound"])
}

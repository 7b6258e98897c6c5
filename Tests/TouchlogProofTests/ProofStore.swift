import Foundation
import LMDB
import Testing
import Touchlog
import TouchlogStore

@testable import TouchlogProof

/// A store in a folder of its own, with a signing key; the folder goes when the test is done.
final class ProofStore {
  private(set) var store: Store
  let key: SigningKey
  private let options: Store.Options
  private let folder: String
  private static let start = Timestamp(seconds: 1_740_787_200)

  init(origin: String = "bank.example/touchlog") throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "touchlog-\(UUID())").path
    self.folder = folder
    var options = Store.Options()
    options.addressSpace = 1 << 30
    options.clock = { ProofStore.start.adding(seconds: 86_400) }
    self.options = options
    _ = try Store.create(at: folder + "/store", options: options) { _ in folder + "/key" }
    store = try Store(opening: folder + "/store", keyPath: folder + "/key", access: .appending, options: options)
    key = try SigningKey(named: origin)
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      Issue.record("the store could not be removed: \(error)")
    }
  }

  /// An event with the id `e` and its number, so many seconds after the first.
  static func event(
    _ number: Int, of customer: String?, type: String = "contact.started", interaction: String? = nil,
    data: String = #"{"direction":"inbound"}"#, extensions: [String: JSONValue] = [:],
  ) throws -> Event {
    Event(
      id: "e\(number)", source: "/pbx", type: type, occurredAt: start.adding(seconds: Int64(number)),
      subject: try customer.map { try Reference($0) }, channel: .phone, interaction: interaction ?? "call-\(number / 3)",
      agent: "agent-\(number % 3)", team: "care", location: "Borås", topic: "bill", dataText: Array(data.utf8),
      extensions: extensions)
  }

  /// Events of several customers in turn.
  func append(_ count: Int, customers: Int) async throws {
    let head = Int(try store.head().value)
    let events = try (head..<head + count).map { try ProofStore.event($0, of: "crm:\($0 % customers)") }
    _ = try await store.append(events)
  }

  func number(of reference: String) throws -> CustomerNumber {
    try #require(try store.number(of: Reference(reference)))
  }

  func bundle(_ references: String..., isSealed: Bool = false) throws -> TimelineBundle {
    try TimelineBundle(of: references.map { try number(of: $0) }, in: store, isSealed: isSealed, signedBy: key)
  }

  func verify(_ bytes: [UInt8]) -> BundleVerification { TimelineBundle.verify(bytes, by: key.verifier) }

  func verify(_ lines: [String]) -> BundleVerification { verify(Array(lines.map { $0 + "\n" }.joined().utf8)) }

  /// Does to the vault what forgetting a customer does.
  func erase(_ reference: String) throws {
    let number = try number(of: reference)
    try store.close()
    var options = Environment.Options()
    options.addressSpace = 1 << 26
    let vault = try Environment(directory: folder + "/store/vault", options: options)
    let references = try vault.openTable(named: "references")
    let customers = try vault.openTable(named: "customers", keys: .uint32)
    var transaction = try vault.beginWrite()
    #expect(try transaction.delete(number.value, from: customers))
    #expect(try transaction.delete(Array(reference.utf8), from: references))
    try transaction.commit()
    try vault.close()
    store = try Store(opening: folder + "/store", keyPath: folder + "/key", access: .appending, options: self.options)
  }
}

extension TimelineBundle {
  /// The file.
  var bytes: [UInt8] {
    get throws {
      var bytes: [UInt8] = []
      try forEachLine { bytes += $0 }
      return bytes
    }
  }

  /// The file's lines, without their ends.
  var lines: [String] {
    get throws { String(decoding: try bytes, as: UTF8.self).split(separator: "\n").map { String($0) } }
  }
}

import Foundation
import Testing
import Touchlog
import TouchlogStore

@testable import TouchlogAccess

/// A store in a folder of its own, which goes when the test is done.
final class AccessStore: Sendable {
  let path: String
  private let folder: String

  /// Noon of a day in March.
  static let now = Timestamp(seconds: 1_741_953_600)

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "touchlog-\(UUID())").path
    path = folder + "/store"
    let keyPath = folder + "/key"
    var options = Store.Options()
    options.addressSpace = 1 << 28
    _ = try Store.create(at: path, options: options) { _ in keyPath }
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      Issue.record("the store could not be removed: \(error)")
    }
  }

  func tokens() throws -> Tokens { try Tokens(ofStoreAt: path) }

  /// The path of a file in `access`.
  func file(_ name: String) -> String { "\(path)/access/\(name)" }

  func bytes(_ name: String) throws -> [UInt8] { try Array(Data(contentsOf: URL(filePath: file(name)))) }

  /// Writes a file as it is, for its owner only.
  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: file(name)))
    try setPermissions(0o600, of: file(name))
  }

  func setPermissions(_ permissions: Int, of path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
  }

  func permissions(of path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  /// Records a look of Åsa's.
  func look(_ record: AccessRecord, at customer: UInt32, _ time: Timestamp = now) async throws {
    try await record.note(
      tokenID: "q2xw8rt5ab", tokenName: "Åsa", customer: CustomerNumber(customer), at: time, what: "GET /v1/timeline")
  }

  /// Who was looked at, and what the record tells of itself.
  func looks(since: Timestamp? = nil) throws -> (customers: [UInt32], findings: AccessFindings) {
    var customers: [UInt32] = []
    let findings = try AccessRecord.read(ofStoreAt: path, since: since) { customers.append($0.customer.value) }
    return (customers, findings)
  }
}

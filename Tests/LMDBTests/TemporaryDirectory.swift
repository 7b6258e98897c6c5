import Foundation
import LMDB
import Testing

/// A directory of its own for a test, removed with its last use.
final class TemporaryDirectory: Sendable {
  let path: String

  init() throws {
    let url = FileManager.default.temporaryDirectory.appending(path: "lmdb-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    path = url.path
  }

  deinit {
    do { try FileManager.default.removeItem(atPath: path) } catch { Issue.record(error) }
  }

  func appending(_ name: String) -> String { path + "/" + name }
}

extension Environment.Options {
  /// Options that a test changes a little.
  static func with(_ change: (inout Environment.Options) -> Void) -> Environment.Options {
    var options = Environment.Options()
    change(&options)
    return options
  }
}

/// The code of the `LMDBError` that `body` throws, or nil when it throws none.
func code(of body: () throws -> Void) throws -> LMDBError.Code? {
  do { try body() } catch let error as LMDBError { return error.code }
  return nil
}

extension RawSpan {
  var array: [UInt8] { withUnsafeBytes { Array($0) } }
}

extension Transaction {
  borrowing func array<Key: Storable>(at key: Key, in table: Table) throws -> [UInt8]? {
    try get(key, from: table)?.array
  }

  /// All integer keys, by a walk forward.
  borrowing func integerKeys(in table: Table) throws -> [UInt64] {
    var keys: [UInt64] = []
    var cursor = try cursor(in: table)
    while try cursor.next() { keys.append(cursor.integerKey) }
    return keys
  }
}

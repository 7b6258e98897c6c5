import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// Vaults as they were before anybody could be erased.
enum EarlierVault {
  /// Makes one of a vault, in its place.
  static func make(at path: String) throws {
    let new = path + ".new"
    let source = try Environment(directory: path, options: Store.Options.forTests.vault())
    let target = try Environment(directory: new, options: Store.Options.forTests.vault(creating: true))
    for (name, keys) in [("references", Table.Keys.bytes), ("customers", .uint32), ("meta", .bytes)] {
      let (from, to) = (try source.openTable(named: name, keys: keys), try target.createTable(named: name, keys: keys))
      try source.read { reading in
        try target.write { writing in
          var cursor = try reading.cursor(in: from)
          while try cursor.next() {
            if keys == .uint32 {
              try writing.put(Array(cursor.unsafeValue), at: UInt32(cursor.integerKey), in: to)
            } else if Array(cursor.unsafeKey) != VaultTables.MetaKey.generation {
              try writing.put(Array(cursor.unsafeValue), at: Array(cursor.unsafeKey), in: to)
            }
          }
        }
      }
    }
    try source.close()
    try target.close()
    try FileManager.default.removeItem(atPath: path)
    try FileManager.default.moveItem(atPath: new, toPath: path)
  }
}

import Foundation
import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// What a store has of one customer that nobody may find any more once the customer is erased.
struct Traces {
  let reference: Reference
  let number: CustomerNumber
  /// The data key as it is, and as it lies in the vault.
  let key: [UInt8]
  let wrappedKey: [UInt8]

  init(of customer: String, in store: Store) throws {
    let reference = Reference(normalised: customer)
    self.reference = reference
    (number, key, wrappedKey) = try store.log.read { _, vault, transaction in
      let number = try #require(try vault.number(of: reference, in: transaction))
      let known = try #require(try vault.customer(number, in: transaction))
      let row = try #require(try transaction.unsafeGet(number.value, from: vault.contents.customers))
      return (number, known.dataKey.secret.withUnsafeBytes { Array($0) }, Array(row[4..<64]))
    }
  }

  /// In which files of a folder which of them are: `vault/data.mdb: reference`.
  func found(in folder: String) throws -> [String] {
    var found: [String] = []
    for name in try FileManager.default.subpathsOfDirectory(atPath: folder).sorted() {
      var isFolder: ObjCBool = false
      let path = folder + "/" + name
      guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue else { continue }
      let bytes = try Data(contentsOf: URL(filePath: path))
      // A piece of a key is a key's remains: pages are written in pieces.
      for (what, sought) in [
        ("reference", Array(reference.value.utf8)), ("key", Array(key.prefix(16))), ("key", Array(key.suffix(16))),
        ("wrapped key", Array(wrappedKey.prefix(24))), ("wrapped key", Array(wrappedKey.suffix(24))),
      ] where bytes.range(of: Data(sought)) != nil {
        found.append("\(name): \(what)")
      }
    }
    return found
  }
}

extension Store {
  /// The Merkle root over the first events, by the leaves that are stored now.
  func root(of size: UInt64) throws -> String {
    var frontier = MerkleFrontier()
    try log.environment.read { transaction in
      for place in 0..<size {
        let payload = try #require(try transaction.unsafeGet(place, from: log.tables.payloads))
        let leaf = MerkleFrontier.Digest(copying: UnsafeRawBufferPointer(rebasing: payload[..<32]))
        frontier.append(leafHash: leaf) { _ in }
      }
    }
    return frontier.root.hexadecimal
  }
}

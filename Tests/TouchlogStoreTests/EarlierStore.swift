import LMDB
import Testing
import Touchlog

@testable import TouchlogStore

/// A store whose records are all of version 0, made from one of version 1.
enum EarlierStore {
  /// Writes each record anew in version 0, with the tree over its bytes; the indexes do not change.
  static func setBack(_ place: TemporaryStore) throws {
    let records = try zeroRecords(of: place)
    let environment = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: environment)
    try environment.write { transaction in
      var frontier = MerkleFrontier()
      try transaction.clear(tables.tree)
      for (place, record) in records.enumerated() {
        try transaction.put(record.header, at: UInt64(place), in: tables.headers)
        try transaction.put(record.payload, at: UInt64(place), in: tables.payloads)
        let leaf = record.payload.withUnsafeBytes { bytes in
          MerkleFrontier.Digest(copying: UnsafeRawBufferPointer(rebasing: bytes[..<32]))
        }
        try frontier.append(leafHash: leaf) { subtree in
          try transaction.put(subtree.root.withBytes { Array($0) }, at: LogTables.treeKey(subtree), in: tables.tree)
        }
      }
      try transaction.put(frontier.encoded, at: LogTables.MetaKey.frontier, in: tables.meta)
      try transaction.put(UInt32(0).littleEndianBytes, at: LogTables.MetaKey.format, in: tables.meta)
    }
    try environment.close()
  }

  /// Changes a value in a table whose keys are positions.
  static func change(
    _ place: UInt64, in table: KeyPath<LogTables, Table>, of store: TemporaryStore, _ body: (inout [UInt8]) -> Void,
  ) throws {
    let environment = try Environment(directory: store.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: environment)
    try environment.write { transaction in
      var value: [UInt8] = []
      if let stored = try transaction.get(place, from: tables[keyPath: table]) {
        value = stored.withUnsafeBytes { Array($0) }
      }
      body(&value)
      try transaction.put(value, at: place, in: tables[keyPath: table])
    }
    try environment.close()
  }

  /// The format that a store says it has.
  static func format(of store: TemporaryStore) throws -> UInt32? {
    let environment = try Environment(directory: store.path + "/log", options: Store.Options.forTests.log(.readOnly))
    let meta = try environment.openTable(named: "meta")
    return try environment.read { try $0.unsafeGet(LogTables.MetaKey.format, from: meta)?.number(UInt32.self) }
  }

  /// The records of a store of version 1, as version 0 has them.
  private static func zeroRecords(of place: TemporaryStore) throws -> [(header: [UInt8], payload: [UInt8])] {
    let store = try place.open(.reading)
    defer {
      do { try store.close() } catch { Issue.record(error) }
    }
    let log = store.log
    return try log.environment.read { transaction in
      try log.vault.environment.read { vault in
        let head = try log.head(in: transaction).value
        return try (0..<head).map { place in
          try zeroRecord(at: place, log: log, transaction, vault)
        }
      }
    }
  }

  private static func zeroRecord(
    at place: UInt64, log: Log, _ transaction: borrowing ReadTransaction, _ vault: borrowing ReadTransaction,
  ) throws -> (header: [UInt8], payload: [UInt8]) {
    let bytes = try #require(try transaction.unsafeGet(place, from: log.tables.headers))
    let read = RecordedEvent(position: Position(place), bytes: bytes.bytes)?.header
    let header = try #require(read)
    let payload = try #require(try transaction.unsafeGet(place, from: log.tables.payloads))
    let parts = try #require(PayloadRecord.Parts(payload))
    let source = try log.names.text(of: header.source, in: transaction)
    let customer = try #require(try log.vault.customer(header.customer, in: vault))
    var associated: [UInt8] = []
    PayloadRecord.appendAssociatedData(
      header: header, id: parts.id, interaction: parts.interaction, source: source.utf8, to: &associated)
    let plaintext = try #require(
      associated.withUnsafeBytes { Sealing.open(parts, associated: $0, key: customer.dataKey.secret) })
    let zero = VersionZero.encode(header)
    return (
      zero,
      try VersionZero.seal(
        plaintext, header: zero, id: Array(parts.id), interaction: Array(parts.interaction), source: source,
        key: customer.dataKey)
    )
  }
}

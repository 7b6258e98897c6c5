import LMDB
import Touchlog

/// The opened parts of a store that readers and the writer share.
struct Log: Sendable {
  let environment: Environment
  let tables: LogTables
  let names: Names
  let vaults: Vaults
  let keyRing = KeyRing()
  let commits = Commits()
  let formats: RecordFormats

  init(environment: Environment, tables: LogTables, vaults: Vaults, formats: RecordFormats) {
    self.environment = environment
    self.tables = tables
    self.vaults = vaults
    self.formats = formats
    names = Names(tables: tables)
  }

  /// How many events there are.
  func head<Access>(in transaction: borrowing Transaction<Access>) throws(StoreError) -> Position {
    let count = try stored { () throws(LMDBError) in try transaction.count(of: tables.headers) }
    return Position(UInt64(count))
  }

  /// Where the event of an identity is, by the identity's key; nil for an identity that the log does not have.
  func position<Access>(
    ofIdentity key: [UInt8], in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> Position? {
    let bytes = try stored { () throws(LMDBError) in try transaction.unsafeGet(key, from: tables.identities) }
    guard let bytes else { return nil }
    return try Log.position(bytes, ofIdentity: key)
  }

  /// The end of a customer's stream; nil for a customer without events.
  func tail<Access>(
    of customer: CustomerNumber, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> StreamTail? {
    let bytes = try stored { () throws(LMDBError) in try transaction.unsafeGet(customer.value, from: tables.streams) }
    guard let bytes else { return nil }
    guard let tail = StreamTail(encoded: bytes) else {
      throw StoreError.damaged(position: nil, what: "the stream of \(customer) has no proper end")
    }
    return tail
  }

  /// When the event at a position was recorded.
  func recordedAt<Access>(
    _ position: Position, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> Timestamp {
    let bytes = try stored { () throws(LMDBError) in try transaction.unsafeGet(position.value, from: tables.headers) }
    var scratch = RecordScratch()
    guard let bytes, let event = formats.event(at: position, bytes.bytes, in: &scratch) else {
      throw StoreError.damaged(position: position.value, what: "the header is not what was written")
    }
    return event.recordedAt
  }

  /// How many events the log had taken by a time, that time included: `recordedAt` never decreases.
  func head<Access>(
    recordedThrough time: Timestamp, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> Position {
    var low: UInt64 = 0
    var high = try head(in: transaction).value
    while low < high {
      let middle = (low + high) / 2
      if try recordedAt(Position(middle), in: transaction) <= time { low = middle + 1 } else { high = middle }
    }
    return Position(low)
  }

  /// The last id, in the order of bytes, that the log has of a source; nil where it has none.
  func lastID<Access>(
    of source: NameNumber, through cursor: inout Cursor<Access>,
  ) throws(StoreError) -> [UInt8]? {
    let nothing = UnsafeRawBufferPointer(start: nil, count: 0)
    let prefix = LogTables.identityKey(source: source, id: nothing)
    // No id is empty: what is before the next source's beginning is this one's end.
    let end = LogTables.identityKey(source: NameNumber(source.value + 1), id: nothing)
    guard try stored({ () throws(LMDBError) in try cursor.seek(atOrBefore: end) }) else { return nil }
    let key = cursor.unsafeKey
    return key.starts(with: prefix) ? Array(key.dropFirst(prefix.count)) : nil
  }

  /// As `position(ofIdentity:in:)`, through a cursor of the index of identities, for whoever asks for many in order.
  func position<Access>(
    ofIdentity key: [UInt8], through cursor: inout Cursor<Access>,
  ) throws(StoreError) -> Position? {
    guard try stored({ () throws(LMDBError) in try cursor.seek(key) }) else { return nil }
    return try Log.position(cursor.unsafeValue, ofIdentity: key)
  }

  private static func position(
    _ bytes: UnsafeRawBufferPointer, ofIdentity key: [UInt8],
  ) throws(StoreError) -> Position {
    guard let position = bytes.number(UInt64.self) else {
      let id = String(decoding: key.dropFirst(4), as: UTF8.self)
      throw StoreError.damaged(position: nil, what: "the identity \(id) has \(bytes.count) bytes for a position, not 8")
    }
    return Position(position)
  }

  /// The first field in which an event differs from the one that is stored at a position; nil for the same content.
  /// An erased customer's event cannot be compared any more, and counts as the same.
  func difference<LogAccess, VaultAccess>(
    of index: Int, in events: PreparedEvents, fromStored position: Position, log: borrowing Transaction<LogAccess>,
    vault: Vault, _ vaultTransaction: borrowing Transaction<VaultAccess>,
  ) throws(StoreError) -> String? {
    var opener = Opener(tables: tables, names: names, formats: formats)
    opener.use(vault)
    let stored = try opener.content(at: position, log: log, vault: vaultTransaction)
    return stored.isErased ? nil : events.content(of: index).firstDifference(from: stored.content)
  }
}

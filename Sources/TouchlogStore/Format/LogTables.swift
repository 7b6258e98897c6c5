import LMDB
import Touchlog

/// The tables of the log's environment.
///
/// | table | key | value |
/// |---|---|---|
/// | `headers` | position, UInt64 | a header, see `RecordLayout` |
/// | `payloads` | position, UInt64 | a payload, see `PayloadRecord` |
/// | `identities` | number of the source, UInt32 big-endian, then the id's bytes | position, UInt64 |
/// | `streams` | customer number, UInt32 | the last position, UInt64, and how many events there are, UInt32 |
/// | `names` | number of a name, UInt32 | the name |
/// | `name-numbers` | a name | its number, UInt32 |
/// | `tree` | level in the top byte, index below, UInt64 | the root of a perfect subtree, 32 bytes |
/// | `meta` | `format`, `store`, `frontier` | UInt32, 16 bytes, see `MerkleFrontier.encoded` |
/// | | `vault` | number of the vault that is in force, UInt32; the first where it is absent, see `VaultGeneration` |
/// | | `ancestors` | of which stores' backups the store was restored, 16 bytes of its id and UInt32 for each |
///
/// Values are little-endian; integer keys are in the machine's order. Headers, payloads and names are only ever added
/// to. All others follow from them, and `verify` holds them against each other.
struct LogTables: Sendable {
  let headers: Table
  let payloads: Table
  let identities: Table
  let streams: Table
  let names: Table
  let nameNumbers: Table
  let tree: Table
  let meta: Table

  static let formatVersion: UInt32 = UnsealedPayloads.areBuilt ? UnsealedPayloads.formatVersion : 1

  enum MetaKey {
    static let format = Array("format".utf8)
    static let store = Array("store".utf8)
    static let frontier = Array("frontier".utf8)
    static let vault = Array("vault".utf8)
    static let ancestors = Array("ancestors".utf8)
  }

  /// Opens the tables of a log.
  init(opening environment: Environment) throws(LMDBError) {
    headers = try environment.openTable(named: "headers", keys: .uint64)
    payloads = try environment.openTable(named: "payloads", keys: .uint64)
    identities = try environment.openTable(named: "identities")
    streams = try environment.openTable(named: "streams", keys: .uint32)
    names = try environment.openTable(named: "names", keys: .uint32)
    nameNumbers = try environment.openTable(named: "name-numbers")
    tree = try environment.openTable(named: "tree", keys: .uint64)
    meta = try environment.openTable(named: "meta")
  }

  /// Makes the tables of a new log.
  init(creating environment: Environment) throws(LMDBError) {
    headers = try environment.createTable(named: "headers", keys: .uint64)
    payloads = try environment.createTable(named: "payloads", keys: .uint64)
    identities = try environment.createTable(named: "identities")
    streams = try environment.createTable(named: "streams", keys: .uint32)
    names = try environment.createTable(named: "names", keys: .uint32)
    nameNumbers = try environment.createTable(named: "name-numbers")
    tree = try environment.createTable(named: "tree", keys: .uint64)
    meta = try environment.createTable(named: "meta")
  }

  /// The tables by name, for statistics.
  var all: [(name: String, table: Table)] {
    [
      ("headers", headers), ("payloads", payloads), ("identities", identities), ("streams", streams),
      ("names", names), ("name-numbers", nameNumbers), ("tree", tree), ("meta", meta),
    ]
  }

  /// The highest number of a customer who has events; nil for an empty log.
  func highestCustomer(in transaction: borrowing ReadTransaction) throws(StoreError) -> UInt64? {
    try stored { () throws(LMDBError) in
      var cursor = try transaction.cursor(in: streams)
      return try cursor.last() ? cursor.integerKey : nil
    }
  }

  /// How many events the indexes are behind the log: each event has one identity.
  func indexLag(in transaction: borrowing ReadTransaction) throws(StoreError) -> Int {
    try stored { () throws(LMDBError) in try transaction.count(of: headers) - transaction.count(of: identities) }
  }

  /// The key of an event's identity.
  static func identityKey(source: NameNumber, id: UnsafeRawBufferPointer) -> [UInt8] {
    var key: [UInt8] = []
    setIdentityKey(&key, source: source, id: id)
    return key
  }

  /// Puts the key of an event's identity in place of what is there: one buffer serves many keys.
  static func setIdentityKey(_ key: inout [UInt8], source: NameNumber, id: UnsafeRawBufferPointer) {
    key.removeAll(keepingCapacity: true)
    withUnsafeBytes(of: source.value.bigEndian) { key.append(contentsOf: $0) }
    key.append(contentsOf: id)
  }

  /// The key of a perfect subtree's root.
  static func treeKey(_ subtree: MerkleFrontier.Subtree) -> UInt64 {
    treeKey(level: subtree.level, index: subtree.index)
  }

  /// The key of a perfect subtree's root, 2^level leaves wide.
  static func treeKey(level: Int, index: UInt64) -> UInt64 {
    UInt64(level) << 56 | index
  }
}

extension LogTables {
  /// How a store came about that was restored, from the first store on: each from a backup of the one before, whose
  /// customers below `next` are its own.
  func ancestors<Access>(
    of store: StoreID, in transaction: borrowing Transaction<Access>,
  ) throws(StoreError) -> [ErasureList.Descent] {
    let row = try stored { () throws(LMDBError) in try transaction.unsafeGet(MetaKey.ancestors, from: meta) }
    guard let row else { return [] }
    guard row.count.isMultiple(of: LogTables.ancestorSize) else {
      throw StoreError.damaged(position: nil, what: "the log names its ancestors with \(row.count) bytes")
    }
    let ancestors = stride(from: 0, to: row.count, by: LogTables.ancestorSize).map { start in
      (
        StoreID(bytes: Array(row[start..<start + 16])),
        UInt32(littleEndian: row.loadUnaligned(fromByteOffset: start + 16, as: UInt32.self))
      )
    }
    let descendants = ancestors.dropFirst().map(\.0) + [store]
    return zip(ancestors, descendants).map { ancestor, restored in
      ErasureList.Descent(restored: restored, from: ancestor.0, next: ancestor.1)
    }
  }

  /// What `meta` has under `ancestors`: for each, a store's id and the number, UInt32 little-endian.
  static func encoded(_ ancestors: [ErasureList.Descent]) -> [UInt8] {
    ancestors.flatMap { $0.from.bytes + $0.next.littleEndianBytes }
  }

  private static let ancestorSize = 20
}

/// The end of a customer's stream.
struct StreamTail: Equatable {
  /// The last event's position.
  var last: Position
  /// How many events there are.
  var version: UInt32

  static let size = 12

  var encoded: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: StreamTail.size) { buffer, count in
      let bytes = UnsafeMutableRawBufferPointer(buffer)
      bytes.storeBytes(of: last.value.littleEndian, as: UInt64.self)
      bytes.storeBytes(of: version.littleEndian, toByteOffset: 8, as: UInt32.self)
      count = StreamTail.size
    }
  }

  init(last: Position, version: UInt32) {
    self.last = last
    self.version = version
  }

  init?(encoded bytes: UnsafeRawBufferPointer) {
    guard bytes.count == StreamTail.size else { return nil }
    last = Position(UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self)))
    version = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt32.self))
  }
}

extension UnsafeRawBufferPointer {
  /// A little-endian number that is all there is; nil for another length.
  func number<Number: FixedWidthInteger & BitwiseCopyable>(_ type: Number.Type) -> Number? {
    count == MemoryLayout<Number>.size ? Number(littleEndian: loadUnaligned(as: type)) : nil
  }
}

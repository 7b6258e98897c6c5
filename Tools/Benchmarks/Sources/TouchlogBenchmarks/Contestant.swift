import ArgumentParser
import CPeers
import TouchlogStore

/// Who takes part. The raw value is its name on the command line and in tables.
enum Contestant: String, CaseIterable, Codable, ExpressibleByArgument {
  case touchlog
  case touchlogOneCore = "touchlog-one-core"
  case sqlite
  case lmdb
  case lmdbOneIndex = "lmdb-one-index"
  case lmdbBothIndexes = "lmdb-both-indexes"
  case sha256
  case sha256Tree = "sha256-tree"

  /// What it does while the clock runs, for the table's foot.
  var explanation: String {
    switch self {
    case .touchlog:
      """
      reads NDJSON, decodes and checks it, \(Store.sealsPayloads ? "seals and hashes" : "DOES NEITHER SEAL NOR HASH"), \
      and indexes; decoding, sealing and commits overlap
      """
    case .touchlogOneCore:
      "the same, one step after the other, so that one core works at a time"
    case .sqlite:
      "WAL, synchronous=FULL, UNIQUE (source, id), an index on (customer, position); parses, seals and hashes nothing"
    case .lmdb:
      "position → line; no index"
    case .lmdbOneIndex:
      "position → line; customer → positions"
    case .lmdbBothIndexes:
      "position → line; customer → positions; (source, id) → position, which refuses duplicates"
    case .sha256:
      "Nettle's SHA-256 over the bytes of all headers and payloads as one run, on one core"
    case .sha256Tree:
      """
      Nettle's SHA-256 as the Merkle tree needs it: of each record the sealed payload, the leaf and a node, on one core; \
      its root is the log's
      """
    }
  }

  var isTouchlog: Bool { self == .touchlog || self == .touchlogOneCore }

  /// Nil for those that are not raw LMDB.
  var lmdbIndexes: peer_indexes? {
    switch self {
    case .touchlog, .touchlogOneCore, .sqlite, .sha256, .sha256Tree: nil
    case .lmdb: PEER_INDEX_NONE
    case .lmdbOneIndex: PEER_INDEX_CUSTOMER
    case .lmdbBothIndexes: PEER_INDEX_BOTH
    }
  }
}

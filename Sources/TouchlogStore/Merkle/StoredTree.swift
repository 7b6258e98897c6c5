import LMDB
package import Touchlog

extension Store {
  /// Calls `body` with the log's Merkle tree as it is now, under one read transaction.
  ///
  /// Keep it short: what the tree lends is copied, but the log's old pages stay while it is open.
  ///
  /// - Throws: `StoreError`; what `body` throws.
  @available(*, noasync, message: "a transaction must not live across an await")
  package func tree<Result>(_ body: (borrowing StoredTree) throws -> Result) throws -> Result {
    let transaction = try log.environment.beginRead()
    let size = try log.head(in: transaction).value
    return try body(StoredTree(size: size, transaction: transaction, tables: log.tables))
  }
}

/// The Merkle tree of a log at one moment: its leaves, the roots of its subtrees, and proofs.
///
/// The log keeps the hashes of leaves, each with its payload, and the roots of perfect subtrees that are a multiple of
/// eight levels high. What lies between is computed, a tile of 256 at a time, and remembered: proofs of many events
/// share the tiles above them.
package struct StoredTree: ~Copyable {
  /// 32 bytes of SHA-256.
  package typealias Digest = MerkleProof.Digest

  /// How many leaves there are: one for each event.
  package let size: UInt64
  private let transaction: ReadTransaction
  private let tables: LogTables
  private let opened = OpenedTiles()

  fileprivate init(size: UInt64, transaction: consuming ReadTransaction, tables: LogTables) {
    self.size = size
    self.transaction = transaction
    self.tables = tables
  }

  // MARK: Proofs

  /// The root over the first leaves; for no leaves SHA-256 of nothing.
  ///
  /// - Precondition: there are so many.
  package func root(size: UInt64) throws -> Digest {
    precondition(size <= self.size, "a tree has no more leaves than there are events")
    return try MerkleProof.root(size: size, subtree: { try subtree(level: $0, index: $1) })
  }

  /// The root over all leaves.
  package var root: Digest {
    get throws { try root(size: size) }
  }

  /// Shows that an event is in the tree of the first leaves: the audit path, from the leaf up.
  ///
  /// - Precondition: the event is among them, and there are so many.
  package func inclusion(of position: Position, size: UInt64) throws -> [Digest] {
    precondition(size <= self.size, "a tree has no more leaves than there are events")
    return try MerkleProof.inclusion(of: position.value, size: size, subtree: { try subtree(level: $0, index: $1) })
  }

  /// Shows that the tree of the first `old` leaves is the beginning of that of the first `new`.
  ///
  /// - Precondition: `old` is no more than `new`, and there are so many.
  package func consistency(from old: UInt64, to new: UInt64) throws -> [Digest] {
    precondition(new <= size, "a tree has no more leaves than there are events")
    return try MerkleProof.consistency(from: old, to: new, subtree: { try subtree(level: $0, index: $1) })
  }

  /// The root of a perfect subtree; its tile is opened, unless it was before.
  private func subtree(level: Int, index: UInt64) throws -> Digest {
    let height = level % MerkleFrontier.tileHeight
    let width = UInt64(MerkleFrontier.tileHeight - height)
    let place = TilePlace(level: level / MerkleFrontier.tileHeight, index: index >> width)
    let tile = try opened.tile(at: place) {
      OpenedTile(try hashes(of: place, count: min(TilePath.fullWidth, count(inTile: place))))
    }
    return tile.root(height: height, index: Int(index & (1 << width - 1)))
  }

  // MARK: Leaves

  /// What the log keeps as the hash of a leaf.
  ///
  /// - Precondition: the event is in the tree.
  package func leafHash(at position: Position) throws -> Digest {
    try digest(try payload(at: position), at: position)
  }

  /// The bytes of a leaf: the event's header, then SHA-256 of its sealed payload.
  ///
  /// - Precondition: the event is in the tree.
  /// - Throws: `StoreError.damaged`, when they are not what the kept hash covers.
  package func leaf(at position: Position) throws -> [UInt8] {
    guard let header = try transaction.unsafeGet(position.value, from: tables.headers) else {
      throw StoreError.damaged(position: position.value, what: "there is no header")
    }
    return try leaf(header: header, payload: try payload(at: position), at: position)
  }

  /// The sealed payload of an event: what the second part of its leaf is the SHA-256 of.
  ///
  /// - Precondition: the event is in the tree.
  package func sealedPayload(at position: Position) throws -> [UInt8] {
    Array(try payload(at: position)[PayloadRecord.leafSize...])
  }

  private func payload(at position: Position) throws -> UnsafeRawBufferPointer {
    precondition(position.value < size, "an event that is not in the log has no leaf")
    guard let payload = try transaction.unsafeGet(position.value, from: tables.payloads) else {
      throw StoreError.damaged(position: position.value, what: "there is no payload")
    }
    guard payload.count >= PayloadRecord.leafSize else {
      throw StoreError.damaged(position: position.value, what: "the payload is shorter than its leaf hash")
    }
    return payload
  }

  private func digest(_ payload: UnsafeRawBufferPointer, at position: Position) throws -> Digest {
    guard payload.count >= PayloadRecord.leafSize else {
      throw StoreError.damaged(position: position.value, what: "the payload is shorter than its leaf hash")
    }
    return Digest(copying: UnsafeRawBufferPointer(rebasing: payload[..<PayloadRecord.leafSize]))
  }

  private func leaf(
    header: UnsafeRawBufferPointer, payload: UnsafeRawBufferPointer, at position: Position,
  ) throws -> [UInt8] {
    let kept = try digest(payload, at: position)
    let sealed = PayloadRecord.digest(ofSealed: UnsafeRawBufferPointer(rebasing: payload[PayloadRecord.leafSize...]))
    guard MerkleFrontier.leafHash(header, sealed).isEqual(to: kept) else {
      throw StoreError.damaged(position: position.value, what: "the record does not fit its leaf hash")
    }
    return sealed.withBytes { Array(header) + $0 }
  }

  // MARK: Tiles

  /// How many hashes a tile has, were there no limit to its width: none where it is beyond the tree.
  private func count(inTile place: TilePlace) -> UInt64 {
    let height = MerkleFrontier.tileHeight * place.level
    guard height < UInt64.bitWidth else { return 0 }
    let hashes = size >> UInt64(height)
    let (first, isBeyond) = place.index.multipliedReportingOverflow(by: TilePath.fullWidth)
    return isBeyond || first >= hashes ? 0 : hashes - first
  }

  /// The bytes of a tile or of an entry bundle; nil where the tree has not so many hashes there.
  package func bytes(of path: TilePath) throws -> [UInt8]? {
    let place = TilePlace(level: path.level ?? 0, index: path.index)
    guard path.width <= count(inTile: place) else { return nil }
    if path.level == nil { return try entries(from: place.index * TilePath.fullWidth, count: path.width) }
    var bytes: [UInt8] = []
    for hash in try hashes(of: place, count: path.width) { hash.withBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// The first hashes of a tile that the tree has.
  private func hashes(of place: TilePlace, count: UInt64) throws -> [Digest] {
    let first = place.index * TilePath.fullWidth
    return place.level == 0
      ? try leafHashes(from: first, count: count)
      : try keptRoots(level: MerkleFrontier.tileHeight * place.level, from: first, count: count)
  }

  private func leafHashes(from first: UInt64, count: UInt64) throws -> [Digest] {
    var hashes: [Digest] = []
    hashes.reserveCapacity(Int(count))
    var cursor = try transaction.cursor(in: tables.payloads)
    var isThere = try cursor.seek(first)
    for place in first..<first + count {
      guard isThere, cursor.integerKey == place else {
        throw StoreError.damaged(position: place, what: "there is no payload")
      }
      hashes.append(try digest(cursor.unsafeValue, at: Position(place)))
      isThere = try cursor.next()
    }
    return hashes
  }

  private func keptRoots(level: Int, from first: UInt64, count: UInt64) throws -> [Digest] {
    var hashes: [Digest] = []
    hashes.reserveCapacity(Int(count))
    var cursor = try transaction.cursor(in: tables.tree)
    var isThere = try cursor.seek(LogTables.treeKey(level: level, index: first))
    for index in first..<first + count {
      guard isThere, cursor.integerKey == LogTables.treeKey(level: level, index: index), cursor.unsafeValue.count == 32
      else {
        throw StoreError.damaged(
          position: index << UInt64(level), what: "the subtree \(index) of height \(level) is not kept")
      }
      hashes.append(Digest(copying: cursor.unsafeValue))
      isThere = try cursor.next()
    }
    return hashes
  }

  private func entries(from first: UInt64, count: UInt64) throws -> [UInt8] {
    var bytes: [UInt8] = []
    var headers = try transaction.cursor(in: tables.headers)
    var payloads = try transaction.cursor(in: tables.payloads)
    var hasHeader = try headers.seek(first)
    var hasPayload = try payloads.seek(first)
    for place in first..<first + count {
      guard hasHeader, headers.integerKey == place else {
        throw StoreError.damaged(position: place, what: "there is no header")
      }
      guard hasPayload, payloads.integerKey == place else {
        throw StoreError.damaged(position: place, what: "there is no payload")
      }
      let leaf = try leaf(header: headers.unsafeValue, payload: payloads.unsafeValue, at: Position(place))
      bytes.append(UInt8(leaf.count >> 8))
      bytes.append(UInt8(leaf.count & 0xFF))
      bytes.append(contentsOf: leaf)
      hasHeader = try headers.next()
      hasPayload = try payloads.next()
    }
    return bytes
  }
}

/// Which tile: its level, from 0 at the leaves, and its place among those of its level.
private struct TilePlace: Hashable {
  let level: Int
  let index: UInt64
}

/// The hashes of a tile, and of all subtrees above them that are whole.
private struct OpenedTile {
  /// By height above the tile's own hashes.
  private let rows: [[MerkleProof.Digest]]

  init(_ hashes: [MerkleProof.Digest]) {
    var rows = [hashes]
    for height in 1..<MerkleFrontier.tileHeight {
      let below = rows[height - 1]
      rows.append((0..<below.count / 2).map { MerkleFrontier.node(below[2 * $0], below[2 * $0 + 1]) })
    }
    self.rows = rows
  }

  func root(height: Int, index: Int) -> MerkleProof.Digest { rows[height][index] }
}

/// The tiles that a reading has opened, 16 KiB each; a class, as a tree that is only borrowed learns.
private final class OpenedTiles {
  private var tiles: [TilePlace: OpenedTile] = [:]

  /// Proofs go along the log, so tiles of leaves are not asked for again once many others were.
  private static let most = 1024

  func tile(at place: TilePlace, _ open: () throws -> OpenedTile) rethrows -> OpenedTile {
    if let known = tiles[place] { return known }
    if tiles.count >= OpenedTiles.most { tiles = tiles.filter { $0.key.level > 0 } }
    // Reached with ten million tiles above the leaves alone, which no log has.
    if tiles.count >= OpenedTiles.most { tiles.removeAll(keepingCapacity: true) }
    let tile = try open()
    tiles[place] = tile
    return tile
  }
}

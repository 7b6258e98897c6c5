/// Which tile: its level, from 0 at the leaves, and its place among those of its level.
struct TilePlace: Hashable {
  let level: Int
  let index: UInt64
}

/// The hashes of a tile, and of all subtrees above them that are whole.
struct OpenedTile {
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

/// The tiles that a reading has opened; a class, as a tree that is only borrowed learns.
final class OpenedTiles {
  private var tiles: [TilePlace: OpenedTile] = [:]
  private let most: Int

  /// - Parameter most: how many are kept.
  init(most: Int) {
    self.most = most
  }

  var count: Int { tiles.count }

  func tile(at place: TilePlace, _ open: () throws -> OpenedTile) rethrows -> OpenedTile {
    if let known = tiles[place] { return known }
    // Tiles above the leaves are shared by many proofs.
    if tiles.count >= most { tiles = tiles.filter { $0.key.level > 0 } }
    if tiles.count >= most { tiles.removeAll(keepingCapacity: true) }
    let tile = try open()
    tiles[place] = tile
    return tile
  }
}

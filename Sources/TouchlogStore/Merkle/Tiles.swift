extension Store {
  /// The bytes of a tile of the Merkle tree, or of a bundle of its entries, by the name that C2SP's tlog-tiles gives it;
  /// see `TilePath`.
  ///
  /// A tile is hashes of 32 bytes, one after the other. A bundle of entries is leaves, each behind its length, two
  /// bytes, big-endian. A leaf is an event's header and SHA-256 of its sealed payload: it tells what the header tells.
  /// All of them are immutable: what was answered once is answered for ever.
  ///
  /// - Parameter name: e.g. `tile/0/x001/x234/067`, `tile/1/000.p/17`, `tile/entries/000.p/17`.
  /// - Returns: nil where the tree has not so many hashes there, or not yet.
  /// - Throws: `TilePathError` for a name that is none of a tile's; `StoreError`, when the log is damaged there.
  public func tile(named name: String) throws -> [UInt8]? {
    let path = try TilePath(name)
    return try tree { try $0.bytes(of: path) }
  }
}

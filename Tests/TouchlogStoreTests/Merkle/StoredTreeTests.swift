import LMDB
import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

/// The tree as the log keeps it: the same roots, proofs and tiles as the definition's.
@Suite struct StoredTreeTests {
  /// A store whose log says that it has so many events: hashes of leaves and subtrees as they would be, records of
  /// nothing.
  private func hollowStore(of tree: DefinedTree) throws -> TemporaryStore {
    let place = try TemporaryStore()
    let environment = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: environment)
    var frontier = MerkleFrontier()
    try environment.write { transaction in
      for (position, leaf) in tree.leaves.enumerated() {
        try transaction.append([0], at: UInt64(position), in: tables.headers)
        try transaction.append(leaf.withBytes { Array($0) } + [7], at: UInt64(position), in: tables.payloads)
        try frontier.append(leafHash: leaf) { subtree in
          try transaction.put(subtree.root.withBytes { Array($0) }, at: LogTables.treeKey(subtree), in: tables.tree)
        }
      }
    }
    try environment.close()
    return place
  }

  private func bytes(_ digests: some Sequence<MerkleProof.Digest>) -> [UInt8] {
    digests.flatMap { $0.withBytes { Array($0) } }
  }

  @Test func `of 70,000 leaves every tile is that of the definition, and none is beyond them`() throws {
    let tree = DefinedTree(size: 70_000)
    let place = try hollowStore(of: tree)
    let store = try place.open(.reading)
    for level in 0...2 {
      let count = 70_000 >> (8 * level)
      for index in 0...count / 256 {
        let width = min(256, count - 256 * index)
        let hashes = (0..<width).map { tree.subtree(8 * level, UInt64(256 * index + $0)) }
        let path = TilePath(level: level, index: UInt64(index), width: UInt64(width))
        #expect(try store.tile(named: path.description) == bytes(hashes), "\(path)")
      }
    }
    for name in ["tile/0/272", "tile/0/273.p/112", "tile/1/000", "tile/1/001.p/17", "tile/2/000.p/1"] {
      #expect(try store.tile(named: name) != nil, "\(name)")
    }
    for name in [
      "tile/0/273", "tile/0/273.p/113", "tile/0/274.p/1", "tile/1/001", "tile/1/001.p/18", "tile/1/002.p/1",
      "tile/2/000", "tile/2/000.p/2", "tile/3/000.p/1", "tile/8/000.p/1", "tile/63/000.p/1", "tile/entries/273",
      "tile/entries/274.p/1", "tile/0/x018/x446/x744/x073/x709/x551/615",
    ] {
      #expect(try store.tile(named: name) == nil, "\(name)")
    }
    // A narrower tile was served to whoever asked when the tree was smaller.
    #expect(try store.tile(named: "tile/0/000.p/5") == bytes(tree.leaves[..<5]))
    #expect(throws: TilePathError.self) { try store.tile(named: "tile/0/1") }
  }

  @Test func `of 70,000 leaves roots and proofs are those of the definition at any size`() throws {
    let tree = DefinedTree(size: 70_000)
    let place = try hollowStore(of: tree)
    var random = SplitMix64(seed: 70)
    let sizes =
      [1, 255, 256, 257, 65_535, 65_536, 65_537, 70_000]
      + (0..<30).map { _ in Int.random(in: 1...70_000, using: &random) }
    try place.open(.reading).tree { stored in
      #expect(stored.size == 70_000)
      #expect(try stored.root.hexadecimal == tree.root(0..<70_000).hexadecimal)
      #expect(try stored.root(size: 0).hexadecimal == MerkleFrontier().root.hexadecimal)
      for size in sizes {
        #expect(try stored.root(size: UInt64(size)).hexadecimal == tree.root(0..<size).hexadecimal, "size \(size)")
        for index in [0, size - 1, Int.random(in: 0..<size, using: &random)] {
          let path = try stored.inclusion(of: Position(UInt64(index)), size: UInt64(size))
          #expect(hexadecimal(path) == hexadecimal(tree.path(index, in: 0..<size)), "leaf \(index) of \(size)")
          #expect(try stored.leafHash(at: Position(UInt64(index))).hexadecimal == tree.leaves[index].hexadecimal)
        }
        let old = Int.random(in: 1...size, using: &random)
        let path = try stored.consistency(from: UInt64(old), to: UInt64(size))
        #expect(hexadecimal(path) == hexadecimal(tree.proof(old, size)), "\(old) of \(size)")
      }
    }
  }

  @Test func `a reading forgets old tiles, and its proofs stay the same`() throws {
    let tiles = OpenedTiles(most: 3)
    var opened: [TilePlace] = []
    func root(_ level: Int, _ index: UInt64) -> String {
      let place = TilePlace(level: level, index: index)
      return tiles.tile(at: place) {
        opened.append(place)
        return OpenedTile([DefinedTree.hash(ofLeaf: [UInt8(index)])])
      }.root(height: 0, index: 0).hexadecimal
    }
    for index: UInt64 in [0, 1, 2, 3, 3] {
      #expect(root(0, index) == DefinedTree.hash(ofLeaf: [UInt8(index)]).hexadecimal)
      #expect(root(1, 0) == DefinedTree.hash(ofLeaf: [0]).hexadecimal)
    }
    #expect(opened.filter { $0.level == 1 }.count == 1, "what is above the leaves stays")
    #expect(opened.filter { $0.level == 0 }.map(\.index) == [0, 1, 2, 3])
    #expect(root(0, 0) == DefinedTree.hash(ofLeaf: [0]).hexadecimal)
    #expect(opened.count == 6, "it was forgotten, and opened once more")
    for index: UInt64 in 10..<20 { _ = root(2, index) }
    #expect(tiles.count <= 3)
  }

  // MARK: A log of events

  /// As `tree`, for asynchronous tests: it never suspends.
  private func reading(_ store: Store, _ body: (borrowing StoredTree) throws -> Void) throws {
    try store.tree(body)
  }

  private func filledStore() async throws -> TemporaryStore {
    let place = try TemporaryStore()
    let store = try place.open()
    for batch in 0..<7 {
      _ = try await store.append(
        (0..<100).map { try started("\(batch)-\($0)", customer: $0 % 10 == 0 ? nil : "crm:\($0 % 20)") })
    }
    return place
  }

  @Test func `an empty log has an empty tree, and no tile`() throws {
    let store = try TemporaryStore().open(.reading)
    try reading(store) { tree in
      #expect(tree.size == 0)
      let root = try tree.root
      #expect(root.hexadecimal == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }
    for name in ["tile/0/000", "tile/0/000.p/1", "tile/1/000.p/1", "tile/entries/000.p/1"] {
      #expect(try store.tile(named: name) == nil)
    }
  }

  @Test func `leaves are header and digest of what is sealed, and every event is proven to be in the tree`()
    async throws
  {
    let place = try await filledStore()
    let store = try place.open(.reading)
    let verified = try store.verify()
    #expect(verified.damages == [])
    try reading(store) { tree in
      #expect(tree.size == 700)
      let root = try tree.root
      #expect(root.hexadecimal == verified.root)
      for place: UInt64 in 0..<700 {
        let position = Position(place)
        let leaf = try tree.leaf(at: position)
        let sealed = try tree.sealedPayload(at: position).withUnsafeBytes { SHA256.digest(of: $0) }
        #expect(leaf.suffix(32) == sealed.withBytes { Array($0) }[...])
        let hash = DefinedTree.hash(ofLeaf: leaf)
        #expect(try hash.hexadecimal == tree.leafHash(at: position).hexadecimal)
        let path = try tree.inclusion(of: position, size: 700)
        #expect(MerkleProof.root(of: hash, at: place, size: 700, path: path)?.hexadecimal == root.hexadecimal)
      }
    }
  }

  @Test func `bundles of entries have the leaves of their tile, each behind its length`() async throws {
    let place = try await filledStore()
    let store = try place.open(.reading)
    for (index, width) in [256, 256, 188].enumerated() {
      let path = TilePath(level: nil, index: UInt64(index), width: UInt64(width))
      let bundle = try #require(try store.tile(named: path.description))
      var leaves: [[UInt8]] = []
      var rest = bundle[...]
      while let high = rest.popFirst(), let low = rest.popFirst() {
        leaves.append(Array(rest.prefix(Int(high) << 8 | Int(low))))
        rest = rest.dropFirst(leaves[leaves.count - 1].count)
      }
      let hashes = try store.tile(named: TilePath(level: 0, index: UInt64(index), width: UInt64(width)).description)
      #expect(leaves.count == width)
      #expect(bytes(leaves.map { DefinedTree.hash(ofLeaf: $0) }) == hashes)
    }
  }

  @Test func `one reading sees one tree, whoever appends meanwhile`() async throws {
    let place = try await filledStore()
    let store = try place.open()
    let before = try store.tile(named: "tile/0/002.p/188")
    #expect(try store.tile(named: "tile/0/002.p/189") == nil)
    _ = try await store.append([started("one more")])
    #expect(try store.tile(named: "tile/0/002.p/188") == before, "what was answered stays the answer")
    #expect(try store.tile(named: "tile/0/002.p/189")?.prefix(188 * 32) == before?[...])
  }

  // MARK: Damage

  /// Changes the log's tables behind the store's back.
  private func change(
    _ place: TemporaryStore, _ change: (inout WriteTransaction, LogTables) throws -> Void,
  ) throws -> Store {
    let environment = try Environment(directory: place.path + "/log", options: Store.Options.forTests.log(.readWrite))
    let tables = try LogTables(opening: environment)
    try environment.write { try change(&$0, tables) }
    try environment.close()
    return try place.open(.reading)
  }

  private func damage(_ body: () throws -> Void) -> (position: UInt64?, what: String)? {
    do {
      try body()
      Issue.record("nothing was thrown")
    } catch StoreError.damaged(let position, let what) {
      return (position, what)
    } catch {
      Issue.record("another error was thrown: \(error)")
    }
    return nil
  }

  @Test func `a changed record gives no leaf, and the error says where`() async throws {
    let place = try await filledStore()
    let store = try change(place) { transaction, tables in
      var header: [UInt8] = []
      if let stored = try transaction.get(UInt64(300), from: tables.headers) {
        header = stored.withUnsafeBytes { Array($0) }
      }
      header[9] ^= 1
      try transaction.put(header, at: UInt64(300), in: tables.headers)
    }
    for body in [
      { _ = try store.tile(named: "tile/entries/001") }, { try reading(store) { _ = try $0.leaf(at: Position(300)) } },
    ] as [() throws -> Void] {
      let damage = damage(body)
      #expect(damage?.position == 300)
      #expect(damage?.what == "the record does not fit its leaf hash")
    }
    #expect(try store.tile(named: "tile/entries/000") != nil, "what is sound is served")
  }

  @Test func `what is not there any more is told with its position`() async throws {
    let place = try await filledStore()
    let store = try change(place) { transaction, tables in
      _ = try transaction.delete(UInt64(256) | UInt64(8) << 56, from: tables.tree)
      _ = try transaction.delete(UInt64(1) | UInt64(8) << 56, from: tables.tree)
      try transaction.put([1, 2, 3], at: UInt64(699), in: tables.payloads)
      _ = try transaction.delete(UInt64(20), from: tables.payloads)
    }
    let subtree = damage { _ = try store.tile(named: "tile/1/000.p/2") }
    #expect(subtree?.position == 256)
    #expect(subtree?.what == "the subtree 1 of height 8 is not kept")
    let missing = damage { _ = try store.tile(named: "tile/0/000") }
    #expect(missing?.position == 20)
    #expect(missing?.what == "there is no payload")
    let short = damage { _ = try store.tile(named: "tile/0/002.p/188") }
    #expect(short?.position == 699)
    #expect(short?.what == "the payload is shorter than its leaf hash")
  }
}

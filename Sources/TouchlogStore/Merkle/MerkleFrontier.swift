/// The right edge of the log's Merkle tree: all that is needed to add leaves and to tell the root.
///
/// The tree is RFC 6962's: a leaf's hash is SHA-256(0x00 ‖ leaf), a node's SHA-256(0x01 ‖ left ‖ right); a tree of
/// n leaves splits at the largest power of two below n. The frontier holds the roots of the perfect subtrees of n's
/// binary digits, the largest first. 64 of them at most, so it costs 2 KiB at most.
package struct MerkleFrontier: Equatable {
  /// No leaves yet.
  package init() {}

  /// - Precondition: as many roots as bits are set in `size`.
  init(size: UInt64, roots: [Digest]) {
    precondition(roots.count == size.nonzeroBitCount, "a root for each perfect subtree")
    self.size = size
    self.roots = roots
  }

  /// How many leaves there are.
  package private(set) var size: UInt64 = 0
  /// The roots of the perfect subtrees, the largest first: one for each bit that is set in `size`.
  package private(set) var roots: [Digest] = []

  /// 32 bytes of SHA-256.
  package typealias Digest = SHA256.Digest

  /// The root of a perfect subtree that came to be.
  package struct Subtree {
    /// Its height: 2^level leaves.
    package let level: Int
    /// Its place among the subtrees of its height, from 0.
    package let index: UInt64
    package let root: Digest
  }

  /// Adds the hash of a leaf, and tells each perfect subtree of a height that `Self.keptLevels` names.
  package mutating func append(leafHash: Digest, completed: (Subtree) throws -> Void) rethrows {
    try append(leafHash, level: 0, completed: completed)
  }

  /// Adds all leaves of a perfect subtree, 2^level of them, by its root; tells the larger ones that come to be by it.
  ///
  /// - Precondition: there are leaves enough for it to begin where a subtree of its height can.
  package mutating func append(_ root: Digest, level: Int, completed: (Subtree) throws -> Void) rethrows {
    precondition(size & (1 << UInt64(level) - 1) == 0, "a subtree begins at a multiple of its width")
    var node = root
    let width: UInt64 = 1 << UInt64(level)
    var level = level
    while size & (1 << UInt64(level)) != 0 {
      node = MerkleFrontier.node(roots.removeLast(), node)
      level += 1
      if level % MerkleFrontier.tileHeight == 0 {
        try completed(Subtree(level: level, index: size >> UInt64(level), root: node))
      }
    }
    roots.append(node)
    size += width
  }

  /// Subtrees whose height is a multiple of this are kept: the tiles of C2SP tlog-tiles are 8 high.
  package static let tileHeight = 8
  /// How many leaves are beneath the lowest roots that are kept.
  static let tileWidth = 1 << tileHeight

  /// The root over all leaves; for no leaves SHA-256 of nothing.
  package var root: Digest {
    guard var node = roots.last else { return SHA256().digest() }
    for larger in roots.dropLast().reversed() { node = MerkleFrontier.node(larger, node) }
    return node
  }

  /// RFC 6962's hash of a leaf, whose parts are given one after the other.
  package static func leafHash(_ first: UnsafeRawBufferPointer, _ second: Digest) -> Digest {
    second.withBytes { leafHash(first, followedBy: $0) }
  }

  /// RFC 6962's hash of a leaf.
  package static func leafHash(of leaf: UnsafeRawBufferPointer) -> Digest {
    leafHash(leaf, followedBy: UnsafeRawBufferPointer(start: nil, count: 0))
  }

  package static func node(_ left: Digest, _ right: Digest) -> Digest {
    withNodeRoom { room in
      left.withBytes { UnsafeMutableRawBufferPointer(rebasing: room[1..<33]).copyMemory(from: $0) }
      right.withBytes { UnsafeMutableRawBufferPointer(rebasing: room[33..<65]).copyMemory(from: $0) }
      return SHA256.digest(padded: UnsafeRawBufferPointer(room))
    }
  }

  /// The root of the perfect subtree over some leaves, by their hashes, which are lost: for many leaves cheaper than to
  /// append each.
  ///
  /// - Precondition: as many leaves as a power of two.
  static func root(reducing leaves: UnsafeMutableBufferPointer<Digest>) -> Digest {
    precondition(leaves.count.nonzeroBitCount == 1, "a perfect subtree has a power of two of leaves")
    let bytes = UnsafeMutableRawBufferPointer(leaves)
    return withNodeRoom { room in
      var count = leaves.count
      while count > 1 {
        count /= 2
        for index in 0..<count {
          let children = UnsafeRawBufferPointer(rebasing: bytes[(64 * index)..<(64 * index + 64)])
          UnsafeMutableRawBufferPointer(rebasing: room[1..<65]).copyMemory(from: children)
          leaves[index] = SHA256.digest(padded: UnsafeRawBufferPointer(room))
        }
      }
      return leaves[0]
    }
  }

  /// Room for a node's message, prefix and padding in place: what is left to fill in are the 64 bytes of its children.
  private static func withNodeRoom(_ body: (UnsafeMutableRawBufferPointer) -> Digest) -> Digest {
    withUnsafeTemporaryAllocation(byteCount: 128, alignment: 8) { room in
      room[0] = 1
      SHA256.pad(room, from: 65, length: 65)
      return body(room)
    }
  }

  /// In one piece, padding included: each piece that a hasher is given costs about as much as hashing it.
  private static func leafHash(
    _ first: UnsafeRawBufferPointer, followedBy second: UnsafeRawBufferPointer,
  ) -> Digest {
    let length = 1 + first.count + second.count
    return withUnsafeTemporaryAllocation(byteCount: SHA256.paddedSize(of: length), alignment: 8) { room in
      room[0] = 0
      UnsafeMutableRawBufferPointer(rebasing: room[1...]).copyMemory(from: first)
      UnsafeMutableRawBufferPointer(rebasing: room[(1 + first.count)...]).copyMemory(from: second)
      SHA256.pad(room, from: length, length: length)
      return SHA256.digest(padded: UnsafeRawBufferPointer(room))
    }
  }

  package static func == (left: MerkleFrontier, right: MerkleFrontier) -> Bool {
    left.size == right.size && left.roots.count == right.roots.count
      && zip(left.roots, right.roots).allSatisfy { $0.isEqual(to: $1) }
  }
}

extension MerkleFrontier {
  /// The bytes in which the frontier is kept: the size, little-endian, then the roots.
  var encoded: [UInt8] {
    var bytes: [UInt8] = []
    withUnsafeBytes(of: size.littleEndian) { bytes.append(contentsOf: $0) }
    for root in roots { root.withBytes { bytes.append(contentsOf: $0) } }
    return bytes
  }

  /// Reads `encoded`; nil when the length is not what the size says.
  init?(encoded bytes: UnsafeRawBufferPointer) {
    guard bytes.count >= 8 else { return nil }
    size = UInt64(littleEndian: bytes.loadUnaligned(as: UInt64.self))
    guard bytes.count == 8 + 32 * size.nonzeroBitCount else { return nil }
    roots = stride(from: 8, to: bytes.count, by: 32).map { offset in
      Digest(copying: UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + 32]))
    }
  }
}

extension MerkleFrontier.Digest {
  /// - Precondition: 32 bytes.
  package init(copying bytes: UnsafeRawBufferPointer) {
    precondition(bytes.count == 32, "a digest has 32 bytes")
    self = bytes.loadUnaligned(as: MerkleFrontier.Digest.self)
  }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try span.withUnsafeBytes(body)
  }

  package func isEqual(to other: MerkleFrontier.Digest) -> Bool {
    self[0] == other[0] && self[1] == other[1] && self[2] == other[2] && self[3] == other[3]
  }

  /// 64 hexadecimal digits.
  package var hexadecimal: String {
    withBytes { bytes in
      let digits = Array("0123456789abcdef".unicodeScalars)
      return bytes.reduce(into: "") { text, byte in
        text.unicodeScalars.append(digits[Int(byte >> 4)])
        text.unicodeScalars.append(digits[Int(byte & 15)])
      }
    }
  }
}

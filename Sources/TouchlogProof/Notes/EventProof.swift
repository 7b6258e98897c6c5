public import Touchlog
public import TouchlogStore

/// Shows that one event is in a log: a file after C2SP tlog-proof (https://c2sp.org/tlog-proof), for others' tools.
///
/// ```
/// c2sp.org/tlog-proof@v1
/// extra AQEBAAEAHwAALYVbRC8GALSMhC0GYQYAAAAAAAAAAAD//////////…
/// index 17
/// EqEhOcHo5JBxDLvJCGFLCbs1loEom2qpO4o5KozUiio=
/// m1FUd1mwi9KU6NX1Tgr/dJPQTdUxgQORmsv+GK4BHK8=
///
/// bank.example/touchlog
/// 600
/// …
/// ```
///
/// The extra data are the leaf: the record's header, and SHA-256 of its sealed payload.
public struct EventProof: Sendable {
  /// The event's place in the log.
  public let position: Position
  /// The bytes whose hash is in the tree.
  public let leaf: [UInt8]
  /// The signed checkpoint, whose tree it is.
  public let checkpoint: SignedNote
  private let path: [MerkleProof.Digest]

  private static let format = "c2sp.org/tlog-proof@v1"

  /// The proof of an event under the log as it is now.
  ///
  /// - Returns: nil, where the log has no such event.
  public init?(of position: Position, in store: Store, signedBy key: SigningKey) throws {
    let origin = key.verifier.name
    let made = try store.tree { tree -> (leaf: [UInt8], path: [MerkleProof.Digest], checkpoint: Checkpoint)? in
      guard position.value < tree.size else { return nil }
      return (
        try tree.leaf(at: position), try tree.inclusion(of: position, size: tree.size),
        try Checkpoint(origin: origin, size: tree.size, root: tree.root)
      )
    }
    guard let made else { return nil }
    self.position = position
    leaf = made.leaf
    path = made.path
    checkpoint = try key.sign(made.checkpoint)
  }

  /// The file.
  public var text: String {
    let hashes = path.map { Base64.encode($0.withBytes { Array($0) }) + "\n" }.joined()
    return """
      \(EventProof.format)
      extra \(Base64.encode(leaf))
      index \(position)
      \(hashes)
      \(checkpoint.encoded)
      """
  }

  /// Reads a file that has the leaf as its extra data.
  ///
  /// - Throws: `ProofError.malformedNote`.
  public init(_ bytes: some Collection<UInt8>) throws(ProofError) {
    let newline = UInt8(ascii: "\n")
    var rest = Array(bytes)[...]
    func line() -> ArraySlice<UInt8> {
      let line = rest.prefix { $0 != newline }
      rest = rest.dropFirst(line.count + 1)
      return line
    }
    guard line().elementsEqual(EventProof.format.utf8) else {
      throw .malformedNote(reason: "expected a proof that begins with \(EventProof.format)")
    }
    let extra = line()
    guard extra.starts(with: "extra ".utf8), let leaf = Base64.decode(extra.dropFirst(6)) else {
      throw .malformedNote(reason: "the second line is not “extra” and a leaf in base 64")
    }
    let index = String(decoding: line(), as: UTF8.self)
    guard index.hasPrefix("index "), let place = UInt64(index.dropFirst(6)), index == "index \(place)" else {
      throw .malformedNote(reason: "the third line is not “index” and a decimal number without leading zeros")
    }
    var path: [MerkleProof.Digest] = []
    while case let hash = line(), !hash.isEmpty {
      guard let digest = Base64.decode(hash), digest.count == 32 else {
        throw .malformedNote(reason: "a hash of the path is not 32 bytes in base 64")
      }
      path.append(digest.withUnsafeBytes { MerkleProof.Digest(copying: $0) })
    }
    position = Position(place)
    self.leaf = leaf
    self.path = path
    checkpoint = try SignedNote(rest)
  }

  /// Sees whether the leaf is in the log that a key has signed for.
  ///
  /// - Returns: what the log was.
  /// - Throws: `ProofError`; `unproven`, where the path does not lead from the leaf to the root.
  public func verify(by key: VerifierKey) throws(ProofError) -> Checkpoint {
    let signed = try Checkpoint(of: checkpoint, by: key)
    let hash = leaf.withUnsafeBytes { MerkleFrontier.leafHash(of: $0) }
    let root = MerkleProof.root(of: hash, at: position.value, size: signed.size, path: path)
    guard let root, root.isEqual(to: signed.root) else { throw .unproven(position: position) }
    return signed
  }
}

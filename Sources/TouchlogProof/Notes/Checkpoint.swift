import Touchlog
package import TouchlogStore

/// What a log is at one moment: how many events it has, and the root of the Merkle tree over them, after C2SP
/// tlog-checkpoint (https://c2sp.org/tlog-checkpoint).
///
/// ```
/// bank.example/touchlog
/// 20852163
/// CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=
/// ```
///
/// Signed, it is a `SignedNote`, whose key bears the origin's name.
public struct Checkpoint: Sendable {
  /// Which log it is of.
  public let origin: String
  /// How many events the log had.
  public let size: UInt64
  /// The root of the RFC 6962 tree over them.
  package let root: MerkleFrontier.Digest
  /// Further lines, of which nothing is asked but that they are not empty; Touchlog writes none.
  public let extensionLines: [String]

  /// What a log is now.
  ///
  /// - Throws: `ProofError.unusableName` for an origin that cannot name the key.
  package init(origin: String, size: UInt64, root: MerkleFrontier.Digest) throws(ProofError) {
    guard VerifierKey.isName(origin) else { throw .unusableName(origin) }
    self.origin = origin
    self.size = size
    self.root = root
    extensionLines = []
  }

  /// Reads a note's text.
  ///
  /// - Throws: `ProofError.malformedCheckpoint`.
  public init(_ text: String) throws(ProofError) {
    let bytes = Array(text.utf8)
    guard bytes.last == UInt8(ascii: "\n") else {
      throw .malformedCheckpoint(reason: "its last line does not end in a newline")
    }
    let lines = bytes.dropLast().split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count >= 3 else {
      throw .malformedCheckpoint(reason: "expected lines with an origin, a size and a root, found \(lines.count)")
    }
    guard lines.allSatisfy({ !$0.isEmpty }) else { throw .malformedCheckpoint(reason: "a line is empty") }
    origin = String(decoding: lines[0], as: UTF8.self)
    // Neither signs nor leading zeros.
    let digits = String(decoding: lines[1], as: UTF8.self)
    guard let size = UInt64(digits), String(size) == digits else {
      throw .malformedCheckpoint(reason: "its size is no decimal number without leading zeros")
    }
    self.size = size
    guard let root = Base64.decode(lines[2]), root.count == 32 else {
      throw .malformedCheckpoint(reason: "its root is not 32 bytes in base 64")
    }
    self.root = root.withUnsafeBytes { MerkleFrontier.Digest(copying: $0) }
    extensionLines = lines.dropFirst(3).map { String(decoding: $0, as: UTF8.self) }
  }

  /// Reads a signed checkpoint, and sees that it is of the log whose key it is.
  ///
  /// - Throws: `ProofError`, where the key has not signed it, it is no checkpoint, or it has another origin.
  public init(of note: SignedNote, by key: VerifierKey) throws(ProofError) {
    try note.verify(by: key)
    self = try Checkpoint(note.text)
    guard origin.hasSameBytes(as: key.name) else {
      throw .malformedCheckpoint(reason: "its origin is \(origin), and its key is of \(key.name)")
    }
  }

  /// The note's text.
  public var text: String {
    ([origin, String(size), Base64.encode(rootHash)] + extensionLines).reduce(into: "") { $0 += $1 + "\n" }
  }

  /// The 32 bytes of the root.
  public var rootHash: [UInt8] { root.withBytes { Array($0) } }
}

extension SigningKey {
  /// Signs what the log is.
  ///
  /// A log must sign no two checkpoints of which one is not the beginning of the other.
  ///
  /// - Precondition: the checkpoint's origin is the key's name.
  public func sign(_ checkpoint: Checkpoint) throws(ProofError) -> SignedNote {
    precondition(checkpoint.origin.hasSameBytes(as: verifier.name), "a log signs its own checkpoints")
    return try sign(checkpoint.text)
  }
}

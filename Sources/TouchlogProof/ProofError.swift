/// Why a key, a note or a checkpoint is not accepted, or cannot be made; each says what was expected.
public enum ProofError: Error, Hashable, Sendable {
  /// A text is no verifier key, or no signing key.
  case malformedKey(reason: String)
  /// A name cannot be a key's.
  case unusableName(String)
  /// Some bytes are no signed note, or a text cannot be one's.
  case malformedNote(reason: String)
  /// A note's text is no checkpoint.
  case malformedCheckpoint(reason: String)
  /// A note has no signature by the key.
  case unsigned(by: String)
  /// A note has a signature that says it is by the key, and is not.
  case forged(by: String)
  /// There is no signing key at that path.
  case keyMissing(path: String)
  /// The file of a signing key is not what it should be.
  case keyUnusable(path: String, reason: String)
}

extension ProofError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformedKey(let reason): reason
    case .unusableName(let name):
      """
      “\(name)” cannot name a key: expected a name such as bank.example/touchlog, without spaces, plus signs and control \
      characters
      """
    case .malformedNote(let reason): "it is no signed note: \(reason)"
    case .malformedCheckpoint(let reason): "it is no checkpoint: \(reason)"
    case .unsigned(let key): "it is not signed by \(key)"
    case .forged(let key): "its signature is not by \(key), or it was changed after it was signed"
    case .keyMissing(let path):
      "the signing key is not at \(path). Bring it back from where you keep it safe, or make one"
    case .keyUnusable(let path, let reason): "\(path) is no usable signing key: \(reason)"
    }
  }
}

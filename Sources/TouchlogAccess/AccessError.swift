public import Touchlog

/// Why a token is not accepted. Whoever shows it is told no more than that: the cases are for the service's own log.
public enum TokenRefusal: Error, Hashable, Sendable {
  /// The text is no token: another form, cut off, or mistyped, as its checksum tells.
  case malformed
  /// No token of this store has that id and that secret.
  case unknown
  /// It was good up to that time.
  case expired(Timestamp)
  /// It was taken back at that time.
  case revoked(Timestamp)
}

extension TokenRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .malformed: "it is no token, or it was cut off or mistyped"
    case .unknown: "this store has no such token"
    case .expired(let time): "the token expired at \(time.rfc3339)"
    case .revoked(let time): "the token was revoked at \(time.rfc3339)"
    }
  }
}

/// Why tokens cannot be read, made or revoked, or a look not be recorded; each says what to do.
public enum AccessError: Error, Hashable, Sendable {
  /// Others than its owner may read a file, or change it.
  case exposed(path: String, cure: String)
  /// The file of tokens is not what was written.
  case tokensDamaged(path: String)
  /// A later version of Touchlog has written it.
  case newerFormat(path: String)
  /// A token cannot have that name.
  case unusableName(String)
  /// A source, or what sources begin with, has another form.
  case unusableSource(String)
  /// A token would be expired from the start.
  case expiresBeforeItBegins(Timestamp)
  /// No token has that id.
  case noSuchToken(id: String)
  /// A store keeps no more tokens.
  case tooManyTokens(most: Int)
  /// The last lines of a file of looks are none, so that nothing can be added after them.
  case recordDamaged(path: String)
  /// A sync of the record failed, so nobody knows what of it is on disk.
  case recordFailed(cause: String)
  /// The system has no thread left.
  case noThread
}

extension AccessError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .exposed(let path, let cure):
      "others than its owner may read or change \(path). Mend that with: \(cure)"
    case .tokensDamaged(let path):
      """
      \(path) is not what was written, so no token is accepted. Bring back a copy of it; where there is none, move it \
      away, and make new tokens
      """
    case .newerFormat(let path):
      "\(path) was written by a later version of Touchlog. Use that one, or a later one"
    case .unusableName(let name):
      "“\(name.shown)” cannot be a token's name: expected 1 to \(Token.nameBytes) bytes, without control characters"
    case .unusableSource(let source):
      """
      “\(source.shown)” is no beginning of a source: expected 1 to \(Token.sourceBytes) bytes such as /pbx, without \
      spaces and control characters
      """
    case .expiresBeforeItBegins(let time): "the token would expire at \(time.rfc3339), which is over already"
    case .noSuchToken(let id): "there is no token \(id.shown). See which there are with: touchlog token list"
    case .tooManyTokens(let most): "the store has \(most) tokens, which is the most. Revoked ones count as well"
    case .recordDamaged(let path):
      "the end of \(path) is not what was written. Move the file away and keep it: the next look begins a new one"
    case .recordFailed(let cause):
      "no looks are recorded since a sync failed: \(cause). Look after the disk, and start the service again"
    case .noThread: "the system has no thread left to record a look with. Try again, or raise its limit"
    }
  }
}

extension String {
  /// As it may stand in a line of text.
  fileprivate var shown: String { String(unicodeScalars.prefix(100).map { $0.isControl ? "\u{FFFD}" : Character($0) }) }
}

extension Unicode.Scalar {
  /// Whether it moves a cursor, sets a colour, or turns the direction of writing.
  var isControl: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

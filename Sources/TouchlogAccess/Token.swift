public import Touchlog

/// What the bearer of a token may do with the service.
public enum TokenRole: Sendable, Hashable {
  /// Appends events whose source begins so.
  case adapter(source: String)
  /// Reads reports, views and events without references and payloads.
  case analyst
  /// Reads timelines, verifies, and reads who looked at them.
  case auditor
  /// Does everything.
  case admin

  /// The word for it in a token, in the file of tokens, and on the command line.
  public var word: String {
    switch self {
    case .adapter: "adapter"
    case .analyst: "analyst"
    case .auditor: "auditor"
    case .admin: "admin"
    }
  }

  /// What the sources of an adapter's events begin with; nil for other roles.
  public var source: String? {
    guard case .adapter(let source) = self else { return nil }
    return source
  }

  /// The role of a word; nil for an unknown word, for an adapter without a source, and for others with one.
  public init?(word: String, source: String?) {
    switch (word, source) {
    case ("adapter", let source?): self = .adapter(source: source)
    case ("analyst", nil): self = .analyst
    case ("auditor", nil): self = .auditor
    case ("admin", nil): self = .admin
    default: return nil
    }
  }

  /// All words, in the order of how much they allow.
  public static let words = ["adapter", "analyst", "auditor", "admin"]
}

/// A token as a store knows it: who bears it, what for, until when, and not its secret.
public struct Token: Sendable, Hashable {
  /// Tells it from all others of the store; it stands in the token's text, and is no secret.
  public let id: String
  /// For whom it was made. Several may have one name, as while the one replaces the other.
  public let name: String
  /// What it is good for.
  public let role: TokenRole
  /// When it was made.
  public let created: Timestamp
  /// From when on it is refused; nil for never.
  public let expires: Timestamp?
  /// Since when it is taken back; nil while it is not.
  public internal(set) var revoked: Timestamp?
  /// SHA-256 of the whole text. A hash that is slow to compute is for secrets that people choose, of which there are
  /// few enough to try them all; of 256 random bits there are not, and each request would pay for it.
  let digest: [UInt8]

  /// How long a name may be, in UTF-8.
  public static let nameBytes = 100
  /// How long a source's beginning may be, in UTF-8: as long as a source.
  public static let sourceBytes = 480

  /// Whether it is good at a time: neither expired nor revoked.
  public func isGood(at now: Timestamp) -> Bool { refusal(at: now) == nil }

  func refusal(at now: Timestamp) -> TokenRefusal? {
    if let revoked { return .revoked(revoked) }
    if let expires, expires <= now { return .expired(expires) }
    return nil
  }

  /// Whether a text that is shown is this token's. How long it takes tells nothing of how much of the digest is right:
  /// all bytes are compared, whatever comes out.
  func isShown(as text: TokenText) -> Bool {
    let shown = text.digest
    // Both are 32 bytes: the length is no secret.
    guard shown.count == digest.count else { return false }
    var difference: UInt8 = 0
    for index in digest.indices { difference |= digest[index] ^ shown[index] }
    return difference == 0
  }

  static func checkName(_ name: String) throws(AccessError) {
    let isUsable =
      (1...nameBytes).contains(name.utf8.count) && !name.unicodeScalars.contains(where: \.isControl)
      && name.unicodeScalars.first?.properties.isWhitespace == false
      && name.unicodeScalars.last?.properties.isWhitespace == false
    guard isUsable else { throw AccessError.unusableName(name) }
  }

  static func checkSource(_ source: String) throws(AccessError) {
    let isUsable =
      (1...sourceBytes).contains(source.utf8.count)
      && !source.unicodeScalars.contains { $0.isControl || $0.properties.isWhitespace }
    guard isUsable else { throw AccessError.unusableSource(source) }
  }
}

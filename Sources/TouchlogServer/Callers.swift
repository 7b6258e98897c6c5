/// What somebody may do with the service.
public enum Role: String, Sendable, CaseIterable {
  /// Appends events, under its own source prefix only.
  case adapter
  /// Reads events without references and data: customers are numbers.
  case analyst
  /// Reads everything, and verifies.
  case auditor
  /// May do everything.
  case admin
}

/// Who makes a request, as its token says.
public struct Caller: Sendable, Hashable {
  /// What the token was called when it was made; it stands in the service's log.
  public let name: String
  /// What the caller may do.
  public let role: Role
  /// What the `source` of each event begins with that the caller appends; nil for any.
  public let sourcePrefix: String?
  /// The token's id, as `touchlog token list` and the record of looks name it; nil for a caller without a token.
  public let tokenID: String?

  /// A caller by its parts.
  public init(name: String, role: Role, sourcePrefix: String? = nil, tokenID: String? = nil) {
    self.name = name
    self.role = role
    self.sourcePrefix = sourcePrefix
    self.tokenID = tokenID
  }

  /// Whether the caller may append events of a source.
  ///
  /// A prefix ends where a part of a name ends: `/pbx` admits `/pbx` and `/pbx/stockholm`, and not `/pbx2`. Compared byte
  /// by byte.
  public func mayAppend(source: String) -> Bool {
    guard let sourcePrefix else { return true }
    let (prefix, name) = (sourcePrefix.utf8, source.utf8)
    guard name.starts(with: prefix) else { return false }
    let separators = [UInt8(ascii: "/"), UInt8(ascii: ":")]
    guard let next = name.dropFirst(prefix.count).first else { return true }
    return separators.contains(next) || prefix.last.map { separators.contains($0) } ?? true
  }
}

/// Knows who bears which token.
public protocol CallerDirectory: Sendable {
  /// Who bears a token; nil where nobody does, or not any more.
  ///
  /// Called for each request, on a thread that others wait for: it answers from memory, or in microseconds.
  ///
  /// - Throws: what keeps the directory from telling; the request is answered with 503 then.
  func caller(bearing token: String) throws -> Caller?
}

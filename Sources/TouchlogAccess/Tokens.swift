import Synchronization
public import Touchlog
public import TouchlogStore

/// The tokens of a store: who may use its service, and for what.
///
/// They lie in `STORE/access/tokens`, for the store's owner only. Commands that make and revoke them take turns, and
/// put a whole new file in the place of the old one. A service asks for each request whether the file is still the one
/// that it has read, which is one call to the system, so a token that was revoked is refused from the next request on.
///
/// No key is needed: nothing in it is sealed. Nothing in it lets anybody in, either.
public final class Tokens: Sendable {
  /// The file.
  public let path: String
  private let folder: String
  private let known = Mutex(Known())

  /// What was read last.
  private struct Known {
    var file: OwnersReadFile?
    var byID: [String: Token] = [:]
  }

  /// How many tokens a store keeps, those that were revoked with them.
  public static let most = 10_000

  /// The tokens of the store at a path. The file is read when it is first needed.
  ///
  /// - Throws: `StoreError`, where there is no store.
  public init(ofStoreAt path: String) throws(StoreError) {
    try Store.checkDirectory(path)
    folder = path + "/access"
    self.path = folder + "/tokens"
  }

  // MARK: Asking

  /// The token that somebody shows.
  ///
  /// - Parameters:
  ///   - text: what was shown, without anything around it.
  ///   - now: the time by which tokens expire.
  /// - Throws: `TokenRefusal`, when it is not good; `AccessError` or `StoreError`, when the file cannot be read, is
  ///   damaged, or others may read it: then no token is good.
  public func token(shownAs text: String, at now: Timestamp) throws -> Token {
    guard let shown = TokenText(text) else { throw TokenRefusal.malformed }
    let token = try known.withLock { known in
      try refresh(&known)
      return known.byID[shown.id]
    }
    // Whoever does not have the secret is not told whether it would be good.
    guard let token, token.isShown(as: shown) else { throw TokenRefusal.unknown }
    if let refusal = token.refusal(at: now) { throw refusal }
    return token
  }

  /// All tokens, in the order in which they were made, revoked and expired ones as well.
  ///
  /// - Throws: `AccessError`, `StoreError`.
  public func all() throws -> [Token] { try read()?.tokens ?? [] }

  private func refresh(_ known: inout Known) throws {
    if let file = known.file, file.isStill(at: path) { return }
    // Where reading it fails, what was read before is not good either.
    known = Known()
    guard let (file, tokens) = try read() else { return }
    known = Known(file: file, byID: Dictionary(tokens.map { ($0.id, $0) }) { first, _ in first })
  }

  private func read() throws -> (file: OwnersReadFile, tokens: [Token])? {
    guard let file = try OwnersReadFile(path) else { return nil }
    guard OwnersFile.isUnchangedByOthers(folder) else {
      throw AccessError.exposed(path: folder, cure: "chmod 700 \(folder)")
    }
    guard OwnersFile.isPrivate(path) else { throw AccessError.exposed(path: path, cure: "chmod 600 \(path)") }
    return (file, try TokenFile.decode(file.contents, path: path))
  }

  // MARK: Changing

  /// Makes a token.
  ///
  /// - Parameters:
  ///   - name: for whom.
  ///   - role: what it is good for.
  ///   - expires: from when on it is refused; nil for never.
  ///   - now: when it is made.
  /// - Returns: the token, and the text that its bearer shows, which nobody can tell a second time.
  /// - Throws: `AccessError`, also for a name, a source or a time that cannot be; `StoreError`.
  @available(*, noasync, message: "it may wait for another process, and it syncs")
  public func create(
    _ name: String, role: TokenRole, expires: Timestamp? = nil, at now: Timestamp,
  ) throws -> (token: Token, text: String) {
    try Token.checkName(name)
    if let source = role.source { try Token.checkSource(source) }
    if let expires, expires <= now { throw AccessError.expiresBeforeItBegins(expires) }
    return try change { tokens in
      guard tokens.count < Tokens.most else { throw AccessError.tooManyTokens(most: Tokens.most) }
      var text = TokenText(role: role.word)
      while tokens.contains(where: { $0.id == text.id }) { text = TokenText(role: role.word) }
      let token = Token(
        id: text.id, name: name, role: role, created: now, expires: expires, revoked: nil, digest: text.digest)
      tokens.append(token)
      return (token, text.text)
    }
  }

  /// Takes a token back. It stays in the list, as the access record names its id.
  ///
  /// - Returns: the token; of one that was revoked before, as of then.
  /// - Throws: `AccessError`, also for an id that no token has; `StoreError`.
  @available(*, noasync, message: "it may wait for another process, and it syncs")
  public func revoke(_ id: String, at now: Timestamp) throws -> Token {
    try change { tokens in
      guard let index = tokens.firstIndex(where: { $0.id == id }) else { throw AccessError.noSuchToken(id: id) }
      if tokens[index].revoked == nil { tokens[index].revoked = now }
      return tokens[index]
    }
  }

  @available(*, noasync)
  private func change<Result>(_ body: (inout [Token]) throws -> Result) throws -> Result {
    try OwnersFile.makeFolder(folder)
    let lock = try OwnersLock(folder + "/tokens.lock")
    defer { withExtendedLifetime(lock) {} }
    let before = try read()?.tokens ?? []
    var tokens = before
    let result = try body(&tokens)
    if tokens != before { try OwnersFile.replace(path, contents: TokenFile.encode(tokens)) }
    return result
  }
}

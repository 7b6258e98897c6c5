public import Touchlog
public import TouchlogAccess

/// Knows callers by the tokens of a store, as `touchlog token` makes and revokes them.
///
/// For each request it asks the system whether the file of tokens is still the one that it has read, and reads a new
/// one: so a token that was revoked is refused from the next request on.
public struct TokenDirectory: CallerDirectory {
  private let tokens: Tokens
  private let clock: @Sendable () -> Timestamp

  /// - Parameters:
  ///   - tokens: the store's.
  ///   - clock: the time by which they expire.
  public init(_ tokens: Tokens, clock: @escaping @Sendable () -> Timestamp) {
    self.tokens = tokens
    self.clock = clock
  }

  /// Who bears a token; nil for one that is forged, of another store, expired or revoked.
  ///
  /// - Throws: `AccessError`, `StoreError`, where the file of tokens cannot be believed: then nobody is let in.
  public func caller(bearing token: String) throws -> Caller? {
    do {
      return Caller(try tokens.token(shownAs: token, at: clock()))
    } catch is TokenRefusal {
      return nil
    }
  }
}

extension Caller {
  init(_ token: Token) {
    let role: Role =
      switch token.role {
      case .adapter: .adapter
      case .analyst: .analyst
      case .auditor: .auditor
      case .admin: .admin
      }
    self.init(name: token.name, role: role, sourcePrefix: token.role.source, tokenID: token.id)
  }
}

extension AccessRecord {
  /// Records that a caller looks at a customer's timeline; it is on disk when this returns, and where it throws, there
  /// must be no look.
  ///
  /// - Parameters:
  ///   - caller: who, by a token.
  ///   - customer: whose timeline. Of several references that are one person, each is noted.
  ///   - time: when.
  ///   - what: the route, with names for its parts: `GET /v1/events?customer={reference}`.
  /// - Throws: `StoreError`, `AccessError`.
  public func note(_ caller: Caller, customer: CustomerNumber, at time: Timestamp, what: StaticString) async throws {
    try await note(
      tokenID: caller.tokenID ?? "-", tokenName: caller.name, customer: customer, at: time, what: what)
  }
}

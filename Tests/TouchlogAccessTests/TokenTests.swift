import Foundation
import Testing
import Touchlog

@testable import TouchlogAccess

@Suite struct `A token` {
  private let now = AccessStore.now

  @Test func `that was made is known again, and what is stored is not the token`() throws {
    let store = try AccessStore()
    let (token, text) = try store.tokens().create("pbx", role: .adapter(source: "/pbx"), at: now)
    let shape = try Regex("touchlog_(adapter|analyst|auditor|admin)_[a-km-np-z2-9]{10}_[0-9A-Za-z]{49}")
    #expect(text.wholeMatch(of: shape) != nil)
    let known = try store.tokens().token(shownAs: text, at: now)
    #expect(known == token && known.name == "pbx" && known.role == .adapter(source: "/pbx") && known.created == now)
    let secret = text.split(separator: "_")[3]
    #expect(!String(decoding: try store.bytes("tokens"), as: UTF8.self).contains(secret.prefix(43)))
    #expect(try store.permissions(of: store.file("tokens")) == 0o600)
    #expect(try store.permissions(of: store.path + "/access") == 0o700)
  }

  @Test func `of each role, with each end, is written and read again`() throws {
    let store = try AccessStore()
    let tokens = try store.tokens()
    let roles: [TokenRole] = [.adapter(source: "/pbx\\\"å\""), .analyst, .auditor, .admin]
    for role in roles {
      _ = try tokens.create("Åsa \"x\" Lind", role: role, expires: now.adding(seconds: 60), at: now)
    }
    let revoked = try tokens.revoke(try tokens.all()[1].id, at: now.adding(seconds: 1))
    let all = try store.tokens().all()
    #expect(all.map(\.role) == roles && all[1] == revoked)
    #expect(all.map { $0.isGood(at: now) } == [true, false, true, true])
    #expect(all.allSatisfy { !$0.isGood(at: now.adding(seconds: 60)) })
    #expect(Set(all.map(\.id)).count == 4)
  }

  @Test func `that is forged, truncated or another store's is refused`() throws {
    let (store, other) = (try AccessStore(), try AccessStore())
    let text = try store.tokens().create("Åsa", role: .analyst, at: now).text
    let tokens = try store.tokens()
    for length in [0, 8, 20, text.count - 1] {
      #expect(throws: TokenRefusal.malformed) { try tokens.token(shownAs: String(text.prefix(length)), at: now) }
    }
    let wrongs: [String] = [
      "\(text) ", " \(text)", "\(text)\n", "\(text)A", text.uppercased(), "\(text)\u{301}", "Bearer \(text)",
    ]
    for wrong in wrongs {
      #expect(throws: TokenRefusal.malformed, "\(wrong)") { try tokens.token(shownAs: wrong, at: now) }
    }
    // One digit of the secret, with its checksum made to fit; and another role, likewise.
    let body = String(text.dropLast(6))
    let digit: Character = body.last == "A" ? "B" : "A"
    for forged in [String(body.dropLast()) + String(digit), body.replacing("analyst", with: "admin")] {
      #expect(throws: TokenRefusal.malformed) { try tokens.token(shownAs: forged + text.suffix(6), at: now) }
      let whole = forged + TokenText.checksum(of: forged)
      #expect(TokenText(whole) != nil)
      #expect(throws: TokenRefusal.unknown) { try tokens.token(shownAs: whole, at: now) }
    }
    #expect(throws: TokenRefusal.unknown, "no tokens at all") { try other.tokens().token(shownAs: text, at: now) }
    let foreign = try other.tokens().create("Åsa", role: .analyst, at: now).text
    #expect(throws: TokenRefusal.unknown) { try tokens.token(shownAs: foreign, at: now) }
  }

  @Test func `is good until it expires, to the microsecond`() throws {
    let store = try AccessStore()
    let end = now.adding(seconds: 90 * 86_400)
    let tokens = try store.tokens()
    let text = try tokens.create("Åsa", role: .auditor, expires: end, at: now).text
    #expect(try tokens.token(shownAs: text, at: Timestamp(microseconds: end.microseconds - 1)).expires == end)
    #expect(throws: TokenRefusal.expired(end)) { try tokens.token(shownAs: text, at: end) }
    #expect(throws: AccessError.expiresBeforeItBegins(now)) {
      try tokens.create("Åsa", role: .auditor, expires: now, at: now)
    }
  }

  @Test func `that is revoked is refused at the next request, and revoked once`() throws {
    let store = try AccessStore()
    let (service, command) = (try store.tokens(), try store.tokens())
    let (token, text) = try command.create("Åsa", role: .auditor, at: now)
    #expect(try service.token(shownAs: text, at: now) == token)
    let later = now.adding(seconds: 60)
    #expect(try command.revoke(token.id, at: later).revoked == later)
    #expect(throws: TokenRefusal.revoked(later)) { try service.token(shownAs: text, at: later) }
    #expect(try command.revoke(token.id, at: later.adding(seconds: 5)).revoked == later, "as of then")
    let next = try command.create("Åsa", role: .auditor, at: later)
    #expect(try service.token(shownAs: next.text, at: later) == next.token, "a new one is known at once")
    #expect(throws: AccessError.noSuchToken(id: "nobody")) { try command.revoke("nobody", at: now) }
  }

  @Test func `is not made for a name or a source that cannot be`() throws {
    let store = try AccessStore()
    let tokens = try store.tokens()
    for name in ["", " ", "a ", "a\nb", "a\u{1B}[2J", "a\u{202E}b", String(repeating: "å", count: 51)] {
      #expect(throws: AccessError.unusableName(name), "\(name)") { try tokens.create(name, role: .admin, at: now) }
    }
    for source in ["", "/p bx", "/p\u{7}", String(repeating: "a", count: 481)] {
      #expect(throws: AccessError.unusableSource(source), "\(source)") {
        try tokens.create("pbx", role: .adapter(source: source), at: now)
      }
    }
    #expect(try tokens.all().isEmpty)
  }
}

import Foundation
import Testing
import Touchlog
import TouchlogServer
import TouchlogStore

@testable import TouchlogAccess

@Suite struct `The file of tokens` {
  private let now = AccessStore.now

  @Test func `is refused where others can read it, and nobody is let in meanwhile`() throws {
    let store = try AccessStore()
    let tokens = try store.tokens()
    let text = try tokens.create("Åsa", role: .auditor, at: now).text
    #expect(try tokens.token(shownAs: text, at: now).name == "Åsa")
    for permissions in [0o640, 0o604, 0o660] {
      try store.setPermissions(permissions, of: tokens.path)
      let exposed = AccessError.exposed(path: tokens.path, cure: "chmod 600 \(tokens.path)")
      #expect(throws: exposed) { try tokens.token(shownAs: text, at: now) }
      #expect(throws: exposed) { try store.tokens().all() }
      #expect(throws: exposed) { try store.tokens().create("x", role: .admin, at: now) }
    }
    try store.setPermissions(0o600, of: tokens.path)
    try store.setPermissions(0o770, of: store.path + "/access")
    #expect(throws: AccessError.self, "whoever writes the folder can put another file there") {
      try store.tokens().all()
    }
    try store.setPermissions(0o700, of: store.path + "/access")
    #expect(try tokens.token(shownAs: text, at: now).name == "Åsa")
  }

  @Test func `is refused with any byte changed, lost or added`() throws {
    let store = try AccessStore()
    let tokens = try store.tokens()
    _ = try tokens.create("Åsa", role: .analyst, expires: now.adding(seconds: 60), at: now)
    let text = try tokens.create("pbx", role: .adapter(source: "/pbx"), at: now).text
    let whole = try store.bytes("tokens")
    func isRefused(_ bytes: [UInt8]) throws -> Bool {
      do {
        return try TokenFile.decode(bytes, path: "tokens").isEmpty
      } catch {
        return true
      }
    }
    #expect(try !isRefused(whole))
    for index in whole.indices {
      for bit in [1, 0x20, 0x80] as [UInt8] {
        var changed = whole
        changed[index] ^= bit
        #expect(try isRefused(changed), "byte \(index), bit \(bit)")
      }
      #expect(try isRefused(Array(whole[..<index])), "cut off after \(index) bytes")
    }
    for added in ["\n", " ", "{}", "{}\n"] { #expect(try isRefused(whole + Array(added.utf8))) }
    var lines = whole.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    lines.remove(at: 1)
    #expect(try isRefused(Array(lines.joined(separator: [UInt8(ascii: "\n")]))), "without a token")
    try store.write(whole.dropLast(2), to: "tokens")
    #expect(throws: AccessError.tokensDamaged(path: tokens.path)) { try tokens.token(shownAs: text, at: now) }
    #expect(throws: AccessError.tokensDamaged(path: tokens.path)) { try tokens.create("x", role: .admin, at: now) }
    #expect(try store.bytes("tokens") == whole.dropLast(2), "a damaged file is left as it is")
    try store.write(whole, to: "tokens")
    #expect(try tokens.token(shownAs: text, at: now).name == "pbx")
  }

  @Test func `of a later version is refused as such`() throws {
    let store = try AccessStore()
    let tokens = try store.tokens()
    _ = try tokens.create("Åsa", role: .analyst, at: now)
    let later = String(decoding: try store.bytes("tokens"), as: UTF8.self).replacing("tokens/1", with: "tokens/2")
    try store.write(Array(later.utf8), to: "tokens")
    #expect(throws: AccessError.newerFormat(path: tokens.path)) { try tokens.all() }
  }

  @Test func `that was being made when its maker was killed is in nobody's way`() throws {
    let store = try AccessStore()
    let tokens = try store.tokens()
    let text = try tokens.create("Åsa", role: .analyst, at: now).text
    try store.write(Array("{\"format\":".utf8), to: "tokens.new")
    let next = try tokens.create("Bo", role: .analyst, at: now).text
    for text in [text, next] { #expect(try store.tokens().token(shownAs: text, at: now).role == .analyst) }
    #expect(!FileManager.default.fileExists(atPath: store.file("tokens.new")))
  }

  @Test func `is the service's directory of callers`() throws {
    let store = try AccessStore()
    let tokens = try store.tokens()
    let directory = TokenDirectory(try store.tokens(), clock: { AccessStore.now })
    let (token, text) = try tokens.create("pbx", role: .adapter(source: "/pbx"), at: now)
    #expect(
      try directory.caller(bearing: text)
        == Caller(name: "pbx", role: .adapter, sourcePrefix: "/pbx", tokenID: token.id))
    #expect(try directory.caller(bearing: text + "x") == nil)
    let admin = try tokens.create("root", role: .admin, expires: now.adding(seconds: 1), at: now)
    #expect(try directory.caller(bearing: admin.text)?.role == .admin)
    _ = try tokens.revoke(admin.token.id, at: now)
    #expect(try directory.caller(bearing: admin.text) == nil)
    try store.setPermissions(0o644, of: tokens.path)
    #expect(throws: AccessError.self, "and not: nobody") { try directory.caller(bearing: text) }
  }
}

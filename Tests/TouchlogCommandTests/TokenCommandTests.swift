import Foundation
import JSON
import Testing
import Touchlog
import TouchlogAccess
import TouchlogTesting

@testable import TouchlogCommand

@Suite struct `The command token` {
  private func tokens(of sandbox: Sandbox) throws -> Tokens { try Tokens(ofStoreAt: sandbox.path("store")) }

  @Test func `create prints the token alone, list never, and revoke takes it back`() throws {
    let sandbox = try Sandbox.withStore()
    // Neither command needs the store's key.
    let keyless = ["TOUCHLOG_KEY": "/nowhere"]
    let made = try sandbox.touchlog(
      "token", "create", "pbx", "--role", "adapter", "--source", "/pbx", "--expires", "90d", variables: keyless)
    #expect(made.status == 0 && made.lines.count == 1)
    let text = String(made.lines[0])
    let token = try tokens(of: sandbox).token(shownAs: text, at: TimeArgument.now())
    #expect(token.role == .adapter(source: "/pbx"))
    // The arguments are read a moment before it is made.
    let days = try #require(token.expires?.microseconds(since: token.created.adding(seconds: 90 * 86_400)))
    #expect((-60_000_000...0).contains(days))
    #expect(made.errors.hasPrefix("token \(token.id) for pbx: adapter for sources that begin with /pbx, expires "))
    #expect(!made.errors.contains(text))
    let list = try sandbox.touchlog("token", "list", variables: keyless)
    let expires = try #require(token.expires)
    #expect(list.output == "\(token.id)\tpbx\tadapter\t/pbx\t\(token.created.rfc3339)\t\(expires.rfc3339)\t-\n")
    let revoked = try sandbox.touchlog("token", "revoke", token.id, variables: keyless)
    #expect(revoked.status == 0 && revoked.output == "token \(token.id) for pbx is revoked\n")
    #expect(try sandbox.touchlog("token", "revoke", text).output.contains("was revoked already"), "pasted whole")
    let json = try JSONValue(parsing: sandbox.touchlog("token", "list", "--json").output)
    guard case .array(let shown)? = json["tokens"] else {
      Issue.record("no list: \(json)")
      return
    }
    #expect(shown.count == 1 && shown[0]["isGood"] == false && shown[0]["id"] == .string(token.id))
    #expect(shown[0]["name"] == "pbx" && shown[0]["source"] == "/pbx" && shown[0]["revoked"] != nil)
    for outcome in [list.output, json.text] { #expect(!outcome.contains(text.split(separator: "_")[3])) }
  }

  @Test func `what cannot be is refused with a way out`() throws {
    let sandbox = try Sandbox.withStore()
    let refused: [([String], Int32, String)] = [
      (["create", "x", "--role", "king"], 64, "--role: expected adapter, analyst, auditor, admin, found king"),
      (["create", "x", "--role", "adapter"], 64, "an adapter needs one, e.g. --source /pbx"),
      (["create", "x", "--role", "admin", "--source", "/pbx"], 64, "--source is for adapters"),
      (["create", "x", "--role", "admin", "--expires", "2020-01-01"], 64, "expected a time to come, found 2020-01-01"),
      (["create", "x", "--role", "admin", "--expires", "soon"], 64, "expected a time such as 90d (from now)"),
      (["create", " ", "--role", "admin"], 64, "cannot be a token's name"),
      (["create", "x", "--role", "adapter", "--source", "/p bx"], 64, "is no beginning of a source"),
      (["revoke", "k7m2p9xq4d"], 1, "there is no token k7m2p9xq4d. See which there are with: touchlog token list"),
      (["list", "--store", "nowhere"], 2, "there is no store at nowhere"),
    ]
    for (arguments, status, words) in refused {
      let outcome = try sandbox.run(Sandbox.binary, ["token"] + arguments)
      #expect(outcome.status == status && outcome.errors.contains(words), "\(arguments): \(outcome)")
      #expect(outcome.output.isEmpty)
    }
    let unread = try sandbox.shell("touchlog token create x --role admin > /dev/full")
    #expect(unread.status == 2)
    let list = try sandbox.touchlog("token", "list", "--json").output
    #expect(list.contains("\"isGood\":false"), "a token that nobody got is good for nobody")
    #expect(try sandbox.touchlog("token", "create", "y", "--role", "admin").status == 0)
    #expect(try sandbox.shell("chmod 644 store/access/tokens").status == 0)
    let exposed = try sandbox.touchlog("token", "list")
    #expect(exposed.status == 2 && exposed.errors.contains("chmod 600 store/access/tokens"))
    let doctor = try sandbox.shell("chmod 755 store store/access; touchlog doctor")
    #expect(doctor.status == 1 && doctor.output.contains("may read or write access/tokens"))
  }

  @Test func `processes that make tokens at once lose none`() throws {
    let sandbox = try Sandbox.withStore()
    let line = "for i in 1 2 3 4 5 6; do \"$TOUCHLOG\" token create \"$0 $i\" --role analyst || exit 1; done"
    let children = try (0..<3).map { number in
      try sandbox.startShell(line.replacing("$0", with: "maker \(number)"), as: "maker-\(number)").id
    }
    for id in children {
      var status: Int32 = -1
      #expect(comesAbout { waitpid(id, &status, WNOHANG) == id })
      #expect(status == 0)
    }
    let texts = try (0..<3).flatMap { try sandbox.read("maker-\($0).out").split(separator: "\n").map { String($0) } }
    let tokens = try tokens(of: sandbox)
    #expect(texts.count == 18)
    #expect(try Set(texts.map { try tokens.token(shownAs: $0, at: TimeArgument.now()).name }).count == 18)
    #expect(try tokens.all().count == 18)
  }

  @Test func `killed at any moment, the file is whole, and has every token that was printed`() throws {
    let sandbox = try Sandbox.withStore()
    var random = SplitMix64(seed: 7)
    var longest: UInt32 = 40_000
    var printed: [String] = []
    for round in 0..<40 {
      let child = try sandbox.start("token", "create", "round \(round)", "--role", "admin")
      usleep(UInt32.random(in: 0...longest, using: &random))
      child.signal(SIGKILL)
      let status = child.wait()
      longest = status == 0 ? max(5000, longest - longest / 8) : longest + longest / 8
      let lines = try sandbox.read("last.out").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      printed += lines.map { String($0) }
      let tokens = try tokens(of: sandbox)
      for text in printed { #expect(try tokens.token(shownAs: text, at: TimeArgument.now()).role == .admin) }
    }
    #expect(try sandbox.touchlog("token", "create", "last", "--role", "admin").status == 0)
  }
}

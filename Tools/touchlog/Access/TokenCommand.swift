import ArgumentParser
import JSON
import Touchlog
import TouchlogAccess
import TouchlogStore

struct TokenCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "token",
    abstract: "Say who may use the store's service, and for what.",
    discussion: """
      Whoever uses the service shows a token. Its role says what it is good for: an adapter appends events of its own \
      sources, an analyst reads figures and never sees who a customer is, an auditor reads timelines and who looked at \
      them, an admin does everything. The store keeps no token, only what it takes to know one again.

      The store's key is not needed. A running service refuses a revoked token from the next request on.

      Examples:
        touchlog token create pbx --role adapter --source /pbx --expires 90d > pbx.token
        touchlog token create "Åsa Lind" --role auditor --store ./store
        touchlog token list
        touchlog token revoke k7m2p9xq4d
      """,
    subcommands: [Create.self, List.self, Revoke.self])
}

extension TokenCommand {
  struct Create: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "create",
      abstract: "Make a token, and print it this once.",
      discussion: """
        The token alone is printed on standard output; what is said about it, on standard error. Nobody can print it a \
        second time. To replace a token, make another of the same name, hand it over, and revoke the first.

        Examples:
          touchlog token create pbx --role adapter --source /pbx > pbx.token
          touchlog token create "Åsa Lind" --role auditor --expires 2026-01-01
        """)

    @Argument(help: ArgumentHelp("For whom it is: it stands in the record of who looked at whom.", valueName: "name"))
    var name: String

    @OptionGroup var store: StoreFolder

    @Option(help: ArgumentHelp("adapter, analyst, auditor or admin.", valueName: "role"))
    var role: String

    @Option(
      help: ArgumentHelp("Of an adapter: what the sources of its events begin with, e.g. /pbx.", valueName: "source"))
    var source: String?

    @Option(
      help: ArgumentHelp(
        "From when on it is refused: 12h, 90d, 52w from now, or 2026-01-01. Default: never.", valueName: "time"),
      transform: { try ExpiryArgument.parse($0) })
    var expires: ExpiryArgument?

    func validate() throws { _ = try tokenRole() }

    private func tokenRole() throws -> TokenRole {
      guard TokenRole.words.contains(role) else {
        throw ValidationError("--role: expected \(TokenRole.words.joined(separator: ", ")), found \(role.inert)")
      }
      guard let role = TokenRole(word: role, source: source) else {
        throw ValidationError(
          source == nil
            ? "--source: an adapter needs one, e.g. --source /pbx: its events' sources must begin so"
            : "--source is for adapters: others append nothing, or everything")
      }
      return role
    }

    func run() throws {
      let tokens = try Tokens(ofStoreAt: try store.path())
      let now = TimeArgument.now()
      let (token, text) = try tokens.create(name, role: try tokenRole(), expires: expires?.time, at: now)
      do {
        var output = Output()
        try output.writeLine(text)
        try output.flush()
      } catch {
        // Nobody has it, and nobody ever will.
        _ = try tokens.revoke(token.id, at: now)
        throw error
      }
      let source = token.role.source.map { " for sources that begin with \($0.inert)" } ?? ""
      let end = token.expires.map { "expires \($0.readable) UTC" } ?? "does not expire"
      writeWhole(
        "token \(token.id) for \(token.name.inert): \(token.role.word)\(source), \(end). "
          + "Keep it now: it is not shown again\n",
        to: standardError)
    }
  }

  struct List: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "list",
      abstract: "Show all tokens, those that were revoked or have expired with them.",
      discussion: """
        In a pipe: id, name, role, source, created, expires, revoked, with tabs between them and - for what is absent. \
        Secrets are nowhere to be shown.

        Examples:
          touchlog token list
          touchlog token list --json | jq '.tokens[] | select(.isGood)'
        """)

    @OptionGroup var store: StoreFolder

    @Flag(help: "Print one JSON object.")
    var json = false

    func run() throws {
      let tokens = try Tokens(ofStoreAt: try store.path()).all()
      let list = TokenList(tokens: tokens, now: TimeArgument.now())
      var output = Output()
      try output.write(json ? list.json : list.text(Terminal(standardOutput)))
      try output.flush()
    }
  }

  struct Revoke: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "revoke",
      abstract: "Take a token back: it is refused from the next request on.",
      discussion: """
        It stays in the list, as the record of looks names it. To revoke it again changes nothing.

        Example:
          touchlog token revoke k7m2p9xq4d
        """)

    @Argument(help: ArgumentHelp("The token's id, as list shows it.", valueName: "id"))
    var id: String

    @OptionGroup var store: StoreFolder

    func run() throws {
      // Whoever pastes the whole token means it, and has it in the shell's history now.
      let parts = id.split(separator: "_", omittingEmptySubsequences: false)
      let id = parts.count == 4 && parts[0] == "touchlog" ? String(parts[2]) : id
      let now = TimeArgument.now()
      let token = try Tokens(ofStoreAt: try store.path()).revoke(id, at: now)
      let time = token.revoked ?? now
      var output = Output()
      let words = time < now ? "was revoked already, on \(time.readable) UTC" : "is revoked"
      try output.writeLine("token \(token.id) for \(token.name.inert) \(words)")
      try output.flush()
    }
  }
}

/// A time to come on the command line: RFC 3339, a day (midnight UTC), or from now on (`12h`, `90d`, `52w`).
struct ExpiryArgument: Equatable {
  let time: Timestamp

  init?(_ text: String, now: Timestamp) {
    guard let past = TimeArgument(text, now: now) else { return nil }
    // What counts back from now there, counts on from now here.
    let isAge = Timestamp(rfc3339: text) == nil && Timestamp(rfc3339: text + "T00:00:00Z") == nil
    time = isAge ? now.adding(seconds: now.microseconds(since: past.time) / 1_000_000) : past.time
  }

  static func parse(_ text: String) throws -> ExpiryArgument {
    let now = TimeArgument.now()
    guard let expiry = ExpiryArgument(text, now: now) else {
      throw ValidationError("expected a time such as 90d (from now), 2026-01-01 (midnight UTC), 2026-01-01T09:15:00Z")
    }
    guard expiry.time > now else { throw ValidationError("expected a time to come, found \(text.inert)") }
    return expiry
  }
}

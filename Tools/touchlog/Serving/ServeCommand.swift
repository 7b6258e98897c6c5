import ArgumentParser
import TouchlogProof
import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Serve a store over HTTP, for adapters, analysts and auditors.",
    discussion: """
      Whoever asks bears a token, from touchlog token create. Adapters append CloudEvents with POST /v1/events, one at a \
      time, in batches, or as lines; GET /v1/events reads, and GET /v1/events/live follows. While it runs, no other process \
      writes the store.

      It listens at the loopback address, where a reverse proxy brings TLS; elsewhere only with --insecure. Its log goes to \
      standard error, one JSON object a line. Ctrl-C or SIGTERM stops it: what was acknowledged is on disk.

      It is a program of its own, touchlog-serve, which lies beside touchlog.

      Examples:
        touchlog serve --store ./store
        touchlog serve --port 9000 --log-level debug 2> serve.log
        curl -H "Authorization: Bearer $(cat admin.token)" http://127.0.0.1:8420/v1/events?limit=3
      """)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("The address at which it listens. Default: 127.0.0.1.", valueName: "address"))
  var host: String?

  @Option(help: ArgumentHelp("The port; 0 for any that is free. Default: 8420.", valueName: "port"))
  var port: UInt16?

  @Flag(help: "Listen at another address than loopback, although nothing is encrypted there.")
  var insecure = false

  @Option(help: ArgumentHelp("What is logged: debug, info or error. debug tells each request.", valueName: "level"))
  var logLevel: String?

  func run() throws {
    let program = try ServeCommand.program()
    let path = try store.path()
    let id = try Store.id(at: path, options: store.opening.storeOptions)
    let key = try store.opening.keyPath(for: { () throws(StoreError) in id })
    var arguments = [program, "--store", path, "--key", key]
    let signingKey = SigningKeyPlace.path(beside: key)
    if OwnersFile.exists(signingKey) {
      try SigningKeyPlace.check(try SigningKey(contentsOf: signingKey), at: signingKey, isOf: id)
      arguments += ["--signing-key", signingKey]
    }
    if let host { arguments += ["--host", host] }
    if let port { arguments += ["--port", "\(port)"] }
    if insecure { arguments.append("--insecure") }
    if let logLevel { arguments += ["--log-level", logLevel] }
    if let space = store.opening.space.addressSpace { arguments += ["--address-space", "\(space.bytes)"] }
    let pointers = arguments.map { strdup($0) } + [nil]
    execv(program, pointers)
    throw Failure(system: "starting", path: program)
  }

  /// The service's program, beside this one.
  private static func program() throws -> String {
    let link = try WalkProcess.executablePath()
    guard let resolved = realpath(link, nil) else { throw Failure(system: "looking for", path: link) }
    defer { free(resolved) }
    let own = String(cString: resolved)
    let program = (own.lastIndex(of: "/").map { String(own[...$0]) } ?? "./") + "touchlog-serve"
    guard access(program, X_OK) == 0 else {
      throw Failure(
        """
        \(program) is not there, the program that serves. Build it with: swift build -c release --product touchlog-serve, \
        and put it beside touchlog
        """, .impossible)
    }
    return program
  }
}

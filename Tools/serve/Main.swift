import ArgumentParser
import Logging
import ServiceLifecycle
import Touchlog
import TouchlogAccess
import TouchlogProof
import TouchlogServer
import TouchlogStore
import UnixSignals

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// `touchlog-serve`: the service as a process. `touchlog serve` finds it beside itself, and tells it where the keys are.
@main
struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "touchlog-serve",
    abstract: "Serve a store over HTTP. Start it as: touchlog serve")

  @Option(help: ArgumentHelp("The store.", valueName: "folder"), completion: .directory)
  var store: String

  @Option(help: ArgumentHelp("The file with the store's key.", valueName: "file"), completion: .file())
  var key: String

  @Option(
    help: ArgumentHelp("The file with the key that signs checkpoints. Without it, there are none.", valueName: "file"),
    completion: .file())
  var signingKey: String?

  @Option(help: ArgumentHelp("The address at which it listens.", valueName: "address"))
  var host = "127.0.0.1"

  @Option(help: ArgumentHelp("The port; 0 for any that is free.", valueName: "port"))
  var port: UInt16 = 8420

  @Flag(help: "Listen at another address than loopback, although nothing is encrypted there.")
  var insecure = false

  @Option(help: ArgumentHelp("What is logged: debug tells each request.", valueName: "level"))
  var logLevel = LogLevel.info

  @Option(help: ArgumentHelp("Bytes of address space for the store.", valueName: "bytes"))
  var addressSpace: Int?

  enum LogLevel: String, CaseIterable, ExpressibleByArgument {
    case debug, info, error
  }

  func validate() throws {
    guard insecure || ServeCommand.isLoopback(host) else {
      throw ValidationError(
        """
        --host: \(host) is not the loopback address, and tokens and events would travel there unencrypted. Let a reverse \
        proxy bring TLS to 127.0.0.1, or say --insecure.
        """)
    }
    if let addressSpace, addressSpace <= 0 {
      throw ValidationError("--address-space: expected 1 or more, found \(addressSpace).")
    }
  }

  private static func isLoopback(_ host: String) -> Bool {
    ["localhost", "::1"].contains(host)
      || host.hasPrefix("127.") && host.allSatisfy { $0.isASCII && ($0.isWholeNumber || $0 == ".") }
  }

  /// As the command's: every error is one line after `touchlog:`.
  static func main() async {
    let command: ServeCommand
    do {
      command = try ServeCommand.parse()
    } catch {
      let text = fullMessage(for: error)
      guard exitCode(for: error) == .validationFailure else { exit(withError: error) }
      tell(text.hasPrefix("Error: ") ? String(text.dropFirst(7)) : text)
      exit(withError: ExitCode.validationFailure)
    }
    do {
      try await command.serve()
    } catch {
      let text = "\(error)"
      tell(text.hasSuffix(".") ? String(text.dropLast()) : text)
      exit(withError: ExitCode(2))
    }
  }

  private static func tell(_ text: String) {
    let line = Array("touchlog: \(text)\n".utf8)
    // Where standard error takes nothing, the exit code still tells.
    _ = line.withUnsafeBytes { write(STDERR_FILENO, $0.baseAddress, $0.count) }
  }

  private func serve() async throws {
    let level = Logger.Level(rawValue: logLevel.rawValue) ?? .info
    LoggingSystem.bootstrap { _ in LineLog(level: level) }
    let logger = Logger(label: "touchlog")
    var storeOptions = Store.Options()
    if let addressSpace { storeOptions.addressSpace = addressSpace }
    let clock = storeOptions.clock
    let opened = try Store(opening: store, keyPath: key, access: .appending, options: storeOptions)
    var options = TouchlogService.Options()
    options.host = host
    options.port = Int(port)
    let service = TouchlogService(
      store: opened, callers: TokenDirectory(try Tokens(ofStoreAt: store), clock: clock),
      looks: try AccessRecord(ofStoreAt: store), signingKey: try signingKey.map { try SigningKey(contentsOf: $0) },
      logger: logger, options: options)
    var configuration = ServiceGroupConfiguration(
      services: [.init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)],
      gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    // Who is slower than that to send or to take is cut off. What was acknowledged is on disk by then.
    configuration.maximumGracefulShutdownDuration = .seconds(30)
    try await ServiceGroup(configuration: configuration).run()
  }
}

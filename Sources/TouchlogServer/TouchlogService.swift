import HTTPTypes
import Hummingbird
import HummingbirdCore
public import Logging
import NIOCore
public import ServiceLifecycle
import Touchlog
public import TouchlogAccess
public import TouchlogProof
public import TouchlogStore

/// The log as a service over HTTP/1.1: adapters append, analysts and auditors read and follow.
///
/// ```swift
/// let service = TouchlogService(store: store, callers: callers, looks: record, signingKey: key, logger: logger)
/// try await ServiceGroup(services: [service], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger).run()
/// ```
///
/// When it is told to stop, it takes no more connections, answers what it has taken, ends feeds and streams of lines,
/// writes what is queued, and closes the store. The routes are described in <doc:The-service>.
public struct TouchlogService: Service {
  /// How a service is run.
  public struct Options: Sendable {
    /// The address at which it listens.
    public var host = "127.0.0.1"
    /// The port; 0 for any that is free.
    public var port = 8420
    /// Requests that append at once; those beyond are told to come again.
    public var appendRequests = 1024
    /// Bytes of bodies of such requests.
    public var appendBytes = 256 << 20
    /// Connections at once; those beyond wait to be accepted.
    public var connections = 4096
    /// After how long a connection is closed on which nothing comes.
    public var idleTimeout = Duration.seconds(60)
    /// The most bytes of the header fields of a request.
    public var headerBytes = 64 << 10
    /// How often a feed sends something where nothing happens.
    public var heartbeat = Duration.seconds(15)
    /// Called with the port, once the service can be reached.
    public var onServing: @Sendable (Int) async -> Void = { _ in }

    /// What fits most.
    public init() {}
  }

  private let store: Store
  private let callers: any CallerDirectory
  private let looks: AccessRecord?
  private let signingKey: SigningKey?
  private let logger: Logger
  private let options: Options

  /// A service of a store that was opened for appending, and that the service closes in the end.
  ///
  /// - Parameters:
  ///   - looks: where it is recorded who asked for a customer's events; without it, it is not.
  ///   - signingKey: what signs checkpoints; without one, there are none.
  public init(
    store: Store, callers: any CallerDirectory, looks: AccessRecord?, signingKey: SigningKey?, logger: Logger,
    options: Options = Options(),
  ) {
    self.store = store
    self.callers = callers
    self.looks = looks
    self.signingKey = signingKey
    self.logger = logger
    self.options = options
  }

  /// Serves until it is told to stop.
  ///
  /// - Throws: where the address cannot be listened at; `StoreError`, where closing the store fails.
  public func run() async throws {
    let threads = WorkThreads(count: 8)
    // What the web server tells in passing is told here, in the service's words.
    var serverLogger = logger
    serverLogger.logLevel = max(logger.logLevel, .warning)
    let application = Application(
      router: router(threads),
      server: .http1(
        configuration: .init(
          idleTimeout: .nanoseconds(Int64(options.idleTimeout / .nanoseconds(1))),
          httpDecoderConfiguration: .init(
            maxHeaderFieldSize: options.headerBytes, maxHeaderListSize: options.headerBytes, maxHeaderFieldCount: 100))),
      configuration: ApplicationConfiguration(
        address: .hostname(options.host, port: options.port), serverName: nil,
        availableConnectionsDelegate: .maximum(options.connections, logger: serverLogger)),
      onServerRunning: { [options, logger, store] channel in
        let port = channel.localAddress?.port ?? options.port
        logger.info(
          "serving",
          metadata: ["url": "http://\(options.host):\(port)", "store": "\(store.path)", "id": "\(store.id)"])
        await options.onServing(port)
      }, logger: serverLogger)
    do {
      try await application.run()
    } catch {
      // What is queued is written, whatever ended the service.
      store.stopAppending()
      throw error
    }
    logger.info("stopping")
    try await threads.stop()
    try close()
    logger.info("stopped")
  }

  /// Out of reach of suspension, as closing waits for the writer's thread.
  private func close() throws {
    try store.close()
  }

  private func router(_ threads: WorkThreads) -> Router<ServiceContext> {
    let figures = ServiceFigures()
    let gate = AppendGate(requests: options.appendRequests, bytes: options.appendBytes)
    let router = Router(context: ServiceContext.self)
    router.add(middleware: Answering(logger: logger))
    func behind(_ roles: Role...) -> RouterGroup<ServiceContext> {
      router.group().add(middleware: Admission(callers: callers, roles: Set(roles)))
    }
    let store = store
    router.get("healthz") { _, _ in TouchlogService.told(.ok, "alive") }
    router.get("readyz") { _, _ in try await TouchlogService.readiness(of: store, threads) }
    behind(.adapter, .analyst, .auditor, .admin).get("metrics") { _, _ in
      try await figures.answer(store: store, gate: gate, threads: threads)
    }
    let appending = AppendRoute(store: store, gate: gate, threads: threads, figures: figures, logger: logger)
    behind(.adapter, .admin).post("v1/events", use: appending.answer)
    let looks = Looks(record: looks, store: store, threads: threads)
    let readers = behind(.analyst, .auditor, .admin)
    readers.get("v1/events", use: ReadRoute(store: store, threads: threads, looks: looks).answer)
    readers.get(
      "v1/events/live",
      use: LiveRoute(
        store: store, threads: threads, looks: looks, figures: figures, heartbeat: options.heartbeat
      ).answer)
    let tree = TreeRoutes(store: store, threads: threads, signingKey: signingKey)
    readers.get("checkpoint", use: tree.checkpoint)
    behind(.auditor, .admin).get("tile/**", use: tree.tile)
    return router
  }

  /// Whether the log takes events and can be read.
  private static func readiness(of store: Store, _ threads: WorkThreads) async throws -> Response {
    let failure = try await threads.run {
      _ = try store.head()
      return store.appendFailure
    }
    if let failure {
      throw Problem(.serviceUnavailable, .unavailable, "the log takes no events since a write failed: \(failure)")
    }
    return told(.ok, "ready")
  }

  private static func told(_ status: HTTPResponse.Status, _ word: String) -> Response {
    Response(
      status: status, headers: [.contentType: "text/plain; charset=utf-8"],
      body: ResponseBody(byteBuffer: ByteBuffer(string: word + "\n")))
  }
}

import NIOPosix

/// Threads for what blocks: reading the log, and checking many events. Swift's own have to stay free for everybody else.
struct WorkThreads: Sendable {
  private let pool: NIOThreadPool

  /// - Parameter count: how many things are done at once.
  init(count: Int) {
    pool = NIOThreadPool(numberOfThreads: count)
    pool.start()
  }

  /// Has something done, and waits for it without keeping a thread.
  func run<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    try await pool.runIfActive(body)
  }

  /// Lets the threads go, once they have done what was asked for.
  func stop() async throws {
    try await pool.shutdownGracefully()
  }
}

import Foundation
import LMDB
import Testing

/// What LMDB says of the log's file and its readers, beside the processes that use it.
struct LogInspection {
  private let environment: Environment

  init(of sandbox: Sandbox) throws {
    var options = Environment.Options()
    options.access = .readOnly
    environment = try Environment(directory: sandbox.path("store/log"), options: options)
  }

  /// The bytes that the log's file takes.
  var bytes: Int {
    get throws { try environment.information().bytes }
  }

  /// Whether a process has a read transaction open, or has left one behind.
  func hasReader(_ process: Int32) throws -> Bool {
    try environment.readers().contains { $0.process == process && $0.transaction != nil }
  }

  /// Starts a reading of the whole store, and stops it, as `kill -STOP` does, while its transaction is open.
  func stoppedReader(in sandbox: Sandbox) throws -> ChildProcess {
    for _ in 0..<200 {
      let child = try sandbox.startShell("exec \"$TOUCHLOG\" stats >stats.out", as: "stats")
      // Its passing over all headers is one transaction.
      for _ in 0..<2000 where try !hasReader(child.id) { usleep(500) }
      child.signal(SIGSTOP)
      // It stops some time after the signal: what is open then stays open.
      usleep(20_000)
      if try hasReader(child.id) { return child }
      child.signal(SIGKILL)
      _ = child.wait()
    }
    throw NoReader()
  }

  private struct NoReader: Error {}
}

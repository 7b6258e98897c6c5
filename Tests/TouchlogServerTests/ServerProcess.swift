import Foundation
import JSON
import Testing
import Touchlog
import TouchlogAccess
import TouchlogStore

/// `touchlog serve` as a process of its own, started through the command as a user does.
final class ServerProcess {
  /// A folder with a store, its key, and an admin's token.
  final class Folder: Sendable {
    let path: String
    let token: String

    init() throws {
      path = NSTemporaryDirectory() + "/touchlog-serve-\(UUID().uuidString)"
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let folder = path
      _ = try Store.create(at: path + "/store") { (_) in folder + "/store.key" }
      token = try Tokens(ofStoreAt: path + "/store").create(
        "admin", role: .admin, at: Timestamp(microseconds: 0)).text
    }

    deinit {
      do {
        try FileManager.default.removeItem(atPath: path)
      } catch {
        Issue.record("the folder could not be removed: \(error)")
      }
    }

    /// The ids of all events, which are sound.
    func ids() throws -> [String] {
      let store = try Store(opening: path + "/store", keyPath: path + "/store.key", access: .reading)
      #expect(try store.verify().damages == [])
      let ids = try store.events().map(\.event.id)
      try store.close()
      return ids
    }
  }

  let port: Int
  private let process: pid_t
  private let logPath: String

  /// Starts the service, and waits until it can be reached, for a minute at most.
  init(in folder: Folder, arguments: [String]) throws {
    logPath = folder.path + "/\(UUID().uuidString).log"
    process = try ServerProcess.start(in: folder, arguments, log: logPath)
    var port: Int?
    for _ in 0..<30_000 where port == nil {
      usleep(2000)
      let log = String(decoding: try Data(contentsOf: URL(filePath: logPath)), as: UTF8.self)
      // Only whole lines: one may be on its way.
      for line in log.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
        let url = try JSONValue(parsing: String(line))["url"]?.text
        port = url.flatMap { $0.split(separator: ":").last }.flatMap { Int($0) }
        if port != nil { break }
      }
    }
    guard let port else {
      kill(process, SIGKILL)
      _ = ServerProcess.status(of: process)
      throw Connection.Closed()
    }
    self.port = port
  }

  /// Starts the service where it does not come to serve, and waits for its end.
  static func run(in folder: Folder, arguments: [String]) throws -> (status: Int32, errors: String) {
    let log = folder.path + "/\(UUID().uuidString).log"
    let process = try start(in: folder, arguments, log: log)
    return (status(of: process), String(decoding: try Data(contentsOf: URL(filePath: log)), as: UTF8.self))
  }

  /// Sends a signal, and waits for the end: the exit status, or 128 and the signal's number.
  @discardableResult
  func end(_ signal: Int32) -> Int32 {
    kill(process, signal)
    return ServerProcess.status(of: process)
  }

  func log() throws -> String { String(decoding: try Data(contentsOf: URL(filePath: logPath)), as: UTF8.self) }

  private static func start(in folder: Folder, _ arguments: [String], log: String) throws -> pid_t {
    let words =
      [binary, "serve", "--store", folder.path + "/store", "--key", folder.path + "/store.key"] + arguments
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 2, log, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0o600)
    // A thread of a pool blocks signals, and what it starts would inherit that.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var id: pid_t = 0
    let arguments = words.map { strdup($0) } + [nil]
    let variables = [strdup("HOME=\(folder.path)"), nil]
    defer { for text in arguments + variables { free(text) } }
    let code = posix_spawn(&id, binary, &actions, &attributes, arguments, variables)
    try #require(code == 0, "starting \(binary): \(String(cString: strerror(code)))")
    return id
  }

  /// Waits for a process's end, a minute at most; then it is killed.
  private static func status(of process: pid_t) -> Int32 {
    var status: Int32 = 0
    for _ in 0..<30_000 {
      if waitpid(process, &status, WNOHANG) == process { return exitStatus(status) }
      usleep(2000)
    }
    Issue.record("process \(process) did not end in a minute")
    kill(process, SIGKILL)
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
    return exitStatus(status)
  }

  private static func exitStatus(_ status: Int32) -> Int32 {
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }

  /// The command, built beside the tests.
  private static let binary: String = {
    let bundles = Bundle.allBundles.filter { $0.bundlePath.hasSuffix(".xctest") }.map(\.bundleURL)
    let places = bundles + [Bundle.main.bundleURL, URL(filePath: CommandLine.arguments[0])]
    let candidates = places.flatMap { [$0, $0.deletingLastPathComponent()] }.map { $0.appending(path: "touchlog") }
    guard let found = candidates.first(where: { access($0.path, X_OK) == 0 }) else {
      preconditionFailure("touchlog is not built beside the tests: \(candidates)")
    }
    return found.path
  }()
}

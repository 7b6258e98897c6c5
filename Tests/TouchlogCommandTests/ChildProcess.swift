import Foundation
import Testing

/// A process that a test started, with its output in files.
///
/// Started and awaited by the system's own calls: `Foundation.Process` watches for the end through a descriptor that
/// other children inherit, and takes theirs for its own.
struct ChildProcess: ~Copyable {
  let id: pid_t

  /// Starts a program with the given standard input, output and errors.
  init(
    _ program: String, _ arguments: [String], in folder: String, environment: [String: String], input: String,
    output: String, errors: String,
  ) throws {
    // In a shell, since not every system lets the folder be set otherwise; exec makes it the program itself.
    let line = "cd \"$1\" && shift && exec \"$@\""
    let words = ["/bin/sh", "-c", line, "sh", folder, program] + arguments
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, 0, input, O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
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
    let variables = environment.map { strdup("\($0)=\($1)") } + [nil]
    defer { for text in arguments + variables { free(text) } }
    let code = posix_spawn(&id, "/bin/sh", &actions, &attributes, arguments, variables)
    try #require(code == 0, "starting \(program): \(String(cString: strerror(code)))")
    self.id = id
  }

  func signal(_ number: Int32) {
    kill(id, number)
  }

  /// Waits for the end: the exit status, or 128 and the signal's number. What has not ended in ten minutes never will: it
  /// is aborted, and that is a failure of the test.
  consuming func wait() -> Int32 {
    if let status = endStatus(within: 600) { return status }
    Issue.record("process \(id) did not end in ten minutes")
    return finish(SIGABRT)
  }

  /// Waits for an end that comes at once where all is well; as `wait`, and kills what does not end in a minute.
  consuming func waitAMinute() -> Int32 {
    if let status = endStatus(within: 60) { return status }
    return finish(SIGKILL)
  }

  private borrowing func endStatus(within seconds: Double) -> Int32? {
    var status: Int32 = 0
    // Short at first, as most ends come soon.
    var pause: UInt32 = 200
    var slept = 0.0
    while slept < seconds {
      if waitpid(id, &status, WNOHANG) == id { return ChildProcess.exitStatus(status) }
      usleep(pause)
      slept += Double(pause) / 1e6
      pause = min(pause + pause / 4, 5000)
    }
    return nil
  }

  private borrowing func finish(_ signal: Int32) -> Int32 {
    kill(id, signal)
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    return ChildProcess.exitStatus(status)
  }

  private static func exitStatus(_ status: Int32) -> Int32 {
    let signal = status & 0x7F
    return signal == 0 ? (status >> 8) & 0xFF : 128 + signal
  }
}

import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A second process of this program that checks a store, and the lines that it tells.
struct WalkProcess: ~Copyable {
  private let id: pid_t
  private let output: Int32
  private var buffer: [UInt8] = []
  private var isOver = false

  /// What comes next from the process.
  enum Next {
    case line(WalkLine)
    /// Nothing came for as long as was said.
    case silence
    /// It has closed its output.
    case end
  }

  /// Starts the program anew with these arguments.
  init(arguments: [String]) throws {
    (id, output) = try WalkProcess.start(arguments)
  }

  /// Answers the process, and the end of a pipe at which its output comes out.
  private static func start(_ arguments: [String]) throws -> (pid_t, Int32) {
    var ends: [Int32] = [-1, -1]
    guard pipe(&ends) == 0 else { throw Failure(system: "making", path: "a pipe") }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(ends[1]) }
    do {
      return (try spawn(arguments, output: ends[1]), ends[0])
    } catch {
      close(ends[0])
      throw error
    }
  }

  deinit {
    close(output)
    if !isOver {
      // Whoever leaves early, as on Ctrl-C, takes the process along.
      kill(id, SIGKILL)
      var status: Int32 = 0
      while waitpid(id, &status, 0) < 0, errno == EINTR {}
    }
  }

  private static func spawn(_ arguments: [String], output: Int32) throws -> pid_t {
    #if os(Linux)
      var actions = posix_spawn_file_actions_t()
      var attributes = posix_spawnattr_t()
    #else
      var actions: posix_spawn_file_actions_t?
      var attributes: posix_spawnattr_t?
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
    // This may be a thread of a pool, which blocks signals; what is started would inherit that.
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    let path = try executablePath()
    var words: [UnsafeMutablePointer<CChar>?] = (["touchlog"] + arguments).map { strdup($0) }
    words.append(nil)
    defer { for word in words { free(word) } }
    var id: pid_t = 0
    let code = posix_spawn(&id, path, &actions, &attributes, words, environ)
    guard code == 0 else { throw Failure(system: "starting", path: path, code: code) }
    return id
  }

  /// This program's own file, whatever name it was called by.
  static func executablePath() throws -> String {
    #if os(Linux)
      // In the new process, before it becomes the program, the link leads to this one.
      return "/proc/self/exe"
    #else
      var size: UInt32 = 0
      _NSGetExecutablePath(nil, &size)
      var path = [CChar](repeating: 0, count: Int(size) + 1)
      guard _NSGetExecutablePath(&path, &size) == 0 else {
        throw Failure("the system does not tell where this program lies", .impossible)
      }
      return String(decoding: path.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    #endif
  }

  /// Waits for the next line.
  ///
  /// - Throws: `Interruption`, when the user wants to end.
  mutating func next(within milliseconds: Int32) throws -> Next {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        let line = Array(buffer[..<end])
        buffer.removeSubrange(...end)
        if let line = WalkLine(line) { return .line(line) }
        continue
      }
      guard try Interruption.waitForInput(output, milliseconds: milliseconds) else { return .silence }
      var bytes = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(output, &bytes, bytes.count)
      if count == 0 { return .end }
      if count > 0 {
        buffer.append(contentsOf: bytes[..<count])
      } else if errno != EINTR {
        throw Failure(system: "reading from", path: "the process that checks the store")
      }
    }
  }

  /// Sends a signal.
  func signal(_ number: Int32) {
    kill(id, number)
  }

  /// Waits for the end.
  ///
  /// - Returns: the signal that has ended it; nil where it ended by itself.
  mutating func wait() -> Int32? {
    var status: Int32 = 0
    while waitpid(id, &status, 0) < 0, errno == EINTR {}
    isOver = true
    let signal = status & 0x7F
    return signal == 0 ? nil : signal
  }
}

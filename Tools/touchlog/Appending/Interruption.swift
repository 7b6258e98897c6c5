import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Ctrl-C and `kill` while events are being appended or followed: the first one asks for an orderly end, the second
/// one ends.
enum Interruption: Error {
  /// The user does not want to go on.
  case requested(signal: Int32)

  private static let received = Atomic<Int32>(0)
  /// The write end of a pipe whose read end wakes whoever waits for input.
  private static let wakeEnd = Atomic<Int32>(-1)
  private static let waitEnd = Atomic<Int32>(-1)

  /// Takes over the signals.
  static func watch() {
    // Touched here first, so that nothing is left to be made when a signal comes.
    received.store(0, ordering: .sequentiallyConsistent)
    var ends: [Int32] = [-1, -1]
    if pipe(&ends) == 0 {
      for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
      waitEnd.store(ends[0], ordering: .sequentiallyConsistent)
      wakeEnd.store(ends[1], ordering: .sequentiallyConsistent)
    }
    for number in [SIGINT, SIGTERM] {
      let former = signal(number) { number in
        // Nothing but what signal-safety(7) allows: atomics, `write`, `signal`.
        Interruption.received.store(number, ordering: .sequentiallyConsistent)
        signal(number, SIG_DFL)
        _ = write(Interruption.wakeEnd.load(ordering: .sequentiallyConsistent), "!", 1)
      }
      // A shell that starts a command in the background, or nohup, has it ignore the signal: then it stays ignored.
      if isIgnoring(former) { signal(number, SIG_IGN) }
    }
  }

  /// Handlers have no equality of their own; as addresses they have.
  private static func isIgnoring(_ handler: (@convention(c) (Int32) -> Void)?) -> Bool {
    unsafeBitCast(handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
  }

  /// Throws, once the user has asked for an end.
  static func check() throws(Interruption) {
    let number = received.load(ordering: .sequentiallyConsistent)
    if number != 0 { throw .requested(signal: number) }
  }

  /// Waits until a file has bytes or has ended.
  ///
  /// - Parameter milliseconds: how long to wait; negative: as long as it takes.
  /// - Returns: false when the time was up.
  static func waitForInput(_ file: Int32, milliseconds: Int32) throws -> Bool {
    try wait(for: Int32(POLLIN), of: file, milliseconds: milliseconds, as: "input")
  }

  /// Waits until a file takes bytes, or will never take any.
  static func waitForOutput(_ file: Int32) throws {
    _ = try wait(for: Int32(POLLOUT), of: file, milliseconds: -1, as: "output")
  }

  /// Waits until the user has asked for an end, or nobody reads any more what is written to a pipe. Keeps its thread.
  ///
  /// - Returns: false when it cannot be waited for.
  static func waitForSignalOrClosing(of file: Int32) -> Bool {
    do {
      // Asked for nothing, `poll` still tells of errors: that a pipe has no reader is one.
      return try wait(for: 0, of: file, milliseconds: -1, as: "output")
    } catch {
      return error is Interruption
    }
  }

  private static func wait(
    for happening: Int32, of file: Int32, milliseconds: Int32, as name: String,
  ) throws -> Bool {
    while true {
      try check()
      var polls = [
        pollfd(fd: file, events: Int16(happening), revents: 0),
        pollfd(fd: waitEnd.load(ordering: .sequentiallyConsistent), events: Int16(POLLIN), revents: 0),
      ]
      let count = poll(&polls, 2, milliseconds)
      let code = errno
      try check()
      if count == 0 { return false }
      if count > 0, polls[0].revents != 0 { return true }
      if count < 0, code != EINTR { throw Failure(system: "waiting for", path: name, code: code) }
    }
  }

  var status: ExitStatus {
    switch self {
    case .requested(let signal): signal == SIGTERM ? .terminated : .interrupted
    }
  }
}

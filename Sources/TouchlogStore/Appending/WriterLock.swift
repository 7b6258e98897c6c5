#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lets one process at a time append to a store: an advisory lock (`flock`) on a file that tells who holds it.
///
/// The system takes the lock back when the process ends, however it ends.
final class WriterLock: Sendable {
  private let file: Int32

  /// Takes the lock, or tells who has it.
  init(store: String, holder: String) throws(StoreError) {
    let path = store + "/writer.lock"
    // Kept at the end: from then on, what fails here would run `deinit`, which empties the file and closes it again.
    let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError.system(operation: "opening", path: path, code: errno) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let code = errno
      close(file)
      guard code == EWOULDBLOCK else { throw StoreError.system(operation: "locking", path: path, code: code) }
      let text = String(decoding: try SystemFile.contents(path), as: UTF8.self)
      let other = text.split(separator: "\n").first.map(String.init)
      throw StoreError.heldByWriter(path: store, holder: other ?? "another process")
    }
    let line = Array((holder + "\n").utf8)
    let isWritten = line.withUnsafeBytes { ftruncate(file, 0) == 0 && pwrite(file, $0.baseAddress, $0.count, 0) > 0 }
    guard isWritten else {
      let code = errno
      close(file)
      throw StoreError(system: "writing", path: path, code: code)
    }
    self.file = file
  }

  deinit {
    // The name of the last holder is of no use to anybody.
    ftruncate(file, 0)
    // Closing would give the lock back too, but not while a child that was just forked has the file open as well.
    flock(file, LOCK_UN)
    close(file)
  }

  /// `process 4711 (touchlog append)`, for the message that a second writer gets.
  static func describeThisProcess() -> String {
    let arguments = CommandLine.arguments.prefix(2).enumerated().map { index, argument in
      index == 0 ? argument.split(separator: "/").last.map(String.init) ?? argument : argument
    }
    return "process \(getpid()) (\(arguments.joined(separator: " ")))"
  }
}

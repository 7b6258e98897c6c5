import Foundation
import Testing

/// The reading end of a named pipe in a sandbox, for what a started command prints while it runs.
final class Feed {
  private var file: Int32
  private var bytes: [UInt8] = []

  /// How long a line is waited for that comes at once where all is well, also on a machine that is busy.
  private static let patienceMilliseconds: Int32 = 60_000

  /// Makes the pipe; whoever writes to it is started afterwards.
  init(_ name: String, in sandbox: Sandbox) throws {
    let path = sandbox.path(name)
    try #require(mkfifo(path, 0o600) == 0)
    // Not blocking, as it would wait here for a writer.
    file = Foundation.open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
    try #require(file >= 0)
  }

  deinit {
    close()
  }

  /// Reads no more, which a writer notices.
  func close() {
    if file >= 0 { Foundation.close(file) }
    file = -1
  }

  /// The next line without its end; nil once the writer has ended.
  func line() throws -> String? {
    while true {
      if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        let line = String(decoding: bytes[..<end], as: UTF8.self)
        bytes.removeFirst(end + 1)
        return line
      }
      var polls = pollfd(fd: file, events: Int16(POLLIN), revents: 0)
      try #require(poll(&polls, 1, Feed.patienceMilliseconds) == 1, "nothing came")
      var piece = [UInt8](repeating: 0, count: 4096)
      let count = read(file, &piece, piece.count)
      try #require(count >= 0)
      if count == 0 { return nil }
      bytes += piece[..<count]
    }
  }

  /// The positions with which the next lines begin.
  func positions(_ count: Int) throws -> [Int] {
    try (0..<count).map { _ in
      let line = try #require(try line(), "the output ended")
      return try #require(Int(line.prefix { $0 != "\t" }), "\(line)")
    }
  }
}

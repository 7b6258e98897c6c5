import Foundation
import Testing

/// The writing end of a named pipe in a sandbox, for what a started command reads while it runs.
final class Spout {
  private let file: Int32

  /// Makes the pipe; whoever reads it is started afterwards.
  init(_ name: String, in sandbox: Sandbox) throws {
    let path = sandbox.path(name)
    try #require(mkfifo(path, 0o600) == 0)
    // For both directions, as for one it would wait here for a reader.
    file = Foundation.open(path, O_RDWR | O_CLOEXEC)
    try #require(file >= 0)
  }

  deinit {
    close(file)
  }

  /// Writes a line; waits where the pipe is full.
  func write(_ line: String) throws {
    let bytes = Array((line + "\n").utf8)
    try #require(Foundation.write(file, bytes, bytes.count) == bytes.count)
  }
}

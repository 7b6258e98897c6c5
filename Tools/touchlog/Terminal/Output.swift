#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Whoever read the output has closed it.
struct BrokenPipe: Error {
  /// Lets writing to a closed pipe fail instead of killing the process, which would leave a reader's slot behind.
  static func ignoreSignal() {
    signal(SIGPIPE, SIG_IGN)
  }
}

/// Standard output, buffered: what is not flushed is not written.
struct Output: ~Copyable {
  private var buffer: [UInt8] = []
  private let isInterruptible: Bool
  private static let capacity = 64 << 10
  /// What a pipe takes without waiting, once `poll` says that it takes anything: PIPE_BUF.
  private static let pieceBytes = 4096

  /// - Parameter isInterruptible: whether a signal that `Interruption` watches ends a write that waits for its reader.
  init(isInterruptible: Bool = false) {
    self.isInterruptible = isInterruptible
  }

  mutating func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Output.capacity { try flush() }
  }

  mutating func write(_ bytes: [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Output.capacity { try flush() }
  }

  mutating func writeLine(_ text: String) throws {
    try write(text + "\n")
  }

  /// Writes what is buffered.
  mutating func flush() throws {
    try buffer.withUnsafeBytes { bytes in
      guard isInterruptible else { return try Output.writeThrough(bytes) }
      for start in stride(from: 0, to: bytes.count, by: Output.pieceBytes) {
        try Interruption.waitForOutput(standardOutput)
        try Output.writeThrough(
          UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + Output.pieceBytes, bytes.count)]))
      }
    }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Writes bytes at once, past the buffer.
  static func writeThrough(_ bytes: UnsafeRawBufferPointer) throws {
    let code = writeAll(bytes, to: standardOutput)
    if code == EPIPE { throw BrokenPipe() }
    if code != 0 { throw Failure(system: "writing to", path: "standard output", code: code) }
  }
}

/// Writes all of a text; where it fails there is nobody left to tell.
func writeWhole(_ text: String, to file: Int32) {
  Array(text.utf8).withUnsafeBytes { _ = writeAll($0, to: file) }
}

/// Writes all bytes; 0, or the number of the error.
func writeAll(_ bytes: UnsafeRawBufferPointer, to file: Int32) -> Int32 {
  var rest = bytes
  while !rest.isEmpty {
    let count = write(file, rest.baseAddress, rest.count)
    if count < 0 {
      if errno == EINTR { continue }
      return errno
    }
    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
  }
  return 0
}

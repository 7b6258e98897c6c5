import Foundation
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A terminal that a test types at and looks at: a command's standard input and standard error.
final class PseudoTerminal {
  /// The device that the command opens.
  let path: String
  private let primary: Int32
  /// Held open, so that the terminal stays when the command has let go of it.
  private let secondary: Int32
  private var bytes: [UInt8] = []

  init(columns: UInt16 = 80) throws {
    var size = winsize(ws_row: 24, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
    var ends: (primary: Int32, secondary: Int32) = (-1, -1)
    try #require(openpty(&ends.primary, &ends.secondary, nil, nil, &size) == 0)
    (primary, secondary) = ends
    path = String(cString: try #require(ttyname(ends.secondary)))
    _ = fcntl(primary, F_SETFD, FD_CLOEXEC)
    _ = fcntl(secondary, F_SETFD, FD_CLOEXEC)
  }

  deinit {
    close(primary)
    close(secondary)
  }

  /// What was shown so far, with newlines as they were written.
  var shown: String {
    while read(milliseconds: 0) {}
    return String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
  }

  /// Waits until a text is shown, up to twenty seconds; whether it was.
  func waits(for text: String) -> Bool {
    let limit = ContinuousClock.now + .seconds(20)
    while ContinuousClock.now < limit {
      if shown.contains(text) { return true }
      _ = read(milliseconds: 100)
    }
    return false
  }

  /// Types a text; `\u{4}` is the end of the input.
  func type(_ text: String) {
    let bytes = Array(text.utf8)
    #expect(write(primary, bytes, bytes.count) == bytes.count)
  }

  private func read(milliseconds: Int32) -> Bool {
    var polled = pollfd(fd: primary, events: Int16(POLLIN), revents: 0)
    guard poll(&polled, 1, milliseconds) > 0 else { return false }
    var piece = [UInt8](repeating: 0, count: 4096)
    #if canImport(Darwin)
      let count = Darwin.read(primary, &piece, piece.count)
    #elseif canImport(Musl)
      let count = Musl.read(primary, &piece, piece.count)
    #else
      let count = Glibc.read(primary, &piece, piece.count)
    #endif
    guard count > 0 else { return false }
    bytes += piece[..<count]
    return true
  }
}

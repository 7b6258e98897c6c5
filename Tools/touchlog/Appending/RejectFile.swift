#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The file that refused lines are written to, with their reasons: NDJSON, `{"line":17,"error":"…","text":"…"}`.
final class RejectFile: Sendable {
  private let path: String
  private let file: Int32

  /// Makes the file, or empties it.
  init(_ path: String) throws {
    self.path = path
    file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure(system: "making", path: path) }
  }

  deinit {
    close(file)
  }

  /// Writes at once, so that a line is there when its batch has been committed.
  func write(_ rejection: Rejection) throws {
    let code = rejection.line.withUnsafeBytes { writeAll($0, to: file) }
    if code != 0 { throw Failure(system: "writing", path: path, code: code) }
  }
}

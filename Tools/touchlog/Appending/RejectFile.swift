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
  ///
  /// - Throws: `Failure` where it cannot be made, and before anything is emptied where it is the input itself.
  init(_ path: String, besides input: InputFile) throws {
    if path == "-" { throw Failure("--reject: expected a file, found “-”; ./- is a file of that name", .usage) }
    self.path = path
    file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw Failure(system: "making", path: path) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Failure(system: "opening", path: path) }
    guard !input.isSameFile(as: status) else {
      throw Failure("--reject: \(path) is the input itself, and would be emptied. Name another file", .usage)
    }
    // What is no regular file, such as /dev/null or a pipe, has nothing to empty.
    if status.st_mode & S_IFMT == S_IFREG, ftruncate(file, 0) != 0 { throw Failure(system: "emptying", path: path) }
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

import TouchlogAdapters

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file of events or rows, or standard input, on its way in.
///
/// It is used by one thread, the reading one; `progress` may be asked from any.
final class InputFile {
  /// For people: the path, or `standard input`.
  let name: String
  /// Nil for a pipe.
  let totalBytes: Int?
  private let status: stat
  /// What to do when nothing has come for a while, e.g. to hand on what is there.
  var whenIdle: (() throws -> Void)?
  private let file: Int32
  /// Bytes that were read to look at, and come again.
  private var peeked: [UInt8] = []
  private var isAtEnd = false
  /// Bytes given out.
  private(set) var bytesRead = 0

  private static let idleMilliseconds: Int32 = 500

  /// Opens a file; `-` is standard input.
  ///
  /// - Throws: `Failure` where there is none, it may not be read, is a folder, is empty, or is compressed.
  init(_ path: String, as content: String, compressedHint: String) throws {
    let isStandardInput = path == "-"
    name = isStandardInput ? "standard input" : path
    file = isStandardInput ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw Failure(system: "opening", path: path) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw Failure(system: "opening", path: name) }
    self.status = status
    let kind = status.st_mode & S_IFMT
    if kind == S_IFDIR {
      throw Failure("\(name) is a folder; expected a file of \(content), or - for standard input", .impossible)
    }
    totalBytes = kind == S_IFREG ? Int(status.st_size) - Int(max(0, lseek(file, 0, SEEK_CUR))) : nil
    if totalBytes == 0, !isStandardInput { throw Failure("\(name) is empty; expected \(content)", .found) }
    if try peek(atLeast: 2).starts(with: [0x1F, 0x8B]) {
      throw Failure("\(name) is compressed; unpack it on the way, with: \(compressedHint)", .found)
    }
  }

  deinit {
    if file != STDIN_FILENO { close(file) }
  }

  /// Whether it is the file that `other` tells of, by whatever path; a device or a pipe holds nothing to be lost.
  func isSameFile(as other: stat) -> Bool {
    status.st_mode & S_IFMT == S_IFREG && status.st_dev == other.st_dev && status.st_ino == other.st_ino
  }

  /// The bytes from here on.
  var bytes: ByteSource {
    ByteSource { [self] buffer in
      let count = try fill(buffer)
      bytesRead += count
      return count
    }
  }

  /// The next bytes, fewer than asked for at the end of the file. They are read again afterwards.
  func peek(atLeast count: Int) throws -> ArraySlice<UInt8> {
    while peeked.count < count, !isAtEnd {
      var piece = [UInt8](repeating: 0, count: max(count - peeked.count, 64 << 10))
      let got = try piece.withUnsafeMutableBytes { try readSome(into: $0) }
      isAtEnd = got == 0
      peeked.append(contentsOf: piece[..<got])
    }
    return peeked[...]
  }

  private func fill(_ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    if !peeked.isEmpty {
      let count = min(buffer.count, peeked.count)
      buffer.copyBytes(from: peeked.prefix(count))
      peeked.removeFirst(count)
      return count
    }
    return isAtEnd ? 0 : try readSome(into: buffer)
  }

  private func readSome(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
    while true {
      if try !Interruption.waitForInput(file, milliseconds: whenIdle == nil ? -1 : InputFile.idleMilliseconds) {
        try whenIdle?()
        continue
      }
      let count = read(file, buffer.baseAddress, buffer.count)
      if count >= 0 { return count }
      guard errno == EINTR else { throw Failure(system: "reading", path: name) }
    }
  }
}

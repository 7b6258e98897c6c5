#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is written piece by piece, with its digest taken on the way.
package struct NewFile: ~Copyable {
  private let path: String
  private let descriptor: Int32
  private var hasher = SHA256()
  /// How many bytes were written.
  package private(set) var byteCount = 0

  /// Makes a file that must not exist, for its owner only.
  package init(_ path: String) throws(StoreError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError(system: "making", path: path) }
    self.path = path
    descriptor = file
  }

  deinit {
    close(descriptor)
  }

  /// Adds bytes at the end.
  package mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StoreError) {
    hasher.update(bytes)
    var rest = bytes
    while !rest.isEmpty {
      let count = writeSome(descriptor, rest)
      if count < 0 {
        if errno == EINTR { continue }
        throw StoreError(system: "writing", path: path)
      }
      byteCount += count
      rest = UnsafeRawBufferPointer(rebasing: rest[count...])
    }
  }

  /// Brings the file to disk, and tells its digest: 64 hexadecimal digits.
  @discardableResult
  package consuming func finish() throws(StoreError) -> String {
    guard fsync(descriptor) == 0 else { throw StoreError(system: "writing", path: path) }
    return hasher.digest().hexadecimal
  }
}

extension StoreError {
  /// A call that has just failed; a full disk has an error of its own.
  init(system operation: String, path: String, code: Int32 = errno) {
    self =
      code == ENOSPC || code == EDQUOT
      ? .diskFull(path: path) : .system(operation: operation, path: path, code: code)
  }
}

extension SystemFile {
  /// Gives out a file's bytes, piece by piece.
  static func forEachPiece(of path: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError(system: "opening", path: path) }
    defer { close(file) }
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { buffer.deallocate() }
    while true {
      let count = read(file, buffer.baseAddress, buffer.count)
      if count == 0 { return }
      if count > 0 {
        try body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
      } else if errno != EINTR {
        throw StoreError(system: "reading", path: path)
      }
    }
  }

  /// Bytes that may still be written to a path's file system; nil where it does not tell.
  static func freeBytes(at path: String) -> Int? {
    var status = statvfs()
    guard statvfs(path, &status) == 0 else { return nil }
    return Int(clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
  }

  /// A file's length; nil where there is none.
  static func byteCount(_ path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// Whether a directory is where another file system begins.
  static func isMountPoint(_ path: String) -> Bool {
    var own = stat()
    var above = stat()
    return stat(path, &own) == 0 && stat(path + "/..", &above) == 0 && own.st_dev != above.st_dev
  }

  /// A path without links, even where its end does not exist yet.
  static func resolved(_ path: String) -> String {
    var path = path
    while path.count > 1, path.hasSuffix("/") { path.removeLast() }
    if let there = canonical(path) { return there }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    let parent = parent(of: path)
    guard parent != path else { return path }
    let folder = resolved(parent)
    return folder.hasSuffix("/") ? folder + name : "\(folder)/\(name)"
  }

  /// Gives a file or folder another name, in place of an empty folder at most.
  static func move(_ path: String, to target: String) throws(StoreError) {
    guard rename(path, target) == 0 else {
      if errno == ENOTEMPTY || errno == EEXIST || errno == ENOTDIR { throw StoreError.occupied(path: target) }
      throw StoreError(system: "putting in place", path: target)
    }
  }

  /// Removes a folder, if it is empty.
  static func removeFolder(_ path: String) {
    _ = rmdir(path)
  }
}

// Outside the type, where the system's name would be taken for its own method.
private func writeSome(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Lets one at a time change the files of a folder, of all processes: an advisory lock (`flock`) on an empty file.
///
/// It is for changes that take milliseconds: whoever comes second waits. The system takes it back when the process
/// ends.
package struct OwnersLock: ~Copyable {
  private let file: Int32

  /// Waits for the lock; the file is made, for its owner only, where it is not there.
  @available(*, noasync, message: "it may wait")
  package init(_ path: String) throws(StoreError) {
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError(system: "opening", path: path) }
    while flock(file, LOCK_EX) != 0 {
      // `deinit` closes it, as all there is of the lock is there.
      guard errno == EINTR else { throw StoreError(system: "locking", path: path) }
    }
  }

  deinit {
    flock(file, LOCK_UN)
    close(file)
  }
}

/// A file as it was read, which is kept open: so no other file gets its number in the file system meanwhile, and one
/// that was put in its place is always told from it.
package final class OwnersReadFile: Sendable {
  /// All that was in it.
  package let contents: [UInt8]
  private let file: Int32
  private let state: FileState

  /// Reads a file; nil where there is none.
  package init?(_ path: String) throws(StoreError) {
    file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      if errno == ENOENT { return nil }
      throw StoreError(system: "opening", path: path)
    }
    // Before the contents: of a change in between, the next look tells.
    state = FileState(of: file)
    do throws(StoreError) {
      contents = try SystemFile.contentsToEnd(of: file, path: path)
    } catch {
      // Without its contents it is not whole, so `deinit` does not run.
      close(file)
      throw error
    }
  }

  deinit {
    close(file)
  }

  /// Whether that file is still what has this name, and nobody changed it, or who may read it.
  package func isStill(at path: String) -> Bool { FileState(at: path) == state }
}

/// What tells one state of a file from another.
private struct FileState: Equatable {
  private let words: [Int64]

  init(of file: Int32) {
    var status = stat()
    words = fstat(file, &status) == 0 ? FileState.words(status) : []
  }

  init(at path: String) {
    var status = stat()
    words = stat(path, &status) == 0 ? FileState.words(status) : []
  }

  private static func words(_ status: stat) -> [Int64] {
    #if canImport(Darwin)
      let times = [status.st_mtimespec, status.st_ctimespec]
    #else
      let times = [status.st_mtim, status.st_ctim]
    #endif
    return [Int64(truncatingIfNeeded: status.st_dev), Int64(truncatingIfNeeded: status.st_ino), Int64(status.st_size)]
      + times.flatMap { [Int64($0.tv_sec), Int64($0.tv_nsec)] }
  }
}

/// A file for its owner alone to which lines are added, and nothing else.
///
/// Whoever adds holds an `OwnersLock`.
package final class OwnersLines: Sendable {
  /// Where it is.
  package let path: String
  private let file: Int32

  /// Opens a file for adding to it, and makes it where it is not there; its name is on disk then.
  package init(_ path: String) throws(StoreError) {
    self.path = path
    let isNew = !SystemFile.exists(path)
    file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError(system: "opening", path: path) }
    // Where that fails, `deinit` closes it.
    if isNew { try SystemFile.sync(directory: SystemFile.parent(of: path)) }
  }

  deinit {
    close(file)
  }

  /// How many bytes there are.
  package var byteCount: Int {
    get throws(StoreError) {
      var status = stat()
      guard fstat(file, &status) == 0 else { throw StoreError(system: "looking at", path: path) }
      return Int(status.st_size)
    }
  }

  /// The last bytes, so many at most.
  package func tail(_ most: Int) throws(StoreError) -> [UInt8] {
    let count = try byteCount
    var bytes = [UInt8](repeating: 0, count: min(most, count))
    var filled = 0
    while filled < bytes.count {
      let place = off_t(count - bytes.count + filled)
      let read = bytes.withUnsafeMutableBytes { bytes in
        pread(file, bytes.baseAddress.map { $0 + filled }, bytes.count - filled, place)
      }
      if read < 0, errno == EINTR { continue }
      guard read > 0 else { throw StoreError.system(operation: "reading", path: path, code: read < 0 ? errno : EIO) }
      filled += read
    }
    return bytes
  }

  /// Adds bytes at the end.
  package func append(_ bytes: [UInt8]) throws(StoreError) {
    try SystemFile.write(bytes, to: file, path: path)
  }

  /// Brings what was added to disk.
  package func sync() throws(StoreError) {
    guard fsync(file) == 0 else { throw StoreError(system: "syncing", path: path) }
  }

  /// Calls `body` with each line of a file, without its end, and whether it has one: the last may not.
  package static func forEachLine<Failure: Error>(
    in path: String, _ body: (_ line: [UInt8], _ isWhole: Bool) throws(Failure) -> Void,
  ) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError(system: "opening", path: path) }
    defer { close(file) }
    var line: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 16)
    while true {
      let count = piece.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw StoreError(system: "reading", path: path) }
      if count == 0 { break }
      var rest = piece[..<count]
      while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
        line += rest[..<end]
        try body(line, true)
        line.removeAll(keepingCapacity: true)
        rest = rest[(end + 1)...]
      }
      line += rest
    }
    if !line.isEmpty { try body(line, false) }
  }
}

import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A file that has its name only once it is whole and on disk: until then it is `NAME.unfinished`.
///
/// Given up, it is removed. What a killed process leaves behind, the next one to the same place makes anew.
final class UnfinishedFile {
  /// Where the file will be.
  let path: String
  /// Where it is until then.
  let unfinishedPath: String
  private let file: Int32
  private var isOpen = true
  private var buffer: [UInt8] = []
  private let replaces: Bool?

  private static let capacity = 1 << 20

  /// Takes the place beside `path`.
  ///
  /// - Parameters:
  ///   - replaces: whether a file that is there may be replaced; nil where that cannot be asked for.
  ///   - isPrivate: whether it is for its owner alone, and not for whoever the process's mask lets read it.
  init(_ path: String, replaces: Bool?, isPrivate: Bool = false) throws {
    self.path = path
    self.replaces = replaces
    unfinishedPath = path + ".unfinished"
    try UnfinishedFile.check(path, replaces: replaces)
    let mode: mode_t = isPrivate ? 0o600 : 0o666
    file = open(unfinishedPath, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode)
    guard file >= 0 else {
      let code = errno
      // Nothing was made, so nothing is to be removed.
      isOpen = false
      throw Failure(system: "making", path: unfinishedPath, code: code)
    }
    // Held until the end, so that nobody else writes to it. Whoever held it before may have given the file its name.
    guard flock(file, LOCK_EX | LOCK_NB) == 0, UnfinishedFile.isSame(file, unfinishedPath) else {
      close(file)
      isOpen = false
      throw Failure("\(unfinishedPath) is being written by another process: wait for it", .impossible)
    }
    // One that was left behind may have been made for others, too.
    guard ftruncate(file, 0) == 0, !isPrivate || fchmod(file, mode) == 0 else {
      throw Failure(system: "making", path: unfinishedPath)
    }
    buffer.reserveCapacity(UnfinishedFile.capacity + 4096)
  }

  deinit {
    guard isOpen else { return }
    unlink(unfinishedPath)
    close(file)
  }

  /// Writes bytes, and takes them out of `bytes`.
  func write(_ bytes: inout [UInt8]) throws {
    buffer.append(contentsOf: bytes)
    bytes.removeAll(keepingCapacity: true)
    if buffer.count >= UnfinishedFile.capacity { try flush() }
  }

  private func flush() throws {
    let code = buffer.withUnsafeBytes { writeAll($0, to: file) }
    if code != 0 { throw Failure(system: "writing", path: unfinishedPath, code: code) }
    buffer.removeAll(keepingCapacity: true)
  }

  /// Brings all to disk, and gives the file its name; answers how many bytes it has.
  func finish() throws -> Int {
    try flush()
    var status = stat()
    fstat(file, &status)
    guard fsync(file) == 0 else { throw Failure(system: "syncing", path: unfinishedPath) }
    try UnfinishedFile.check(path, replaces: replaces)
    guard rename(unfinishedPath, path) == 0 else { throw Failure(system: "naming", path: path) }
    isOpen = false
    close(file)
    // The name, too, should outlast a power cut; where a folder cannot be synced, the file is there all the same.
    let folder = open(path.folderPart, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if folder >= 0 {
      fsync(folder)
      close(folder)
    }
    return Int(status.st_size)
  }

  /// Refuses a place where something is that must stay.
  ///
  /// - Parameter replaces: as of `init(_:replaces:isPrivate:)`.
  static func check(_ path: String, replaces: Bool?) throws {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard let replaces else { throw Failure("\(path) exists already. Name another", .impossible) }
    guard status.st_mode & S_IFMT == S_IFREG else {
      throw Failure("\(path) is there, and is no file. Name another, or - for standard output", .impossible)
    }
    guard replaces else {
      throw Failure("\(path) exists already. Name another, or replace it with --force", .impossible)
    }
  }

  private static func isSame(_ file: Int32, _ path: String) -> Bool {
    var open = stat()
    var named = stat()
    guard fstat(file, &open) == 0, lstat(path, &named) == 0 else { return false }
    return open.st_ino == named.st_ino && open.st_dev == named.st_dev
  }
}

extension String {
  /// The folder in which the file of this path is.
  var folderPart: String {
    guard let slash = utf8.lastIndex(of: UInt8(ascii: "/")) else { return "." }
    return slash == startIndex ? "/" : String(self[..<slash])
  }
}

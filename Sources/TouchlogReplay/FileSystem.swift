import LMDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The few calls to the system that views need beside LMDB's.
enum FileSystem {
  static func failure(_ operation: String, _ path: String) -> ReplayError {
    let reason = strerror(errno).map { String(cString: $0) } ?? "error \(errno)"
    return .system(operation: operation, path: path, reason: reason)
  }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  /// Whether this process may write a file.
  static func isWritable(_ path: String) -> Bool { access(path, W_OK) == 0 }

  static func makeFolder(_ path: String) throws {
    guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw failure("making", path) }
  }

  static func rename(_ path: String, to other: String) throws {
    guard systemRename(path, other) == 0 else { throw failure("renaming", path) }
  }

  static func remove(_ path: String) {
    // What is not there is removed.
    unlink(path)
  }

  /// Removes a view's folder and the files in it; a folder that is not there is removed already.
  static func removeFolder(_ path: String) throws {
    // First: a folder that was not wholly removed must not pass for a view.
    unlink(path + "/data.mdb")
    guard let folder = opendir(path) else { return }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      if name != ".", name != ".." { unlink(path + "/" + name) }
    }
    closedir(folder)
    guard rmdir(path) == 0 else { throw failure("removing", path) }
  }

  static func syncFolder(_ path: String) throws {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw failure("opening", path) }
    defer { close(file) }
    guard fsync(file) == 0 else { throw failure("syncing", path) }
  }

  /// A short file's text; nil where it cannot be read.
  static func text(of path: String) -> String? {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { return nil }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 256)
    let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
    return count > 0 ? String(decoding: bytes[..<count], as: UTF8.self) : nil
  }

  /// Writes a short file, which is on disk afterwards.
  static func write(_ text: String, to path: String) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw failure("making", path) }
    defer { close(file) }
    let count = text.utf8.count
    let written = Array(text.utf8).withUnsafeBytes { systemWrite(file, $0) }
    guard written == count else { throw failure("writing", path) }
    guard fsync(file) == 0 else { throw failure("syncing", path) }
  }

  /// Which file or folder a path leads to; nil where there is none.
  static func identity(_ path: String) -> Identity? {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    return Identity(device: UInt64(status.st_dev), number: UInt64(status.st_ino))
  }

  /// A file or folder, whatever its name.
  struct Identity: Equatable {
    let device: UInt64
    let number: UInt64
  }

  /// How long a file is; nil where there is none.
  static func bytes(_ path: String) -> Int? {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_size) : nil
  }

  /// How many bytes a file's blocks take; 0 where there is none.
  static func bytesOnDisk(_ path: String) -> Int {
    var status = stat()
    return lstat(path, &status) == 0 ? Int(status.st_blocks) * 512 : 0
  }

  /// Which start of the system this is; the same text within one boot.
  static let boot: String = {
    #if canImport(Darwin)
      var time = timeval()
      var size = MemoryLayout<timeval>.size
      sysctlbyname("kern.boottime", &time, &size, nil, 0)
      return "\(time.tv_sec).\(time.tv_usec)"
    #else
      // Where it cannot be told, each process has one of its own, and goes on with no other's view.
      return text(of: "/proc/sys/kernel/random/boot_id") ?? "process \(getpid()) at \(now())"
    #endif
  }()

  /// Microseconds since 1970.
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}

// By names that methods of the same name do not hide.
private func systemRename(_ path: String, _ other: String) -> Int32 { rename(path, other) }
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}

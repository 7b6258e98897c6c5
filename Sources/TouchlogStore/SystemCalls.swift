#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What the system says of an error's number.
func systemMessage(_ code: Int32) -> String {
  guard let text = strerror(code) else { return "error \(code)" }
  return String(cString: text)
}

/// `write`, by a name that methods of the same name do not hide.
private func systemWrite(_ file: Int32, _ bytes: UnsafeRawBufferPointer) -> Int {
  write(file, bytes.baseAddress, bytes.count)
}

/// What to do about a call that failed, after what the system says of it; empty where that says it all.
func systemAdvice(_ code: Int32) -> String {
  switch code {
  case ENOSPC, EDQUOT: ". Make room, and run it again"
  case EIO: ". The disk failed: look after it, and run it again"
  case EROFS: ". Make the file system writable, and run it again"
  default: ""
  }
}

/// The few files besides LMDB's that a store has: the key and the writer's lock.
enum SystemFile {
  static func exists(_ path: String) -> Bool {
    var status = stat()
    return lstat(path, &status) == 0
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether this process may look into a directory.
  static func isReachable(_ path: String) -> Bool {
    access(path, R_OK | X_OK) == 0
  }

  static var permissionDenied: Int32 { EACCES }

  /// Whether a file is there, and has no bytes.
  static func isEmptyFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_size == 0
  }

  /// Whether there is nothing in a directory.
  static func isEmptyDirectory(_ path: String) throws(StoreError) -> Bool {
    try names(in: path).isEmpty
  }

  /// What is in a directory, besides its own name and its parent's.
  static func names(in path: String) throws(StoreError) -> [String] {
    guard let directory = opendir(path) else {
      throw StoreError.system(operation: "opening", path: path, code: errno)
    }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
      let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Makes one directory, for its owner only, and syncs its name; whether it is new.
  static func makeDirectory(_ path: String) throws(StoreError) -> Bool {
    if mkdir(path, 0o700) == 0 {
      do throws(StoreError) {
        try sync(directory: parent(of: path))
      } catch {
        // A second try would find it, and take its name for one that lasts.
        _ = rmdir(path)
        throw error
      }
      return true
    }
    let code = errno
    if code == EEXIST, isDirectory(path) { return false }
    throw StoreError.system(operation: "making the folder", path: path, code: code)
  }

  /// Makes a directory and those above it.
  static func makeDirectories(_ path: String) throws(StoreError) {
    var parent = path.hasPrefix("/") ? "/" : ""
    for part in path.split(separator: "/") {
      parent += parent.isEmpty || parent.hasSuffix("/") ? part : "/" + part
      if !exists(parent) { _ = try makeDirectory(parent) }
    }
  }

  /// Reads a small file whole.
  static func contents(_ path: String) throws(StoreError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError.system(operation: "opening", path: path, code: errno) }
    defer { close(file) }
    var bytes = [UInt8](repeating: 0, count: 4096)
    var filled = 0
    while filled < bytes.count {
      let count = bytes.withUnsafeMutableBytes { read(file, $0.baseAddress! + filled, $0.count - filled) }
      if count < 0 {
        if errno == EINTR { continue }
        throw StoreError.system(operation: "reading", path: path, code: errno)
      }
      if count == 0 { break }
      filled += count
    }
    return Array(bytes[..<filled])
  }

  /// Writes a new file for its owner only, and syncs it and its name; refuses to replace one, and leaves no half one.
  static func create(_ path: String, contents: [UInt8]) throws(StoreError) {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw StoreError.system(operation: "making", path: path, code: errno) }
    defer { close(file) }
    do throws(StoreError) {
      try write(contents, to: file, path: path)
      guard fsync(file) == 0 else { throw StoreError.system(operation: "syncing", path: path, code: errno) }
      try sync(directory: parent(of: path))
    } catch {
      // It would be in the way of a second try.
      remove(path)
      throw error
    }
  }

  /// Writes all bytes at a file's place.
  static func write(_ contents: [UInt8], to file: Int32, path: String) throws(StoreError) {
    var written = 0
    while written < contents.count {
      let count = contents[written...].withUnsafeBytes { systemWrite(file, $0) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        // Nothing taken, and no error: that is how some full disks say so.
        throw StoreError.system(operation: "writing", path: path, code: count < 0 ? errno : ENOSPC)
      }
      written += count
    }
  }

  /// Removes a file that was just made. That it could not be is no news beside the error that it follows.
  static func remove(_ path: String) {
    _ = unlink(path)
  }

  /// Removes environments that were just made in a folder, and the folder, where nothing else is in it.
  static func removeEnvironments(_ names: [String], in folder: String, withFolder: Bool) {
    for name in names {
      for file in ["data.mdb", "lock.mdb"] { remove("\(folder)/\(name)/\(file)") }
      _ = rmdir("\(folder)/\(name)")
    }
    if withFolder { _ = rmdir(folder) }
  }

  /// Syncs a directory, so that the names in it survive a power cut.
  static func sync(directory path: String) throws(StoreError) {
    let directory = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw StoreError.system(operation: "opening", path: path, code: errno) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw StoreError.system(operation: "syncing", path: path, code: errno) }
  }

  /// Whether a directory is another one, or lies in it, however their paths are written.
  static func isInside(_ path: String, folder: String) -> Bool {
    guard let path = canonical(path), let folder = canonical(folder) else { return false }
    return path == folder || path.hasPrefix(folder + "/")
  }

  static func canonical(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "." }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The permission bits; nil where there is no such file.
  static func permissions(_ path: String) -> UInt32? {
    var status = stat()
    return stat(path, &status) == 0 ? UInt32(status.st_mode) & 0o777 : nil
  }
}

/// The time of the system's clock.
enum SystemClock {
  static func now() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}

/// Memory that held a secret.
enum SystemMemory {
  /// Overwrites it, although nobody will read it: the compiler must not think that useless.
  static func wipe(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let address = bytes.baseAddress else { return }
    #if canImport(Darwin)
      memset_s(address, bytes.count, 0, bytes.count)
    #else
      explicit_bzero(address, bytes.count)
    #endif
  }
}

/// The system's random numbers, fit for keys and nonces.
enum SystemRandom {
  /// As many as `getentropy` gives at once, by POSIX.
  static let maximumBytes = 256

  /// Fills a buffer of up to `maximumBytes`.
  static func fill(_ bytes: UnsafeMutableRawBufferPointer) {
    guard let address = bytes.baseAddress else { return }
    // As for Swift's own generator: a system without random numbers is no place to go on.
    precondition(getentropy(address, bytes.count) == 0, "the system has no random numbers: \(systemMessage(errno))")
  }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes are the same.
  func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard let left = baseAddress, let right = other.baseAddress else { return true }
    return memcmp(left, right, count) == 0
  }

  /// The order of LMDB's byte keys: byte by byte, then the shorter first.
  func precedes(_ other: UnsafeRawBufferPointer) -> Bool {
    guard let left = baseAddress, let right = other.baseAddress else { return count < other.count }
    let order = memcmp(left, right, Swift.min(count, other.count))
    return order == 0 ? count < other.count : order < 0
  }
}

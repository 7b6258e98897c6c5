#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension SystemFile {
  /// Writes zeros over all of a file's bytes, and brings them to disk: onto the same blocks, where the file system and
  /// the disk write in place.
  static func overwrite(_ path: String) throws(StoreError) {
    let file = open(path, O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { throw StoreError(system: "opening", path: path) }
    defer { close(file) }
    var status = stat()
    guard fstat(file, &status) == 0 else { throw StoreError(system: "opening", path: path) }
    let zeros = [UInt8](repeating: 0, count: 1 << 20)
    var offset = 0
    while offset < Int(status.st_size) {
      let count = zeros.withUnsafeBytes {
        pwrite(file, $0.baseAddress, min($0.count, Int(status.st_size) - offset), off_t(offset))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw StoreError(system: "overwriting", path: path) }
      offset += count
    }
    guard fsync(file) == 0 else { throw StoreError(system: "overwriting", path: path) }
  }

  /// Removes an environment's folder with its files.
  static func removeEnvironment(_ folder: String) throws(StoreError) {
    // A reader that comes too late may make a file of locks anew.
    for _ in 0..<100 {
      for name in ["data.mdb", "lock.mdb"] where unlink("\(folder)/\(name)") != 0 && errno != ENOENT {
        throw StoreError(system: "removing", path: "\(folder)/\(name)")
      }
      if rmdir(folder) == 0 || errno == ENOENT { return }
      guard errno == ENOTEMPTY || errno == EEXIST else { break }
    }
    throw StoreError(system: "removing", path: folder)
  }
}

internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// A call that failed, with its `errno` or LMDB's code, whose numbers do not overlap.
struct SystemFault: Error {
  let number: Int32
}

/// A file's or directory's identity, whatever path leads to it.
struct FileIdentity: Hashable, Sendable {
  let device: UInt64
  let inode: UInt64

  /// Nil when nothing can be found at `path`; `errno` then says why.
  init?(path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(truncatingIfNeeded: status.st_dev)
    inode = UInt64(truncatingIfNeeded: status.st_ino)
  }
}

/// What an environment asks of a directory.
enum Directory {
  /// Makes the directory unless it is there. Answers whether it was made.
  static func make(_ path: String, mode: UInt32) throws(SystemFault) -> Bool {
    if mkdir(path, mode_t(mode)) == 0 { return true }
    guard errno == EEXIST else { throw SystemFault(number: errno) }
    return false
  }

  static func isEmpty(_ path: String) throws(SystemFault) -> Bool {
    guard let stream = opendir(path) else { throw SystemFault(number: errno) }
    defer { closedir(stream) }
    var names = 0
    while readdir(stream) != nil { names += 1 }
    // Each directory names itself and its parent.
    return names <= 2
  }

  /// Makes a file that must not exist, has `write` fill it, and brings it to disk; a file half written is removed.
  static func makeFile(
    _ path: String, mode: UInt32, write: (Int32) throws(SystemFault) -> Void
  ) throws(SystemFault) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode_t(mode))
    guard descriptor >= 0 else { throw SystemFault(number: errno) }
    defer { close(descriptor) }
    do throws(SystemFault) {
      try write(descriptor)
      guard fsync(descriptor) == 0 else { throw SystemFault(number: errno) }
    } catch {
      unlink(path)
      throw error
    }
  }

  /// Removes the directory if it is empty.
  static func removeIfEmpty(_ path: String) {
    rmdir(path)
  }

  /// Brings the names in a directory to disk, or the content of a file.
  static func sync(_ path: String) throws(SystemFault) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemFault(number: errno) }
    defer { close(descriptor) }
    guard fsync(descriptor) == 0 else { throw SystemFault(number: errno) }
  }
}

/// The name of the network or shared file system at `path`, or nil for a local one.
package func networkFileSystem(at path: String) -> String? {
  var status = statfs()
  guard statfs(path, &status) == 0 else { return nil }
  #if os(Linux)
    return networkFileSystem(magic: UInt32(truncatingIfNeeded: status.f_type))
  #else
    return status.f_flags & UInt32(MNT_LOCAL) == 0 ? "a network file system" : nil
  #endif
}

/// The name of the network or shared file system that `statfs(2)` reports with `magic`, or nil for any other.
/// The numbers are those of Linux's `linux/magic.h` and of the file systems' own sources.
package func networkFileSystem(magic: UInt32) -> String? {
  switch magic {
  case 0x6969: "NFS"
  case 0x517B: "SMB"
  case 0xFE53_4D42: "SMB 2"
  case 0xFF53_4D42: "CIFS"
  case 0x0102_1997: "9P"
  case 0x6573_5546: "FUSE"
  case 0x5346_414F, 0x6B41_4653: "AFS"
  case 0x7375_7245: "Coda"
  case 0x00C3_6400: "Ceph"
  case 0x0BD0_0BD0: "Lustre"
  case 0x4750_4653: "GPFS"
  case 0x0116_1970: "GFS2"
  case 0x7461_636F: "OCFS2"
  case 0x786F_4256: "VirtualBox shared folders"
  case 0xBACB_ACBC: "VMware shared folders"
  default: nil
  }
}

internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The file in which LMDB keeps its locks and its readers.
enum LockFile {
  /// Gives the lock file room on disk before LMDB makes it as a file with a hole, and maps it: on a full disk, the first
  /// write to the map would kill the process, and here it is an error.
  ///
  /// To be called by whoever has claimed the directory: closing a file drops this process's locks on it.
  ///
  /// - Returns: 0, or the system's number of the error. Errors that LMDB will meet as well are left to it.
  static func reserve(in directory: String, _ options: Environment.Options) -> Int32 {
    guard options.usesLockFile else { return 0 }
    #if os(Linux)
      let file = open(directory + "/lock.mdb", O_RDWR | O_CREAT | O_CLOEXEC, mode_t(options.fileMode))
      guard file >= 0 else { return errno == ENOSPC || errno == EDQUOT ? errno : 0 }
      defer { close(file) }
      // A reader takes a line of the cache. Before them are two locks, each on lines of its own.
      let needed = (options.maximumReaders + 8) * 64
      var status = stat()
      guard fstat(file, &status) == 0, Int(status.st_blocks) * 512 < needed else { return 0 }
      // The size stays as it is: from it, LMDB knows how many readers there may be.
      guard fallocate(file, FALLOC_FL_KEEP_SIZE, 0, off_t(needed)) != 0 else { return 0 }
      return [ENOSPC, EDQUOT, EIO].contains(errno) ? errno : 0
    #else
      return 0
    #endif
  }
}

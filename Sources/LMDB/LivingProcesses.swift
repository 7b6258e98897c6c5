#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension Environment {
  /// Which of the processes have the environment in a directory open and have read in it, by the locks that LMDB holds
  /// in its lock file: right in containers too, where process numbers mean nothing to others.
  ///
  /// - Throws: ``LMDBError/Code/alreadyOpen`` when this process has the environment open: looking would then drop its
  ///   own locks. Close it first.
  public static func livingProcesses(
    among processes: some Sequence<Int32>, inDirectory directory: String
  ) throws(LMDBError) -> Set<Int32> {
    func failure(_ code: LMDBError.Code) -> LMDBError { LMDBError(code, .readers, path: directory) }

    guard let identity = FileIdentity(path: directory) else { throw failure(.environmentMissing) }
    guard OpenEnvironments.claim(identity, at: directory, for: getpid()) else { throw failure(.alreadyOpen) }
    defer { OpenEnvironments.release(identity) }
    do throws(SystemFault) {
      return try holders(of: directory + "/lock.mdb", among: processes)
    } catch {
      throw failure(.system(error.number))
    }
  }
}

/// As mdb.c's `mdb_reader_pid`: a process holds a lock on the byte of the file that its number names.
private func holders(of path: String, among processes: some Sequence<Int32>) throws(SystemFault) -> Set<Int32> {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { throw SystemFault(number: errno) }
  defer { close(file) }
  var living: Set<Int32> = []
  for process in processes {
    var lock = flock()
    lock.l_type = Int16(F_WRLCK)
    lock.l_whence = Int16(SEEK_SET)
    lock.l_start = off_t(process)
    lock.l_len = 1
    guard fcntl(file, F_GETLK, &lock) == 0 else { throw SystemFault(number: errno) }
    if lock.l_type != Int16(F_UNLCK) { living.insert(process) }
  }
  return living
}

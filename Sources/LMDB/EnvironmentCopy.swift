internal import CLMDB

extension Environment {
  /// Copies one state of the environment to another directory, while others read and write, and returns when the copy
  /// is on disk. The copy is made by a read transaction, so pages freed meanwhile are not used again until it ends.
  ///
  /// - Parameters:
  ///   - target: a directory that is empty, or absent; then its parent must exist.
  ///   - compacting: whether to leave out free pages, and number the others anew: a smaller copy, for more time.
  /// - Throws: ``LMDBError/Code/targetNotEmpty``, or why the copy could not be made; what was written of it is removed.
  @available(*, noasync, message: "it reads and writes the whole environment")
  public func copy(toDirectory target: String, compacting: Bool = false) throws(LMDBError) {
    try enter(.copy)
    defer { leave() }
    let code: LMDBError.Code?
    do throws(SystemFault) {
      code = try copyFiles(to: target, compacting: compacting)
    } catch {
      code = LMDBError.Code(error.number)
    }
    if let code { throw LMDBError(code, .copy, path: target) }
  }

  /// The file is made here and not by LMDB, which would give it other permissions, and would not sync it.
  private func copyFiles(to target: String, compacting: Bool) throws(SystemFault) -> LMDBError.Code? {
    let madeDirectory = try Directory.make(target, mode: options.directoryMode)
    guard try Directory.isEmpty(target) else { return .targetNotEmpty }
    do throws(SystemFault) {
      try Directory.makeFile(target + "/data.mdb", mode: options.fileMode) { descriptor throws(SystemFault) in
        let code = mdb_env_copyfd2(handle, descriptor, compacting ? UInt32(MDB_CP_COMPACT) : 0)
        if code != MDB_SUCCESS { throw SystemFault(number: code) }
      }
      try Directory.sync(target)
      if madeDirectory { try Directory.sync(target + "/..") }
    } catch {
      if madeDirectory { Directory.removeIfEmpty(target) }
      throw error
    }
    return nil
  }
}

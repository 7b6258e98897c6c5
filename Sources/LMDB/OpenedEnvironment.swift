internal import CLMDB
internal import Synchronization

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

/// The environments that this process has open.
///
/// LMDB must not open one twice: closing the second would drop the first one's file locks, and another process would
/// take its readers for dead.
enum OpenEnvironments {
  private struct Claim {
    /// The process that opened it: a forked child inherits entries that do not bind it.
    let owner: Int32
    /// The directory, kept open: a directory that was removed keeps its number until then, so that no new one has it.
    let descriptor: Int32
  }

  private static let claims = Mutex<[FileIdentity: Claim]>([:])

  /// Answers false when the process has the directory open already.
  static func claim(_ identity: FileIdentity, at directory: String, for owner: Int32) -> Bool {
    claims.withLock { claims in
      if let claim = claims[identity] {
        if claim.owner == owner { return false }
        if claim.descriptor >= 0 { close(claim.descriptor) }
      }
      // Where it cannot be opened, LMDB will say why; the claim holds all the same.
      claims[identity] = Claim(owner: owner, descriptor: open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC))
      return true
    }
  }

  static func release(_ identity: FileIdentity) {
    claims.withLock { claims in
      if let claim = claims.removeValue(forKey: identity), claim.descriptor >= 0 { close(claim.descriptor) }
    }
  }
}

private let lastSerial = Atomic<UInt32>(0)

/// What opening a directory yields: each check that LMDB leaves to its caller, then `mdb_env_open`.
struct OpenedEnvironment {
  let handle: OpaquePointer
  let identity: FileIdentity
  let serial: UInt32

  init(directory: String, options: Environment.Options, owner: Int32) throws(LMDBError) {
    func failure(_ code: LMDBError.Code) -> LMDBError { LMDBError(code, .open, path: directory) }

    let isReadOnly = options.access == .readOnly
    var madeDirectory = false
    if !isReadOnly && options.createDirectory {
      do { madeDirectory = try Directory.make(directory, mode: options.directoryMode) } catch {
        throw failure(.system(error.number))
      }
    }
    guard let identity = FileIdentity(path: directory) else {
      throw failure(isReadOnly ? .environmentMissing : .system(errno))
    }
    let data = directory + "/data.mdb"
    let isNew = FileIdentity(path: data) == nil
    if isReadOnly && isNew { throw failure(.environmentMissing) }
    if !options.allowsNetworkFileSystem, let name = networkFileSystem(at: directory) {
      throw failure(.networkFileSystem(name))
    }
    guard OpenEnvironments.claim(identity, at: directory, for: owner) else { throw failure(.alreadyOpen) }

    var handle: OpaquePointer?
    var code = LockFile.reserve(in: directory, options)
    if code == MDB_SUCCESS { code = mdb_env_create(&handle) }
    if code == MDB_SUCCESS { code = Self.open(handle, directory, options) }
    do {
      if isNew && code == MDB_SUCCESS { try Self.makeNamesDurable(directory, madeDirectory: madeDirectory) }
    } catch {
      code = error.number
    }
    guard code == MDB_SUCCESS, let handle else {
      if let handle { mdb_env_close(handle) }
      OpenEnvironments.release(identity)
      throw failure(LMDBError.Code(code))
    }
    self.handle = handle
    self.identity = identity
    serial = lastSerial.add(1, ordering: .relaxed).newValue
  }

  private static func open(_ handle: OpaquePointer?, _ directory: String, _ options: Environment.Options) -> Int32 {
    // Read transactions are bound to their own objects and not to threads, which is what lets a thread hold several.
    var flags = UInt32(MDB_NOTLS)
    if options.access == .readOnly { flags |= UInt32(MDB_RDONLY) }
    if options.durability == .unsynced { flags |= UInt32(MDB_NOSYNC) }
    if !options.usesLockFile { flags |= UInt32(MDB_NOLOCK) }
    if !options.readAhead { flags |= UInt32(MDB_NORDAHEAD) }
    var code = mdb_env_set_mapsize(handle, options.roundedAddressSpace)
    if code == MDB_SUCCESS { code = mdb_env_set_maxreaders(handle, UInt32(options.maximumReaders)) }
    if code == MDB_SUCCESS { code = mdb_env_set_maxdbs(handle, UInt32(options.maximumTables)) }
    if code == MDB_SUCCESS { code = mdb_env_open(handle, directory, flags, mode_t(options.fileMode)) }
    return code
  }

  /// LMDB syncs what is in its file; that the file has a name is the directory's to know, and synced apart.
  private static func makeNamesDurable(_ directory: String, madeDirectory: Bool) throws(SystemFault) {
    try Directory.sync(directory)
    if madeDirectory { try Directory.sync(directory + "/..") }
  }
}

extension Environment.Options {
  package var roundedAddressSpace: Int {
    precondition(addressSpace > 0, "addressSpace is the number of bytes to reserve, and must be positive")
    let page = sysconf(Int32(_SC_PAGESIZE))
    return (min(addressSpace, .max - page) + page - 1) / page * page
  }

  /// Who may read a file may also enter the directory.
  var directoryMode: UInt32 { fileMode | (fileMode & 0o444) >> 2 }
}

import LMDB

extension Store {
  /// Takes the writer's lock, if the store is opened for appending.
  static func lock(_ path: String, access: Access) throws(StoreError) -> WriterLock? {
    guard access == .appending else { return nil }
    try checkDirectory(path)
    return try WriterLock(store: path, holder: WriterLock.describeThisProcess())
  }

  /// Opens the log's environment, with an error that tells what is at the path instead of a store.
  static func openEnvironment(
    at path: String, options: Options, access: Access,
  ) throws(StoreError) -> Environment {
    try checkDirectory(path)
    return try stored { () throws(LMDBError) in
      try Environment(directory: path + "/log", options: options.log(access.environmentAccess))
    }
  }

  /// Refuses a path where no store is, by what lies there and without opening it.
  package static func checkDirectory(_ path: String) throws(StoreError) {
    guard SystemFile.exists(path) else { throw StoreError.missing(path: path) }
    guard SystemFile.isDirectory(path) else {
      throw StoreError.notAStore(path: path, reason: "it is a file, and a store is a folder")
    }
    guard SystemFile.isReachable(path) else {
      throw StoreError.system(operation: "opening", path: path, code: SystemFile.permissionDenied)
    }
    // Which vault is in force, the log tells; before it is opened, any will do.
    let vaults = try VaultGeneration.all(in: path).map(\.folder)
    for parts in [["log"], vaults] {
      let files = parts.map { "\($0)/data.mdb" }.filter { SystemFile.exists("\(path)/\($0)") }
      guard let first = files.first else {
        let isBackup = SystemFile.exists("\(path)/\(BackupManifest.name)")
        throw StoreError.notAStore(
          path: path,
          reason: isBackup
            ? "it is a backup. Make a store of it with: touchlog restore \(path) --store NEW"
            : "there is no \(parts.first ?? VaultGeneration.first.folder)/data.mdb in it")
      }
      guard files.allSatisfy({ SystemFile.isEmptyFile("\(path)/\($0)") }) else { continue }
      throw StoreError.notAStore(
        path: path, reason: "its \(first) is empty: its making was cut short. Remove it, and make it again")
    }
  }

  /// Opens the tables of a log whose format this version knows.
  static func checkFormat(
    of environment: Environment, path: String, options: Options,
  ) throws(StoreError) -> (tables: LogTables, id: StoreID) {
    let meta: Table
    do {
      meta = try environment.openTable(named: "meta")
    } catch {
      throw StoreError.notAStore(path: path, reason: "its log has no table of contents; was its making cut short?")
    }
    let (format, id) = try environment.reading { (transaction) throws(StoreError) in
      let format = try stored { () throws(LMDBError) in
        try transaction.unsafeGet(LogTables.MetaKey.format, from: meta)?.number(UInt32.self)
      }
      let id = try stored { () throws(LMDBError) in
        try transaction.unsafeGet(LogTables.MetaKey.store, from: meta).map { Array($0) }
      }
      return (format, id)
    }
    guard let format, let id, id.count == 16 else {
      throw StoreError.notAStore(path: path, reason: "its making was cut short. Remove it, and make it again")
    }
    try UnsealedPayloads.check(formatVersion: format, path: path)
    guard format <= LogTables.formatVersion else {
      throw StoreError.newerFormat(path: path, found: format, supported: LogTables.formatVersion)
    }
    guard options.formats.reads(format) else {
      throw StoreError.notAStore(path: path, reason: "it says that it has format \(format), which there never was")
    }
    let tables = try stored { () throws(LMDBError) in try LogTables(opening: environment) }
    return (tables, StoreID(bytes: id))
  }

  /// Brings to disk what a writer before may have left in the system's memory alone: one that was killed within a
  /// commit, or whose disk failed. Otherwise a retry would be told that its events are on disk since they can be seen;
  /// new commits would build on a vault, or overwrite pages of a commit, that the disk sees differently.
  static func settle(_ log: Log) throws(StoreError) {
    // The vault first, as in a commit.
    let vault = try log.vault
    try stored { () throws(LMDBError) in
      try vault.environment.sync()
      try log.environment.sync()
    }
  }

  /// Before the first record of this version comes into an older store: from then on, earlier versions of Touchlog must
  /// not open it. Records that are there stay as they are.
  static func raiseFormat(of log: Log) throws(StoreError) {
    try stored { () throws(LMDBError) in
      var transaction = try log.environment.beginWrite()
      let format = try transaction.unsafeGet(LogTables.MetaKey.format, from: log.tables.meta)?.number(UInt32.self)
      guard let format, format < LogTables.formatVersion else { return }
      try transaction.put(
        LogTables.formatVersion.littleEndianBytes, at: LogTables.MetaKey.format, in: log.tables.meta)
      try transaction.commit()
    }
  }

  /// Refuses to append beside a vault that is older than the log, as after half a restore: new customers would get
  /// numbers under which others have events.
  static func checkVault(of log: Log) throws(StoreError) {
    let (highest, next) = try log.reading { (transaction, vault, vaultTransaction) throws(StoreError) in
      (try log.tables.highestCustomer(in: transaction), try vault.nextNumber(in: vaultTransaction))
    }
    guard let highest, highest >= UInt64(next) else { return }
    throw StoreError.damaged(
      position: nil,
      what: """
        the vault is older than the log: its next customer would be number \(next), and number \(highest) has events. \
        Bring back the vault that was there with this log
        """)
  }
}

import LMDB
import Touchlog

extension Store {
  /// Copies a store to a folder, while this process or others append to it.
  ///
  /// The log is copied first and then the vault, so that the vault's copy has every customer whom the log's copy
  /// names. All that was acknowledged before the call is in the backup, and perhaps more. It holds no key, and making it
  /// needs none: keep the store's key apart, for without it nobody can restore the backup.
  ///
  /// - Parameters:
  ///   - target: a folder that is empty or does not exist yet; its parent does. It must not lie in the store. It gets
  ///     its name when all is on disk: until then there is only `TARGET.unfinished`.
  ///   - progress: told how many bytes of how many are copied; the second number may grow. What it throws ends the
  ///     copying, and passes through; what was made until then is removed.
  /// - Returns: what the backup says of itself.
  /// - Throws: `StoreError`, e.g. `.occupied`, `.diskFull`.
  public func backUp(
    to target: String, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
  ) throws -> BackupManifest {
    let vaults = log.vaults
    let copying = BackupCopying(
      path: path, store: id, log: log.environment, tables: log.tables,
      vault: { try vaults.vault($0)?.environment }, madeAt: options.clock())
    return try copying.run(to: target, progress: progress)
  }

  /// Copies a store that this process has not opened, without its key; see `backUp(to:progress:)`.
  public static func backUp(
    _ path: String, to target: String, options: Options = Options(),
    progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in },
  ) throws -> BackupManifest {
    let log = try openEnvironment(at: path, options: options, access: .reading)
    let (tables, id) = try checkFormat(of: log, path: path, options: options)
    let copying = BackupCopying(
      path: path, store: id, log: log, tables: tables,
      vault: { try Environment(directory: "\(path)/\($0.folder)", options: options.vault(.readOnly)) },
      madeAt: options.clock())
    let manifest = try copying.run(to: target, progress: progress)
    try log.close()
    return manifest
  }
}

/// One backup in the making.
private struct BackupCopying {
  let path: String
  let store: StoreID
  let log: Environment
  let tables: LogTables
  /// The environment of a vault; nil for one that was replaced.
  let vault: (VaultGeneration) throws -> Environment?
  let madeAt: Timestamp

  func run(to target: String, progress: (Int, Int) throws -> Void) throws -> BackupManifest {
    let resolved = try UnfinishedFolder.checkedTarget(
      target, outside: path, advice: "A backup belongs on another disk")
    let folder = try UnfinishedFolder(for: resolved)
    // Somebody may be erased while the log is copied: then its copy belongs to another vault than was there before.
    for _ in 0..<BackupCopying.tries {
      guard let files = try copyFiles(to: target, in: folder.path, progress: progress) else { continue }
      let frontier = try check(folder.path)
      let manifest = BackupManifest(
        store: store, madeAt: madeAt, head: Position(frontier.size), root: frontier.root.hexadecimal, files: files)
      try SystemFile.create("\(folder.path)/\(BackupManifest.name)", contents: manifest.encoded)
      // The last chance to stop: then it is in place.
      let total = files.reduce(0) { $0 + $1.bytes }
      try progress(total, total)
      try folder.finish()
      return manifest
    }
    throw StoreError.unsuitable(
      path: target, reason: "somebody was erased each time while the log was copied. Try again later")
  }

  private static let tries = 10

  /// Copies the log and the vault that its copy names.
  ///
  /// - Returns: nil where the two do not belong together, or the vault went away: nothing is in the folder then.
  private func copyFiles(
    to target: String, in folder: String, progress: (Int, Int) throws -> Void,
  ) throws -> [BackupManifest.File]? {
    let generation = try log.read { try tables.vaultGeneration(in: $0) }
    guard let vault = try openVault(generation) else { return nil }
    // Whoever erases waits for it, and leaves the vault alone.
    let held = try vault.beginRead()
    guard try log.read({ try tables.vaultGeneration(in: $0) }) == generation else { return nil }
    let total = try log.information().bytes + vault.information().bytes
    if let free = SystemFile.freeBytes(at: SystemFile.parent(of: folder)), free < total {
      throw StoreError.noRoom(path: target, needed: total, free: free)
    }
    var done = 0
    // Of the log, free pages come along: they are few, and without them it would be read in the order of its tables and
    // not of its file, while which it cannot use pages again. Of the vault they do not: a forgotten customer must not
    // travel with them.
    let logFile = try copy(log, compacting: false, to: BackupManifest.logName, in: folder) { count in
      done += count
      try progress(done, max(total, done))
    }
    let copied = try opening(BackupManifest.logName, in: folder) { environment in
      let tables = try LogTables(opening: environment)
      return try environment.read { try tables.vaultGeneration(in: $0) }
    }
    guard copied == generation else {
      SystemFile.remove("\(folder)/\(BackupManifest.logName)")
      return nil
    }
    let vaultFile = try copy(vault, compacting: true, to: BackupManifest.vaultName, in: folder) { count in
      done += count
      try progress(done, max(total, done))
    }
    // Until here.
    _ = consume held
    return [logFile, vaultFile]
  }

  /// Nil where the vault was replaced and removed since the log was asked.
  private func openVault(_ generation: VaultGeneration) throws -> Environment? {
    do {
      return try vault(generation)
    } catch {
      guard try log.read({ try tables.vaultGeneration(in: $0) }) != generation else { throw error }
      return nil
    }
  }

  private func copy(
    _ environment: Environment, compacting: Bool, to name: String, in folder: String,
    progress: (Int) throws -> Void,
  ) throws -> BackupManifest.File {
    var file = try NewFile("\(folder)/\(name)")
    try environment.copy(compacting: compacting) { bytes in
      try file.write(bytes)
      try progress(bytes.count)
    }
    let count = file.byteCount
    return BackupManifest.File(name: name, bytes: count, sha256: try file.finish())
  }

  /// Opens the copies, and sees that they belong together. What the log's Merkle tree was at the moment of the copy
  /// stands in it; each record is held against it when the backup is restored.
  private func check(_ folder: String) throws -> MerkleFrontier {
    let (highest, frontier) = try opening(BackupManifest.logName, in: folder) { environment in
      let tables = try LogTables(opening: environment)
      return try environment.read { transaction in
        let bytes = try transaction.unsafeGet(LogTables.MetaKey.frontier, from: tables.meta)
        let count = try transaction.count(of: tables.headers)
        guard let frontier = bytes.flatMap({ MerkleFrontier(encoded: $0) }), frontier.size == UInt64(count) else {
          throw StoreError.damaged(
            position: nil, what: "the Merkle frontier does not fit the \(count) events of the log")
        }
        return (try tables.highestCustomer(in: transaction), frontier)
      }
    }
    try opening(BackupManifest.vaultName, in: folder) { environment in
      let tables = try VaultTables(opening: environment)
      let next = try environment.read { try tables.nextNumber(in: $0) }
      if let highest, highest >= UInt64(next) {
        throw StoreError.damaged(position: nil, what: "the vault is older than the log")
      }
    }
    return frontier
  }

  /// Opens a copied file as an environment by itself, which wants a folder.
  private func opening<Result>(
    _ name: String, in folder: String, _ body: (Environment) throws -> Result,
  ) throws -> Result {
    let file = "\(folder)/\(name)"
    let directory = "\(folder)/log"
    _ = try SystemFile.makeDirectory(directory)
    try SystemFile.move(file, to: directory + "/data.mdb")
    var options = Environment.Options()
    options.access = .readOnly
    options.usesLockFile = false
    // A backup may lie where stores may not.
    options.allowsNetworkFileSystem = true
    options.addressSpace = max(SystemFile.byteCount(directory + "/data.mdb") ?? 0, 1 << 20)
    let environment = try Environment(directory: directory, options: options)
    let result = try body(environment)
    try environment.close()
    try SystemFile.move(directory + "/data.mdb", to: file)
    SystemFile.removeFolder(directory)
    return result
  }
}

extension SystemFile {
  /// Refuses a place where something is, or that cannot be given a folder from beside it.
  static func checkVacant(_ path: String, resolved: String) throws(StoreError) {
    guard exists(resolved) else { return }
    guard isDirectory(resolved), try isEmptyDirectory(resolved) else { throw StoreError.occupied(path: path) }
    guard !isMountPoint(resolved) else {
      throw StoreError.unsuitable(
        path: path, reason: "another disk begins there. Name a folder in it, as \(path)/backup")
    }
  }
}

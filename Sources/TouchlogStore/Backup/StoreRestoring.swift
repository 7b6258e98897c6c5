import LMDB
public import Touchlog

/// A store that was made from a backup.
public struct RestoredStore: Sendable {
  /// Which store it is: another than the one that was copied.
  public let id: StoreID
  /// Where its key is.
  public let keyPath: String
  /// The backup that it was made from.
  public let manifest: BackupManifest
  /// Whom it has erased again, as a list of erasures told it.
  public internal(set) var erased: [CustomerNumber] = []
  /// Where its own list of erasures is; nil where it was given none to go on with.
  public internal(set) var erasureListPath: String?
}

/// How far a restoring has come.
public enum RestoreProgress: Sendable {
  /// Bytes that are copied.
  case copying(done: Int, total: Int)
  /// Customers whose keys are wrapped anew.
  case wrapping(done: Int, total: Int)
  /// Events that are verified.
  case verifying(done: UInt64, total: UInt64)
}

extension Store {
  /// Makes a new store of a backup.
  ///
  /// The store has an id and a key of its own: data keys are wrapped anew, so the copied store's key opens nothing in
  /// it, and may be destroyed with that store. Events, positions and the Merkle root are those of the backup, and
  /// appending goes on where it ends. Before the store gets its name, each record and index is verified, and the root
  /// held against the backup's manifest; killed before, there is only `PATH.unfinished`, which opens under no key.
  ///
  /// - Parameters:
  ///   - backup: the backup's folder; nothing is written to it.
  ///   - path: where the store goes: nothing is there yet.
  ///   - formerKeyPath: where the key of the copied store is, given its id.
  ///   - keyPath: where the new key goes, given the store's id: outside the store, to a file that does not exist.
  ///   - progress: told how far it has come. What it throws ends the work, and passes through; what was made until then
  ///     is removed.
  /// - Throws: `StoreError`, e.g. `.backupDamaged`, `.keyWrong`, `.occupied`, `.diskFull`.
  public static func restore(
    _ backup: String, to path: String, options: Options = Options(),
    formerKeyPath: (StoreID) throws -> String, keyPath: (StoreID) throws -> String,
    progress: (RestoreProgress) throws -> Void = { _ in },
  ) throws -> RestoredStore {
    let restoring = try Restoring(
      backup, options: options, formerKeyPath: formerKeyPath, keyPath: keyPath)
    let folder = try restoring.make(at: path, progress: progress)
    try restoring.finish(folder)
    return restoring.restored
  }

  /// Makes a new store of a backup, as `restore(_:to:options:formerKeyPath:keyPath:progress:)` does, and erases in it
  /// whom a list of erasures names: those who were erased after the backup was made are not brought back.
  ///
  /// They are erased once the store is verified, and before it gets its name or its key, so the store has a few events
  /// more than the backup. It gets a list of erasures of its own beside its key: what the given one tells, from which
  /// store it descends, and whom it has erased.
  ///
  /// - Parameter erasures: the list of the store that was copied, or of one that descends from it.
  public static func restore(
    _ backup: String, to path: String, options: Options = Options(), erasures: ErasureList,
    formerKeyPath: (StoreID) throws -> String, keyPath: (StoreID) throws -> String,
    progress: (RestoreProgress) throws -> Void = { _ in },
  ) async throws -> RestoredStore {
    let restoring = try Restoring(
      backup, options: options, formerKeyPath: formerKeyPath, keyPath: keyPath)
    let folder = try restoring.make(at: path, progress: progress)
    var restored = restoring.restored
    let listPath = ErasureList.path(of: restored.id, besideKeyAt: restored.keyPath)
    do {
      restored.erased = try await restoring.erase(erasures, in: folder.path, lock: folder.lock, listPath: listPath)
      try restoring.finish(folder)
    } catch {
      // There is no store whose list it would be.
      SystemFile.remove(listPath)
      throw error
    }
    restored.erasureListPath = listPath
    return restored
  }
}

/// One restoring, from the files to the finished store.
private struct Restoring {
  let backup: String
  let manifest: BackupManifest
  let former: StoreKey
  let formerKeyPath: String
  let key: StoreKey
  let keyPath: String
  let options: Store.Options

  init(
    _ backup: String, options: Store.Options, formerKeyPath: (StoreID) throws -> String,
    keyPath: (StoreID) throws -> String,
  ) throws {
    self.backup = backup
    self.options = options
    manifest = try BackupManifest(of: backup)
    self.formerKeyPath = try formerKeyPath(manifest.store)
    former = try StoreKey(contentsOf: self.formerKeyPath)
    guard former.store == manifest.store else { throw StoreError.keyWrong(path: self.formerKeyPath) }
    key = StoreKey(for: StoreID())
    self.keyPath = try keyPath(key.store)
  }

  /// What is made.
  var restored: RestoredStore { RestoredStore(id: key.store, keyPath: keyPath, manifest: manifest) }

  /// Makes the store, verified, under another name, and without its key.
  func make(at path: String, progress: (RestoreProgress) throws -> Void) throws -> UnfinishedFolder {
    let resolved = SystemFile.resolved(path)
    guard !SystemFile.exists(resolved) else { throw StoreError.occupied(path: path) }
    guard !SystemFile.isInside(SystemFile.parent(of: resolved), folder: backup) else {
      throw StoreError.unsuitable(path: path, reason: "it lies in the backup")
    }
    try checkKeyPath(outside: resolved)
    let files = try [BackupManifest.vaultName, BackupManifest.logName].map { try checkedFile($0) }
    let total = files.reduce(0) { $0 + $1.bytes }
    try SystemFile.makeDirectories(SystemFile.parent(of: resolved))
    // For a while, the former vault and the new one are both there.
    let needed = total + files[0].bytes
    if let free = SystemFile.freeBytes(at: SystemFile.parent(of: resolved)), free < needed {
      throw StoreError.noRoom(path: path, needed: needed, free: free)
    }
    let folder = try UnfinishedFolder(for: resolved)
    var done = 0
    func copying(_ count: Int) throws {
      done += count
      try progress(.copying(done: done, total: total))
    }
    // The smaller first: a wrong key shows at once.
    try copy(files[0], toEnvironment: folder.path + "/former", progress: copying)
    try withFormerVault(folder.path + "/former") { vault in
      try copy(files[1], toEnvironment: folder.path + "/log", progress: copying)
      try renameLog(folder.path, next: vault.environment.read { try vault.nextNumber(in: $0) })
      try wrapVault(vault, in: folder.path, progress: progress)
    }
    SystemFile.removeEnvironments(["former"], in: folder.path, withFolder: false)
    try verify(folder.path, progress: progress)
    return folder
  }

  /// Erases in a store in the making whom a list names, and begins its own list.
  func erase(
    _ list: ErasureList, in folder: String, lock: WriterLock, listPath: String,
  ) async throws -> [CustomerNumber] {
    let key = key
    let store = try Store(
      opening: folder, key: { key }, keyPath: keyPath, access: .appending, options: options, heldLock: lock)
    let (numbers, descents) = try numbers(toEraseBy: list, in: store)
    try SystemFile.makeDirectories(SystemFile.parent(of: listPath))
    try ErasureListFile(listPath).append(
      ErasureList(lines: list.lines, descents: list.descents + descents.filter { !list.descents.contains($0) }))
    for start in stride(from: 0, to: numbers.count, by: Store.customersPerErasure) {
      let part = Array(numbers[start..<min(start + Store.customersPerErasure, numbers.count)])
      let erasure = try await store.erase(part, reason: Restoring.erasureReason)
      if let failure = erasure.listFailure { throw failure }
      if let failure = erasure.formerVaults.failure { throw failure }
    }
    try store.close()
    // Nobody but this process knows the folder, so nobody has kept the former vault.
    guard try VaultGeneration.all(in: folder).count == 1 else {
      throw StoreError.unsuitable(path: folder, reason: "a process reads the store in the making. End it")
    }
    return numbers
  }

  /// Whom to erase, and from which stores this one descends.
  private func numbers(
    toEraseBy list: ErasureList, in store: Store,
  ) throws -> ([CustomerNumber], [ErasureList.Descent]) {
    try store.log.read { transaction, vault, vaultTransaction in
      let next = try vault.nextNumber(in: vaultTransaction)
      let numbers = try list.numbers(toEraseIn: manifest.store, next: next).filter {
        // Nobody is behind the others: erased before the backup was made, or never there.
        try vault.reference(of: $0, in: vaultTransaction) != nil
      }
      return (numbers, try store.log.tables.ancestors(of: key.store, in: transaction))
    }
  }

  private static let erasureReason = "restored from a backup made before the erasure"

  /// Writes the key, and gives the store its name.
  func finish(_ folder: consuming UnfinishedFolder) throws {
    try key.write(to: keyPath)
    do {
      try folder.finish()
    } catch {
      // It has sealed nothing that is left.
      SystemFile.remove(keyPath)
      throw error
    }
  }

  private func checkKeyPath(outside store: String) throws {
    let folder = SystemFile.parent(of: SystemFile.resolved(keyPath))
    guard folder != store, !folder.hasPrefix(store + "/") else {
      throw StoreError.keyUnusable(
        path: keyPath, reason: "it would lie in the store that it opens, and go with every copy. Name another place")
    }
    // Told before the work and not after it.
    guard !SystemFile.exists(keyPath) else { throw StoreError.occupied(path: keyPath) }
  }

  private func damaged(_ what: String) -> StoreError { StoreError.backupDamaged(path: backup, what: what) }

  /// The files are as they were written, and yet not what a store's are.
  private func damagedBefore(_ what: String) -> StoreError {
    damaged("its store was so already when it was copied: \(what)")
  }

  /// A file of the manifest that has the length that it should have.
  private func checkedFile(_ name: String) throws -> BackupManifest.File {
    let file = try manifest.file(name, in: backup)
    guard let count = SystemFile.byteCount("\(backup)/\(name)") else { throw damaged("there is no \(name) in it") }
    guard count == file.bytes else {
      throw damaged("\(name) has \(count) bytes, and \(file.bytes) were written")
    }
    return file
  }

  /// Nothing is opened before its digest was seen to be right: LMDB trusts its pages.
  private func copy(
    _ file: BackupManifest.File, toEnvironment directory: String, progress: (Int) throws -> Void,
  ) throws {
    _ = try SystemFile.makeDirectory(directory)
    var copy = try NewFile(directory + "/data.mdb")
    try SystemFile.forEachPiece(of: "\(backup)/\(file.name)") { bytes in
      try copy.write(bytes)
      try progress(bytes.count)
    }
    guard try copy.finish() == file.sha256 else {
      throw damaged("\(file.name) does not have the digest that \(BackupManifest.name) tells")
    }
    try SystemFile.sync(directory: directory)
  }

  private func withFormerVault(_ directory: String, _ body: (Vault) throws -> Void) throws {
    let environment = try Environment(directory: directory, options: options.vault(.readOnly))
    try body(Vault(opening: environment, storeKey: former, keyPath: formerKeyPath))
    try environment.close()
  }

  /// Gives the log its new id. Done before there is a vault beside it: what lies there then is no store.
  ///
  /// - Parameter next: the number that the next new customer had.
  private func renameLog(_ folder: String, next: UInt32) throws {
    let environment = try Environment(directory: folder + "/log", options: options.log(.readWrite))
    let (tables, id) = try Store.checkFormat(of: environment, path: backup, options: options)
    guard id == manifest.store else { throw damaged("its log is of another store than \(BackupManifest.name) tells") }
    try environment.write { transaction in
      let ancestors =
        try tables.ancestors(of: id, in: transaction)
        + [ErasureList.Descent(restored: key.store, from: id, next: next)]
      try transaction.put(LogTables.encoded(ancestors), at: LogTables.MetaKey.ancestors, in: tables.meta)
      try transaction.put(key.store.bytes, at: LogTables.MetaKey.store, in: tables.meta)
      // Its vault is a first one again.
      _ = try transaction.delete(LogTables.MetaKey.vault, from: tables.meta)
    }
    try environment.close()
  }

  private func wrapVault(
    _ former: Vault, in folder: String, progress: (RestoreProgress) throws -> Void,
  ) throws {
    let environment = try Environment(directory: folder + "/vault", options: options.vault(creating: true))
    let vault = try Vault(creating: environment, storeKey: key, identifierKey: former.identifierKey)
    do {
      try vault.fill(from: former) { try progress(.wrapping(done: $0, total: $1)) }
    } catch StoreError.damaged(_, let what) {
      throw damagedBefore(what)
    }
    try environment.close()
  }

  private func verify(_ folder: String, progress: (RestoreProgress) throws -> Void) throws {
    let store = try Store(opening: folder, key: { key }, keyPath: keyPath, access: .reading, options: options)
    let verification = try store.verify { done, total in try progress(.verifying(done: done, total: total)) }
    try store.close()
    if let first = verification.damages.first {
      let count = verification.damages.count
      throw damagedBefore("\(first)\(count > 1 ? ", and \(count - 1) more" : "")")
    }
    guard verification.events == manifest.head.value, verification.root == manifest.root else {
      throw damaged("its \(verification.events) events do not have the root that \(BackupManifest.name) tells")
    }
  }
}

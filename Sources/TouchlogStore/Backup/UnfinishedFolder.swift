/// A folder in the making, under a name beside the one that it will have.
///
/// It gets its name when all in it is on disk. Killed at any point before, it leaves nothing there, but
/// `NAME.unfinished` beside it, which the next try clears away; one that fails removes it itself.
package struct UnfinishedFolder: ~Copyable {
  /// Where it is for now.
  package let path: String
  private let target: String
  private let files: [String]
  /// Kept from others who would make the same.
  let lock: WriterLock
  private var isFinished = false

  /// What a backup or a store in the making may hold, besides its lock.
  package static let files = [BackupManifest.logName, BackupManifest.vaultName, BackupManifest.name]
  private static let environments = ["log", "former"]
  private static let lockName = "writer.lock"

  /// Begins a folder.
  ///
  /// - Parameters:
  ///   - target: resolved; nothing or an empty folder is there, and its parent exists.
  ///   - files: the names of the files that may come to lie in it, beside environments.
  /// - Throws: `StoreError`, e.g. when another process is making the same.
  package init(for target: String, files: [String] = UnfinishedFolder.files) throws(StoreError) {
    let path = target + ".unfinished"
    let isNew = try SystemFile.makeDirectory(path)
    let lock: WriterLock
    do throws(StoreError) {
      lock = try WriterLock(store: path, holder: WriterLock.describeThisProcess())
    } catch {
      if case .heldByWriter = error { throw error }
      // A full disk may have room for the names alone.
      if isNew {
        SystemFile.remove("\(path)/\(UnfinishedFolder.lockName)")
        SystemFile.removeFolder(path)
      }
      throw error
    }
    UnfinishedFolder.clear(path, files)
    guard try SystemFile.names(in: path) == [UnfinishedFolder.lockName] else {
      throw StoreError.occupied(path: path)
    }
    self.path = path
    self.target = target
    self.files = files
    self.lock = lock
  }

  deinit {
    if isFinished { return }
    UnfinishedFolder.clear(path, files)
    SystemFile.remove("\(path)/\(UnfinishedFolder.lockName)")
    SystemFile.removeFolder(path)
  }

  private static func clear(_ path: String, _ files: [String]) {
    for name in files { SystemFile.remove("\(path)/\(name)") }
    // Where it cannot be looked at, it is not removed either.
    let vaults = (try? VaultGeneration.all(in: path)) ?? []
    SystemFile.removeEnvironments(environments + vaults.map(\.folder), in: path, withFolder: false)
  }

  /// Brings the names in the folder to disk, and gives it its own.
  package consuming func finish() throws(StoreError) {
    try SystemFile.sync(directory: path)
    try SystemFile.move(path, to: target)
    isFinished = true
    // Not before: whoever made the same meanwhile would have taken the folder over.
    SystemFile.remove("\(target)/\(UnfinishedFolder.lockName)")
    try SystemFile.sync(directory: SystemFile.parent(of: target))
  }
}

extension UnfinishedFolder {
  /// Holds the place for a folder against what must be so before anything is made there.
  ///
  /// - Parameters:
  ///   - target: an empty folder, or nothing; the folder above it is there.
  ///   - store: whose data goes there; the target must not lie in it.
  ///   - advice: what to choose instead of a place in the store, as a sentence.
  /// - Returns: the target's path without links.
  package static func checkedTarget(
    _ target: String, outside store: String, advice: String,
  ) throws(StoreError) -> String {
    let resolved = SystemFile.resolved(target)
    let parent = SystemFile.parent(of: resolved)
    // Not made: a disk that is not mounted would go unnoticed.
    guard SystemFile.isDirectory(parent) else {
      throw StoreError.unsuitable(path: target, reason: "there is no folder \(parent). Make it, or mount its disk")
    }
    guard !SystemFile.isInside(parent, folder: store), resolved != SystemFile.resolved(store) else {
      throw StoreError.unsuitable(path: target, reason: "it lies in the store. \(advice)")
    }
    try SystemFile.checkVacant(target, resolved: resolved)
    return resolved
  }
}

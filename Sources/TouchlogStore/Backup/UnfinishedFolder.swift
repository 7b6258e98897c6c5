/// A folder in the making, under a name beside the one that it will have.
///
/// It gets its name when all in it is on disk. Killed at any point before, it leaves nothing there, but
/// `NAME.unfinished` beside it, which the next try clears away; one that fails removes it itself.
struct UnfinishedFolder: ~Copyable {
  /// Where it is for now.
  let path: String
  private let target: String
  private let lock: WriterLock
  private var isFinished = false

  /// What a backup or a store in the making may hold, besides its lock.
  private static let files = [BackupManifest.logName, BackupManifest.vaultName, BackupManifest.name]
  private static let environments = ["log", "vault", "former"]
  private static let lockName = "writer.lock"

  /// - Parameter target: resolved; nothing or an empty folder is there, and its parent exists.
  /// - Throws: `StoreError`, e.g. when another process is making the same.
  init(for target: String) throws(StoreError) {
    let path = target + ".unfinished"
    _ = try SystemFile.makeDirectory(path)
    let lock = try WriterLock(store: path, holder: WriterLock.describeThisProcess())
    UnfinishedFolder.clear(path)
    guard try SystemFile.names(in: path) == [UnfinishedFolder.lockName] else {
      throw StoreError.occupied(path: path)
    }
    self.path = path
    self.target = target
    self.lock = lock
  }

  deinit {
    if isFinished { return }
    UnfinishedFolder.clear(path)
    SystemFile.remove("\(path)/\(UnfinishedFolder.lockName)")
    SystemFile.removeFolder(path)
  }

  private static func clear(_ path: String) {
    for name in files { SystemFile.remove("\(path)/\(name)") }
    SystemFile.removeEnvironments(environments, in: path, withFolder: false)
  }

  /// Brings the names in the folder to disk, and gives it its own.
  consuming func finish() throws(StoreError) {
    try SystemFile.sync(directory: path)
    try SystemFile.move(path, to: target)
    isFinished = true
    // Not before: whoever made the same meanwhile would have taken the folder over.
    SystemFile.remove("\(target)/\(UnfinishedFolder.lockName)")
    try SystemFile.sync(directory: SystemFile.parent(of: target))
  }
}

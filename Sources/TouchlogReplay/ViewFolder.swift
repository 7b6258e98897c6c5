import LMDB
import Synchronization
import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Where the views of a store lie.
///
/// ```
/// views/
///   churn-risk-v1/            the view that reports read
///   churn-risk-v1.building/   the one that is being built beside it, with the boot in which it was begun
///   churn-risk-v1.old/        the one before, where it was to be kept
///   churn-risk-v1.lock        held by whoever writes it
/// ```
struct ViewFolder: Sendable {
  let path: String
  let store: String
  let addressSpace: Int
  private let opened = OpenedViews()

  init(path: String, store: String, addressSpace: Int) {
    self.path = path
    self.store = store
    self.addressSpace = addressSpace
  }

  func live(_ shape: ViewShape) -> String { "\(path)/\(shape.folder)" }
  func building(_ shape: ViewShape) -> String { live(shape) + ".building" }
  func old(_ shape: ViewShape) -> String { live(shape) + ".old" }

  /// Opens the view that reports read; nil where there is none yet.
  ///
  /// A process may open an environment once, so whoever asks meanwhile shares it.
  func openLive(_ shape: ViewShape) throws -> ViewFile? {
    let path = live(shape)
    return try opened.view(at: path) {
      while let identity = FileSystem.identity(path), FileSystem.exists(path + "/data.mdb") {
        let access: Environment.Access = FileSystem.isWritable(path + "/data.mdb") ? .readWrite : .readOnly
        do {
          let file = try open(path, shape, access: access, durability: .synced)
          // Another process may have put a new view here meanwhile: then its file was opened with the locks of the one
          // before.
          if FileSystem.identity(path) == identity { return file }
          try file.close()
        } catch let error as ReplayError {
          guard FileSystem.identity(path) != identity else { throw error }
        }
      }
      return nil
    }
  }

  /// Opens the view that is being built, from where it was left; a new one, where what is there is of no use.
  ///
  /// - Parameter head: where the log ends. What has folded more is of a log that was set back since.
  func openBuilding(_ shape: ViewShape, head: UInt64) throws -> ViewFile {
    let path = building(shape)
    if FileSystem.exists(path) {
      // What was written without syncing is whole in this boot, whoever was killed, and anything after another.
      let isOfThisBoot = FileSystem.text(of: path + "/boot") == FileSystem.boot
      if isOfThisBoot, let file = try usable(path, shape, head: head) { return file }
      try FileSystem.removeFolder(path)
    }
    try FileSystem.makeFolder(self.path)
    try FileSystem.makeFolder(path)
    // Before the view, on disk as well: without it, `settle` takes the view for one that is whole.
    try FileSystem.write(FileSystem.boot, to: path + "/boot")
    try FileSystem.syncFolder(path)
    return try open(path, shape, access: .readWrite, durability: .unsynced, makes: true)
  }

  private func usable(_ path: String, _ shape: ViewShape, head: UInt64) throws -> ViewFile? {
    do {
      let file = try open(path, shape, access: .readWrite, durability: .unsynced, makes: true)
      let state = try file.state()
      if !state.isLoading, state.checkpoint <= head { return file }
      try file.close()
    } catch let error as ReplayError {
      // Another version's, or torn: made anew.
      guard error.isOfTheFile else { throw error }
    }
    return nil
  }

  private func open(
    _ path: String, _ shape: ViewShape, access: Environment.Access, durability: Environment.Durability,
    makes: Bool = false,
  ) throws -> ViewFile {
    try ViewFile(
      at: path, shape: shape, store: store, access: access, durability: durability, addressSpace: addressSpace,
      makes: makes)
  }

  /// Puts the built view in the place of the live one, which becomes the old one.
  ///
  /// The two renames are not one step: `settle` ends what a killed process has begun.
  func flip(_ shape: ViewShape, keepingOld: Bool) throws {
    try FileSystem.removeFolder(old(shape))
    FileSystem.remove(building(shape) + "/boot")
    // Whoever reads the view before goes on reading it; whoever opens it from now on gets the new one.
    opened.forget(live(shape))
    if FileSystem.exists(live(shape)) { try FileSystem.rename(live(shape), to: old(shape)) }
    try FileSystem.rename(building(shape), to: live(shape))
    try FileSystem.syncFolder(path)
    if !keepingOld { try FileSystem.removeFolder(old(shape)) }
  }

  /// Ends a flip between whose renames a process was killed: a built view without a boot is whole and synced.
  func settle(_ shape: ViewShape) throws {
    let isWhole = FileSystem.exists(building(shape) + "/data.mdb") && !FileSystem.exists(building(shape) + "/boot")
    guard isWhole, !FileSystem.exists(live(shape)) else { return }
    try FileSystem.rename(building(shape), to: live(shape))
    try FileSystem.syncFolder(path)
  }

  /// Keeps others from writing a view, until it goes away.
  func lock(_ shape: ViewShape) throws -> ViewLock {
    try FileSystem.makeFolder(path)
    return try ViewLock(path: live(shape) + ".lock", projection: shape.name)
  }
}

/// The views that this process has open, as long as somebody uses them.
private final class OpenedViews: Sendable {
  private let views = Mutex<[String: WeakView]>([:])

  private struct WeakView {
    weak var file: ViewFile?
  }

  func view(at path: String, open: () throws -> ViewFile?) throws -> ViewFile? {
    try views.withLock { views in
      if let file = views[path]?.file { return file }
      let file = try open()
      views[path] = WeakView(file: file)
      return file
    }
  }

  func forget(_ path: String) {
    views.withLock { $0[path] = nil }
  }
}

/// Lets one process at a time write a view: an advisory lock on a file that tells who holds it. The system takes it back
/// when the process ends, however it ends.
final class ViewLock: Sendable {
  private let file: Int32

  init(path: String, projection: String) throws {
    file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard file >= 0 else { throw FileSystem.failure("opening", path) }
    guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
      let holder = FileSystem.text(of: path)
      close(file)
      throw ReplayError.viewBusy(projection: projection, holder: holder ?? "another process")
    }
    let name = "process \(getpid())"
    _ = ftruncate(file, 0)
    // For the message alone: that it cannot be written keeps nobody from anything.
    _ = name.utf8CString.withUnsafeBytes { pwrite(file, $0.baseAddress, $0.count - 1, 0) }
  }

  deinit {
    _ = ftruncate(file, 0)
    flock(file, LOCK_UN)
    close(file)
  }
}

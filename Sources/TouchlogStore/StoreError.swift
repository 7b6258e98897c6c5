public import LMDB

/// Why a store cannot be made, opened, read or checked; each says what to do.
public enum StoreError: Error, Sendable {
  /// There is no store at that path.
  case missing(path: String)
  /// There is something at the path already.
  case occupied(path: String)
  /// What lies at the path is no store, or only parts of one.
  case notAStore(path: String, reason: String)
  /// A later version of Touchlog has written it.
  case newerFormat(path: String, found: UInt32, supported: UInt32)
  /// Another process, or another `Store` of this one, appends to it.
  case heldByWriter(path: String, holder: String)
  /// Appending asks for a store that was opened for it.
  case readOnly(path: String)
  /// No key at that path.
  case keyMissing(path: String)
  /// The key's file is not what a key's file should be.
  case keyUnusable(path: String, reason: String)
  /// The key belongs to another store.
  case keyWrong(path: String)
  /// A record or an index is not what was written.
  case damaged(position: UInt64?, what: String)
  /// A call to the system failed.
  case system(operation: String, path: String, code: Int32)
  /// The environment failed.
  case storage(LMDBError)
  /// There is no room left for a file.
  case diskFull(path: String)
  /// The disk has less room than is needed, in bytes.
  case noRoom(path: String, needed: Int, free: Int)
  /// Nothing can be made at that path.
  case unsuitable(path: String, reason: String)
  /// What lies at the path is no backup.
  case notABackup(path: String, reason: String)
  /// A backup is not what was written.
  case backupDamaged(path: String, what: String)
  /// A line of the list of erasures, counted from 1, is not what was written.
  case erasureListDamaged(path: String, line: Int)
  /// A number has reached the most that the format can write.
  case exhausted(what: String)
}

extension StoreError: CustomStringConvertible {
  public var description: String {
    switch self {
    case .missing(let path):
      "there is no store at \(path). Make one with: touchlog init \(path)"
    case .occupied(let path):
      "\(path) exists already. Choose a path where nothing is"
    case .notAStore(let path, let reason):
      "\(path) is not a store: \(reason)"
    case .newerFormat(let path, let found, let supported):
      """
      \(path) has format \(found), and this version of Touchlog reads up to \(supported). \
      Use the version that wrote it, or a later one
      """
    case .heldByWriter(let path, let holder):
      "\(path) is being written by \(holder). One process writes at a time: stop that one, or wait for its end"
    case .readOnly(let path):
      "\(path) was opened for reading"
    case .keyMissing(let path):
      """
      the store's key is not at \(path). Bring it back from where you keep it safe, or name its place \
      with --key or TOUCHLOG_KEY. Without it, what is sealed stays sealed
      """
    case .keyUnusable(let path, let reason):
      "\(path) is no usable store key: \(reason)"
    case .keyWrong(let path):
      "the key at \(path) belongs to another store. Name the right one with --key or TOUCHLOG_KEY"
    case .damaged(let position, let what):
      "damaged" + (position.map { " at position \($0)" } ?? "")
        + ": \(what). See the extent of it with: touchlog verify"
    case .system(let operation, let path, let code):
      "\(operation) \(path): \(systemMessage(code))\(systemAdvice(code))"
    case .storage(let error):
      "\(error)"
    case .diskFull(let path):
      "writing \(path): the disk is full. Make room, or choose another disk; what was written of it is removed"
    case .noRoom(let path, let needed, let free):
      "there is no room for \(path): \(needed >> 20) MiB are needed, and the disk has \(free >> 20) MiB. Choose another disk"
    case .unsuitable(let path, let reason):
      "\(path) is no place for it: \(reason)"
    case .notABackup(let path, let reason):
      "\(path) is not a backup: \(reason)"
    case .backupDamaged(let path, let what):
      "the backup \(path) is damaged: \(what). Use another one"
    case .erasureListDamaged(let path, let line):
      """
      line \(line) of the list of erasures \(path) is not what was written. Bring back a copy of it. Where there is none, \
      move the list away: a store that is opened for appending writes its own lines anew
      """
    case .exhausted(let what):
      "the store has no number left for another \(what): 4,294,967,295 is the most. Begin a new store"
    }
  }
}

extension StoreError {
  /// What verification says of it: damage without the advice to verify.
  var finding: String {
    if case .damaged(_, let what) = self { return what }
    return description
  }
}

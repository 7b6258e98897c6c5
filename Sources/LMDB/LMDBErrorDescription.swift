internal import CLMDB

#if canImport(Glibc)
  internal import Glibc
#elseif canImport(Musl)
  internal import Musl
#else
  internal import Darwin
#endif

extension LMDBError: CustomStringConvertible {
  /// One paragraph: what could not be done and where, the likely cause, and the way out.
  public var description: String {
    let place = table.map { name in " \"\(name)\" in \(path)" } ?? " in \(path)"
    let subject =
      switch operation {
      case .openTable, .clear: place
      default: table.map { name in " (table \"\(name)\", \(path))" } ?? " (\(path))"
      }
    return "could not \(operation.rawValue)\(subject): \(cause)"
  }

  private var cause: String {
    switch code {
    case .system(let number): systemCause(number)
    case .keyExists where operation == .append:
      "the key sorts before the table's last key, or is equal to it. Append keys in rising order, or use put."
    case .mapFull, .readersFull, .mapResized, .transactionFull, .tablesFull: limitCause
    case .corrupted, .pageNotFound, .versionMismatch, .invalid, .panic: damageCause
    default: useCause
    }
  }

  private var limitCause: String {
    switch code {
    case .mapFull:
      "the environment has reached its reserved size (MDB_MAP_FULL). Open it with a larger Options.addressSpace; if it "
        + "holds little, a reader that never ends keeps old pages alive: see readers()."
    case .readersFull:
      "all reader slots are taken (MDB_READERS_FULL). Call clearStaleReaders() if processes have crashed, end read "
        + "transactions sooner, or raise Options.maximumReaders where the first process opens the environment."
    case .mapResized:
      "another process has grown the environment beyond the size reserved here (MDB_MAP_RESIZED). Close it, and open "
        + "it with an Options.addressSpace as large as that of the writer."
    case .transactionFull:
      "the transaction has changed too many pages (MDB_TXN_FULL). Split it into smaller ones."
    default:
      "as many tables are open as Options.maximumTables allows (MDB_DBS_FULL). Raise it."
    }
  }

  private var damageCause: String {
    switch code {
    case .corrupted, .pageNotFound:
      "a page is missing or is not what it should be (\(code == .corrupted ? "MDB_CORRUPTED" : "MDB_PAGE_NOTFOUND")). "
        + "Likely causes are a failing disk, a crash under Durability.unsynced, a network file system, or a file that "
        + "was written to by something else. Restore a backup; keep the damaged file for inspection."
    case .versionMismatch:
      "the files are of another LMDB version, or another process uses one (MDB_VERSION_MISMATCH). Use the same version "
        + "of liblmdb in all processes."
    case .invalid:
      "data.mdb is not an LMDB file, or its head is damaged (MDB_INVALID). Check the directory, or restore a backup."
    default:
      "an earlier write failed in a way that leaves the environment in doubt (MDB_PANIC). Close it, look after the "
        + "disk, and open it anew: what was committed before is there."
    }
  }

  private var useCause: String {
    switch code {
    case .badTransaction:
      "an earlier operation in this transaction failed, so it can only be aborted (MDB_BAD_TXN). Let the first error "
        + "pass out of the transaction, and begin anew."
    case .keyExists: "the key exists (MDB_KEYEXIST)."
    case .notFound: "there is no such entry (MDB_NOTFOUND)."
    case .badValueSize:
      "the key is empty or longer than 511 bytes, or the value is larger than 4 GiB (MDB_BAD_VALSIZE)."
    case .badTable:
      "this transaction does not know the table (MDB_BAD_DBI): it began before the table was opened, or the "
        + "transaction that created the table aborted. Open tables before the transactions that use them."
    case .badReaderSlot:
      "the reader's slot was taken away (MDB_BAD_RSLOT): the lock file was removed or cleared while in use."
    case .incompatible where operation == .copy:
      "its pages do not add up (MDB_INCOMPATIBLE): the file is damaged, or an LMDB of old has lost some of them. Check "
        + "it, or copy without compacting."
    case .incompatible: "the operation does not fit the table, or its flags have changed (MDB_INCOMPATIBLE)."
    case .tableMissing: "there is no table of that name. Check it, or use createTable(named:keys:)."
    case .keysMismatch(let found): "its keys are .\(found.name). Open it with these."
    case .environmentMissing:
      "there is no environment: a readable directory with a file data.mdb was expected. Check the path, or open it "
        + "with Access.readWrite, and createDirectory where needed, to make one."
    case .alreadyOpen:
      "this process has it open already, and opening it twice would break its locks. Share the one Environment, or "
        + "close it first."
    case .usedAfterFork:
      "it was opened before this process was forked, and belongs to the parent. Open it in the child instead."
    case .networkFileSystem(let name):
      "it is on \(name), where LMDB's locks and memory map are not reliable. Use a local disk, or set "
        + "Options.allowsNetworkFileSystem if only one machine ever opens it and you accept the risk."
    case .closed: "it was closed. Open it anew."
    case .transactionsOpen(let count): "\(count) transactions or calls still use it. End them first."
    case .readOnly: "it was opened with Access.readOnly. Open it with Access.readWrite."
    case .targetNotEmpty: "the target directory is not empty. Name one that is empty or absent."
    case .other(let number): "LMDB answered \(number), \(String(cString: mdb_strerror(number)))."
    default: "the reason is not known."
    }
  }

  private func systemCause(_ number: Int32) -> String {
    let text = String(cString: strerror(number))
    guard let advice = systemAdvice(number) else { return "\(text) (errno \(number))." }
    return "\(text) (errno \(number)): \(advice)"
  }

  private func systemAdvice(_ number: Int32) -> String? {
    switch number {
    case ENOMEM where operation == .open:
      "the system refused to reserve the address space. Lower Options.addressSpace, or raise the limit (ulimit -v, "
        + "vm.overcommit_memory)."
    case ENOMEM: "there is no memory left. Use smaller transactions."
    case ENOSPC where operation == .open: "the disk is full. Make room and try again."
    case ENOSPC: "the disk is full. Nothing of the transaction was stored; make room and try again."
    case EDQUOT: "the disk quota is used up. Nothing of the transaction was stored; make room and try again."
    case EIO:
      // LMDB answers this also where the system took a part of a write only, as on some full disks.
      "the disk failed, or is full. Do not rely on anything written since the last commit; check the disk, then open "
        + "it anew."
    case EACCES, EPERM:
      "permission is missing. The directory and its files must be readable, and lock.mdb writable even for readers."
    case EROFS: "the file system is read-only. Open it with Access.readOnly, or remount it."
    case ENOENT: "the directory does not exist. Check the path, or set Options.createDirectory (its parent must exist)."
    case ENOTDIR: "a part of the path is not a directory."
    case EAGAIN, EBUSY: "another process holds a lock on it. Try again when that one has finished."
    case EMFILE, ENFILE: "too many files are open. Raise the limit (ulimit -n)."
    default: nil
    }
  }
}

extension Table.Keys {
  var name: String {
    switch self {
    case .bytes: "bytes"
    case .uint64: "uint64"
    case .uint32: "uint32"
    }
  }
}

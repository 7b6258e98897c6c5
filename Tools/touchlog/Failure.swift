import LMDB
import Simulation
import Touchlog
import TouchlogAccess
import TouchlogAdapters
import TouchlogProof
import TouchlogReplay
import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Why the command ends without having done what was asked, as a line for people.
struct Failure: Error {
  /// One line: what was expected, what came, what to do. Without `touchlog:` and without a full stop at the end.
  let message: String
  let status: ExitStatus
  /// Whether one event is to blame, so that the others could go on without it.
  let isAboutAnEvent: Bool

  init(_ message: String, _ status: ExitStatus, isAboutAnEvent: Bool = false) {
    self.message = message
    self.status = status
    self.isAboutAnEvent = isAboutAnEvent
  }

  /// Any error of the libraries, in the words of the command line.
  init(explaining error: any Error) {
    switch error {
    case let failure as Failure: self = failure
    case let error as StoreError: self.init(error)
    case let error as LMDBError: self.init(Failure.words(for: error), .impossible)
    case let error as ReplayError: self.init(error)
    case let error as AppendError: self.init(error)
    case let error as ErasureError: self.init("\(error)", .found)
    case let error as ProofError: self.init(error)
    case let error as AccessError: self.init(error)
    case let error as AdapterError: self.init(error)
    case let error as EventError: self.init("\(error)", .found)
    case let error as Simulator.OptionsError: self.init("\(error)", .usage)
    case let error as any CustomStringConvertible: self.init("\(error)", .impossible)
    default: self.init("something failed that has no words: \(error)", .impossible)
    }
  }

  /// A system call that failed, with the system's reason.
  init(system operation: String, path: String, code: Int32 = errno) {
    self.init("\(operation) \(path): \(String(cString: strerror(code)))", .impossible)
  }

  private init(_ error: StoreError) {
    switch error {
    case .storage(let error): self.init(Failure.words(for: error), .impossible)
    case .damaged, .backupDamaged, .erasureListDamaged: self.init("\(error)", .found)
    case .missing, .occupied, .notAStore, .newerFormat, .heldByWriter, .readOnly, .keyMissing, .keyUnusable, .keyWrong,
      .system, .diskFull, .noRoom, .unsuitable, .notABackup, .exhausted:
      self.init("\(error)", .impossible)
    }
  }

  private init(_ error: ReplayError) {
    switch error {
    case .storage(let path, let error) where [.system(EIO), .system(ENOSPC), .system(EDQUOT)].contains(error.code):
      self.init(
        "writing \(path): the disk is full, or it failed. Make room, or look after it, and run the same again: it goes "
          + "on where it was", .impossible)
    case .storage(_, let error): self.init(Failure.words(for: error), .impossible)
    case .unknownProjection: self.init("\(error)", .usage)
    case .viewDamaged, .viewAhead: self.init("\(error)", .found)
    case .viewBusy, .foreignView, .system, .unknownTable: self.init("\(error)", .impossible)
    }
  }

  private init(_ error: ProofError) {
    switch error {
    case .keyMissing: self.init("\(error) with: touchlog checkpoint --new-key", .impossible)
    case .keyUnusable: self.init("\(error)", .impossible)
    case .malformedKey, .unusableName: self.init("\(error)", .usage)
    case .malformedNote, .malformedCheckpoint, .unsigned, .forged, .unproven: self.init("\(error)", .found)
    }
  }

  private init(_ error: AccessError) {
    switch error {
    case .tokensDamaged, .recordDamaged, .noSuchToken: self.init("\(error)", .found)
    case .unusableName, .unusableSource, .expiresBeforeItBegins: self.init("\(error)", .usage)
    case .exposed, .newerFormat, .tooManyTokens, .recordFailed, .noThread: self.init("\(error)", .impossible)
    }
  }

  private init(_ error: AppendError) {
    switch error {
    case .failed(let cause) where cause.contains("MDB_MAP_FULL"):
      // The writer hands its cause on as text.
      self.init(Failure.fullWords, .impossible)
    case .failed, .closed: self.init("\(error)", .impossible)
    case .invalid, .conflict, .conflictWithinRequest, .unexpectedVersion, .severalCustomers, .partlyStored,
      .tooManyEvents:
      self.init("\(error)", .found)
    }
  }

  private init(_ error: AdapterError) {
    switch error.cause {
    case .reading: self.init("\(error)", .impossible)
    case .event, .json, .cell: self.init("\(error)", .found, isAboutAnEvent: true)
    case .text: self.init("\(error)", .found)
    }
  }

  private static let fullWords =
    "the store has reached the size that was reserved for it. Give it more, e.g. with --address-space 2T"

  /// The environment's errors name its options; here they have the command's names.
  private static func words(for error: LMDBError) -> String {
    let advice: String? =
      switch error.code {
      case .mapFull: fullWords
      case .mapResized:
        "another process has opened it with more address space. Give as much here with --address-space"
      case .system(ENOMEM) where error.operation == .open:
        """
        the system refused to reserve the address space. Reserve less, e.g. with --address-space 64G, or raise the \
        limit (ulimit -v)
        """
      case .networkFileSystem(let name):
        "it is on \(name), where locks and memory maps are not reliable. Put the store on a local disk"
      case .readersFull:
        "too many processes are reading it. Wait until one has ended"
      default: nil
      }
    if let advice { return "\(error.path): \(advice)" }
    let text = "\(error)"
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }
}

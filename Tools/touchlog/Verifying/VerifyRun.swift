import Touchlog
import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Has a store checked by another process, and by one more for each page at which one of them ends.
struct VerifyRun {
  /// The arguments that name the store.
  let arguments: [String]
  /// How long a process may say nothing.
  let patience: Duration
  /// Called with each damage once.
  let found: (Verification.Damage) throws -> Void
  /// Called with how many events are checked, and how many there are.
  let progress: (UInt64, UInt64) -> Void

  private var unreadable: [UnreadablePage] = []
  private var told: Set<Verification.Damage> = []
  private(set) var damages: [Verification.Damage] = []
  private var reached: (done: UInt64, total: UInt64)?

  /// A disk with more such pages than these is not worth checking any further.
  private static let tries = 16

  init(
    arguments: [String], patience: Duration, found: @escaping (Verification.Damage) throws -> Void,
    progress: @escaping (UInt64, UInt64) -> Void,
  ) {
    self.arguments = arguments
    self.patience = patience
    self.found = found
    self.progress = progress
  }

  /// How one process has ended.
  private enum Ending {
    case result(events: UInt64, root: String)
    /// By a signal; the page that it was reading, where it could still say so.
    case signal(Int32, at: UnreadablePage?)
    case hanging(at: UnreadablePage?)
  }

  /// Checks the store.
  ///
  /// - Throws: `Failure`, when there is nothing to check; `Interruption`.
  mutating func run() throws -> Verification {
    for _ in 0..<VerifyRun.tries {
      switch try walk() {
      case .result(let events, let root):
        return Verification(events: events, damages: damages, root: root)
      case .signal(let number, let page):
        try leaveOut(page, because: "it ended with \(String(cString: strsignal(number)))")
      case .hanging(let page):
        try leaveOut(page, because: "it made no progress for \(patience.short)")
      }
    }
    throw Failure(
      """
      \(VerifyRun.tries) pages could not be read, and the check was given up. Look after the disk, keep the store as it \
      is for inspection, and restore a backup
      """, .found)
  }

  private mutating func leaveOut(_ page: UnreadablePage?, because reason: String) throws {
    let place = reached.map { " after \($0.done.grouped) of \($0.total.counted("event"))" } ?? ""
    guard let page, !unreadable.contains(page) else {
      throw Failure("the check came to no end\(place): \(reason). Run it again, with more memory and time", .impossible)
    }
    unreadable.append(page)
    try tell(
      Verification.Damage(
        position: nil, through: nil, table: page.part.rawValue,
        what: "the check stopped at page \(page.page)\(place): \(reason). It goes on without that page"))
  }

  private mutating func tell(_ damage: Verification.Damage) throws {
    guard told.insert(damage).inserted else { return }
    damages.append(damage)
    try found(damage)
  }

  private mutating func walk() throws -> Ending {
    let pages = unreadable.flatMap { ["--unreadable", "\($0.part):\($0.page)"] }
    var process = try WalkProcess(arguments: ["verify-walk"] + arguments + pages)
    var result: Ending?
    var failure: Failure?
    var page: UnreadablePage?
    var isHanging = false
    reading: while true {
      // A process that was told to end has a moment for its last words.
      let patience = isHanging ? Duration.seconds(2) : patience
      switch try process.next(within: Int32(clamping: patience.components.seconds * 1000)) {
      case .line(.progress(let done, let total)):
        reached = (done, total)
        progress(done, total)
      case .line(.damage(let damage)): try tell(damage)
      case .line(.result(let events, let root)): result = .result(events: events, root: root)
      case .line(.failure(let words)): failure = words
      case .line(.stopped(let at)): page = at
      case .silence where isHanging: process.signal(SIGKILL)
      case .silence:
        isHanging = true
        process.signal(SIGABRT)
      case .end: break reading
      }
    }
    let signal = process.wait()
    if let failure { throw failure }
    if let result { return result }
    if isHanging { return .hanging(at: page) }
    if let signal { return .signal(signal, at: page) }
    throw Failure("the process that checks the store ended without a result. Run it again", .impossible)
  }
}

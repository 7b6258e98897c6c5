import ArgumentParser
import Touchlog
import TouchlogStore

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Checks a store for `verify`, in a process of its own: a page that the disk cannot read ends this one, and not that.
struct WalkCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "verify-walk", abstract: "Check a store, and tell it line by line, for `verify`.",
    shouldDisplay: false)

  @OptionGroup var store: StoreOptions

  @Option(help: ArgumentHelp("A page to leave out.", valueName: "log:N|vault:N"))
  var unreadable: [String] = []

  @Option(help: "How many threads look for damage.")
  var jobs: Int?

  /// How often it is told how far the check has come.
  private static let interval = Duration.milliseconds(50)

  func run() throws {
    LastWords.watch()
    do {
      try walk()
    } catch let error as BrokenPipe {
      throw error
    } catch {
      // For the other process to tell.
      let failure = WalkCommand.failure(error)
      try WalkCommand.tell(.failure(failure))
      failure.status.exit()
    }
  }

  /// Damage that leaves nothing to be checked, without the advice to run this very command.
  private static func failure(_ error: any Error) -> Failure {
    guard case StoreError.damaged(_, let what) = error else { return Failure(explaining: error) }
    return Failure("\(what). Keep the store as it is for inspection, and restore a backup", .found)
  }

  private func walk() throws {
    let pages = try unreadable.map { try WalkCommand.page($0) }
    var next = ContinuousClock.now
    let verification = try Store.verify(
      at: try store.path(), options: store.opening.storeOptions, unreadable: Set(pages),
      jobs: jobs,
      keyPath: { id in try store.opening.keyPath(for: { () throws(StoreError) in id }) },
      progress: { done, total in
        guard ContinuousClock.now >= next else { return }
        next = .now + WalkCommand.interval
        try WalkCommand.tell(.progress(done: done, total: total))
      },
      found: { try WalkCommand.tell(.damage($0)) })
    try WalkCommand.tell(.result(events: verification.events, root: verification.root))
  }

  private static func page(_ text: String) throws -> UnreadablePage {
    let words = text.split(separator: ":")
    guard words.count == 2, let part = StorePart(rawValue: String(words[0])), let page = UInt64(words[1]) else {
      throw Failure("--unreadable: expected log:N or vault:N, found \(text)", .usage)
    }
    return UnreadablePage(part: part, page: page)
  }

  /// At once, so that nothing is lost when the next page ends the process.
  private static func tell(_ line: WalkLine) throws {
    try (line.bytes + [UInt8(ascii: "\n")]).withUnsafeBytes { try Output.writeThrough($0) }
  }
}

/// What a process says when a signal ends it: the page that it was reading.
enum LastWords {
  static func watch() {
    // Asked for here first, so that nothing is left to be made when a signal comes.
    _ = UnreadablePage.lastTouched
    for number in [SIGBUS, SIGSEGV, SIGABRT, SIGILL, SIGTRAP, SIGFPE] {
      signal(number) { number in
        // Nothing but what signal-safety(7) allows: atomics, `write`, `signal`, `raise`.
        let last = UnreadablePage.lastTouched
        LastWords.write(last.part == .log ? "\n{\"part\":\"log\",\"page\":" : "\n{\"part\":\"vault\",\"page\":")
        LastWords.write(last.page)
        LastWords.write("}\n")
        signal(number, SIG_DFL)
        raise(number)
      }
    }
  }

  private static func write(_ text: StaticString) {
    #if canImport(Glibc)
      _ = Glibc.write(standardOutput, text.utf8Start, text.utf8CodeUnitCount)
    #elseif canImport(Musl)
      _ = Musl.write(standardOutput, text.utf8Start, text.utf8CodeUnitCount)
    #else
      _ = Darwin.write(standardOutput, text.utf8Start, text.utf8CodeUnitCount)
    #endif
  }

  /// Digit by digit, the highest first, without memory.
  private static func write(_ number: UInt64) {
    var divisor: UInt64 = 1
    while number / divisor >= 10 { divisor *= 10 }
    while divisor > 0 {
      switch number / divisor % 10 {
      case 0: write("0")
      case 1: write("1")
      case 2: write("2")
      case 3: write("3")
      case 4: write("4")
      case 5: write("5")
      case 6: write("6")
      case 7: write("7")
      case 8: write("8")
      default: write("9")
      }
      divisor /= 10
    }
  }
}

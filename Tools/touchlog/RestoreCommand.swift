import ArgumentParser
import JSON
import Touchlog
import TouchlogStore

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a new store of a backup, verified.",
    discussion: """
      The store gets an id and a key of its own, beside which the former key opens nothing in it. Events, positions and \
      the root are those of the backup, and appending goes on where it ends. The key of the store that was copied is \
      needed once, to wrap all customers' keys anew.

      Each record and index is verified, and the root held against the backup's, before the store gets its name. A \
      backup that is not as it was written is refused with 1, and leaves nothing behind. The backup stays as it is.

      Examples:
        touchlog restore /mnt/backups/2025-03-01 --store ./restored
        touchlog restore ./copy --store ./restored --from-key ./safe/store.key
      """)

  @Argument(help: ArgumentHelp("The backup.", valueName: "folder"), completion: .directory)
  var backup: String

  @Option(
    help: ArgumentHelp("The store to make. Default: $TOUCHLOG_STORE.", valueName: "folder"), completion: .directory)
  var store: String?

  @Option(
    help: ArgumentHelp(
      "Where the new store's key goes. Default: STORE-ID.key in ~/.config/touchlog/keys.", valueName: "file"),
    completion: .file())
  var key: String?

  @Option(
    help: ArgumentHelp(
      "The key of the store that was copied. Default: $TOUCHLOG_KEY, else its place in ~/.config/touchlog/keys.",
      valueName: "file"), completion: .file())
  var fromKey: String?

  @OptionGroup var space: AddressSpace

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    guard let path = store ?? Variables["TOUCHLOG_STORE"] else {
      throw Failure("where to? Name the new store with --store, or set TOUCHLOG_STORE", .usage)
    }
    Interruption.watch()
    var display = RestoreDisplay(isQuiet: quiet)
    let restored: RestoredStore
    do {
      restored = try Store.restore(
        backup, to: path, options: space.storeOptions,
        formerKeyPath: { try self.formerKeyPath(for: $0) }, keyPath: { try self.keyPath(for: $0) },
        progress: { progress in
          try Interruption.check()
          display.update(progress)
        })
    } catch {
      display.clear()
      throw RestoreCommand.explain(error, path)
    }
    display.clear()
    var output = Output()
    if json {
      try output.write(RestoreCommand.json(restored, path) + [UInt8(ascii: "\n")])
    } else {
      let events = restored.manifest.head.value.counted("event")
      try output.writeLine("\(events) restored to \(path), all as written, \(display.elapsed.short)")
      try output.writeLine("root \(restored.manifest.root)")
      try output.writeLine("its key is \(restored.keyPath): keep a copy of it in a safe place")
    }
    try output.flush()
  }

  private func formerKeyPath(for id: StoreID) throws -> String {
    if let path = fromKey ?? Variables["TOUCHLOG_KEY"] { return path }
    return OpeningOptions.defaultKeyPath(for: id, in: try OpeningOptions.keysFolder())
  }

  /// Not TOUCHLOG_KEY's, which is there already.
  private func keyPath(for id: StoreID) throws -> String {
    try key ?? OpeningOptions.defaultKeyPath(for: id, in: OpeningOptions.keysFolder())
  }

  /// Errors about a key are about the former one, and its option has another name here.
  private static func explain(_ error: any Error, _ path: String) -> any Error {
    switch error {
    case let interruption as Interruption:
      Failure("interrupted. There is no store at \(path)", interruption.status)
    case StoreError.keyMissing(let keyPath):
      Failure(
        """
        the key of the store that was copied is not at \(keyPath). Bring it back from where you keep it safe, or name \
        its place with --from-key. Without it, the backup cannot be restored
        """, .impossible)
    case StoreError.keyWrong(let keyPath):
      Failure(
        "the key at \(keyPath) is not that of the store that was copied. Name the right one with --from-key",
        .impossible)
    default: error
    }
  }

  private static func json(_ restored: RestoredStore, _ path: String) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("store", path)
      object.member("id", "\(restored.id)")
      object.member("key", restored.keyPath)
      object.member("head", restored.manifest.head.value)
      object.member("root", restored.manifest.root)
      object.member("copiedStore", "\(restored.manifest.store)")
      object.member("copiedAt", restored.manifest.madeAt)
    }
    return writer.bytes
  }
}

/// A bar for each kind of work, one after the other.
private struct RestoreDisplay: ~Copyable {
  private let isQuiet: Bool
  private let start = ContinuousClock.now
  private var bar: ProgressBar
  private var unit = "MiB"

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    bar = ProgressBar(unit: unit, isQuiet: isQuiet)
  }

  var elapsed: Duration { .now - start }

  mutating func update(_ progress: RestoreProgress) {
    switch progress {
    case .copying(let done, let total): update("MiB", done >> 20, total >> 20)
    case .wrapping(let done, let total): update("customers", done, total)
    case .verifying(let done, let total): update("events", Int(done), Int(total))
    }
  }

  private mutating func update(_ unit: String, _ done: Int, _ total: Int) {
    if unit != self.unit {
      clear()
      self.unit = unit
      bar = ProgressBar(unit: unit, isQuiet: isQuiet)
    }
    bar.update(done, fraction: total == 0 ? nil : Double(done) / Double(total))
  }

  mutating func clear() { bar.clear() }
}

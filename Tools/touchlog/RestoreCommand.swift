import ArgumentParser
import JSON
import Touchlog
import TouchlogProof
import TouchlogStore

struct RestoreCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "restore",
    abstract: "Make a new store of a backup, verified.",
    discussion: """
      The store gets an id and a key of its own, beside which the former key opens nothing in it. Events, positions and \
      the root are those of the backup, and appending goes on where it ends. The key of the store that was copied is \
      needed once, to wrap all customers' keys anew. It is another log, with a signing key of its own, whose verifier \
      key auditors need; --origin is the name that both bear.

      Each record and index is verified, and the root held against the backup's, before the store gets its name. A \
      backup that is not as it was written is refused with 1, and leaves nothing behind. The backup stays as it is.

      A backup brings back whoever was erased after it was made. --erasures names the list of erasures, which touchlog \
      erase keeps beside the store's key: the same customers are erased again before the new store gets its name. Where \
      the list lies there, and nothing is said of it, nothing is restored.

      Examples:
        touchlog restore /mnt/backups/2025-03-01 --store ./restored
        touchlog restore ./copy --store ./restored --erasures ./safe/my.erasures
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

  @Option(
    help: ArgumentHelp("The list of erasures: who is not to be brought back.", valueName: "file"), completion: .file())
  var erasures: String?

  @Flag(help: "Bring back whoever was erased since the backup was made.")
  var noErasures = false

  @Option(
    help: ArgumentHelp("The new log's name in what it signs. Default: touchlog/STORE-ID.", valueName: "name"))
  var origin: String?

  @OptionGroup var space: AddressSpace

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func validate() throws {
    if erasures != nil, noErasures { throw ValidationError("--erasures and --no-erasures exclude each other.") }
  }

  func run() async throws {
    guard let path = store ?? Variables["TOUCHLOG_STORE"] else {
      throw Failure("where to? Name the new store with --store, or set TOUCHLOG_STORE", .usage)
    }
    let named = try origin.map { try SigningKeyPlace.newKey(named: $0) }
    if let place = key.map({ SigningKeyPlace.path(beside: $0) }), OwnersFile.exists(place) {
      throw Failure("\(place) is there already, where the signing key goes. Choose another --key", .impossible)
    }
    let list = try erasureList(for: BackupManifest(of: backup))
    Interruption.watch()
    let display = RestoreDisplay(isQuiet: quiet)
    let restored: RestoredStore
    do {
      restored = try await restore(to: path, list, display)
    } catch {
      display.clear()
      throw RestoreCommand.explain(error, path)
    }
    display.clear()
    let signingKey = named ?? SigningKeyPlace.newKey(of: restored.id)
    let signingPath = SigningKeyPlace.path(beside: restored.keyPath)
    do {
      try signingKey.write(to: signingPath)
    } catch {
      // The store is there and whole: it is told of, and so is what it lacks.
      try report(restored, path, display.elapsed, signing: nil)
      let cause = Failure(explaining: error)
      throw Failure(
        "restored, but without a signing key: \(cause.message). Make one with: touchlog checkpoint --new-key",
        cause.status)
    }
    try report(restored, path, display.elapsed, signing: (signingPath, signingKey.verifier))
  }

  private func restore(
    to path: String, _ list: ErasureList?, _ display: RestoreDisplay,
  ) async throws -> RestoredStore {
    func progress(_ progress: RestoreProgress) throws {
      try Interruption.check()
      display.update(progress)
    }
    guard let list else {
      return try Store.restore(
        backup, to: path, options: space.storeOptions, formerKeyPath: formerKeyPath, keyPath: keyPath,
        progress: progress)
    }
    return try await Store.restore(
      backup, to: path, options: space.storeOptions, erasures: list, formerKeyPath: formerKeyPath, keyPath: keyPath,
      progress: progress)
  }

  /// - Parameter signing: where the signing key is, and what auditors need; nil where it could not be written.
  private func report(
    _ restored: RestoredStore, _ path: String, _ elapsed: Duration, signing: (path: String, verifier: VerifierKey)?,
  ) throws {
    var output = Output()
    if json {
      try output.write(RestoreCommand.json(restored, path, signing) + [UInt8(ascii: "\n")])
    } else {
      let events = restored.manifest.head.value.counted("event")
      try output.writeLine("\(events) restored to \(path), all as written, \(elapsed.short)")
      try output.writeLine("root \(restored.manifest.root)")
      if !restored.erased.isEmpty {
        let numbers = restored.erased.map(\.description).joined(separator: ", ")
        try output.writeLine("erased again, which adds events and changes the root: \(numbers)")
      }
      if let listPath = restored.erasureListPath { try output.writeLine("its list of erasures is \(listPath)") }
      try output.writeLine("its key is \(restored.keyPath): keep a copy of it in a safe place")
      if let signing {
        try output.writeLine("its signing key is \(signing.path): keep a copy of that, too")
        try output.writeLine("it is another log: auditors verify with \(signing.verifier)")
      }
    }
    try output.flush()
    guard restored.erasureListPath == nil, !noErasures else { return }
    writeWhole(
      """
      touchlog: no list of erasures is at \(try defaultListPath(for: restored.manifest)), and none was given with \
      --erasures: whoever was erased after \(restored.manifest.madeAt.readable), when the backup was made, is back

      """, to: standardError)
  }

  private func defaultListPath(for manifest: BackupManifest) throws -> String {
    ErasureList.path(of: manifest.store, besideKeyAt: try formerKeyPath(for: manifest.store))
  }

  /// Who is not to be brought back; nil where nobody is known, or all are wanted back.
  private func erasureList(for manifest: BackupManifest) throws -> ErasureList? {
    if noErasures { return nil }
    if let erasures {
      let list = try ErasureList(contentsOf: erasures)
      // A wrong list would bring everybody back without a word.
      guard list.isAbout(manifest.store) else {
        let others = list.lines.isEmpty ? "no erasure" : "other stores than \(manifest.store), of which the backup is"
        throw Failure(
          "the list of erasures \(erasures) tells of \(others). Give the right one, or --no-erasures", .impossible)
      }
      return list
    }
    let place = try defaultListPath(for: manifest)
    guard OwnersFile.exists(place) else { return nil }
    let list = try ErasureList(contentsOf: place)
    let count = list.erasures(after: manifest)
    // All of them are in the backup: there is nothing to decide, and the list goes on.
    if count == 0 { return list }
    throw Failure(
      """
      the list of erasures \(place) tells of \(count.counted("erasure")), and the backup was made before. Erase \
      them again with --erasures \(place), or bring them back with --no-erasures
      """, .impossible)
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

  private static func json(
    _ restored: RestoredStore, _ path: String, _ signing: (path: String, verifier: VerifierKey)?,
  ) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("store", path)
      object.member("id", "\(restored.id)")
      object.member("key", restored.keyPath)
      object.member("signingKey", signing?.path)
      object.member("verifierKey", signing?.verifier.description)
      object.member("head", restored.manifest.head.value)
      object.member("root", restored.manifest.root)
      object.member("copiedStore", "\(restored.manifest.store)")
      object.member("copiedAt", restored.manifest.madeAt)
      object.key("erased")
      object.array { for number in restored.erased { $0.integer(number.value) } }
      object.member("erasures", restored.erasureListPath)
    }
    return writer.bytes
  }
}

/// A bar for each kind of work, one after the other; a class, as asynchronous work has it in its hands.
private final class RestoreDisplay {
  private let isQuiet: Bool
  private let start = ContinuousClock.now
  private var bar: ProgressBar
  private var unit = "MiB"

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
    bar = ProgressBar(unit: unit, isQuiet: isQuiet)
  }

  var elapsed: Duration { .now - start }

  func update(_ progress: RestoreProgress) {
    switch progress {
    case .copying(let done, let total): update("MiB", done >> 20, total >> 20)
    case .wrapping(let done, let total): update("customers", done, total)
    case .verifying(let done, let total): update("events", Int(done), Int(total))
    }
  }

  private func update(_ unit: String, _ done: Int, _ total: Int) {
    if unit != self.unit {
      clear()
      self.unit = unit
      bar = ProgressBar(unit: unit, isQuiet: isQuiet)
    }
    bar.update(done, fraction: total == 0 ? nil : Double(done) / Double(total))
  }

  func clear() { bar.clear() }
}

extension ErasureList {
  /// Whether it tells anything of a store.
  fileprivate func isAbout(_ store: StoreID) -> Bool {
    lines.contains { $0.store == store } || descents.contains { $0.from == store || $0.restored == store }
  }

  /// How many erasures it tells of that the backup's log does not have, or that may be none of its store's.
  fileprivate func erasures(after manifest: BackupManifest) -> Int {
    lines.count { $0.store != manifest.store || $0.position >= manifest.head }
  }
}

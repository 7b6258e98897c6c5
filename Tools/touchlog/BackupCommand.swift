import ArgumentParser
import JSON
import Touchlog
import TouchlogStore

struct BackupCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "backup",
    abstract: "Copy a store to a folder, whoever appends to it meanwhile.",
    discussion: """
      All that was acknowledged before is in the backup. It gets its name when it is whole and on disk: until then \
      there is FOLDER.unfinished, which may be removed when no backup is running.

      The backup does not hold the store's key, and making it needs none. Keep a copy of the key elsewhere: without it, \
      the backup cannot be restored.

      Examples:
        touchlog backup /mnt/backups/$(date +%F) --store ./store
        touchlog backup ./copy --quiet --json | jq .root
      """)

  @Argument(
    help: ArgumentHelp("The folder to make; the one above it is there.", valueName: "folder"), completion: .directory)
  var target: String

  @OptionGroup var store: StoreFolder

  @OptionGroup var space: AddressSpace

  @Flag(help: "Print one JSON object.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    let path = try store.path()
    Interruption.watch()
    var progress = ProgressBar(unit: "MiB", isQuiet: quiet)
    let manifest: BackupManifest
    do {
      manifest = try Store.backUp(path, to: target, options: space.storeOptions) { done, total in
        try Interruption.check()
        progress.update(done >> 20, fraction: Double(done) / Double(max(total, 1)))
      }
    } catch let interruption as Interruption {
      progress.clear()
      throw Failure("interrupted. There is no backup at \(target)", interruption.status)
    } catch {
      progress.clear()
      throw error
    }
    progress.clear()
    let elapsed = progress.elapsed
    var output = Output()
    if json {
      try output.write(json(manifest) + [UInt8(ascii: "\n")])
    } else {
      let bytes = manifest.files.reduce(0) { $0 + $1.bytes }
      let events = manifest.head.value.counted("event")
      try output.writeLine("\(events) backed up to \(target), \(bytes.byteSize), \(elapsed.short)")
      try output.writeLine("root \(manifest.root)")
      try output.writeLine("The key is not in it: without \(manifest.store).key, it cannot be restored")
    }
    try output.flush()
  }

  private func json(_ manifest: BackupManifest) -> [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("backup", target)
      object.member("store", "\(manifest.store)")
      object.member("madeAt", manifest.madeAt)
      object.member("head", manifest.head.value)
      object.member("root", manifest.root)
      object.member("bytes", manifest.files.reduce(0) { $0 + $1.bytes })
    }
    return writer.bytes
  }
}

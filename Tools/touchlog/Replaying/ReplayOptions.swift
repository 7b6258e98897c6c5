import ArgumentParser
import Catalog
import TouchlogReplay
import TouchlogStore

/// What every command needs that folds the log.
struct ReplayOptions: ParsableArguments {
  @Option(help: ArgumentHelp("How many threads fold. Default: one for each processor.", valueName: "n"))
  var jobs: Int?

  @Option(
    help: ArgumentHelp("How much memory folding may fill before rows go to disk. Default: 1G.", valueName: "size"))
  var memory: ByteSize?

  func validate() throws {
    if let jobs, !(1...1024).contains(jobs) { throw ValidationError("--jobs: expected 1 to 1024, found \(jobs)") }
    if let memory, memory.bytes < 1 << 20 { throw ValidationError("--memory: expected 1M at least") }
  }

  /// The engine, with all projections.
  func replay(of store: Store) -> Replay {
    var options = Replay.Options()
    if let jobs { options.jobs = jobs }
    if let memory { options.memory = memory.bytes }
    return Replay(of: store, projections: Catalog.folds, options: options)
  }
}

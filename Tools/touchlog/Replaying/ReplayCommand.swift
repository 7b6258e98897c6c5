import ArgumentParser
import Catalog
import JSON
import Touchlog
import TouchlogReplay
import TouchlogStore

struct ReplayCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Bring views up to the log's head: fold what they do not have yet.",
    discussion: """
      A view that does not exist is made from the log's start. Killed at any moment, it goes on where it was. Reports \
      never wait for this: they fold what a view lacks in memory, which takes longer the more that is.

      Examples:
        touchlog replay --store ./store
        touchlog replay churn-risk --jobs 1
      """)

  @Argument(help: ArgumentHelp("Which projections; all where none is named.", valueName: "projection"))
  var projections: [String] = []

  @OptionGroup var store: StoreOptions

  @OptionGroup var replaying: ReplayOptions

  @Flag(help: "Print one JSON object for each view.")
  var json = false

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  func run() throws {
    let replay = replaying.replay(of: try store.open(.reading))
    let work = ReplayRun(isQuiet: quiet)
    let outcomes = try work.run { try replay.catchUp(projections, progress: $0) }
    var output = Output()
    for outcome in outcomes {
      let folded = outcome.through.value - outcome.from.value
      if json {
        try output.write(outcome.json + [UInt8(ascii: "\n")])
      } else if folded == 0, !outcome.isNew {
        try output.writeLine("\(outcome.projection): nothing new, \(outcome.through.value.counted("event")) folded")
      } else {
        try output.writeLine(
          "\(outcome.projection): \(folded.counted("event")) folded, "
            + (outcome.isNew ? "a new view" : "to position \(outcome.through.value.grouped)"))
      }
    }
    try output.flush()
    work.tellRate(outcomes.map { $0.through.value - $0.from.value }.max() ?? 0)
  }
}

extension Replay.Outcome {
  /// One JSON object, without a line's end.
  var json: [UInt8] {
    var writer = JSONWriter()
    writer.object { object in
      object.member("projection", projection)
      object.member("from", from.value)
      object.member("checkpoint", through.value)
      object.member("isNew", isNew)
    }
    return writer.bytes
  }
}

import ArgumentParser
import Touchlog
import TouchlogReplay
import TouchlogStore

/// What every report needs: the store, and which of its events count.
///
/// ```swift
/// @OptionGroup var report: ReportOptions
/// …
/// let text = try report.withView(of: ChurnRisk.name) { view in ChurnText.render(try ChurnReport(of: view)) }
/// ```
struct ReportOptions: ParsableArguments {
  @OptionGroup var store: StoreOptions

  @OptionGroup var replaying: ReplayOptions

  @Option(
    help: ArgumentHelp("Only what had happened by then.", valueName: "time"), transform: { try TimeArgument.parse($0) })
  var asOf: TimeArgument?

  @Option(
    help: ArgumentHelp("Only what the log knew by then.", valueName: "time|position"),
    transform: { try KnownAt.parse($0) })
  var asKnownAt: KnownAt?

  @Flag(name: .shortAndLong, help: "Show no progress.")
  var quiet = false

  /// Calls `body` with the view of a projection, up to the log's head or within the bounds that were asked for.
  func withView<Result>(of projection: String, _ body: (any View) throws -> Result) throws -> Result {
    try withView(of: projection) { view, _ in try body(view) }
  }

  /// As `withView(of:_:)`, with the engine, for a report that computes on its threads.
  func withView<Result>(of projection: String, _ body: (any View, Replay) throws -> Result) throws -> Result {
    let opened = try store.open(.reading)
    let bounds = try KnownAt.bounds(asOf: asOf, asKnownAt: asKnownAt, in: opened)
    let replay = replaying.replay(of: opened)
    let run = ReplayRun(isQuiet: quiet)
    return try run.run { progress in
      try replay.withView(of: projection, bounds: bounds, progress: progress) { view in try body(view, replay) }
    }
  }
}

import ArgumentParser
import CPeers
import Catalog
import ChurnRisk
import Foundation
import ServiceConsistency
import Touchlog
import TouchlogReplay
import TouchlogStore

/// What replay does by itself: folding, rebuilding, catching up and reporting. The peers are `replay-peers`'.
struct ReplayPage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Folding, rebuilding all views, catching up, and reports, on one core and on two.",
    discussion: "Beside DuckDB, Polars and SQLite: see the script replay-peers.")

  @OptionGroup var options: PageOptions

  @Option(help: "How many new events a catch-up has to fold.") var new = 1000

  func run() async throws {
    let workplace = try Workplace(in: options.directory)
    let machine = try Machine(directory: workplace.url)
    say("simulating \(options.events.grouped) events")
    let workload = try Workload.simulate(
      events: options.events, seed: options.seed, into: workplace.url, withRecords: false)
    let folder = try workplace.fresh("store")
    _ = try await Launch(.append, .touchlog, folder, workload, batch: options.batch).run()
    try FileManager.default.removeItem(at: workload.lines)
    let contestant = TouchlogContestant(directory: folder)
    var results: [String: [Double]] = [:]
    for run in 1...options.runs {
      say("run \(run) of \(options.runs)")
      let store = try contestant.open(.reading)
      for jobs in [1, 2] {
        let replay = ReplayPage.replay(of: store, jobs: jobs)
        results["fold in memory, jobs \(jobs)", default: []].append(try ReplayPage.seconds { try replay.foldedViews() })
        try ReplayPage.removeViews(of: contestant)
        sync()
        results["rebuild to disk, jobs \(jobs)", default: []].append(try ReplayPage.seconds { try replay.rebuild() })
      }
      for (name, report) in Reports.all {
        let replay = ReplayPage.replay(of: store, jobs: 2)
        results[name, default: []].append(try ReplayPage.seconds { try report(replay) })
      }
      try store.close()
    }
    results["catch up with \(new.grouped)"] = try await catchUps(contestant)
    let report = Report(
      command: commandLineText, machine: machine, data: workload.description, results: results, promptness: nil)
    try report.print(
      options, grids: [("Seconds", grid(results))],
      notes: [
        "fold in memory: all three projections in one reading of the log, rows sorted and merged, nothing written.",
        "rebuild to disk: the same into views that were not there, synced.",
        "reports: from views on disk that are up to date, everything included but starting a process.",
        "catch up: events of customers that are known, appended before the clock starts; three views, each synced.",
      ])
  }

  private func catchUps(_ contestant: TouchlogContestant) async throws -> [Double] {
    var times: [Double] = []
    for round in 0..<max(options.runs, 5) {
      let store = try contestant.open(.appending)
      let sample = try store.events(Query(from: Position(UInt64(round * new)), limit: new)).map(\.event)
      _ = try await store.append(sample.renamed("catch-up-\(round)-\(UUID().uuidString)"))
      let replay = ReplayPage.replay(of: store, jobs: 2)
      times.append(try ReplayPage.seconds { try replay.catchUp() })
      try store.close()
    }
    return times
  }

  private static func replay(of store: Store, jobs: Int) -> Replay {
    var options = Replay.Options()
    options.jobs = jobs
    return Replay(of: store, projections: Catalog.folds, options: options)
  }

  private static func removeViews(of contestant: TouchlogContestant) throws {
    let views = contestant.path + "/views"
    if FileManager.default.fileExists(atPath: views) { try FileManager.default.removeItem(atPath: views) }
  }

  private static func seconds<Result>(_ body: () throws -> Result) rethrows -> Double {
    let begun = peer_seconds()
    let result = try body()
    let seconds = peer_seconds() - begun
    withExtendedLifetime(result) {}
    return seconds
  }

  private func grid(_ results: [String: [Double]]) -> Grid {
    var grid = Grid(header: ["what", "seconds, median", "min – max", "events/s"])
    for (name, times) in results.sorted(by: { $0.key < $1.key }) {
      let isFold = name.hasPrefix("fold") || name.hasPrefix("rebuild")
      grid.rows.append([
        name, times.median.text(digits: 4),
        "\((times.min() ?? .nan).text(digits: 4)) – \((times.max() ?? .nan).text(digits: 4))",
        isFold ? (Double(options.events) / times.median).text(digits: 0) : "",
      ])
    }
    return grid
  }
}

/// The reports that are timed.
private enum Reports {
  static let all: [(String, @Sendable (Replay) throws -> Void)] = [
    (
      "report: service by channel",
      { replay in
        try replay.withView(of: ServiceConsistency.name) { _ = try ServiceReport(of: $0) }
      }
    ),
    (
      "report: consistency by week",
      { replay in
        try replay.withView(of: ServiceConsistency.name) { _ = try ConsistencyReport(of: $0) }
      }
    ),
    (
      "report: churn, with its fits",
      { replay in
        try replay.withView(of: ChurnRisk.name) { view in
          _ = try ChurnReport(of: view) { replay.inParallel($0, $1) }
        }
      }
    ),
  ]
}

import ArgumentParser
import Foundation
import Touchlog

/// One appender, one event at a time, each synced before the next is sent.
struct SinglePage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "single", abstract: "One event at a time, each synced before the answer.",
    discussion: """
      --events are stored first, in batches; then --singles events of customers that are known, and as many of \
      customers that are not.
      """)

  @OptionGroup var options: PageOptions
  @Option(help: "How many events are appended one at a time, of each kind.") var singles = 2000

  private static let contestants: [Contestant] = [.touchlog, .sqlite, .lmdb, .lmdbBothIndexes]

  /// Seconds are those of the single appends alone.
  private struct Result: Codable {
    var known: [Measurement] = []
    var new: [Measurement] = []
  }

  func run() async throws {
    let contestants = try options.contestants(among: SinglePage.contestants)
    let workplace = try Workplace(in: options.directory)
    let machine = try Machine(directory: workplace.url)
    say("simulating \(options.events.grouped) events")
    let stored = try Workload.simulate(events: options.events, seed: options.seed, into: workplace.url)
    let sample = try stored.sample(singles, seed: options.seed)
    let known = try Workload.write(sample.renamed("known"), named: "known", into: workplace.url)
    let new = try Workload.write(
      sample.renamed("new") { Reference(normalised: "crm:new-\($0)") }, named: "new", into: workplace.url)
    var results: [String: Result] = [:]
    var afterwards = AfterwardsCheck()
    for run in 1...options.runs {
      for contestant in contestants {
        let folder = try workplace.fresh(contestant.rawValue)
        _ = try await Launch(.append, contestant, folder, stored, batch: options.batch).run()
        sync()
        let measured = try await (
          known: Launch(.single, contestant, folder, known).run(), new: Launch(.single, contestant, folder, new).run()
        )
        try await afterwards.run(contestant, folder, events: stored.events + 2 * singles, last: new)
        try FileManager.default.removeItem(at: folder)
        results[contestant.rawValue, default: Result()].known.append(measured.known)
        results[contestant.rawValue, default: Result()].new.append(measured.new)
        say(
          "run \(run) of \(options.runs): \(contestant.rawValue) \(measured.known.eventsPerSecond.text(digits: 0)), "
            + "\(measured.new.eventsPerSecond.text(digits: 0)) events/s")
      }
    }
    let report = Report(
      command: commandLineText, machine: machine,
      data: "\(singles.grouped) single events of each kind, after \(stored.description)", results: results,
      promptness: afterwards.promptness)
    try report.print(
      options,
      grids: [
        ("One event per synced commit, customer known before", grid(contestants, results.mapValues(\.known))),
        ("One event per synced commit, customer new each time", grid(contestants, results.mapValues(\.new))),
      ],
      notes: ["touchlog: events are decoded before the clock starts; checking, sealing and hashing are inside."]
        + afterwards.notes)
  }

  private func grid(_ contestants: [Contestant], _ runs: [String: [Measurement]]) -> Grid {
    func rates(_ contestant: Contestant) -> [Double] { (runs[contestant.rawValue] ?? []).map(\.eventsPerSecond) }
    var grid = Grid(header: [
      "contestant", "events/s, median", "min – max", "× LMDB, both indexes", "× LMDB", "× SQLite",
    ])
    for contestant in contestants {
      let own = rates(contestant)
      let peers = [Contestant.lmdbBothIndexes, .lmdb, .sqlite]
      grid.rows.append(
        [contestant.rawValue, own.median.text(digits: 0), own.rangeText]
          + peers.map { (own.median / rates($0).median).text(digits: 2) })
    }
    return grid
  }
}

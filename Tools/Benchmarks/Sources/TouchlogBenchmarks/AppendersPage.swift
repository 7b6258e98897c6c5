import ArgumentParser
import Foundation
import Touchlog

/// Many appenders at a time, each with one event after the other: how many a group commit carries.
struct AppendersPage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "appenders",
    abstract: "Many appenders, each one event after the other, each synced before the answer.",
    discussion: """
      --events are stored first, in batches; then --singles events are appended by so many appenders at a time as \
      --appenders says, one number after the other, to the same store.
      """)

  @OptionGroup var options: PageOptions
  @Option(parsing: .upToNextOption, help: "How many append at a time.") var appenders = [64, 256]
  @Option(help: "How many events they append together, for each number of appenders.") var singles = 50_000

  private static let contestants: [Contestant] = [.touchlog, .sqlite, .lmdb, .lmdbBothIndexes]

  func validate() throws {
    guard !appenders.isEmpty, appenders.allSatisfy({ (1...10_000).contains($0) }) else {
      throw ValidationError("--appenders: expected numbers from 1 to 10000")
    }
    guard Set(appenders).count == appenders.count else {
      throw ValidationError("--appenders: expected each number once")
    }
    guard singles >= appenders.max() ?? 0 else {
      throw ValidationError("--singles: expected an event for each appender at least")
    }
  }

  /// The workloads of a run: what is stored before, what each number of appenders brings, and one event after all.
  private struct Workloads {
    let stored: Workload
    let singles: [(appenders: Int, workload: Workload)]
    let last: Workload

    var events: Int { stored.events + singles.reduce(0) { $0 + $1.workload.events } + last.events }
  }

  func run() async throws {
    let contestants = try options.contestants(among: AppendersPage.contestants)
    let workplace = try Workplace(in: options.directory)
    let machine = try Machine(directory: workplace.url)
    say("simulating \(options.events.grouped) events")
    let workloads = try workloads(in: workplace.url)
    var results: [String: [String: [Measurement]]] = [:]
    var afterwards = AfterwardsCheck()
    for run in 1...options.runs {
      for contestant in contestants {
        let measured = try await measure(contestant, workloads, workplace: workplace, afterwards: &afterwards)
        for (appenders, measurement) in measured {
          results["\(appenders)", default: [:]][contestant.rawValue, default: []].append(measurement)
        }
        let rates = measured.map { "\($0.measurement.eventsPerSecond.text(digits: 0)) events/s by \($0.appenders)" }
        say("run \(run) of \(options.runs): \(contestant.rawValue) \(rates.joined(separator: ", "))")
      }
    }
    let report = Report(
      command: commandLineText, machine: machine,
      data: "\(singles.grouped) single events by each number of appenders, after \(workloads.stored.description)",
      results: results, promptness: afterwards.promptness)
    try report.print(
      options, grids: appenders.map { ("\($0) appenders at a time", grid(contestants, results["\($0)"] ?? [:])) },
      notes: [
        """
        touchlog: in process, a task for each appender, which awaits each receipt. Events are decoded before the clock \
        starts; checking, sealing and hashing are inside.
        """,
        """
        lmdb, lmdb-both-indexes, sqlite: a thread for each appender, and one that writes: it takes what is waiting, puts \
        it into one transaction, commits (synced), and wakes those whose records are in.
        """,
        "Latency is from handing in to being awake again.",
      ] + afterwards.notes)
  }

  private func workloads(in folder: URL) throws -> Workloads {
    let stored = try Workload.simulate(events: options.events, seed: options.seed, into: folder)
    let sample = try stored.sample(singles, seed: options.seed)
    return Workloads(
      stored: stored,
      singles: try appenders.map { number in
        (number, try Workload.write(sample.renamed("of-\(number)"), named: "of-\(number)", into: folder))
      },
      // Who comes last of many is anybody's guess, and the check asks for the last.
      last: try Workload.write(Array(sample.prefix(1)).renamed("last"), named: "last", into: folder))
  }

  private func measure(
    _ contestant: Contestant, _ workloads: Workloads, workplace: borrowing Workplace, afterwards: inout AfterwardsCheck,
  ) async throws -> [(appenders: Int, measurement: Measurement)] {
    let folder = try workplace.fresh(contestant.rawValue)
    _ = try await Launch(.append, contestant, folder, workloads.stored, batch: options.batch).run()
    var measured: [(appenders: Int, measurement: Measurement)] = []
    for (appenders, workload) in workloads.singles {
      sync()
      let measurement = try await Launch(.concurrent, contestant, folder, workload, appenders: appenders).run()
      guard measurement.events == workload.events else {
        throw BenchmarkError(
          "\(contestant.rawValue): \(workload.events) events went in, \(measurement.events) were acknowledged")
      }
      measured.append((appenders, measurement))
    }
    _ = try await Launch(.single, contestant, folder, workloads.last).run()
    try await afterwards.run(contestant, folder, events: workloads.events, last: workloads.last)
    try FileManager.default.removeItem(at: folder)
    return measured
  }

  private func grid(_ contestants: [Contestant], _ runs: [String: [Measurement]]) -> Grid {
    func rates(_ contestant: Contestant) -> [Double] { (runs[contestant.rawValue] ?? []).map(\.eventsPerSecond) }
    var grid = Grid(header: [
      "contestant", "events/s, median", "min – max", "× LMDB", "× LMDB, both indexes", "× SQLite", "events/commit",
      "p50 µs", "p99 µs", "CPU µs/event",
    ])
    for contestant in contestants {
      let own = rates(contestant)
      func median(_ value: (Measurement) -> Double) -> Double { (runs[contestant.rawValue] ?? []).map(value).median }
      func latency(_ share: Double) -> String {
        median { run in (run.nanoseconds ?? []).map { Double($0) / 1000 }.percentile(share) }.text(digits: 0)
      }
      grid.rows.append(
        [contestant.rawValue, own.median.text(digits: 0), own.rangeText]
          + [Contestant.lmdb, .lmdbBothIndexes, .sqlite].map { (own.median / rates($0).median).text(digits: 2) }
          + [median { Double($0.events) / Double($0.commits ?? 0) }.text(digits: 1), latency(0.5), latency(0.99)]
          + [median { $0.cpuSeconds / Double($0.events) * 1e6 }.text(digits: 1)])
    }
    return grid
  }
}

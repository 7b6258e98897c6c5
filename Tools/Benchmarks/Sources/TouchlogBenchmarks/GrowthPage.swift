import ArgumentParser
import Foundation

/// A log that grows: whether the last million goes in as fast as the first, and in how much memory.
struct GrowthPage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "growth", abstract: "Appending while the log grows: the rate of each stretch, memory and disk.",
    discussion: """
      Meant for --events 20000000 --runs 1, of which each of the 20 stretches is a million. That takes about 25 GB in \
      --directory, or 14 GB with --only touchlog: the NDJSON, the peer's records, and one store at a time. \
      Of short stretches, a batch is a tenth at most.
      """)

  @OptionGroup var options: PageOptions
  @Option(help: "How many stretches of the log are told apart; --events is a multiple of it.") var stretches = 20

  private static let contestants: [Contestant] = [.touchlog, .lmdbBothIndexes]

  private var stretch: Int { options.events / stretches }
  /// Two appends are under way at a time, and may be answered together: of stretches as short as batches, some would
  /// take no time.
  private var batch: Int { min(options.batch, max(1, stretch / 10)) }

  func validate() throws {
    guard stretches > 1 else { throw ValidationError("--stretches: expected 2 or more") }
    guard options.events.isMultiple(of: stretches) else {
      throw ValidationError("--events: expected a multiple of --stretches, \(stretches)")
    }
  }

  func run() async throws {
    let contestants = try options.contestants(among: GrowthPage.contestants)
    let workplace = try Workplace(in: options.directory)
    let machine = try Machine(directory: workplace.url)
    say("simulating \(options.events.grouped) events")
    let workload = try Workload.simulate(
      events: options.events, seed: options.seed, into: workplace.url,
      withRecords: contestants.contains { !$0.isTouchlog })
    var results: [String: [Measurement]] = [:]
    var afterwards = AfterwardsCheck()
    for run in 1...options.runs {
      for contestant in contestants {
        try workload.warm(for: contestant)
        let folder = try workplace.fresh(contestant.rawValue)
        let measurement = try await Launch(
          .append, contestant, folder, workload, batch: batch, stretch: stretch
        ).run()
        guard measurement.events == workload.events, measurement.stretches?.count == stretches else {
          throw BenchmarkError(
            "\(contestant.rawValue): \(workload.events) events went in, \(measurement.events) are new")
        }
        try await afterwards.run(contestant, folder, events: workload.events, last: workload)
        try FileManager.default.removeItem(at: folder)
        results[contestant.rawValue, default: []].append(measurement)
        say(
          "run \(run) of \(options.runs): \(contestant.rawValue) \(measurement.eventsPerSecond.text(digits: 0)) events/s"
        )
      }
    }
    let report = Report(
      command: commandLineText, machine: machine, data: workload.description, results: results,
      promptness: afterwards.promptness)
    try report.print(
      options,
      grids: [
        (
          "Growing to \(options.events.grouped) events, \(batch.grouped) per synced commit",
          summary(contestants, results)
        ),
        ("Memory and disk", space(contestants, results, workload)),
        ("Events/s of each stretch of \(stretch.grouped)", rates(contestants, results)),
      ],
      notes: [
        "Events are simulated before: no contestant waits for the simulator. The file that it reads is in the page cache "
          + "before its clock starts, if there is room; on a machine with little memory, reading it is measured too.",
        "touchlog: a batch that ends a stretch counts when its receipt is there.",
      ] + afterwards.notes)
  }

  // MARK: Tables

  /// Medians over the runs of a stretch's rate.
  private func rate(of stretch: Int, _ runs: [Measurement]) -> Double {
    runs.compactMap { run in run.stretches.map { Double(self.stretch) / $0[stretch] } }.median
  }

  private func summary(_ contestants: [Contestant], _ results: [String: [Measurement]]) -> Grid {
    var grid = Grid(header: [
      "contestant", "events/s, all", "first stretch", "last stretch", "last/first", "slowest", "CPU µs/event",
    ])
    for contestant in contestants {
      let runs = results[contestant.rawValue] ?? []
      let rates = (0..<stretches).map { rate(of: $0, runs) }
      guard let first = rates.first, let last = rates.last, let slowest = rates.min() else { continue }
      grid.rows.append([
        contestant.rawValue, runs.map(\.eventsPerSecond).median.text(digits: 0), first.text(digits: 0),
        last.text(digits: 0), (last / first).text(digits: 2), slowest.text(digits: 0),
        runs.map { $0.cpuSeconds / Double($0.events) * 1e6 }.median.text(digits: 1),
      ])
    }
    return grid
  }

  private func space(
    _ contestants: [Contestant], _ results: [String: [Measurement]], _ workload: Workload,
  ) -> Grid {
    var grid = Grid(header: [
      "contestant", "peak anonymous MB", "peak resident MB", "on disk MB", "on disk bytes/event", "`data` bytes/event",
      "difference",
    ])
    let data = Double(workload.dataBytes) / Double(workload.events)
    for contestant in contestants {
      let runs = results[contestant.rawValue] ?? []
      let disk = runs.map { Double($0.diskBytes) }.median
      grid.rows.append([
        contestant.rawValue, runs.map { Double($0.peakAnonymousBytes) / 1e6 }.median.text(digits: 0),
        runs.map { Double($0.peakResidentBytes) / 1e6 }.median.text(digits: 0), (disk / 1e6).text(digits: 0),
        (disk / Double(workload.events)).text(digits: 1), data.text(digits: 1),
        (disk / Double(workload.events) - data).text(digits: 1),
      ])
    }
    return grid
  }

  private func rates(_ contestants: [Contestant], _ results: [String: [Measurement]]) -> Grid {
    var grid = Grid(header: ["events before"] + contestants.map(\.rawValue))
    for index in 0..<stretches {
      grid.rows.append(
        [(index * stretch).grouped]
          + contestants.map { rate(of: index, results[$0.rawValue] ?? []).text(digits: 0) })
    }
    return grid
  }
}

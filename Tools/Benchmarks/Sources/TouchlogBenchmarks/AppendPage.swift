import ArgumentParser
import Foundation

/// NDJSON to durable: a million events, in batches, each synced before the answer.
struct AppendPage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "append", abstract: "NDJSON to durable, in batches.",
    discussion: "Each contestant runs in a process and a folder of its own; what it stored is checked afterwards.")

  @OptionGroup var options: PageOptions

  func run() async throws {
    let contestants = try options.contestants(among: Contestant.allCases)
    let workplace = try Workplace(in: options.directory)
    let machine = try Machine(directory: workplace.url)
    say("simulating \(options.events.grouped) events")
    let workload = try Workload.simulate(events: options.events, seed: options.seed, into: workplace.url)
    var measurements: [String: [Measurement]] = [:]
    var afterwards = AfterwardsCheck()
    for run in 1...options.runs {
      for contestant in contestants {
        let measurement = try await measure(
          contestant, workload: workload, workplace: workplace, afterwards: &afterwards)
        measurements[contestant.rawValue, default: []].append(measurement)
        say(
          "run \(run) of \(options.runs): \(contestant.rawValue) \(measurement.eventsPerSecond.text(digits: 0)) events/s"
        )
      }
    }
    let report = Report(
      command: commandLineText, machine: machine, data: workload.description, results: measurements,
      promptness: afterwards.promptness)
    try report.print(
      options, grids: grids(contestants.map { ($0, measurements[$0.rawValue] ?? []) }),
      notes: contestants.map { "\($0.rawValue): \($0.explanation)." } + afterwards.notes)
  }

  private func measure(
    _ contestant: Contestant, workload: Workload, workplace: borrowing Workplace, afterwards: inout AfterwardsCheck,
  ) async throws -> Measurement {
    try workload.warm()
    let folder = try workplace.fresh(contestant.rawValue)
    let measurement = try await Launch(.append, contestant, folder, workload, batch: options.batch).run()
    guard measurement.events == workload.events else {
      throw BenchmarkError("\(contestant.rawValue): \(workload.events) events went in, \(measurement.events) are new")
    }
    try await afterwards.run(contestant, folder, events: workload.events, last: workload)
    try FileManager.default.removeItem(at: folder)
    return measurement
  }

  // MARK: Tables

  private func grids(_ results: [(contestant: Contestant, runs: [Measurement])]) -> [(title: String, grid: Grid)] {
    func median(of contestant: Contestant) -> Double {
      results.first { $0.contestant == contestant }?.runs.map(\.eventsPerSecond).median ?? .nan
    }
    let peers = (sqlite: median(of: .sqlite), lmdb: median(of: .lmdbBothIndexes))
    var grid = Grid(header: [
      "contestant", "events/s, median", "min – max", "× SQLite", "× LMDB, both indexes", "CPU µs/event",
      "peak anonymous MB", "peak resident MB", "bytes on disk/event",
    ])
    for (contestant, runs) in results {
      let rates = runs.map(\.eventsPerSecond)
      func median(digits: Int, _ value: (Measurement) -> Double) -> String {
        runs.map(value).median.text(digits: digits)
      }
      grid.rows.append([
        contestant.rawValue, rates.median.text(digits: 0), rates.rangeText,
        (rates.median / peers.sqlite).text(digits: 2), (rates.median / peers.lmdb).text(digits: 2),
        median(digits: 1) { $0.cpuSeconds / Double($0.events) * 1e6 },
        median(digits: 0) { Double($0.peakAnonymousBytes) / 1e6 },
        median(digits: 0) { Double($0.peakResidentBytes) / 1e6 },
        median(digits: 0) { Double($0.diskBytes) / Double($0.events) },
      ])
    }
    var grids = [("Events from NDJSON to durable, \(options.batch.grouped) per synced commit", grid)]
    if let steps = steps(of: results.first { $0.contestant == .touchlogOneCore }?.runs ?? []) {
      grids.append(("Where one core's time goes (touchlog-one-core)", steps))
    }
    return grids
  }

  private func steps(of runs: [Measurement]) -> Grid? {
    guard runs.contains(where: { $0.steps != nil }) else { return nil }
    var grid = Grid(header: ["step", "µs/event", "events/s alone"])
    let steps: [(String, KeyPath<Pipeline.Steps, Double>)] = [
      ("decode: read, cut, parse", \.decode), ("prepare: check, lay out, seal, hash", \.prepare),
      ("append: decide, put, hash leaves, sync", \.append),
    ]
    for (name, path) in steps {
      let seconds = runs.compactMap { run in run.steps.map { $0[keyPath: path] / Double(run.events) } }.median
      grid.rows.append([name, (seconds * 1e6).text(digits: 2), (1 / seconds).text(digits: 0)])
    }
    return grid
  }
}

extension Workload {
  var description: String {
    "\(events.grouped) simulated events, seed \(seed), \(bytes.grouped) bytes of NDJSON, \(bytes / events) per line"
  }
}

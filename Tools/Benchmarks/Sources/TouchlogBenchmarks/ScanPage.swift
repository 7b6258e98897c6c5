import ArgumentParser
import Foundation

/// All headers, passed once: what replay costs before it folds anything.
struct ScanPage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scan", abstract: "All headers, against a raw cursor over the same table.")

  @OptionGroup var options: PageOptions

  func run() async throws {
    let contestants = try options.contestants(among: [.touchlog, .lmdb])
    let workplace = try Workplace(in: options.directory)
    let machine = try Machine(directory: workplace.url)
    say("simulating \(options.events.grouped) events")
    let workload = try Workload.simulate(events: options.events, seed: options.seed, into: workplace.url)
    let folder = try workplace.fresh("store")
    _ = try await Launch(.append, .touchlog, folder, workload, batch: options.batch).run()
    var afterwards = AfterwardsCheck()
    try await afterwards.run(.touchlog, folder, events: workload.events, last: workload)
    var results: [String: [Measurement]] = [:]
    for _ in 1...options.runs {
      for contestant in contestants {
        let measurement = try await Launch(part: .scan, contestant: contestant, directory: folder).run()
        guard measurement.events == workload.events else {
          throw BenchmarkError("\(contestant.rawValue): passed \(measurement.events) of \(workload.events) headers")
        }
        results[contestant.rawValue, default: []].append(measurement)
      }
    }
    let report = Report(
      command: commandLineText, machine: machine, data: workload.description, results: results,
      promptness: afterwards.promptness)
    try report.print(
      options, grids: [("Headers passed", grid(contestants, results))],
      notes: [
        "touchlog: a query over the whole log that looks at each header's shape and time, and admits none.",
        "lmdb: a cursor over the table `headers` of the same store, that touches each key and value.",
      ] + afterwards.notes)
  }

  private func grid(_ contestants: [Contestant], _ runs: [String: [Measurement]]) -> Grid {
    func rates(_ contestant: Contestant) -> [Double] { (runs[contestant.rawValue] ?? []).map(\.eventsPerSecond) }
    var grid = Grid(header: ["contestant", "headers/s, median", "min – max", "× LMDB's cursor"])
    for contestant in contestants {
      let own = rates(contestant)
      grid.rows.append([
        contestant.rawValue, own.median.text(digits: 0), own.rangeText,
        (own.median / rates(.lmdb).median).text(digits: 2),
      ])
    }
    return grid
  }
}

import ArgumentParser
import Foundation

/// A customer's last events, for customers at random.
struct ReadPage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "read", abstract: "A customer's last 20 events, for customers at random.",
    discussion: "Customers who have so many events; each run asks in a fresh process, files in the page cache.")

  @OptionGroup var options: PageOptions
  @Option(help: "How many customers are asked for.") var customers = 2000
  @Option(help: "How many of a customer's events are read.") var limit = 20

  private static let contestants: [Contestant] = [.touchlog, .sqlite, .lmdbBothIndexes]

  func run() async throws {
    let contestants = try options.contestants(among: ReadPage.contestants)
    let workplace = try Workplace(in: options.directory)
    let machine = try Machine(directory: workplace.url)
    say("simulating \(options.events.grouped) events")
    let workload = try Workload.simulate(events: options.events, seed: options.seed, into: workplace.url)
    let asked = try workload.customers(customers, withAtLeast: limit, seed: options.seed)
    var folders: [Contestant: URL] = [:]
    var afterwards = AfterwardsCheck()
    for contestant in contestants {
      let folder = try workplace.fresh(contestant.rawValue)
      _ = try await Launch(.append, contestant, folder, workload, batch: options.batch).run()
      try await afterwards.run(contestant, folder, events: workload.events, last: workload)
      folders[contestant] = folder
    }
    var results: [String: [Measurement]] = [:]
    for _ in 1...options.runs {
      for contestant in contestants {
        guard let folder = folders[contestant] else { preconditionFailure("each contestant was given a folder") }
        var launch = Launch(part: .read, contestant: contestant, directory: folder)
        launch.options = ["--limit", "\(limit)"]
        launch.input = asked.joined(separator: "\n")
        results[contestant.rawValue, default: []].append(try await launch.run())
      }
    }
    let report = Report(
      command: commandLineText, machine: machine,
      data: "\(asked.count.grouped) customers with \(limit) events and more, of \(workload.description)",
      results: results, promptness: afterwards.promptness)
    try report.print(
      options,
      grids: [("A customer's last \(limit) events, microseconds", grid(contestants, results))],
      notes: [
        "touchlog: finds the customer by reference, walks the stream's headers, opens each payload and its names.",
        "sqlite, lmdb-both-indexes: copy the line, which is not parsed.",
      ] + afterwards.notes)
  }

  private func grid(_ contestants: [Contestant], _ runs: [String: [Measurement]]) -> Grid {
    var grid = Grid(header: ["contestant", "p50", "p99", "max", "× SQLite, p50", "× LMDB, p50"])
    func percentile(_ contestant: Contestant, _ share: Double) -> Double {
      (runs[contestant.rawValue] ?? []).map { run in
        (run.nanoseconds ?? []).map { Double($0) / 1000 }.percentile(share)
      }.median
    }
    for contestant in contestants {
      let p50 = percentile(contestant, 0.5)
      grid.rows.append(
        [contestant.rawValue, p50.text(digits: 1)]
          + [0.99, 1].map { percentile(contestant, $0).text(digits: 1) }
          + [Contestant.sqlite, .lmdbBothIndexes].map { (p50 / percentile($0, 0.5)).text(digits: 2) })
    }
    return grid
  }
}

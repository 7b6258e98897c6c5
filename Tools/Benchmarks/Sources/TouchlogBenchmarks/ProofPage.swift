import ArgumentParser
import Foundation

/// What it takes to verify a whole log, and to prove one customer of it.
struct ProofPage: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "proof", abstract: "Verifying the whole log, against SHA-256 alone; proving one customer.",
    discussion: """
      Verifying checks each page, record, index and key, on one thread and on all cores; SHA-256 hashes the bytes of all \
      headers and payloads as one run, and does nothing else; sha256-tree hashes them as the log's Merkle tree needs it, \
      in six to seven blocks for each event. Proving makes a customer's bundle in memory: the records, their audit paths \
      and a signed checkpoint. Files are in the page cache.
      """)

  @OptionGroup var options: PageOptions
  @Option(help: "How many customers are proven.") var customers = 500

  private static let contestants: [Contestant] = [.touchlog, .touchlogOneCore, .sha256, .sha256Tree]

  func run() async throws {
    let contestants = try options.contestants(among: ProofPage.contestants)
    let workplace = try Workplace(in: options.directory)
    let machine = try Machine(directory: workplace.url)
    say("simulating \(options.events.grouped) events")
    let workload = try Workload.simulate(events: options.events, seed: options.seed, into: workplace.url)
    let asked = try workload.customers(customers, withAtLeast: 1, seed: options.seed)
    let folder = try workplace.fresh("store")
    _ = try await Launch(.append, .touchlog, folder, workload, batch: options.batch).run()
    var results: [String: [Measurement]] = [:]
    var proofs: [Measurement] = []
    for _ in 1...options.runs {
      for contestant in contestants {
        let measurement = try await verifying(with: contestant, folder).run()
        guard measurement.events == workload.events else {
          throw BenchmarkError("\(contestant.rawValue): \(measurement.events) of \(workload.events) records")
        }
        results[contestant.rawValue, default: []].append(measurement)
      }
      var launch = Launch(part: .prove, contestant: .touchlog, directory: folder)
      launch.input = asked.joined(separator: "\n")
      proofs.append(try await launch.run())
    }
    results["prove"] = proofs
    let report = Report(
      command: commandLineText, machine: machine, data: workload.description, results: results, promptness: nil)
    try report.print(
      options,
      grids: [
        ("The whole log verified", grid(contestants, results)),
        ("One customer proven, milliseconds", proofGrid(proofs, of: asked.count)),
      ],
      notes: contestants.map { contestant in
        !contestant.isTouchlog
          ? "\(contestant.rawValue): \(contestant.explanation)."
          : "\(contestant.rawValue): verifies pages, records, indexes and keys, "
            + "on \(contestant == .touchlog ? "all cores" : "one thread")."
      })
  }

  private func verifying(with contestant: Contestant, _ folder: URL) -> Launch {
    var launch = Launch(part: contestant.isTouchlog ? .verify : .hash, contestant: contestant, directory: folder)
    let jobs = contestant == .touchlog ? ProcessInfo.processInfo.activeProcessorCount : 1
    launch.options = ["--jobs", "\(jobs)"]
    return launch
  }

  private func grid(_ contestants: [Contestant], _ runs: [String: [Measurement]]) -> Grid {
    let hashed = contestants.filter { !$0.isTouchlog }.compactMap { runs[$0.rawValue]?.first?.bytes }
    let bytes = Double(hashed.first ?? 0)
    func megabytes(_ contestant: Contestant, _ seconds: (Measurement) -> Double) -> Double {
      (runs[contestant.rawValue] ?? []).map { bytes / 1e6 / seconds($0) }.median
    }
    var grid = Grid(header: [
      "contestant", "seconds, median", "MB/s", "MB/s of a core's time", "× sha256 per core", "× sha256-tree per core",
      "peak anonymous MB",
    ])
    for contestant in contestants {
      let own = runs[contestant.rawValue] ?? []
      let perCore = megabytes(contestant, \.cpuSeconds)
      grid.rows.append([
        contestant.rawValue, own.map(\.seconds).median.text(digits: 2),
        megabytes(contestant, \.seconds).text(digits: 0), perCore.text(digits: 0),
        (perCore / megabytes(.sha256, \.cpuSeconds)).text(digits: 2),
        (perCore / megabytes(.sha256Tree, \.cpuSeconds)).text(digits: 2),
        (own.map { Double($0.peakAnonymousBytes) / 1e6 }.max() ?? .nan).text(digits: 0),
      ])
    }
    return grid
  }

  private func proofGrid(_ runs: [Measurement], of customers: Int) -> Grid {
    func percentile(_ share: Double) -> String {
      runs.map { run in (run.nanoseconds ?? []).map { Double($0) / 1e6 }.percentile(share) }.median.text(digits: 2)
    }
    let bytes = runs.map { Double($0.bytes ?? 0) / Double(customers) / 1000 }.median
    let events = runs.map { Double($0.entries ?? 0) / Double(customers) }.median
    var grid = Grid(header: ["customers", "events each", "p50", "p99", "max", "kB each"])
    grid.rows.append([
      "\(customers.grouped)", events.text(digits: 1), percentile(0.5), percentile(0.99), percentile(1),
      bytes.text(digits: 1),
    ])
    return grid
  }
}

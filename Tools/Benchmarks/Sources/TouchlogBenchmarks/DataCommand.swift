import ArgumentParser
import Foundation

/// The events of a page, for scripts that measure others with them.
struct DataCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "data", abstract: "Write the events of the pages, as NDJSON.",
    discussion: "The same --events and --seed give the same bytes as in a page. Prints the path of the file.")

  @Option(help: "How many events are simulated.") var events = 1_000_000
  @Option(help: "The simulation's seed.") var seed: UInt64 = 7
  @Option(help: "The folder, which must exist, in which events.ndjson is written.") var into: String

  func validate() throws {
    guard events > 0 else { throw ValidationError("--events: expected 1 or more") }
  }

  func run() throws {
    print(try Workload.simulateLines(events: events, seed: seed, into: URL(filePath: into)).path)
  }
}

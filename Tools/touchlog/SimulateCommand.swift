import ArgumentParser
import Simulation

struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Print a simulated year of service, as CloudEvents, one per line.",
    discussion: """
      The same options give the same bytes on every machine. What is planted in the data (differences between \
      channels, a shift at a known date, customers who leave, and why) is documented with the simulator.

      Examples:
        touchlog simulate --events 1000000 --seed 7 > events.ndjson
        touchlog simulate --events 1000 --duplicate-share 0.01 | touchlog append -
        touchlog simulate --events 1000 --from 2024-01-01 --late-share 0.1
      """)

  @Option(help: ArgumentHelp("How many lines.", valueName: "n"))
  var events: Int

  @Option(help: ArgumentHelp("Another seed is another company.", valueName: "n"))
  var seed: UInt64 = 1

  @Option(
    help: ArgumentHelp("The first of the 365 days. Default: 2025-01-01.", valueName: "date"),
    transform: { text in
      guard let day = CalendarDay(text) else {
        throw ValidationError("expected a day between 1970 and 9998, such as 2025-01-01")
      }
      return day
    })
  var from: CalendarDay?

  @Option(help: ArgumentHelp("The share of events that arrive late, 0 to 1.", valueName: "share"))
  var lateShare: Double?

  @Option(help: ArgumentHelp("The share of events that come twice, 0 to 1.", valueName: "share"))
  var duplicateShare: Double?

  @Option(help: ArgumentHelp("The share of contacts that name nobody, 0 to 1.", valueName: "share"))
  var anonymousShare: Double?

  func run() throws {
    var options = Simulator.Options(events: events, seed: seed)
    if let from { options.from = from }
    if let lateShare { options.lateShare = lateShare }
    if let duplicateShare { options.duplicateShare = duplicateShare }
    if let anonymousShare { options.anonymousShare = anonymousShare }
    try Simulator(options: options).run(into: { try Output.writeThrough($0) })
  }
}

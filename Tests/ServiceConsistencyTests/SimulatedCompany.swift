import ServiceConsistency
import Simulation
import Touchlog
import TouchlogAdapters
import TouchlogTesting

/// A year of a company, simulated and read once for all tests.
enum SimulatedCompany {
  static let events = Result { try simulate(events: 60_000, seed: 7) }
  static let log = Result { try SampleLog(try events.get()) }

  static func simulate(events count: Int, seed: UInt64) throws -> [Event] {
    var bytes: [UInt8] = []
    try Simulator(options: .init(events: count, seed: seed)).run { bytes += $0 }
    var decoder = CloudEventsDecoder()
    var seen: Set<String> = []
    var events: [Event] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) {
      let event = try Array(line).withUnsafeBufferPointer { try decoder.event($0.span) }
      // The stream has duplicates, which a log takes once.
      if seen.insert(event.source + " " + event.id).inserted { events.append(event) }
    }
    return events
  }
}

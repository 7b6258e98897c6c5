import Simulation
import Testing
import Touchlog
import TouchlogAdapters
import TouchlogTesting

/// A year of a simulated company, made once for all tests of a size and seed.
enum SimulatedCompany {
  /// Large enough for a hazard model.
  static let large = Result { try log(events: 150_000, seed: 11) }
  /// Large enough for features.
  static let small = Result { try events(12_000, seed: 5) }

  static func log(events count: Int, seed: UInt64) throws -> SampleLog { try SampleLog(try events(count, seed: seed)) }

  static func events(_ count: Int, seed: UInt64) throws -> [Event] {
    var bytes: [UInt8] = []
    try Simulator(options: .init(events: count, seed: seed)).run { bytes += $0 }
    var decoder = CloudEventsDecoder()
    var events: [Event] = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) { events.append(try decoder.event(Array(line).span)) }
    return events
  }
}

import ArgumentParser
import Foundation
import Touchlog
import TouchlogStore

/// One contestant's part, in a process of its own, so that its memory is its own.
struct Child: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "child", abstract: "One contestant's part of a run; started by the pages.", shouldDisplay: false)

  enum Part: String, ExpressibleByArgument {
    /// Appends all events of `--lines` or `--records` in batches to a new store.
    case append
    /// Appends them one at a time, each synced, to the store that is there.
    case single
    /// Appends them from `--appenders` at a time, each one event after the other, to the store that is there.
    case concurrent
    /// Checks that `--events` are there, and the last is found by its customer.
    case check
    /// Opens the store for reading, and finds the last event by its customer: how long that takes.
    case find
    /// Opens the store for appending, and sends the last event once more, then with other content: how long that takes.
    case refuse
    /// Reads the last events of the customers that standard input names.
    case read
    /// Passes over all headers.
    case scan
    /// Verifies the whole log, on `--jobs` threads.
    case verify
    /// Hashes the bytes of all records, on one core.
    case hash
    /// Makes bundles that prove the customers that standard input names.
    case prove
  }

  @Argument var part: Part
  @Argument var contestant: Contestant
  @Option var directory: String
  @Option var lines = ""
  @Option var records = ""
  @Option var batch = 10_000
  @Option var events = 0
  @Option var appenders = 1
  @Option var stretch = 0
  @Option var customer = ""
  @Option var limit = 20
  @Option var jobs = 1

  func run() async throws {
    let measurement = try await measure()
    try FileHandle.standardOutput.write(contentsOf: JSONEncoder().encode(measurement))
  }

  private var peer: Peer { Peer(contestant: contestant, directory: url) }
  private var touchlog: TouchlogContestant { TouchlogContestant(directory: url) }
  private var url: URL { URL(filePath: directory) }
  private var isTouchlog: Bool { contestant.isTouchlog }

  private func measure() async throws -> Measurement {
    switch part {
    case .append:
      if isTouchlog { return try await appendToTouchlog() }
      return stretch > 0
        ? try peer.append(recordsURL, batch: batch, stretch: stretch, of: events)
        : try peer.append(recordsURL, batch: batch)
    case .single:
      return isTouchlog ? try await appendSingly() : try peer.append(recordsURL, batch: 1)
    case .concurrent:
      return isTouchlog
        ? try await touchlog.append(linesURL, appenders: appenders)
        : try peer.append(recordsURL, events: events, appenders: appenders)
    case .find:
      return try touchlog.find(lastOf: events, customer: customer)
    case .refuse:
      return try await touchlog.refuse(lastOf: events, lines: linesURL)
    case .check:
      if isTouchlog {
        try touchlog.check(events: events, lastCustomer: customer)
      } else {
        try peer.check(events: events, lastCustomer: customer)
      }
      return Measurement(events: events, seconds: 0, cpuSeconds: 0)
    case .read:
      let customers = try customersFromInput()
      return Measurement(
        nanoseconds: isTouchlog
          ? try touchlog.read(customers: customers, limit: limit)
          : try peer.read(customers: customers, limit: limit))
    case .scan:
      return isTouchlog ? try touchlog.scan() : try scanRaw()
    case .verify:
      return try touchlog.verify(jobs: jobs)
    case .hash:
      return Measurement(
        contestant == .sha256Tree
          ? try hashTree(ofLog: touchlog.logPath) : try hashRecords(ofLog: touchlog.logPath))
    case .prove:
      return try touchlog.prove(customers: try customersFromInput())
    }
  }

  private var recordsURL: URL { URL(filePath: records) }
  private var linesURL: URL { URL(filePath: lines) }

  private func appendToTouchlog() async throws -> Measurement {
    try touchlog.create()
    let store = try touchlog.open(.appending)
    let pipeline = Pipeline(store: store, lines: linesURL, batch: batch)
    let stopwatch = Stopwatch()
    if contestant == .touchlog {
      var stretches = stretch > 0 ? Stretches(of: stretch) : nil
      let events = try await pipeline.run { stretches?.note($0, at: stopwatch.seconds) }
      var measurement = stopwatch.measurement(of: events)
      measurement.stretches = stretches.map { Stretches.lengths(ofEnds: $0.ends) }
      return measurement
    }
    let (events, steps) = try await pipeline.runOnOneCore()
    var measurement = stopwatch.measurement(of: events)
    measurement.steps = steps
    return measurement
  }

  private func appendSingly() async throws -> Measurement {
    var events: [Event] = []
    try forEachEvent(of: linesURL) { event, _ in events.append(event) }
    let store = try touchlog.open(.appending)
    let stopwatch = Stopwatch()
    for event in events { _ = try await store.append([event]) }
    return stopwatch.measurement(of: events.count)
  }

  /// A raw cursor over the headers of Touchlog's own log.
  private func scanRaw() throws -> Measurement {
    Measurement(try rawScan(ofLog: touchlog.logPath))
  }

  private func customersFromInput() throws -> [String] {
    let input = try FileHandle.standardInput.readToEnd() ?? Data()
    return String(decoding: input, as: UTF8.self).split(separator: "\n").map(String.init)
  }
}

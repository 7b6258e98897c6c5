import CPeers

/// What one contestant did in one run.
struct Measurement: Codable {
  var events = 0
  var seconds = 0.0
  /// User and system, of all its threads, in that time.
  var cpuSeconds = 0.0
  /// Where it was measured: seconds of each step, of one core.
  var steps: Pipeline.Steps?
  /// Of reading and of single appends: nanoseconds of each, in the order of asking.
  var nanoseconds: [UInt64]?
  /// How many commits carried the events, where they are counted.
  var commits: Int?
  /// Bytes that were hashed, or of bundles that were made.
  var bytes: Int?
  /// Events in the bundles that were made.
  var entries: Int?
  /// Seconds of each stretch of the log, where they are asked for.
  var stretches: [Double]?
  /// Filled in by the parent: the highest anonymous memory (`RssAnon`) that was seen, and the peak of all (`VmHWM`).
  var peakAnonymousBytes = 0
  var peakResidentBytes = 0
  /// Filled in by the parent: what its directory takes on disk.
  var diskBytes = 0

  var eventsPerSecond: Double { Double(events) / seconds }

  init(events: Int, seconds: Double, cpuSeconds: Double) {
    self.events = events
    self.seconds = seconds
    self.cpuSeconds = cpuSeconds
  }

  init(_ outcome: peer_outcome) {
    self.init(events: Int(outcome.events), seconds: outcome.seconds, cpuSeconds: outcome.cpu_seconds)
    if outcome.commits > 0 { commits = Int(outcome.commits) }
    if outcome.bytes > 0 { bytes = Int(outcome.bytes) }
  }

  init(nanoseconds: [UInt64]) {
    self.init(events: nanoseconds.count, seconds: Double(nanoseconds.reduce(0, +)) / 1e9, cpuSeconds: 0)
    self.nanoseconds = nanoseconds
  }
}

/// Begins when it is made.
struct Stopwatch {
  private let begun = peer_seconds()
  private let cpuBegun = peer_cpu_seconds()

  var seconds: Double { peer_seconds() - begun }

  func measurement(of events: Int) -> Measurement {
    Measurement(events: events, seconds: seconds, cpuSeconds: peer_cpu_seconds() - cpuBegun)
  }
}

extension [Double] {
  /// The middle one; the mean of the two in the middle of an even number. NaN of none.
  var median: Double {
    guard !isEmpty else { return .nan }
    let sorted = sorted()
    return count.isMultiple(of: 2) ? (sorted[count / 2 - 1] + sorted[count / 2]) / 2 : sorted[count / 2]
  }

  /// The value below which a share of all lies, by the nearest rank.
  func percentile(_ share: Double) -> Double {
    guard !isEmpty else { return .nan }
    return sorted()[Swift.min(count - 1, Int(Double(count) * share))]
  }
}

/// Notes the times at which a log has grown by so many events, and again by so many.
struct Stretches {
  let events: Int
  private(set) var ends: [Double] = []

  init(of events: Int) {
    self.events = events
  }

  /// So many events are durable, after so many seconds.
  mutating func note(_ durable: Int, at seconds: Double) {
    while durable >= (ends.count + 1) * events { ends.append(seconds) }
  }

  /// Seconds of each stretch, from the times of their ends.
  static func lengths(ofEnds ends: [Double]) -> [Double] {
    zip(ends, [0] + ends).map { $0 - $1 }
  }
}

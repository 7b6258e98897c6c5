import Touchlog

/// A standard as it was declared once: one of the versions of its series.
struct StandardVersion: Sendable, Hashable {
  var from: Timestamp
  var declared: Timestamp
  var position: Position
  var threshold: Int64
  var targetShare: Int64
}

/// The versions of one standard for one clock and channel.
struct StandardSeries: Sendable, Hashable {
  let name: NameNumber?
  /// The place of the clock in `ServiceFigure.clocks`.
  let metric: Int
  /// The channel's raw value; 0 for all.
  let channel: UInt8
  /// By the time from which they hold; of two from the same time the one that was declared last is the last.
  var versions: [StandardVersion] = []

  /// The threshold in microseconds that holds for what began at a time; nil where none held yet.
  func threshold(at time: Timestamp, _ choice: ServiceParameters.StandardChoice) -> Int64? {
    if choice == .newest { return versions.last?.threshold }
    return versions.last { $0.from <= time }?.threshold
  }
}

/// All standards that a view knows.
struct Standards: Sendable {
  private(set) var series: [StandardSeries] = []
  /// The places of the series that hold for a clock on a channel: metric · 16 + channel.
  private var places: [[Int]] = Array(repeating: [], count: 5 * 16)

  private var used: UInt128 = 0

  init(in view: some View) throws {
    var found: [StandardSeries: Int] = [:]
    try view.forEachRow(in: ServiceConsistency.company) { _, marks in
      for index in 0..<marks.count
      where marks[index].typeCode == Catalogue.standardDeclared.code && marks[index].part == 1 {
        let mark = marks[index]
        guard index + 1 < marks.count, marks[index + 1].position == mark.position, let metric = mark.choice(0) else {
          continue
        }
        let rest = marks[index + 1]
        let key = StandardSeries(
          name: Mark.lowerName(rest.second), metric: metric, channel: UInt8(mark.choice(1).map { $0 + 1 } ?? 0))
        let place = found[key] ?? series.count
        if place == series.count {
          found[key] = place
          series.append(key)
        }
        series[place].versions.append(
          StandardVersion(
            from: Timestamp(microseconds: rest.firstNumber), declared: mark.occurredAt, position: mark.position,
            threshold: mark.firstNumber, targetShare: mark.secondNumber))
      }
    }
    for place in series.indices {
      series[place].versions.sort { ($0.from, $0.declared, $0.position) < ($1.from, $1.declared, $1.position) }
      for channel in 0..<16 where series[place].channel == 0 || Int(series[place].channel) == channel {
        places[series[place].metric * 16 + channel].append(place)
        used |= 1 << UInt128(series[place].metric * 16 + channel)
      }
    }
  }

  /// Whether any holds, ever: asked for each clock of each episode.
  @inline(__always)
  func has(metric: Int, channel: UInt8) -> Bool { used & 1 << UInt128(metric * 16 + Int(channel & 15)) != 0 }

  @inline(__always)
  func places(metric: Int, channel: UInt8) -> [Int] { places[metric * 16 + Int(channel & 15)] }
}

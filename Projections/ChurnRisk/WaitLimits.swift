import Touchlog

/// How long a customer may wait on each channel: the company's standards, each from when on it holds.
///
/// A wait in a queue is held against the channel's `wait` standard, and where it has none against its `firstReply`, as
/// who writes waits for a reply. A standard of the channel's own goes before one for all channels. Of several the one
/// with the latest `from` that has come is in force; of equal ones the one stated last.
struct WaitLimits: Sendable {
  private struct Limit {
    let from: Int64
    let declared: Mark
    let microseconds: Int64
  }

  /// Places of `Field.metric`'s words.
  private enum Metric {
    static let wait = 0
    static let firstReply = 1
    static let visitLateness = 4
  }

  /// By metric and channel, 0 for all channels; ascending by when they hold.
  private var limits = [[Limit]](repeating: [], count: WaitLimits.metrics * WaitLimits.channels)
  private static let metrics = 5
  private static let channels = 16

  /// How many standards there are.
  private(set) var count = 0

  /// Reads what had been declared by `known`.
  init(in view: some View, known: Timestamp) throws {
    try view.forEachRow(in: ChurnRisk.standards) { _, marks in
      for index in 0..<marks.count where marks[index].occurredAt <= known { add(marks[index]) }
    }
    for place in limits.indices {
      limits[place].sort { ($0.from, $0.declared) < ($1.from, $1.declared) }
    }
  }

  private mutating func add(_ mark: Mark) {
    guard let metric = mark.choice(0), metric < WaitLimits.metrics else { return }
    let from = mark.second == ChurnRisk.noTime ? mark.occurredAt.microseconds : mark.secondNumber
    let channel = mark.choice(1).map { $0 + 1 } ?? 0
    limits[metric * WaitLimits.channels + channel].append(
      Limit(from: from, declared: mark, microseconds: mark.firstNumber))
    count += 1
  }

  /// The longest wait in microseconds that keeps the standard; nil where no standard is in force.
  func wait(onChannel code: Int, at time: Int64) -> Int64? {
    inForce(Metric.wait, code, time) ?? inForce(Metric.firstReply, code, time)
  }

  /// How many microseconds after the end of its window a visit may begin; nil where no standard is in force.
  func lateness(onChannel code: Int, at time: Int64) -> Int64? { inForce(Metric.visitLateness, code, time) }

  private func inForce(_ metric: Int, _ channel: Int, _ time: Int64) -> Int64? {
    latest(metric, channel, time) ?? latest(metric, 0, time)
  }

  private func latest(_ metric: Int, _ channel: Int, _ time: Int64) -> Int64? {
    let place = metric * WaitLimits.channels + channel
    var index = limits[place].count - 1
    while index >= 0, limits[place][index].from > time { index -= 1 }
    return index < 0 ? nil : limits[place][index].microseconds
  }
}

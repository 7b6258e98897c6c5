import Testing
import Touchlog
import TouchlogTesting

@testable import ChurnRisk

/// A customer's story, told event by event, and what it comes to.
struct Story {
  private(set) var events: [Event] = []
  static let customer = Samples.customer(1)

  static func time(_ month: Int, _ day: Int, _ hour: Int64 = 0, _ minute: Int64 = 0) -> Timestamp {
    Timestamp(
      date: CivilDate(year: 2025, month: month, day: day), microsecondOfDay: (hour * 60 + minute) * 60_000_000)
  }

  mutating func add(
    _ type: String, _ time: Timestamp, of customer: Reference? = Story.customer, channel: Channel? = nil,
    interaction: String? = nil, _ data: JSONValue? = nil,
  ) {
    let event = Samples.event(
      "\(events.count)", type, of: customer, channel: channel, interaction: interaction, data: data)
    events.append(event.with { $0.occurredAt = time })
  }

  /// The relationship from then on.
  mutating func status(_ word: String, _ time: Timestamp, of customer: Reference? = Story.customer) {
    add("relationship.changed", time, of: customer, ["status": .string(word)])
  }

  /// A call that waits so many minutes, and ends ten minutes after the answer.
  mutating func call(
    _ name: String, _ time: Timestamp, wait: Int64, outcome: String = "resolved",
    of customer: Reference? = Story.customer, namedFrom: Int = 0,
  ) {
    let steps: [(String, Int64, JSONValue?)] = [
      ("contact.started", 0, ["direction": "inbound"]), ("contact.queued", 0, nil), ("contact.answered", wait, nil),
      ("contact.ended", wait + 10, ["outcome": .string(outcome)]),
    ]
    for (place, step) in steps.enumerated() {
      add(
        step.0, time.adding(seconds: step.1 * 60), of: place < namedFrom ? nil : customer, channel: .phone,
        interaction: name, step.2)
    }
  }

  /// The company's limit for waits on the phone, in seconds.
  mutating func standard(_ seconds: Int, from: Timestamp) {
    add(
      "standard.declared", from, of: nil,
      [
        "standard": "phone", "metric": "wait", "channel": "phone", "thresholdSeconds": .number("\(seconds)"),
        "targetShare": .number("0.8"),
      ])
  }

  /// The features of the one person who can leave at the first of a month.
  func features(at month: Int, gone: ChurnParameters.Gone = .former) throws -> [Feature: Float] {
    let cut = Story.time(month, 1)
    var parameters = ChurnParameters()
    parameters.gone = gone
    let view = try SampleLog(events).view(of: ChurnRisk.self)
    let months = try PersonMonths(
      in: view, parameters, cut: cut, known: cut, snapshots: Snapshots(through: cut, months: 12))
    try #require(months.current.count == 1)
    let row = Array(months.current.row(0))
    return Dictionary(uniqueKeysWithValues: Feature.allCases.map { ($0, row[$0.rawValue]) })
  }

  /// Whether the person was gone after each month before, by its number; months in which they could not leave are absent.
  func outcomes(through cut: Timestamp, gone: ChurnParameters.Gone) throws -> [Int: Bool] {
    var parameters = ChurnParameters()
    parameters.gone = gone
    let view = try SampleLog(events).view(of: ChurnRisk.self)
    let snapshots = Snapshots(through: cut, months: 12)
    let months = try PersonMonths(in: view, parameters, cut: cut, known: cut, snapshots: snapshots)
    var outcomes: [Int: Bool] = [:]
    for index in 0..<months.rows.count {
      let time = Timestamp(microseconds: snapshots.times[Int(months.rows.snapshots[index])])
      outcomes[time.civil.date.month] = months.rows.gone[index]
    }
    return outcomes
  }
}

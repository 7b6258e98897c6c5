import RealData
import ServiceConsistency
import Statistics
import Testing
import Touchlog
import TouchlogTesting

@Suite(.enabled(if: SharedData.isThere, "the shared data is not beside the checkout"))
struct `Calls of a bank` {
  static let events = Result {
    try SharedData.events("bank-calls", ["bank-calls/anonymous_bank_1999_02.tsv.gz"])
  }

  /// The calls, and a standard of twenty seconds that the page of references goes by.
  static let view = Result {
    let standard = Samples.event(
      "standard", "standard.declared", of: .company,
      data: [
        "standard": "service level", "metric": "wait", "channel": "phone", "thresholdSeconds": 20, "targetShare": 0.8,
      ]
    ).with { $0.occurredAt = Story.time("1999-01-01T00:00:00Z") }
    return try SampleLog([standard] + events.get()).view(of: ServiceConsistency.self)
  }

  /// A call as its events tell of it.
  struct Call {
    var queued: Timestamp?
    var answered: Timestamp?
    var ended: Timestamp?
    var agent: String?
    var topic: String?
    var wait: Int64 { (answered ?? ended ?? .earliest).microseconds(since: queued ?? .earliest) }
  }

  static let calls = Result {
    var calls: [String: Call] = [:]
    for event in try events.get() {
      var call = calls[event.interaction ?? "", default: Call()]
      switch event.type {
      case "contact.queued": call.queued = event.occurredAt
      case "contact.answered": call.answered = event.occurredAt
      case "contact.ended": call.ended = event.occurredAt
      default: break
      }
      call.agent = event.agent ?? call.agent
      call.topic = event.topic ?? call.topic
      calls[event.interaction ?? ""] = call
    }
    return Array(calls.values)
  }

  static func report(by dimension: ServiceParameters.Dimension) throws -> ServiceReport {
    var parameters = ServiceParameters()
    parameters.by = dimension
    return try ServiceReport(of: view.get(), parameters)
  }

  @Test func `the figures that were published come out`() throws {
    let report = try Self.report(by: .channel)
    let row = try #require(report.row())
    #expect(row.interactions == 33_066 && report.interactions == 33_066)
    let abandoned = try #require(row.share(.abandoned))
    #expect(abandoned.share.cases == 33_066)
    #expect(abs((abandoned.share.value ?? 0) - 0.17855) < 0.000_005)
    let wait = try #require(row.clock(.wait)?.elapsed)
    #expect(wait.count == 33_066)
    #expect(abs((wait.meanSeconds ?? 0) - 41.348) < 0.000_5)
    let attained = try #require(row.attainments.first)
    #expect(attained.share.cases == 33_066 && attained.thresholdsSeconds == [20] && attained.target == 0.8)
    #expect(abs((attained.share.value ?? 0) - 0.49020) < 0.000_005)
    #expect(row.identified.successes == 13_564 && row.persons == 4021 && row.returning == 2086)
    #expect(report.row(.named("phone"))?.interactions == 33_066 && report.row(.notStated) == nil)
  }

  @Test(arguments: [ServiceParameters.Dimension.agent, .topic])
  func `each agent's and each call type's figures are those of a count by hand`(
    _ dimension: ServiceParameters.Dimension,
  ) throws {
    let report = try Self.report(by: dimension)
    let groups = Dictionary(grouping: try Self.calls.get()) { dimension == .agent ? $0.agent : $0.topic }
    #expect(report.rows.count == groups.count + 1)
    for (name, calls) in groups {
      let row = try #require(report.row(name.map { .named($0) } ?? .notStated), "\(name ?? "not stated")")
      #expect(row.interactions == calls.count)
      #expect(row.share(.abandoned)?.share.successes == calls.count { $0.answered == nil })
      let mean = Double(calls.reduce(0) { $0 + $1.wait }) / Double(calls.count) / 1e6
      #expect(abs((row.clock(.wait)?.elapsed.meanSeconds ?? -1) - mean) < 1e-9 * max(1, mean))
      let within = calls.count { $0.answered != nil && $0.wait <= 20_000_000 }
      #expect(row.attainments.first?.share.successes == within)
      let median = percentile(0.5, of: calls.map(\.wait).sorted())
      #expect(abs((row.clock(.wait)?.elapsed.p50Seconds ?? -1) - median) <= 0.01 * median + 1e-9)
    }
  }

  private func percentile(_ share: Double, of sorted: [Int64]) -> Double {
    let place = share * Double(sorted.count - 1)
    let index = Int(place)
    let next = min(index + 1, sorted.count - 1)
    return (Double(sorted[index]) + (place - Double(index)) * Double(sorted[next] - sorted[index])) / 1e6
  }

  @Test func `the calls behind a figure can be listed`() throws {
    var parameters = ServiceParameters()
    parameters.by = .topic
    let view = try Self.view.get()
    let behind = try ServiceReport.explain(.abandoned, of: .named("NW"), in: view, parameters)
    let row = try #require(try ServiceReport(of: view, parameters).row(.named("NW")))
    #expect(behind.count == row.share(.abandoned)?.share.cases)
    #expect(behind.count { $0.counts == true } == row.share(.abandoned)?.share.successes)
    #expect(Set(behind.map(\.position)).count == behind.count)
  }
}

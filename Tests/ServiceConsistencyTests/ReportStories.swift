import JSON
import ServiceConsistency
import Statistics
import Testing
import Touchlog
import TouchlogTesting

@Suite struct `The report on service` {
  /// A whole call about a topic: it begins at a time of March 2025 and lasts three minutes.
  static func call(
    _ name: String, day: Int, hour: Int = 9, of customer: Int, topic: String? = "billing", channel: Channel = .phone,
    outcome: String = "resolved", outbound: Bool = false,
  ) -> [Event] {
    func time(_ minute: Int) -> String {
      "2025-03-\(day < 10 ? "0" : "")\(day)T\(hour < 10 ? "0" : "")\(hour):0\(minute):00Z"
    }
    return Story.of {
      $0.customer = customer == 0 ? nil : Samples.customer(customer)
      $0.interaction = name
      $0.channel = channel
      $0.add(time(0), "contact.started", ["direction": outbound ? "outbound" : "inbound"], topic: topic)
      if outcome != "abandoned" { $0.add(time(1), "contact.answered", agent: "asta") }
      $0.add(time(3), "contact.ended", ["outcome": .string(outcome)], topic: topic)
    }.events.enumerated().map { index, event in event.with { $0.id = "\(name)/\(index)" } }
  }

  /// Something on the last of the month, so that the log's end hides nothing of the first days.
  static let end = call("end", day: 31, of: 99, topic: "end")

  static func report(_ events: [Event], _ change: (inout ServiceParameters) -> Void = { _ in }) throws -> ServiceReport
  {
    var parameters = ServiceParameters()
    change(&parameters)
    return try ServiceReport(of: SampleLog(events).view(of: ServiceConsistency.self), parameters)
  }

  @Test func `a contact is resolved when nothing further comes on its topic within the window`() throws {
    let events =
      Self.call("a", day: 1, of: 1) + Self.call("b", day: 4, of: 1, channel: .chat) + Self.call("c", day: 20, of: 1)
      + Self.call("d", day: 2, of: 2) + Self.call("e", day: 3, of: 2, topic: "delivery") + Self.end
    let row = try #require(try Self.report(events).row())
    // Of a to e only a is followed, by b on another channel; what ended on the 31st cannot know yet.
    #expect(row.share(.firstContactResolved)?.share == Share(4, of: 5))
    #expect(row.share(.repeated)?.share == Share(1, of: 5))
    #expect(row.share(.repeatedElsewhere)?.share == Share(1, of: 5))
    #expect(row.share(.firstContactResolved)?.coverage == Share(5, of: 5))
    let short = try #require(try Self.report(events) { $0.repeatWindowDays = 2 }.row())
    #expect(short.share(.repeated)?.share == Share(0, of: 5))
  }

  @Test func `the end of the log is no success`() throws {
    let events = Self.call("a", day: 1, of: 1) + Self.call("b", day: 7, of: 2)
    #expect(try Self.report(events).row()?.share(.firstContactResolved)?.share == Share(0, of: 0))
  }

  @Test func `a reopening within the window is a further contact`() throws {
    var events = Self.call("a", day: 1, of: 1)
    events.append(
      Samples.event("again", "contact.reopened", of: Samples.customer(1), channel: .phone, interaction: "a")
        .with { $0.occurredAt = Story.time("2025-03-05T09:00:00Z") })
    let row = try #require(try Self.report(events + Self.end).row())
    #expect(row.share(.firstContactResolved)?.share == Share(0, of: 1))
    #expect(row.share(.reopened)?.share == Share(1, of: 2))
  }

  @Test func `who is called back has not come again, and who gave up was not handled`() throws {
    let events =
      Self.call("a", day: 1, of: 1) + Self.call("back", day: 2, of: 1, outbound: true)
      + Self.call("gone", day: 1, of: 2, outcome: "abandoned") + Self.end
    let report = try Self.report(events)
    #expect(report.row()?.share(.firstContactResolved)?.share == Share(1, of: 1))
    #expect(report.row()?.clock(.wait)?.elapsed.count == 3)
    let all = try Self.report(events) { $0.anchors = .all }
    #expect(all.row()?.share(.firstContactResolved)?.share == Share(2, of: 2))
  }

  @Test func `linked references are one person, and nobody by name lowers the coverage`() throws {
    let events =
      Self.call("a", day: 1, of: 1) + Self.call("b", day: 3, of: 2) + Self.call("c", day: 1, of: 0) + Self.end
    let apart = try #require(try Self.report(events).row())
    #expect(apart.share(.firstContactResolved)?.share == Share(2, of: 2))
    #expect(apart.share(.firstContactResolved)?.coverage == Share(2, of: 3))
    #expect(apart.persons == 3 && apart.identified == Share(3, of: 4))
    let link = Samples.link("l", of: Samples.customer(1), with: "crm:2")
    let together = try #require(try Self.report(events + [link]).row())
    #expect(together.share(.firstContactResolved)?.share == Share(1, of: 2))
    #expect(together.persons == 2 && together.returning == 1)
  }

  @Test func `an interaction that names one person late is theirs from its start, and counts once`() throws {
    var events = Self.call("a", day: 1, of: 1)
    events[0].subject = nil
    let row = try #require(try Self.report(events + Self.call("b", day: 2, of: 1) + Self.end).row())
    #expect(row.interactions == 3 && row.identified == Share(3, of: 3))
    #expect(row.clock(.wait)?.elapsed.p50Seconds == 60)
    #expect(row.share(.firstContactResolved)?.share == Share(1, of: 2))
  }

  @Test func `a promise is kept by the time that was due last`() throws {
    func promise(_ name: String, _ steps: [(String, String, JSONValue)]) -> [Event] {
      steps.enumerated().map { index, step in
        var data: JSONValue = ["promise": .string(name)]
        if case .object(var members) = data, case .object(let more) = step.2 {
          members += more
          data = .object(members)
        }
        return Samples.event("\(name)/\(index)", "promise.\(step.1)", of: Samples.customer(1), data: data)
          .with { $0.occurredAt = Story.time("2025-03-\(step.0)T12:00:00Z") }
      }
    }
    let due = { (day: String) -> JSONValue in ["kind": "callback", "dueAt": .string("2025-03-\(day)T12:00:00Z")] }
    let none: JSONValue = [:]
    let events =
      promise("on-time", [("01", "made", due("03")), ("03", "kept", none)])
      + promise("late", [("01", "made", due("03")), ("04", "kept", none)])
      + promise("moved", [("01", "made", due("03")), ("02", "renegotiated", due("05")), ("04", "kept", none)])
      + promise("waived", [("01", "made", due("03")), ("02", "waived", none)])
      + promise("undated", [("01", "made", ["kind": "answer"]), ("09", "kept", none)])
      + promise("broken", [("01", "made", ["kind": "answer"]), ("09", "broken", none)])
      + promise("forgotten", [("01", "made", due("03"))]) + promise("open", [("01", "made", ["kind": "answer"])])
    #expect(try Self.report(events + Self.end).row()?.share(.promiseKept)?.share == Share(3, of: 6))
    let left = try Self.report(events + Self.end) { $0.overduePromises = .leftOut }
    #expect(left.row()?.share(.promiseKept)?.share == Share(3, of: 5))
  }

  @Test func `feedback after a transfer belongs to the last handler, or to the first`() throws {
    let events = Story.of {
      $0.start("09:00:00")
      $0.answer("09:01:00", by: "asta", team: "first")
      $0.add("09:02:00", "contact.transferred", ["toTeam": "second"])
      $0.answer("09:04:00", by: "bo", team: "second")
      $0.end("09:05:00")
      for (index, score) in [5, 4, 2].enumerated() {
        $0.add(
          "09:1\(index):00", "feedback.given", ["instrument": "csat", "score": .number("\(score)"), "min": 1, "max": 5])
      }
      $0.add("09:20:00", "feedback.given", ["instrument": "nps", "score": 9, "min": 0, "max": 10])
      $0.add("09:21:00", "feedback.given", ["instrument": "nps", "score": 6, "min": 0, "max": 10])
    }.events
    let last = try Self.report(events) { $0.by = .team }
    let csat = try #require(last.row(.named("second"))?.opinion(.csat)?.given)
    #expect(csat.answers == 3 && csat.value == 2.0 / 3)
    #expect(abs((csat.mean ?? 0) - 11.0 / 3) < 1e-6)
    #expect(last.row(.named("second"))?.opinion(.nps)?.given.value == 0)
    let first = try Self.report(events) {
      $0.by = .team
      $0.feedbackBelongs = .first
    }
    #expect(first.row(.named("first"))?.opinion(.csat)?.given.answers == 3)
    #expect(first.row(.named("second"))?.opinion(.csat)?.given.answers == 0)
  }

  @Test func `a standard holds for what began while it was in force`() throws {
    func standard(_ id: String, _ from: String, seconds: JSONValue) -> Event {
      Samples.event(
        id, "standard.declared", of: .company,
        data: [
          "standard": "wait", "metric": "wait", "channel": "phone", "thresholdSeconds": seconds, "targetShare": 0.8,
          "from": .string(from),
        ]
      ).with { $0.occurredAt = Story.time("2025-02-01T00:00:00Z") }
    }
    // Every call waits a minute.
    let events =
      [
        standard("s1", "2025-02-01T00:00:00Z", seconds: 90), standard("s2", "2025-03-10T00:00:00Z", seconds: 30),
      ] + Self.call("a", day: 1, of: 1) + Self.call("b", day: 12, of: 2)
      + Self.call("c", day: 2, of: 3, outcome: "abandoned") + Self.call("d", day: 2, of: 4, channel: .video)
    let inForce = try #require(try Self.report(events).row()?.attainments.first)
    #expect(inForce.share == Share(1, of: 3) && inForce.thresholdsSeconds == [90, 30])
    let newest = try #require(try Self.report(events) { $0.standards = .newest }.row()?.attainments.first)
    #expect(newest.share == Share(0, of: 3))
    let left = try #require(try Self.report(events) { $0.abandonedWaits = .leftOut }.row()?.attainments.first)
    #expect(left.share == Share(1, of: 2))
  }

  @Test func `clocks run in open time too, holds taken out`() throws {
    let hours = try OpeningHours([540..<1020])
    let calendar = BusinessCalendar(
      name: "office", zone: .utc,
      week: [.monday: hours, .tuesday: hours, .wednesday: hours, .thursday: hours, .friday: hours])
    // From Friday 16:30 to Monday 09:30 is an hour of open time.
    let events = Story.of {
      $0.start("2025-03-07T16:30:00Z")
      $0.answer("2025-03-10T09:30:00Z")
      $0.add("2025-03-10T16:00:00Z", "contact.held")
      $0.add("2025-03-11T09:30:00Z", "contact.resumed")
      $0.end("2025-03-11T10:00:00Z")
    }.events
    let row = try #require(try Self.report(events) { $0.calendar = calendar }.row())
    #expect(row.clock(.wait)?.business?.p50Seconds == 3600)
    #expect(row.clock(.wait)?.elapsed.p50Seconds == 234_000)
    // 09:30 to 16:00 and 09:30 to 10:00.
    #expect(row.clock(.handle)?.business?.p50Seconds == 25_200)
  }

  @Test func `segments are those that were assigned by then, and what has none is not stated`() throws {
    let assigned = Samples.event(
      "s", "segment.assigned", of: Samples.customer(1), data: ["segment": "gold"]
    ).with { $0.occurredAt = Story.time("2025-03-02T00:00:00Z") }
    let report = try Self.report(
      [assigned] + Self.call("a", day: 1, of: 1) + Self.call("b", day: 3, of: 1) + Self.call("c", day: 3, of: 2)
    ) { $0.by = .segment }
    #expect(report.row(.named("gold"))?.interactions == 1)
    #expect(report.row(.notStated)?.interactions == 2)
  }

  @Test func `an end before its start is counted as contradicting, and waits nowhere`() throws {
    let events = Story.of {
      $0.end("08:59:00", "abandoned")
      $0.start("09:00:00")
    }.events
    let report = try Self.report(events)
    #expect(report.contradictions == 1 && report.row()?.clock(.wait)?.elapsed.count == 0)
  }
}

import Testing
import Touchlog
import TouchlogTesting

@testable import ChurnRisk

/// What is known of a customer at the begin of a month, story by story.
@Suite struct FeatureTests {
  @Test func `contacts are good or poor by outcome and by the standard in force`() throws {
    var story = Story()
    story.standard(300, from: Story.time(1, 1))
    story.standard(120, from: Story.time(5, 15))
    story.status("active", Story.time(1, 2))
    // Good in April; in May good under the first standard, and beyond the second.
    story.call("a", Story.time(4, 10), wait: 3)
    story.call("b", Story.time(5, 10), wait: 3)
    story.call("c", Story.time(5, 20), wait: 3)
    story.call("d", Story.time(5, 21), wait: 1, outcome: "unresolved")
    story.call("e", Story.time(5, 22), wait: 1, outcome: "followUp")
    let features = try story.features(at: 6)
    #expect(features[.good] == 1 && features[.goodBefore] == 1 && features[.poorBefore] == 0)
    #expect(features[.waits] == 1 && features[.unresolved] == 1 && features[.abandoned] == 0)
    #expect(features[.activeDays] == 5 && features[.channels] == 1)
    #expect(features[.recency] == Float(Double(10).squareRoot()))
    let july = try story.features(at: 7)
    #expect(july[.good] == 0 && july[.goodBefore] == 2 && july[.poorBefore] == 2 && july[.waits] == 0)
  }

  @Test func `a second wait counts, and a reopening begins anew`() throws {
    var story = Story()
    story.standard(120, from: Story.time(1, 1))
    story.status("active", Story.time(1, 2))
    let start = Story.time(5, 3, 9)
    func add(_ type: String, _ minute: Int64, _ data: JSONValue? = nil) {
      story.add(type, start.adding(seconds: minute * 60), channel: .phone, interaction: "x", data)
    }
    add("contact.started", 0, ["direction": "inbound"])
    add("contact.queued", 0)
    add("contact.answered", 1)
    add("contact.transferred", 2, ["toTeam": "billing"])
    add("contact.queued", 2)
    add("contact.answered", 9)
    add("contact.ended", 10, ["outcome": "resolved"])
    add("contact.ended", 11, ["outcome": "unresolved"])
    add("contact.reopened", 100)
    add("contact.queued", 100)
    add("contact.answered", 101)
    add("contact.ended", 110, ["outcome": "resolved"])
    let features = try story.features(at: 6)
    // The first episode waited too long after its transfer; what ends it again is wrap-up; the second is good.
    #expect(features[.waits] == 1 && features[.transferred] == 1)
    #expect(features[.good] == 1 && features[.unresolved] == 0)
    #expect(try story.features(at: 7)[.poorBefore] == 1)
  }

  @Test func `promises are late against the due time agreed last, and broken when they are said to be`() throws {
    var story = Story()
    story.status("active", Story.time(1, 2))
    func promise(_ type: String, _ name: String, _ time: Timestamp, due: Timestamp? = nil) {
      var data: [(String, JSONValue)] = [("promise", .string(name))]
      if type == "made" { data.append(("kind", "callback")) }
      if let due { data.append(("dueAt", .string(due.rfc3339))) }
      story.add("promise.\(type)", time, .object(data.map { (key: $0.0, value: $0.1) }))
    }
    promise("made", "moved", Story.time(5, 1), due: Story.time(5, 3))
    promise("renegotiated", "moved", Story.time(5, 2), due: Story.time(5, 9))
    promise("kept", "moved", Story.time(5, 8))
    promise("made", "late", Story.time(5, 1), due: Story.time(5, 3))
    promise("kept", "late", Story.time(5, 3, 0, 1))
    promise("made", "undated", Story.time(5, 1))
    promise("kept", "undated", Story.time(5, 30))
    promise("made", "broken", Story.time(5, 1), due: Story.time(5, 3))
    promise("broken", "broken", Story.time(5, 4))
    promise("made", "waived", Story.time(5, 1), due: Story.time(5, 3))
    promise("waived", "waived", Story.time(5, 5))
    let features = try story.features(at: 6)
    #expect(features[.late] == 1 && features[.broken] == 1)
  }

  @Test func `a visit is late after its window and the standard`() throws {
    var story = Story()
    story.status("active", Story.time(1, 2))
    story.add(
      "standard.declared", Story.time(1, 1), of: nil,
      [
        "standard": "visits", "metric": "visitLateness", "channel": "field", "thresholdSeconds": .number("900"),
        "targetShare": .number("0.9"),
      ])
    func visit(_ name: String, day: Int, minutesLate: Int64) {
      let start = Story.time(5, day, 8)
      func add(_ type: String, _ time: Timestamp, _ data: JSONValue? = nil) {
        story.add(type, time, channel: .field, interaction: name, data)
      }
      func window(_ end: Timestamp) -> JSONValue {
        ["windowStart": .string(start.rfc3339), "windowEnd": .string(end.rfc3339)]
      }
      add("visit.scheduled", Story.time(5, 1), window(start.adding(seconds: 3600)))
      add("visit.scheduled", Story.time(5, 2), window(start.adding(seconds: 7200)))
      let arrival = start.adding(seconds: 7200 + minutesLate * 60)
      add("visit.arrived", arrival)
      add("visit.completed", arrival.adding(seconds: 1800), ["outcome": "resolved"])
    }
    visit("a", day: 10, minutesLate: 14)
    visit("b", day: 11, minutesLate: 16)
    story.add("visit.missed", Story.time(5, 20), channel: .field, interaction: "c")
    let features = try story.features(at: 6)
    #expect(features[.waits] == 1 && features[.good] == 1 && features[.abandoned] == 1)
  }

  @Test func `linked references and anonymous beginnings are one person's`() throws {
    var story = Story()
    story.standard(60, from: Story.time(1, 1))
    story.status("active", Story.time(1, 2))
    let phone = Reference(normalised: "tel:+46701234567")
    story.call("a", Story.time(5, 5), wait: 3, of: phone)
    // Nobody's name until the answer: the wait is theirs all the same.
    story.call("b", Story.time(5, 6), wait: 3, namedFrom: 2)
    let apart = try story.features(at: 6)
    #expect(apart[.waits] == 1 && apart[.activeDays] == 1)
    story.add("identity.linked", Story.time(5, 7), ["other": .string(phone.text), "confidence": .number("0.9")])
    let linked = try story.features(at: 6)
    #expect(linked[.waits] == 2 && linked[.activeDays] == 2)
    story.add("identity.unlinked", Story.time(5, 8), ["other": .string(phone.text)])
    #expect(try story.features(at: 6) == apart)
  }

  @Test func `answers count from the worst to the best, the last by time and position`() throws {
    var story = Story()
    story.status("active", Story.time(1, 2))
    func answer(_ time: Timestamp, _ score: Int, least: Int = 1, most: Int = 5) {
      story.add(
        "feedback.given", time,
        [
          "instrument": "csat", "score": .number("\(score)"), "min": .number("\(least)"), "max": .number("\(most)"),
        ])
    }
    answer(Story.time(4, 1), 5)
    answer(Story.time(5, 1), 1)
    answer(Story.time(5, 1), 3)
    let features = try story.features(at: 6)
    #expect(features[.answered] == 1 && features[.lastSatisfaction] == 0)
    #expect(abs(try #require(features[.meanSatisfaction])) < 1e-4)
    #expect(features[.activeDays] == 2)
  }

  @Test func `who left is gone after the month before, and can leave no more`() throws {
    var story = Story()
    story.status("active", Story.time(1, 20))
    story.status("former", Story.time(4, 11))
    story.status("active", Story.time(6, 5))
    let outcomes = try story.outcomes(through: Story.time(8, 1), gone: .former)
    #expect(outcomes == [2: false, 3: false, 4: true, 7: false])
    // The history ends where the person left, and goes on when they are back.
    let view = try SampleLog(Array(story.events.prefix(2))).view(of: ChurnRisk.self)
    var parameters = ChurnParameters()
    parameters.clock = .relationship
    parameters.cut = Story.time(8, 1)
    let cut = try #require(parameters.cut)
    let months = try PersonMonths(
      in: view, parameters, cut: cut, known: cut, snapshots: Snapshots(through: cut, months: 12))
    #expect(Array(months.histories) == [RepeatDays(repeats: 0, last: 0, age: 81)])
  }

  @Test func `silence is a stretch without activity, in stretches that do not overlap`() throws {
    var story = Story()
    story.call("a", Story.time(1, 10), wait: 1)
    story.call("b", Story.time(3, 10), wait: 1)
    // Sixty days reach over two months, so every second month is looked at, and the last only if its stretch is over.
    let outcomes = try story.outcomes(through: Story.time(12, 1), gone: .silent(days: 60))
    for (month, isGone) in outcomes {
      switch month {
      case 2: #expect(!isGone)
      case 3: #expect(!isGone)
      case 4, 5: #expect(isGone)
      default: Issue.record("nobody can fall silent in month \(month)")
      }
    }
    #expect(outcomes.count == 2)
  }

  @Test func `what a call-back does is no activity of the customer`() throws {
    var story = Story()
    story.status("active", Story.time(1, 2))
    for (type, data) in [
      ("contact.started", ["direction": "outbound"] as JSONValue?), ("contact.answered", nil),
      ("contact.ended", ["outcome": "resolved"]),
    ] {
      story.add(type, Story.time(5, 5), channel: .phone, interaction: "out", data)
    }
    let features = try story.features(at: 6)
    #expect(features[.activeDays] == 0 && features[.good] == 1)
  }
}

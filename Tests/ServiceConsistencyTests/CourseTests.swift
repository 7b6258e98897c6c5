import Testing
import Touchlog
import TouchlogTesting

@Suite struct `The course of an interaction` {
  @Test func `a call has its wait, its handling less the holds, and who handled it`() throws {
    let course = try Story.of {
      $0.start("09:00:00", topic: "billing")
      $0.queue("09:00:30")
      $0.answer("09:02:00", by: "asta", team: "support")
      $0.add("09:03:00", "contact.held")
      $0.add("09:04:30", "contact.resumed")
      $0.end("09:06:00", by: "asta")
    }.course()
    let episode = try #require(course.episodes.first)
    #expect(course.episodes.count == 1)
    #expect(episode.wait()?.seconds == 90)
    #expect(episode.wait(from: .began)?.seconds == 120)
    #expect(episode.handle?.seconds == 240)
    #expect(episode.heldWithinHandle == 90_000_000)
    #expect(episode.resolution?.seconds == 360)
    #expect(episode.lastAgent != nil && course.topic != nil)
    #expect(course.isOutbound == false)
  }

  /// The row of the reference page: reopened Friday 14:00, answered 14:10.
  @Test func `the clock restarts at the reopening`() throws {
    let course = try Story.of {
      $0.start("2025-03-05T09:00:00Z")
      $0.answer("2025-03-05T09:30:00Z")
      $0.end("2025-03-05T10:00:00Z", "unresolved")
      $0.add("2025-03-07T14:00:00Z", "contact.reopened")
      $0.answer("2025-03-07T14:10:00Z")
      $0.end("2025-03-07T14:25:00Z")
    }.course()
    #expect(course.episodes.map { $0.wait()?.seconds } == [1800, 600])
    #expect(course.episodes.map { $0.resolution?.seconds } == [nil, 1500])
    #expect(course.reopenings == 1)
  }

  @Test func `an end before the start closes nothing, contradicts, and counts in no clock`() throws {
    let course = try Story.of {
      $0.end("08:59:00", "abandoned")
      $0.start("09:00:00")
      $0.queue("09:00:30")
    }.course()
    let episode = try #require(course.episodes.first)
    #expect(course.episodes.count == 1 && course.contradictions == 1)
    #expect(episode.isContradictory && episode.isGivenUp)
    #expect(episode.wait() == nil && episode.handle == nil && episode.resolution == nil)
  }

  @Test func `whoever gives up has waited until then`() throws {
    let course = try Story.of {
      $0.start("09:00:00")
      $0.queue("09:00:10")
      $0.end("09:01:00", "abandoned")
    }.course()
    #expect(course.episodes.first?.wait()?.seconds == 50)
    #expect(course.episodes.first?.handle == nil)
  }

  @Test func `the first reply is an agent's, or a bot's where that is asked for`() throws {
    let course = try Story.of {
      $0.channel = .chat
      $0.start("09:00:00")
      $0.add("09:00:05", "contact.message", ["by": "customer"])
      $0.add("09:00:07", "contact.message", ["by": "bot"])
      $0.answer("09:01:00")
      $0.add("09:02:00", "contact.message", ["by": "agent"])
      $0.end("09:03:00")
    }.course()
    let episode = try #require(course.episodes.first)
    #expect(episode.firstReply()?.seconds == 120)
    #expect(episode.firstReply(by: .anybody)?.seconds == 7)
    #expect(episode.wait()?.seconds == 60)
  }

  @Test func `a visit is late by the window that it was moved to last`() throws {
    func window(_ start: String, _ end: String) -> (String, String) { (start, end) }
    let course = try Story.of {
      $0.channel = .field
      $0.add(
        "2025-03-01T09:00:00Z", "visit.scheduled",
        ["windowStart": "2025-03-03T08:00:00Z", "windowEnd": "2025-03-03T10:00:00Z"])
      $0.add(
        "2025-03-02T09:00:00Z", "visit.scheduled",
        ["windowStart": "2025-03-04T08:00:00Z", "windowEnd": "2025-03-04T10:00:00Z"])
      $0.add("2025-03-04T10:20:00Z", "visit.arrived", agent: "finn")
      $0.add("2025-03-04T11:00:00Z", "visit.completed", ["outcome": "resolved"], agent: "finn")
    }.course()
    let episode = try #require(course.episodes.first)
    #expect(episode.lateness?.seconds == 1200)
    #expect(course.moves == 1)
    #expect(episode.handle?.seconds == 2400)
  }

  @Test func `an arrival within the window is late by nothing`() throws {
    let course = try Story.of {
      $0.channel = .field
      $0.add(
        "2025-03-01T09:00:00Z", "visit.scheduled",
        ["windowStart": "2025-03-03T08:00:00Z", "windowEnd": "2025-03-03T10:00:00Z"])
      $0.add("2025-03-03T07:50:00Z", "visit.arrived")
    }.course()
    #expect(course.episodes.first?.lateness?.seconds == 0)
  }

  @Test func `remarks alone are no episode`() throws {
    let course = try Story.of { $0.add("09:00:00", "praise.given", ["severity": 2]) }.course()
    #expect(course.episodes.isEmpty)
  }
}

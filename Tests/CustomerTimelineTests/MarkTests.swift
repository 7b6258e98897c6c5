import CustomerTimeline
import Testing
import Touchlog

@Suite struct MarkTests {
  @Test func `an event recorded after the threshold is late, one at the threshold is not`() {
    let story = Story.of {
      $0.add("09:00:00", "praise.given", recorded: "10:00:00")
      $0.add("09:00:00", "praise.given", recorded: "11:30:00")
    }
    #expect(story.timeline().lines.map(\.marks.lateBy) == [nil, .seconds(9000)])
    #expect(story.timeline().lines[1].marks.words == ["late by 2 h 30 min"])
    #expect(story.timeline(lateAfter: .seconds(60)).lines.map(\.marks.lateBy) == [.seconds(3600), .seconds(9000)])
  }

  @Test func `an event is out of order when its stream knew a later one`() {
    let story = Story.of {
      $0.add("09:00:00", "praise.given", position: 1)
      $0.add("09:10:00", "praise.given", position: 2)
      $0.add("09:05:00", "praise.given", position: 3)
      $0.add("09:10:00", "praise.given", position: 4)
      $0.add("09:09:00", "praise.given", position: 5)
    }
    let lines = story.timeline().lines
    #expect(lines.map(\.position.value) == [1, 3, 5, 2, 4])
    #expect(lines.map(\.marks.isOutOfOrder) == [false, true, true, false, false])
    #expect(lines[1].marks.words == ["out of order"])
  }

  @Test func `another stream's events put nothing out of order`() {
    let story = Story.of {
      $0.start("09:00:10")
      $0.add("09:00:05", "contact.message", #"{"by":"bot"}"#, in: "call-1", channel: .phone, isAnonymous: true)
    }
    #expect(story.timeline().lines.allSatisfy { !$0.marks.isOutOfOrder })
  }

  @Test func `only what lies within the bounds puts an event out of order`() {
    let story = Story.of {
      $0.add("09:10:00", "praise.given")
      $0.add("09:05:00", "praise.given")
    }
    let bounded = story.timeline(Timeline.Bounds(asOf: Story.time("09:05:00")))
    #expect(bounded.lines.map(\.marks.isOutOfOrder) == [false])
    #expect(story.timeline().lines.map(\.marks.isOutOfOrder) == [true, false])
  }

  @Test func `an end dated before the only start is contradictory, and no time is derived from it`() throws {
    let story = Story.of {
      $0.start("09:00:00")
      $0.answer("09:00:10")
      $0.end("08:55:00")
    }
    let call = try #require(story.timeline().interactions.first)
    #expect(call.episodes.count == 1)
    #expect(call.episodes[0].isContradictory)
    #expect(!call.isOpen)
    #expect(call.episodes[0].duration == nil)
    #expect(call.handle == nil)
    #expect(call.outcome == "resolved")
    #expect(call.lines[0].marks.words == ["out of order", "contradictory: ended 5 min before it began"])
    #expect(call.lines[0].words == "ended, resolved")
  }

  @Test func `a stray end beside a good one is marked, and the good one counts`() throws {
    let story = Story.of {
      $0.end("08:55:00", "unresolved")
      $0.start("09:00:00")
      $0.end("09:05:00")
    }
    let call = try #require(story.timeline().interactions.first)
    #expect(call.episodes.map(\.duration) == [.seconds(300)])
    #expect(call.outcome == "resolved")
    #expect(call.lines.map { $0.marks.contradiction != nil } == [true, false, false])
  }

  @Test func `start and end at one instant do not contradict, whichever was recorded first`() throws {
    let story = Story.of {
      $0.end("09:00:00")
      $0.start("09:00:00")
    }
    let call = try #require(story.timeline().interactions.first)
    #expect(call.episodes.map(\.duration) == [.zero])
    #expect(call.lines.allSatisfy { $0.marks.isEmpty })
  }

  @Test func `a reopening before the end is contradictory`() throws {
    let story = Story.of {
      $0.start("09:00:00")
      $0.add("09:03:00", "contact.reopened", in: "call-1", channel: .phone)
      $0.end("09:05:00")
    }
    let call = try #require(story.timeline().interactions.first)
    #expect(call.episodes.map(\.duration) == [.seconds(180), .seconds(120)])
    #expect(call.lines[1].marks.contradiction == "reopened before it had ended")
  }

  @Test func `a reopened contact may have an end before its start`() throws {
    let story = Story.of {
      $0.end("08:55:00")
      $0.start("09:00:00")
      $0.add("09:03:00", "contact.reopened", in: "call-1", channel: .phone)
    }
    let call = try #require(story.timeline().interactions.first)
    #expect(call.episodes.map(\.isContradictory) == [true, false])
    #expect(call.lines.map { $0.marks.contradiction != nil } == [true, false, false])
    #expect(call.isOpen)
  }

  @Test func `a visit completed before its arrival and a promise kept before it was made are contradictory`() {
    let story = Story.of {
      $0.add("09:00:00", "visit.completed", #"{"outcome":"resolved"}"#, in: "v", channel: .field)
      $0.add("09:01:00", "visit.arrived", in: "v", channel: .field)
      $0.add("10:00:00", "promise.kept", #"{"promise":"p"}"#)
      $0.add("11:00:00", "promise.made", #"{"promise":"p","kind":"answer"}"#)
    }
    #expect(
      story.timeline().lines.map(\.marks.contradiction) == [
        "completed 1 min before the arrival", nil, "1 h before it was made", nil,
      ])
  }

  @Test func `anonymous events count when the interaction has one of the customer's own, and are marked`() throws {
    let story = Story.of {
      $0.start("09:00:00")
      $0.add("09:00:05", "contact.answered", in: "call-1", channel: .phone, agent: "DORIT", isAnonymous: true)
      $0.add("09:00:05", "contact.answered", in: "call-2", channel: .phone, isAnonymous: true)
      $0.add("09:00:05", "praise.given", isAnonymous: true)
    }
    let timeline = story.timeline()
    #expect(timeline.lines.map(\.marks.isAnonymous) == [false, true])
    #expect(timeline.interactions.map(\.wait) == [.seconds(5)])
    #expect(timeline.lines[1].marks.words == ["anonymous"])
  }

  @Test func `as of a time before anybody was named there is nothing`() {
    let story = Story.of {
      $0.add("09:00:00", "contact.queued", in: "call-1", channel: .phone, isAnonymous: true)
      $0.answer("09:00:05")
    }
    #expect(story.timeline(Timeline.Bounds(asOf: Story.time("09:00:04"))).eventCount == 0)
    #expect(story.timeline().eventCount == 2)
  }

  @Test func `the timeline of somebody anonymous marks nothing`() {
    var story = Story()
    story.customer = .anonymous(interaction: "call-1")
    story.customerNumber = CustomerNumber(90)
    story.add("09:00:00", "contact.queued", in: "call-1", channel: .phone, isAnonymous: true)
    #expect(story.timeline().lines.map(\.marks.isAnonymous) == [false])
  }

  @Test func `bounds hold by both clocks, and what is at the bound counts`() {
    let story = Story.of {
      $0.add("09:00:00", "praise.given", recorded: "12:00:00")
      $0.add("10:00:00", "praise.given", recorded: "12:00:01")
      $0.add("11:00:00", "praise.given", recorded: "12:00:02")
    }
    func count(_ bounds: Timeline.Bounds) -> Int { story.timeline(bounds).eventCount }
    #expect(count(Timeline.Bounds(asOf: Story.time("10:00:00"))) == 2)
    #expect(count(Timeline.Bounds(asKnownAt: Story.time("12:00:00"))) == 1)
    #expect(count(Timeline.Bounds(until: Position(2))) == 2)
    #expect(count(Timeline.Bounds(asOf: Story.time("09:00:00"), until: Position(0))) == 0)
  }

  @Test func `an open episode as of a time is closed later`() throws {
    let story = Story.of {
      $0.start("09:00:00")
      $0.end("09:05:00")
    }
    let before = story.timeline(Timeline.Bounds(asOf: Story.time("09:04:59")))
    #expect(before.interactions.map(\.isOpen) == [true])
    #expect(story.timeline().interactions.map(\.isOpen) == [false])
  }
}

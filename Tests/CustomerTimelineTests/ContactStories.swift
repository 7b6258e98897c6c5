import CustomerTimeline
import Testing
import Touchlog

@Suite struct ContactStories {
  private func only(_ story: Story) throws -> Timeline.Interaction {
    let timeline = story.timeline()
    #expect(timeline.interactions.count == 1)
    return try #require(timeline.interactions.first)
  }

  @Test func `an answered call tells wait, handling and outcome`() throws {
    let story = Story.of {
      $0.start("09:15:00")
      $0.queue("09:15:02")
      $0.answer("09:15:44")
      $0.end("09:20:00")
    }
    let call = try only(story)
    #expect(
      story.words == [
        "inbound phone contact started", "waited 42 s in queue NW", "answered by DORIT", "ended after 5 min, resolved",
      ])
    #expect(call.wait == .seconds(42))
    #expect(call.handle == .seconds(256))
    #expect(call.hold == nil)
    #expect(call.outcome == "resolved")
    #expect(call.began == Story.time("09:15:00"))
    #expect(call.ended == Story.time("09:20:00"))
    #expect(call.episodes.map(\.duration) == [.seconds(300)])
    #expect(call.agents == ["DORIT"])
    #expect(call.channels == [.phone])
    #expect(call.lines.allSatisfy { $0.marks.isEmpty })
  }

  @Test func `a call without a queue waits from its start`() throws {
    let story = Story.of {
      $0.start("09:15:00")
      $0.answer("09:15:07")
    }
    let call = try only(story)
    #expect(call.wait == .seconds(7))
    #expect(call.isOpen)
    #expect(call.ended == nil)
    #expect(call.handle == nil)
    #expect(call.outcome == nil)
    #expect(story.words.last == "answered by DORIT after 7 s")
  }

  @Test func `an abandoned call waited until its end`() throws {
    let story = Story.of {
      $0.start("09:15:00")
      $0.queue("09:15:02")
      $0.end("09:15:07", "abandoned")
    }
    let call = try only(story)
    #expect(call.wait == .seconds(5))
    #expect(call.handle == nil)
    #expect(story.words.suffix(2) == ["waited 5 s in queue NW", "abandoned after 5 s"])
  }

  @Test func `a call abandoned after it was answered says so`() throws {
    let story = Story.of {
      $0.start("09:15:00")
      $0.answer("09:15:10")
      $0.end("09:16:00", "abandoned")
    }
    #expect(try only(story).wait == .seconds(10))
    #expect(story.words.last == "abandoned after 1 min, though it had been answered")
  }

  @Test func `a call that was neither answered nor abandoned has no wait`() throws {
    let call = try only(
      Story.of {
        $0.start("09:15:00")
        $0.end("09:15:30")
      })
    #expect(call.wait == nil)
    #expect(call.handle == nil)
  }

  @Test func `a transfer is told, and the first wait counts`() throws {
    let story = Story.of {
      $0.start("09:00:00")
      $0.queue("09:00:00")
      $0.answer("09:00:30")
      $0.add(
        "09:02:00", "contact.transferred", #"{"toTeam":"Loans","toAgent":"ANNA","toChannel":"video"}"#, in: "call-1",
        channel: .phone, agent: "DORIT")
      $0.queue("09:02:00", "LO")
      $0.answer("09:03:10", by: "ANNA")
      $0.end("09:10:00")
    }
    let call = try only(story)
    #expect(call.wait == .seconds(30))
    #expect(call.handle == .seconds(570))
    #expect(call.agents == ["DORIT", "ANNA"])
    #expect(story.words[3] == "transferred by DORIT to team Loans, to ANNA, to video")
    #expect(story.words[4] == "waited 1 min 10 s in queue LO")
    #expect(story.words[5] == "answered by ANNA")
  }

  @Test func `a queue entered only after the answer does not move the wait`() throws {
    let call = try only(
      Story.of {
        $0.start("09:00:00")
        $0.answer("09:00:08")
        $0.queue("09:01:00")
        $0.answer("09:03:00", by: "ANNA")
      })
    #expect(call.wait == .seconds(8))
  }

  @Test func `holds add up, whatever ends them`() throws {
    let story = Story.of {
      $0.start("09:00:00")
      $0.answer("09:00:10")
      $0.add("09:01:00", "contact.held", in: "call-1", channel: .phone)
      $0.add("09:01:30", "contact.resumed", in: "call-1", channel: .phone, agent: "DORIT")
      $0.add("09:02:00", "contact.held", in: "call-1", channel: .phone)
      $0.answer("09:02:20", by: "ANNA")
      $0.add("09:04:00", "contact.held", in: "call-1", channel: .phone)
      $0.end("09:04:05", "unresolved")
    }
    #expect(try only(story).hold == .seconds(55))
    #expect(story.words[2] == "put on hold for 30 s")
    #expect(story.words[3] == "taken off hold by DORIT")
    #expect(story.words[4] == "put on hold for 20 s")
  }

  @Test func `a hold that nothing ends does not count`() throws {
    let story = Story.of {
      $0.start("09:00:00")
      $0.answer("09:00:10")
      $0.add("09:01:00", "contact.held", in: "call-1", channel: .phone)
    }
    #expect(try only(story).hold == nil)
    #expect(story.words.last == "put on hold")
  }

  @Test func `a reopened contact has two episodes, and is open until it ends again`() throws {
    var story = Story.of {
      $0.start("09:00:00")
      $0.answer("09:00:10")
      $0.end("09:05:00", "followUp")
      $0.add("2025-03-03T12:05:00Z", "contact.reopened", in: "call-1", channel: .phone)
    }
    var call = try only(story)
    #expect(call.episodes.count == 2)
    #expect(call.isOpen)
    #expect(call.outcome == nil)
    #expect(call.episodes.map(\.isReopened) == [false, true])
    #expect(story.words.suffix(2) == ["ended after 5 min, to be followed up", "reopened, 2 d 3 h after the end"])
    story.answer("2025-03-03T12:06:00Z")
    story.end("2025-03-03T12:10:00Z")
    call = try only(story)
    #expect(call.episodes.map(\.duration) == [.seconds(300), .seconds(300)])
    #expect(call.episodes.map(\.wait) == [.seconds(10), .seconds(60)])
    #expect(call.wait == .seconds(10))
    #expect(call.handle == .seconds(290 + 240))
    #expect(call.outcome == "resolved")
  }

  @Test func `the first end is the end, the last outcome the outcome`() throws {
    let call = try only(
      Story.of {
        $0.start("09:00:00")
        $0.end("09:05:00", "unresolved")
        $0.end("09:06:00", "resolved")
      })
    #expect(call.ended == Story.time("09:05:00"))
    #expect(call.outcome == "resolved")
  }

  @Test func `a chat tells its messages`() throws {
    let story = Story.of {
      $0.start("09:00:00", in: "chat-1", channel: .chat)
      $0.add("09:00:01", "contact.message", #"{"by":"customer","text":"Hej!"}"#, in: "chat-1", channel: .chat)
      $0.add("09:00:02", "contact.message", #"{"by":"bot","text":"One moment"}"#, in: "chat-1", channel: .chat)
      $0.add("09:00:40", "contact.answered", in: "chat-1", channel: .chat, team: "Chat")
      $0.add("09:00:45", "contact.message", #"{"by":"agent"}"#, in: "chat-1", channel: .chat, agent: "ANNA")
      $0.end("09:02:05", in: "chat-1", channel: .chat)
    }
    #expect(
      story.words == [
        "inbound chat contact started", "customer wrote: “Hej!”", "bot wrote: “One moment”",
        "answered by team Chat after 40 s", "ANNA wrote", "ended after 2 min 5 s, resolved",
      ])
    #expect(try only(story).teams == ["Chat"])
  }

  @Test func `a contact whose start is missing begins with its first event, one whose end alone is there has no start`()
    throws
  {
    let begun = try only(
      Story.of {
        $0.queue("09:00:00")
        $0.answer("09:00:10")
      })
    #expect(begun.began == Story.time("09:00:00"))
    #expect(begun.isOpen)
    let ended = try only(Story.of { $0.end("09:00:10") })
    #expect(ended.began == nil)
    #expect(ended.ended == Story.time("09:00:10"))
    #expect(ended.episodes.map(\.duration) == [nil])
    #expect(ended.lines[0].marks.isEmpty)
  }

  @Test func `a remark about an interaction is none of its channels and no episode`() throws {
    var story = Story.of {
      $0.add("12:00:00", "praise.given", #"{"text":"kind"}"#, in: "call-1", channel: .web, topic: "thanks")
    }
    #expect(try only(story).episodes.isEmpty)
    #expect(try only(story).isOpen == false)
    #expect(try only(story).channels == [.web])
    story.start("09:00:00")
    story.end("09:01:00")
    let call = try only(story)
    #expect(call.channels == [.phone])
    #expect(call.topic == "thanks")
    #expect(call.episodes.count == 1)
    #expect(call.ended == Story.time("09:01:00"))
  }
}

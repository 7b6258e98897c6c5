import CustomerTimeline
import Testing
import Touchlog

@Suite struct LanesTests {
  private func drawn(_ timeline: Timeline, columns: Int) -> [String] {
    (timeline.lanes(columns: columns)?.lanes ?? []).map { lane in
      let cells = lane.cells.map { cell -> String in
        switch cell {
        case .empty: "."
        case .passing: "-"
        case .events(let count): String(count)
        }
      }
      return "\(lane.channel.name) \(cells.joined())"
    }
  }

  @Test func `a lane for each channel tells when there were contacts, and which went on`() {
    let story = Story.of {
      $0.start("09:00:00", in: "a")
      $0.start("09:10:00", in: "b", channel: .chat)
      $0.start("09:30:00", in: "c")
      $0.end("09:50:00", in: "a")
      $0.end("09:50:00", in: "c")
      $0.add("09:59:59", "complaint.raised", channel: .email)
      // On a channel, but no contact: it does not make the call last until then.
      $0.add("09:59:00", "feedback.given", #"{"instrument":"csat","score":2}"#, in: "a", channel: .phone)
    }
    #expect(drawn(story.timeline(), columns: 6) == ["phone 1--1-3", "chat .1....", "email .....1"])
    #expect(story.timeline().spans.map(\.times.count) == [2, 2, 1, 1, 1])
  }

  @Test func `the first instant is in the first column and the last in the last, whatever the width`() {
    let story = Story.of {
      $0.start("2005-01-01T00:00:00Z", in: "a")
      $0.start("2025-06-30T23:59:59.999999Z", in: "b")
    }
    for columns in 2...300 {
      let cells = drawn(story.timeline(), columns: columns)[0].dropFirst(6)
      #expect(cells.first == "1" && cells.last == "1" && cells.count == columns)
    }
  }

  @Test func `one instant, or no channel, has no lanes`() {
    #expect(Story.of { $0.start("09:00:00") }.timeline().lanes(columns: 40) == nil)
    let praises = Story.of {
      $0.add("09:00:00", "praise.given")
      $0.add("10:00:00", "praise.given")
    }
    #expect(praises.timeline().lanes(columns: 40) == nil)
  }
}

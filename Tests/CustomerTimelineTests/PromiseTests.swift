import CustomerTimeline
import Testing
import Touchlog

@Suite struct PromiseTests {
  private func promise(_ write: (inout Story) -> Void, end: String? = nil) throws -> Timeline.Promise {
    let story = Story.of(write)
    let provenance = Timeline.Provenance(
      customer: story.customer, customerNumber: story.customerNumber, head: Position(100), end: end.map(Story.time))
    let promises = Timeline(of: story.events, provenance: provenance).promises
    #expect(promises.count == 1)
    return try #require(promises.first)
  }

  private func make(_ story: inout Story, due: String? = "12:00:00") {
    let dueAt = due.map { #","dueAt":"2025-03-01T\#($0)Z""# } ?? ""
    story.add(
      "09:00:00", "promise.made", #"{"promise":"p","kind":"callback","by":"agent"\#(dueAt)}"#, agent: "DORIT")
  }

  @Test func `what is kept by its time is kept, and what is kept after is late`() throws {
    for (time, state, lateBy) in [
      ("12:00:00", Timeline.Promise.State.kept, nil), ("14:30:00", .late, Duration.seconds(9000)),
    ] {
      let promise = try promise {
        make(&$0)
        $0.add(time, "promise.kept", #"{"promise":"p"}"#)
      }
      #expect(promise.state == state)
      #expect(promise.lateBy == lateBy)
      #expect(promise.kind == "callback")
      #expect(promise.author == "DORIT")
      #expect(promise.made == Story.time("09:00:00"))
      #expect(promise.positions == [Position(0), Position(1)])
    }
  }

  @Test func `what has not ended is open, and overdue once the log's end is past its time`() throws {
    #expect(try promise({ make(&$0) }, end: "12:00:00").state == .open)
    #expect(try promise({ make(&$0) }, end: "12:00:01").state == .overdue)
    #expect(try promise({ make(&$0) }).state == .open)
    #expect(try promise({ make(&$0, due: nil) }, end: "2026-01-01T00:00:00Z").state == .open)
  }

  @Test func `the agreement in force counts, whenever the log took it`() throws {
    let promise = try promise {
      $0.add("13:00:00", "promise.kept", #"{"promise":"p"}"#)
      $0.add("10:00:00", "promise.renegotiated", #"{"promise":"p","dueAt":"2025-03-01T13:00:00Z"}"#)
      make(&$0)
    }
    #expect(promise.state == .kept)
    #expect(promise.renegotiations == 1)
    #expect(promise.due == Story.time("13:00:00"))
  }

  @Test func `a later renegotiation opens a broken promise again, and the last word counts`() throws {
    func state(_ events: [(String, String)]) throws -> Timeline.Promise.State {
      try promise { story in
        make(&story)
        for (time, type) in events { story.add(time, type, #"{"promise":"p"}"#) }
      }.state
    }
    #expect(try state([("12:30:00", "promise.broken")]) == .broken)
    #expect(try state([("12:30:00", "promise.broken"), ("12:40:00", "promise.renegotiated")]) == .open)
    #expect(try state([("12:30:00", "promise.broken"), ("13:00:00", "promise.kept")]) == .late)
    #expect(try state([("11:30:00", "promise.waived")]) == .waived)
  }

  @Test func `they have a section of their own`() {
    let story = Story.of {
      make(&$0)
      $0.add("14:30:00", "promise.kept", #"{"promise":"p"}"#)
      $0.add("15:00:00", "promise.made", #"{"promise":"q","kind":"refund"}"#)
    }
    let text = TimelineText.render(story.timeline(), width: 100)
    #expect(
      text.hasSuffix(
        """
        Promises: 1 open, 1 kept late
          late  p (callback) by DORIT, made 1 Mar 09:00, due 1 Mar 12:00, kept 1 Mar 14:30, 2 h 30 min    #1
                late
          open  q (refund), made 1 Mar 15:00                                                              #2

        """))
  }
}

import CustomerTimeline
import ServiceConsistency
import Testing
import Touchlog
import TouchlogTesting

/// What auditors read of an interaction and what figures are made of are derived twice, from opened events and from
/// marks: here one is held against the other.
@Suite struct `Courses and timelines` {
  /// An interaction's events as the store would open them.
  private static func opened(_ events: [(Int, Event)]) -> [OpenedEvent] {
    events.map { position, event in
      OpenedEvent(
        position: Position(UInt64(position)), recordedAt: event.occurredAt, customerNumber: CustomerNumber(0),
        customer: Samples.customer(1), streamVersion: 0, event: event, isErased: false)
    }
  }

  private static func courses(of log: SampleLog) throws -> [UInt64: InteractionCourse] {
    var marks: [UInt64: [Mark]] = [:]
    try log.view(of: ServiceConsistency.self).forEachRow(in: ServiceConsistency.interactions) { key, values in
      for index in 0..<values.count { marks[key.thing, default: []].append(values[index]) }
    }
    return marks.mapValues {
      var course = InteractionCourse()
      course.read($0.sorted().span)
      return course
    }
  }

  private static func expectAgreement(_ events: [Event]) throws {
    let courses = try courses(of: SampleLog(events))
    let interactions = Dictionary(grouping: events.enumerated()) { $0.element.interaction ?? "" }
    var compared = 0
    for (name, part) in interactions where !name.isEmpty {
      let timeline = Timeline(
        of: opened(part.map { ($0.offset, $0.element) }),
        provenance: Timeline.Provenance(
          customer: Samples.customer(1), customerNumber: CustomerNumber(0), head: Position(UInt64(events.count))))
      let interaction = try #require(timeline.interactions.first)
      guard let course = courses[SampleLog.interactionKey(name).thing] else {
        // Promises and what else says nothing of the course.
        #expect(interaction.episodes.isEmpty, "\(name)")
        continue
      }
      try expectAgreement(course, interaction, name)
      compared += 1
    }
    #expect(compared > 0)
  }

  private static func expectAgreement(
    _ course: InteractionCourse, _ interaction: Timeline.Interaction, _ name: String,
  ) throws {
    try #require(course.episodes.count == interaction.episodes.count, "\(name)")
    for (mine, theirs) in zip(course.episodes, interaction.episodes) {
      try #require(mine.began == theirs.began && mine.ended == theirs.ended, "\(name)")
      try #require(mine.isReopened == theirs.isReopened && mine.isContradictory == theirs.isContradictory, "\(name)")
      try #require(mine.wait().map { .microseconds($0.length) } == theirs.wait, "\(name)")
      try #require(mine.handle.map { .microseconds($0.length) } == theirs.handle, "\(name)")
      try #require(Duration.microseconds(mine.held) == theirs.hold ?? .zero, "\(name)")
      try #require(mine.outcome.map { "\($0)" } == theirs.outcome, "\(name)")
    }
  }

  @Test func `agree on every interaction of a simulated company`() throws {
    try Self.expectAgreement(Array(try SimulatedCompany.events.get().prefix(20_000)))
  }

  /// Few types in few minutes, so that starts are missing, ends come twice or first, and holds are left open.
  @Test(arguments: 1...8)
  func `agree on any events in any order`(_ seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    var events: [Event] = []
    for interaction in 0..<60 {
      for _ in 0..<Int.random(in: 1...9, using: &random) {
        var story = Story()
        story.interaction = "i-\(interaction)"
        let time = "09:0\(Int.random(in: 0...9, using: &random)):00"
        let isVisit = interaction % 3 == 2
        switch Int.random(in: 0...11, using: &random) {
        case 0, 1: if isVisit { story.schedule(time) } else { story.start(time) }
        case 2, 3: if isVisit { story.add(time, "visit.arrived") } else { story.answer(time) }
        case 4, 5:
          let outcome = ["resolved", "abandoned", "unresolved"].randomElement(using: &random) ?? ""
          if isVisit {
            story.add(time, "visit.completed", ["outcome": .string(outcome)])
          } else {
            story.end(time, outcome)
          }
        case 6: story.queue(time)
        case 7: story.add(time, "contact.held")
        case 8: story.add(time, "contact.resumed")
        case 9: story.add(time, "contact.reopened")
        case 10: story.add(time, "guide.finished", ["guide": "g", "exit": "abandoned"])
        default: story.add(time, interaction % 2 == 0 ? "praise.given" : "guide.started", ["guide": "g"])
        }
        events += story.events.map { event in event.with { $0.id = "r-\(events.count)" } }
      }
    }
    try Self.expectAgreement(events)
  }
}

extension Story {
  mutating func schedule(_ time: String) {
    add(
      time, "visit.scheduled", ["windowStart": "2025-03-03T08:00:00Z", "windowEnd": "2025-03-03T10:00:00Z"])
  }
}

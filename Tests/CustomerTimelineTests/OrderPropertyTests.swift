import CustomerTimeline
import Testing
import Touchlog

/// SplitMix64 (Steele, Lea, Flood 2014), so that a failing case can be run again by its seed.
private struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

@Suite struct OrderPropertyTests {
  private static let data: [String: String] = [
    "contact.started": #"{"direction":"inbound"}"#, "contact.queued": #"{"queue":"NW"}"#,
    "visit.scheduled": #"{"windowStart":"2025-03-01T09:01:00Z","windowEnd":"2025-03-01T09:02:00Z"}"#,
    "promise.made": #"{"promise":"p","kind":"answer","dueAt":"2025-03-01T09:01:00Z"}"#,
    "promise.kept": #"{"promise":"p"}"#, "order.confirmed": #"{"order":"o"}"#, "order.delivered": #"{"order":"o"}"#,
  ]

  /// Any types in a few interactions, dated within a few minutes so that times collide and clocks contradict.
  private func story(seed: UInt64) -> Story {
    var generator = SeededGenerator(state: seed)
    var story = Story()
    for _ in 0..<Int.random(in: 0...40, using: &generator) {
      let type = Catalogue.all.randomElement(using: &generator)?.name ?? "acme.scanned"
      let outcome = Bool.random(using: &generator) ? "resolved" : "abandoned"
      let isEnd = type == "contact.ended" || type == "visit.completed"
      let second = Int64.random(in: 0...240, using: &generator)
      story.add(
        Story.time("09:00:00").adding(seconds: second).rfc3339, type,
        isEnd ? #"{"outcome":"\#(outcome)"}"# : OrderPropertyTests.data[type],
        in: [nil, "a", "b", "c"].randomElement(using: &generator) ?? nil, channel: .phone,
        recorded: Story.time("09:00:00").adding(seconds: second + Int64(story.events.count) * 600).rfc3339,
        isAnonymous: Int.random(in: 0..<5, using: &generator) == 0)
    }
    return story
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `any order of the same events, some handed over twice, gives the same timeline and text`(seed: UInt64) {
    let story = story(seed: seed)
    let timeline = story.timeline()
    let text = TimelineText.render(timeline, width: 80)
    var generator = SeededGenerator(state: ~seed)
    for _ in 0..<8 {
      let twice = story.events.filter { _ in Bool.random(using: &generator) }
      let shuffled = (story.events + twice).shuffled(using: &generator)
      let other = Timeline(of: shuffled, provenance: story.provenance())
      #expect(other == timeline)
      #expect(TimelineText.render(other, width: 80) == text)
    }
  }

  @Test(arguments: 1...200 as ClosedRange<UInt64>)
  func `each event is shown once, in order, and no derived time is negative`(seed: UInt64) {
    let story = story(seed: seed)
    let timeline = story.timeline()
    let own = Set(story.events.filter { $0.customerNumber == CustomerNumber(7) }.compactMap(\.event.interaction))
    let expected = story.events.filter {
      $0.customerNumber == CustomerNumber(7) || $0.event.interaction.map(own.contains) == true
    }
    #expect(timeline.lines.map(\.position).sorted() == expected.map(\.position))
    for lines in timeline.interactions.map(\.lines) + [timeline.others] {
      #expect(zip(lines, lines.dropFirst()).allSatisfy { ($0.occurredAt, $0.position) < ($1.occurredAt, $1.position) })
    }
    let starts = timeline.interactions.compactMap(\.lines.first)
    #expect(zip(starts, starts.dropFirst()).allSatisfy { ($0.occurredAt, $0.position) < ($1.occurredAt, $1.position) })
    for episode in timeline.interactions.flatMap(\.episodes) {
      for time in [episode.wait, episode.hold, episode.handle, episode.duration] { #expect((time ?? .zero) >= .zero) }
      #expect(episode.began != nil || episode.ended != nil)
    }
    for interaction in timeline.interactions {
      #expect(interaction.episodes.dropLast().allSatisfy { !$0.isOpen })
    }
  }
}

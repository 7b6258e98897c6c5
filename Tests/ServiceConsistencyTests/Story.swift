import JSON
import ServiceConsistency
import Touchlog
import TouchlogTesting

/// Writes events the way a test tells them, one after the other; the log takes each when it happened.
struct Story {
  private(set) var events: [Event] = []
  var customer: Reference? = Samples.customer(1)
  var interaction: String? = "call-1"
  var channel: Channel? = .phone

  /// - Parameter time: `09:15:00` on Saturday, 1 March 2025, or a whole RFC 3339 time.
  mutating func add(
    _ time: String, _ type: String, _ data: JSONValue? = nil, agent: String? = nil, team: String? = nil,
    topic: String? = nil, location: String? = nil,
  ) {
    events.append(
      Samples.event("e-\(events.count)", type, of: customer, channel: channel, interaction: interaction, data: data)
        .with {
          $0.occurredAt = Story.time(time)
          $0.agent = agent
          $0.team = team
          $0.topic = topic
          $0.location = location
        })
  }

  static func time(_ text: String) -> Timestamp {
    guard let time = Timestamp(rfc3339: text.count == 8 ? "2025-03-01T\(text)Z" : text) else {
      preconditionFailure("\(text) is no time")
    }
    return time
  }

  static func of(_ write: (inout Story) -> Void) -> Story {
    var story = Story()
    write(&story)
    return story
  }

  /// The log in the order in which the events happened, as nothing is late in most stories.
  func log() throws -> SampleLog { try SampleLog(events) }

  /// The course of the story's only interaction.
  func course() throws -> InteractionCourse {
    let view = try log().view(of: ServiceConsistency.self)
    var marks: [Mark] = []
    try view.forEachRow(in: ServiceConsistency.interactions) { _, values in
      for index in 0..<values.count { marks.append(values[index]) }
    }
    var course = InteractionCourse()
    course.read(marks.sorted().span)
    return course
  }
}

extension Story {
  mutating func start(_ time: String, topic: String? = nil) {
    add(time, "contact.started", ["direction": "inbound"], topic: topic)
  }
  mutating func queue(_ time: String) { add(time, "contact.queued") }
  mutating func answer(_ time: String, by agent: String? = "asta", team: String? = nil) {
    add(time, "contact.answered", agent: agent, team: team)
  }
  mutating func end(_ time: String, _ outcome: String = "resolved", by agent: String? = nil) {
    add(time, "contact.ended", ["outcome": .string(outcome)], agent: agent)
  }
}

extension Stretch {
  var seconds: Int64 { length / 1_000_000 }
}

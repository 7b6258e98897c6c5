import CustomerTimeline
import Touchlog

/// Writes events the way a test tells them: each has the next position, and is recorded a second after it occurred
/// unless the test says otherwise.
struct Story {
  private(set) var events: [OpenedEvent] = []
  var customer: Reference? = Reference(normalised: "crm:42")
  var customerNumber = CustomerNumber(7)

  /// Times are `09:15:00` on 1 March 2025, or whole RFC 3339 times; data is a JSON text.
  mutating func add(
    _ time: String, _ type: String, _ data: String? = nil, in interaction: String? = nil, channel: Channel? = nil,
    agent: String? = nil, team: String? = nil, topic: String? = nil, recorded: String? = nil, position: UInt64? = nil,
    isAnonymous: Bool = false, isErased: Bool = false,
  ) {
    let occurredAt = Story.time(time)
    let place = position ?? UInt64(events.count)
    let event = Event(
      id: "e-\(place)", source: "/test", type: type, occurredAt: occurredAt, channel: channel,
      interaction: interaction, agent: agent, team: team, topic: topic, dataText: data.map { Array($0.utf8) })
    events.append(
      OpenedEvent(
        position: Position(place), recordedAt: recorded.map(Story.time) ?? occurredAt.adding(seconds: 1),
        customerNumber: isAnonymous ? CustomerNumber(90) : customerNumber,
        customer: isAnonymous ? .anonymous(interaction: interaction ?? "none") : customer,
        streamVersion: UInt32(events.count), event: event, isErased: isErased))
  }

  static func time(_ text: String) -> Timestamp {
    guard let time = Timestamp(rfc3339: text.count == 8 ? "2025-03-01T\(text)Z" : text) else {
      preconditionFailure("\(text) is no time")
    }
    return time
  }

  func provenance(_ bounds: Timeline.Bounds = Timeline.Bounds()) -> Timeline.Provenance {
    Timeline.Provenance(
      customer: customer, customerNumber: customerNumber, head: Position(10_000), bounds: bounds)
  }

  func timeline(_ bounds: Timeline.Bounds = Timeline.Bounds(), lateAfter: Duration = .seconds(3600)) -> Timeline {
    Timeline(of: events, provenance: provenance(bounds), lateAfter: lateAfter)
  }

  /// The words of all lines, in order.
  var words: [String] { timeline().lines.map(\.words) }
}

extension Story {
  static func of(_ write: (inout Story) -> Void) -> Story {
    var story = Story()
    write(&story)
    return story
  }

  mutating func start(_ time: String, in interaction: String = "call-1", channel: Channel = .phone) {
    add(time, "contact.started", #"{"direction":"inbound"}"#, in: interaction, channel: channel)
  }

  mutating func queue(_ time: String, _ queue: String = "NW", in interaction: String = "call-1") {
    add(time, "contact.queued", #"{"queue":"\#(queue)"}"#, in: interaction, channel: .phone)
  }

  mutating func answer(_ time: String, by agent: String = "DORIT", in interaction: String = "call-1") {
    add(time, "contact.answered", in: interaction, channel: .phone, agent: agent)
  }

  mutating func end(
    _ time: String, _ outcome: String = "resolved", in interaction: String = "call-1", channel: Channel = .phone,
  ) {
    add(time, "contact.ended", #"{"outcome":"\#(outcome)"}"#, in: interaction, channel: channel)
  }
}

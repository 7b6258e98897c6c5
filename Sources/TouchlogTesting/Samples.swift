public import JSON
public import Touchlog

/// Events for tests, with as little at the point of use as the test is about.
///
/// ```swift
/// let anna = Samples.customer(1)
/// let receipt = try await store.append(Samples.praises(1...3, of: anna), expecting: .noStream)
/// let late = Samples.praise("4", of: anna).with { $0.occurredAt = Samples.minute(-90) }
/// ```
public enum Samples {
  /// 2025-03-01T12:00:00Z, when samples happen and a `ManualClock` starts.
  public static let noon = Timestamp(date: CivilDate(year: 2025, month: 3, day: 1), microsecondOfDay: 43_200_000_000)

  /// The source of samples that name no other.
  public static let source = "/samples"

  /// So many minutes after noon, before it where negative.
  public static func minute(_ minutes: Int) -> Timestamp {
    noon.adding(seconds: Int64(minutes) * 60)
  }

  /// The customer `crm:` and the number.
  public static func customer(_ number: Int) -> Reference {
    Reference(normalised: "crm:\(number)")
  }

  /// An event of any type, at noon.
  public static func event(
    _ id: String, _ type: String, of customer: Reference?, channel: Channel? = nil, interaction: String? = nil,
    data: JSONValue? = nil,
  ) -> Event {
    Event(
      id: id, source: source, type: type, occurredAt: noon, subject: customer, channel: channel,
      interaction: interaction, data: data)
  }

  /// The simplest event that the catalogue knows: a customer praises.
  public static func praise(_ id: String, of customer: Reference? = customer(1)) -> Event {
    event(id, "praise.given", of: customer, data: ["severity": 3, "text": "kind and quick"])
  }

  /// Praises of one customer, numbered, a second apart. Their ids begin with the customer's reference.
  public static func praises(_ numbers: ClosedRange<Int>, of customer: Reference = customer(1)) -> [Event] {
    numbers.map { number in
      praise("\(customer)/\(number)", of: customer).with { $0.occurredAt = noon.adding(seconds: Int64(number)) }
    }
  }

  /// A telephone call from its start to its end, a minute between the events.
  public static func call(_ name: String, of customer: Reference? = customer(1)) -> [Event] {
    let steps: [(type: String, data: JSONValue?)] = [
      ("contact.started", ["direction": "inbound"]), ("contact.queued", ["queue": "support"]),
      ("contact.answered", nil), ("contact.ended", ["outcome": "resolved"]),
    ]
    return steps.enumerated().map { index, step in
      event("\(name)/\(index)", step.type, of: customer, channel: .phone, interaction: name, data: step.data)
        .with {
          $0.occurredAt = minute(index)
          if index >= 2 { $0.agent = "asta" }
        }
    }
  }

  /// A link between a customer and another reference, which stands in `data` as it is written here.
  public static func link(_ id: String, of customer: Reference, with other: String) -> Event {
    event(id, "identity.linked", of: customer, data: ["other": .string(other), "confidence": 0.5])
  }
}

extension Event {
  /// The event with something changed.
  public func with(_ change: (inout Event) -> Void) -> Event {
    var event = self
    change(&event)
    return event
  }
}

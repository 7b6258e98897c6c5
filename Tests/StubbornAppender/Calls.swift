package import Touchlog

/// Calls to append in tests of faults: call `n` is the event `en`, and comes with new customers and names all along, so
/// that the vault is written in most commits.
package enum Calls {
  /// The calls as events.
  package static func events(_ numbers: Range<Int>) throws -> [Event] {
    try numbers.map { number in
      Event(
        id: "e\(number)", source: "/pbx", type: "contact.started",
        occurredAt: Timestamp(microseconds: 1_740_820_500_000_000),
        subject: number % 5 == 0 ? nil : try Reference("crm:\(number / 4)"), channel: .phone,
        interaction: "i\(number / 3)", topic: "topic-\(number / 50)", data: ["direction": "inbound"])
    }
  }
}

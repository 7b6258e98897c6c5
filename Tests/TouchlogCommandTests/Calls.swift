import Foundation
import Testing
import Touchlog

/// Calls to append in tests of faults: call `n` is the event `en`, and comes with new customers and names all along, so
/// that the vault is written in most commits.
enum Calls {
  /// The calls' lines, as the command reads them.
  static func text(_ numbers: Range<Int>) -> String {
    numbers.map { number in
      Sample.event(
        "e\(number)",
        [
          "interaction": "\"i\(number / 3)\"", "subject": number % 5 == 0 ? nil : "\"crm:\(number / 4)\"",
          "topic": "\"topic-\(number / 50)\"",
        ]) + "\n"
    }.joined()
  }

  /// The calls as events: the same content as the lines have.
  static func events(_ numbers: Range<Int>) throws -> [Event] {
    try numbers.map { number in
      Event(
        id: "e\(number)", source: "/pbx", type: "contact.started",
        occurredAt: try #require(Timestamp(rfc3339: "2025-03-01T09:15:00Z")),
        subject: number % 5 == 0 ? nil : try Reference("crm:\(number / 4)"), channel: .phone,
        interaction: "i\(number / 3)", topic: "topic-\(number / 50)", data: ["direction": "inbound"])
    }
  }

  /// How many events of the input a line of output says are on disk; nil where it is no receipt.
  static func contained(in line: some StringProtocol) throws -> Int? {
    guard line.hasPrefix("{"), case .number(let text)? = try JSONValue(parsing: String(line))["contained"] else {
      return nil
    }
    return Int(text)
  }
}

import JSON
import Touchlog

/// A store under test with its clock, and the checks that cases are written in.
struct Trial: Sendable {
  let store: any EventStore
  let clock: ManualClock

  /// Appends what must be accepted.
  @discardableResult
  func append(
    _ events: [Event], expecting expectation: Expectation = .any, file: StaticString = #fileID, line: UInt = #line,
  ) async throws -> Receipt {
    do {
      return try await store.append(events, expecting: expectation)
    } catch let error as AppendError {
      throw ConformanceFailure(
        "append of \(events.shown) expecting \(expectation)", expected: "a receipt", found: "\(error)",
        file: file, line: line)
    }
  }

  /// Appends, and checks how it ends, and that a refusal leaves the log as it was.
  func expectAppend(
    _ events: [Event], expecting expectation: Expectation = .any, ends expected: Outcome, _ circumstance: String = "",
    file: StaticString = #fileID, line: UInt = #line,
  ) async throws {
    let before = try store.head()
    let found = try await store.outcome(of: events, expecting: expectation)
    let subject =
      "append of \(events.shown) expecting \(expectation)" + (circumstance.isEmpty ? "" : ", \(circumstance)")
    try expect(subject, found, is: expected, file: file, line: line)
    let head =
      switch expected {
      case .accepted(_, _, _, let head): Position(head)
      case .refused: before
      }
    try expect("head after \(subject)", try store.head(), is: head, file: file, line: line)
  }

  /// Appends what is stored already, and checks that it is recognised.
  func expectDuplicate(
    _ event: Event, at position: Position, _ circumstance: String, file: StaticString = #fileID, line: UInt = #line,
  ) async throws {
    let receipt = try await append([event], file: file, line: line)
    try expect("positions of a duplicate \(circumstance)", receipt.positions, is: [position], file: file, line: line)
    try expect("new events of a duplicate \(circumstance)", receipt.appended, is: 0, file: file, line: line)
  }

  /// Checks that the log holds these events, in normal form, and no others.
  @discardableResult
  func expectLog(
    _ expected: [Event], file: StaticString = #fileID, line: UInt = #line,
  ) throws -> [OpenedEvent] {
    let found = try store.events()
    try expect(
      "positions of the log", found.map(\.position.value), is: (0..<expected.count).map { UInt64($0) },
      file: file, line: line)
    try expect("head", try store.head(), is: Position(UInt64(expected.count)), file: file, line: line)
    for (opened, event) in zip(found, expected) { try expectSame(opened, event, file: file, line: line) }
    return found
  }

  /// Checks that an event comes back as it was appended.
  func expectSame(
    _ opened: OpenedEvent, _ appended: Event, file: StaticString = #fileID, line: UInt = #line,
  ) throws {
    var checker = EventChecker()
    let checked = try checker.check(appended)
    let expected = checked.normalForm
    let place = "position \(opened.position)"
    try expect("identity at \(place)", opened.event.identity, is: expected.identity, file: file, line: line)
    if let field = opened.event.firstDifference(from: expected) {
      throw ConformanceFailure(
        "\(field) of \(expected.identity) at \(place)", expected: expected.shown(field),
        found: opened.event.shown(field), file: file, line: line)
    }
    if checked.references.isEmpty {
      try expect("bytes of data at \(place)", opened.event.data, is: expected.data, file: file, line: line)
    }
    try expect(
      "customer at \(place)", opened.customer.map { Array($0.text.utf8) }, is: checked.customer.bytes,
      file: file, line: line)
    try expect("erasure at \(place)", opened.isErased, is: false, file: file, line: line)
  }
}

extension Event {
  /// Source and id, as bytes tell them apart.
  var identity: String {
    "\(source) \(id)".unicodeScalars.map { $0.isASCII ? String($0) : "\\u{\(String($0.value, radix: 16))}" }.joined()
  }

  /// A field that `firstDifference` names, for a message.
  func shown(_ field: String) -> String {
    switch field {
    case "type": type
    case "time": occurredAt.rfc3339
    case "subject": subject?.text ?? "none"
    case "channel": channel?.name ?? "none"
    case "interaction": interaction ?? "none"
    case "agent": agent ?? "none"
    case "team": team ?? "none"
    case "location": location ?? "none"
    case "topic": topic ?? "none"
    case "data": data.map { String(decoding: $0.prefix(2000), as: UTF8.self) } ?? "none"
    default: extensions[field]?.text ?? "none"
    }
  }
}

extension [Event] {
  /// The ids, for a message.
  var shown: String { isEmpty ? "nothing" : map(\.identity).abridged }
}

import Touchlog

/// One expectation, one kind of request and one stream, and the end that the rules of `EventStore.append` tell.
struct Meeting: Sendable {
  /// What the expectation is worth for the stream that the request meets.
  enum Standing: CaseIterable {
    case any, noStream, rightVersion, tooLow, tooHigh
  }

  enum Request: CaseIterable {
    /// Two new events.
    case new
    /// One new event, twice.
    case newTwice
    /// Two new events of one identity and different content.
    case newContradictingItself
    /// The stream as it is, and its parts.
    case stored, storedHead, storedTail, storedOne, storedBackwards, storedTwice
    /// Events of the stream and new ones.
    case storedThenNew, newThenStored
    /// An event of the stream with other content, alone and with a new one.
    case contrary, newThenContrary
    /// An event of the stream, and again with other content.
    case storedContradicted
  }

  /// How many events the stream has beforehand.
  let length: Int
  let standing: Standing
  let request: Request

  static let all: [Meeting] = [0, 1, 3].flatMap { length in
    Standing.allCases.flatMap { standing in
      Request.allCases.map { Meeting(length: length, standing: standing, request: $0) }
    }
  }.filter { $0.isPossible }

  private var isPossible: Bool {
    let needsStored =
      switch request {
      case .new, .newTwice, .newContradictingItself: false
      default: true
      }
    return (length > 0 || !needsStored) && (length > 0 || standing != .tooLow)
  }

  private var expectation: Expectation {
    switch standing {
    case .any: .any
    case .noStream: .noStream
    case .rightVersion: .version(UInt32(length))
    case .tooLow: .version(UInt32(length - 1))
    case .tooHigh: .version(UInt32(length + 1))
    }
  }

  private var isMet: Bool {
    switch standing {
    case .any, .rightVersion: true
    case .noStream: length == 0
    case .tooLow, .tooHigh: false
    }
  }

  /// The numbers of the request's events: those below `length` are stored; negative ones have other content.
  private var numbers: [Int] {
    let stored = Array(0..<length)
    return switch request {
    case .new: [length, length + 1]
    case .newTwice: [length, length]
    case .newContradictingItself: [length, ~length]
    case .stored: stored
    case .storedHead: [0]
    case .storedTail: Array(stored.suffix(2))
    case .storedOne: [length / 2]
    case .storedBackwards: stored.reversed()
    case .storedTwice: stored + stored
    case .storedThenNew: stored + [length]
    case .newThenStored: [length, length + 1, 0]
    case .contrary: [~(length - 1)]
    case .newThenContrary: [length, ~0]
    case .storedContradicted: [length - 1, ~(length - 1)]
    }
  }

  private static func event(_ number: Int, of customer: Reference) -> Event {
    let event = Samples.praise("\(customer)/\(number >= 0 ? number : ~number)", of: customer)
    return number >= 0 ? event : event.with { $0.agent = "another" }
  }

  /// The rules, for a stream whose first event is at `start`.
  private func expected(customer: Reference, start: UInt64) -> Outcome {
    let numbers = numbers
    let contrary = numbers.firstIndex { $0 < 0 }
    let head = start + UInt64(length)
    if let contrary {
      let id = Meeting.event(numbers[contrary], of: customer).id
      if let earlier = numbers.firstIndex(of: ~numbers[contrary]) {
        return .refused(
          .conflictWithinRequest(index: contrary, earlier: earlier, id: id, source: Samples.source, field: "agent"))
      }
      let stored = Position(start + UInt64(~numbers[contrary]))
      return .refused(.conflict(index: contrary, id: id, source: Samples.source, stored: stored, field: "agent"))
    }
    let known = Set(numbers.filter { $0 < length }).count
    let new = Set(numbers.filter { $0 >= length }).count
    if new > 0, expectation != .any {
      if known > 0 { return .refused(.partlyStored(stored: known, new: new)) }
      if !isMet {
        return .refused(
          .unexpectedVersion(customer: customer, expected: expectation, found: UInt32(length)))
      }
    }
    return .accepted(
      positions: numbers.map { start + UInt64($0) }, appended: new, streamVersion: UInt32(length + new),
      head: head + UInt64(new))
  }

  /// Puts the stream there, sends the request, and compares; then sends it once more.
  func check(_ trial: Trial, customer: Reference) async throws {
    let start = try trial.store.head().value
    try await trial.append((0..<length).map { Meeting.event($0, of: customer) })
    let events = numbers.map { Meeting.event($0, of: customer) }
    let expected = expected(customer: customer, start: start)
    let circumstance = "\(request) on a stream of \(length)"
    try await trial.expectAppend(events, expecting: expectation, ends: expected, circumstance)
    if case .accepted(let positions, _, let version, let head) = expected {
      try await trial.expectAppend(
        events, expecting: expectation,
        ends: .accepted(positions: positions, appended: 0, streamVersion: version, head: head),
        circumstance + ", retried")
    } else {
      try await trial.expectAppend(events, expecting: expectation, ends: expected, circumstance + ", retried")
    }
    let opened = try trial.store.events(Query(from: Position(start)))
    let added =
      switch expected {
      case .accepted(_, let appended, _, _): appended
      case .refused: 0
      }
    try expect("events after \(circumstance)", opened.count, is: length + added)
    try expect(
      "versions after \(circumstance)", opened.map(\.streamVersion), is: (0..<UInt32(length + added)).map { $0 })
  }
}

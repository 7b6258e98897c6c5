import Foundation

/// What a store owes whoever opens it after an append was acknowledged: no index lags, and nothing is loaded for long.
struct Promptness: Codable {
  /// From before opening for reading to the last event, found by its customer.
  var findMilliseconds: Double
  /// From before opening for appending to the last event's second copy, recognised, and its forgery, refused.
  var refuseMilliseconds: Double

  /// The most that either may take, in a fresh process.
  static let limitMilliseconds = 50.0
  /// The best of so many counts: the promise is the store's, and a busy machine's hiccup is not.
  static let tries = 3

  /// The slower of two, each for itself.
  func slower(_ other: Promptness) -> Promptness {
    Promptness(
      findMilliseconds: max(findMilliseconds, other.findMilliseconds),
      refuseMilliseconds: max(refuseMilliseconds, other.refuseMilliseconds))
  }

  func check() throws {
    for (what, milliseconds) in [
      ("to find the last event by its customer", findMilliseconds),
      ("to refuse the last event's duplicate and a forgery of it", refuseMilliseconds),
    ] where milliseconds > Promptness.limitMilliseconds {
      throw BenchmarkError(
        """
        touchlog: a fresh process takes \(milliseconds.text(digits: 1)) ms from opening the store \(what), the best of \
        \(Promptness.tries), and \(Promptness.limitMilliseconds.text(digits: 0)) ms is the promise
        """)
    }
  }
}

/// Checks in fresh processes, after the clock has stopped, that a contestant has stored what it acknowledged.
struct AfterwardsCheck {
  /// Of Touchlog: the slowest of all stores that were checked.
  private(set) var promptness: Promptness?

  /// - Parameters:
  ///   - events: How many there should be.
  ///   - last: A workload of which the last event is the last of all.
  mutating func run(_ contestant: Contestant, _ directory: URL, events: Int, last: Workload) async throws {
    func launch(_ part: Child.Part) async throws -> Measurement {
      try await Launch(
        part: part, contestant: contestant, directory: directory,
        options: ["--events", "\(events)", "--customer", last.lastCustomer, "--lines", last.lines.path]
      ).run()
    }
    _ = try await launch(.check)
    guard contestant.isTouchlog else { return }
    var (find, refuse) = (Double.infinity, Double.infinity)
    for _ in 1...Promptness.tries {
      find = min(find, try await launch(.find).seconds * 1000)
      refuse = min(refuse, try await launch(.refuse).seconds * 1000)
    }
    let found = Promptness(findMilliseconds: find, refuseMilliseconds: refuse)
    try found.check()
    promptness = promptness?.slower(found) ?? found
  }

  /// For the table's foot.
  var notes: [String] {
    guard let promptness else { return [] }
    return [
      """
      touchlog, afterwards: a fresh process finds the last event by its customer \
      \(promptness.findMilliseconds.text(digits: 1)) ms after it begins to open the store; one that opens it for \
      appending recognises the last event's duplicate and refuses it with other content after \
      \(promptness.refuseMilliseconds.text(digits: 1)) ms (best of \(Promptness.tries), the slowest store; \
      \(Promptness.limitMilliseconds.text(digits: 0)) ms is the promise).
      """
    ]
  }
}

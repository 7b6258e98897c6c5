import Synchronization
import Touchlog
import TouchlogTesting

/// A way to be wrong, and cases that must notice it.
struct Breakage: Sendable, CustomStringConvertible {
  let description: String
  let breaking: @Sendable (InMemoryEventStore) -> BrokenStore
  let cases: [String]

  init(
    _ description: String, noticedBy cases: String..., breaking: @escaping @Sendable (InMemoryEventStore) -> BrokenStore,
  ) {
    self.init(description, noticedBy: cases, breaking: breaking)
  }

  init(
    _ description: String, noticedBy cases: [String], breaking: @escaping @Sendable (InMemoryEventStore) -> BrokenStore,
  ) {
    self.description = description
    self.cases = cases
    self.breaking = breaking
  }

  /// What shows in the answers to single requests, which the model test compares.
  static let ofRequests: [Breakage] = appends + answers + readings
  static let all: [Breakage] = ofRequests + subscriptions
}

extension BrokenStore {
  /// Takes every event for a new one.
  static func forgetful(_ inner: InMemoryEventStore) -> BrokenStore {
    let sent = Counter()
    return BrokenStore(inner) {
      $0.appending = { inner, events, expectation in
        let number = sent.next()
        return try await inner.append(
          events.enumerated().map { index, event in event.with { $0.source += "#\(number)#\(index)" } },
          expecting: expectation)
      }
      $0.giving = { opened in
        opened.with(event: opened.event.with { $0.source = String($0.source.prefix { $0 != "#" }) })
      }
    }
  }

  /// Answers with positions that are one too high.
  static func countingFromOne(_ inner: InMemoryEventStore) -> BrokenStore {
    BrokenStore(inner) {
      $0.appending = { inner, events, expectation in
        let receipt = try await inner.append(events, expecting: expectation)
        return receipt.with(positions: receipt.positions.map(\.next))
      }
    }
  }
}

/// Counts up, for any number of threads.
final class Counter: Sendable {
  private let count = Mutex(0)

  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

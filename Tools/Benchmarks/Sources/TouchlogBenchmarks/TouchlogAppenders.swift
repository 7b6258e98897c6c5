import CPeers
import Foundation
import Touchlog
import TouchlogStore

extension TouchlogContestant {
  /// Appends a file's events from so many tasks at a time, each one event after the other: task k of n those at k,
  /// k + n, k + 2n … They are decoded before the clock starts; checking, sealing and hashing are inside.
  func append(_ lines: URL, appenders: Int) async throws -> Measurement {
    var decoded: [Event] = []
    try forEachEvent(of: lines) { event, _ in decoded.append(event) }
    let events = decoded
    let store = try open(.appending)
    let stopwatch = Stopwatch()
    let answers = try await withThrowingTaskGroup(of: [Answer].self) { group in
      for number in 0..<appenders {
        group.addTask { try await TouchlogContestant.append(events, from: number, by: appenders, to: store) }
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    var measurement = stopwatch.measurement(of: answers.count)
    guard answers.count == events.count, Set(answers.map(\.position)).count == events.count else {
      throw BenchmarkError("\(events.count) events went in, and not each was answered with a position of its own")
    }
    // All events of one commit are answered with the same head, and each commit moves it.
    measurement.commits = Set(answers.map(\.head)).count
    measurement.nanoseconds = answers.map(\.nanoseconds)
    return measurement
  }

  private struct Answer {
    let position: Position
    let head: Position
    let nanoseconds: UInt64
  }

  private static func append(
    _ events: [Event], from first: Int, by step: Int, to store: Store,
  ) async throws -> [Answer] {
    var answers: [Answer] = []
    answers.reserveCapacity(events.count / step + 1)
    for index in stride(from: first, to: events.count, by: step) {
      let begun = peer_seconds()
      let receipt = try await store.append([events[index]], expecting: .any)
      let seconds = peer_seconds() - begun
      guard receipt.appended == 1, let position = receipt.positions.first else {
        throw BenchmarkError("\(events[index].id): expected a receipt of a new event, it counts \(receipt.appended)")
      }
      answers.append(Answer(position: position, head: receipt.head, nanoseconds: UInt64(seconds * 1e9)))
    }
    return answers
  }
}

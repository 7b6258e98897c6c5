import Foundation
import Touchlog
import TouchlogAdapters
import TouchlogStore

extension TouchlogContestant {
  /// From before opening the store to the last event, found by its customer.
  func find(lastOf events: Int, customer: String) throws -> Measurement {
    let stopwatch = Stopwatch()
    let store = try open(.reading)
    let last = try store.events(Query(order: .backward, customer: Reference(normalised: customer), limit: 1))
    let measurement = stopwatch.measurement(of: 1)
    guard last.first?.position == Position(UInt64(events - 1)) else {
      throw BenchmarkError("the last event is not found by its customer \(customer)")
    }
    return measurement
  }

  /// From before opening the store for appending to two refusals: of the last event, sent once more, and of the same
  /// with another time.
  func refuse(lastOf events: Int, lines: URL) async throws -> Measurement {
    let last = try lastEvent(of: lines)
    var forged = last
    forged.occurredAt = Timestamp(microseconds: last.occurredAt.microseconds - 1)
    let position = Position(UInt64(events - 1))
    let stopwatch = Stopwatch()
    let store = try open(.appending)
    let receipt = try await store.append([last], expecting: .any)
    let conflict: Position?
    do {
      _ = try await store.append([forged], expecting: .any)
      conflict = nil
    } catch AppendError.conflict(_, _, _, let stored, _) {
      conflict = stored
    }
    let measurement = stopwatch.measurement(of: 2)
    guard receipt.appended == 0, receipt.positions == [position] else {
      throw BenchmarkError("the last event, sent once more, is not recognised: \(receipt)")
    }
    guard conflict == position else {
      throw BenchmarkError("the last event with another time is not refused as a conflict with position \(position)")
    }
    guard try store.head() == Position(UInt64(events)) else {
      throw BenchmarkError("what was refused has moved the head")
    }
    return measurement
  }

  /// The event of a file's last line.
  private func lastEvent(of lines: URL) throws -> Event {
    let file = try FileHandle(forReadingFrom: lines)
    let size = try file.seekToEnd()
    // The longest line of the simulation is far shorter.
    try file.seek(toOffset: size - min(size, 1 << 16))
    let end = try file.readToEnd() ?? Data()
    try file.close()
    guard let line = end.split(separator: UInt8(ascii: "\n")).last else {
      throw BenchmarkError("\(lines.path): expected a line, it is empty")
    }
    var decoder = CloudEventsDecoder()
    return try decoder.event(Array(line).span)
  }
}

import CPeers
import Foundation
import Touchlog
import TouchlogAdapters
import TouchlogStore

/// Touchlog's way from NDJSON to the log: what `touchlog append` does, without its terminal and its rejects. (There, one
/// thread decodes; here, the tasks that seal decode too.)
struct Pipeline {
  let store: Store
  let lines: URL
  let batch: Int

  /// Batches that are decoded and sealed side by side: one for each core of a small machine.
  private static let preparing = 2
  /// Appends that have not been answered: one that is being committed, and one that waits for it.
  private static let appending = 2

  /// Appends all events in the file's order; returns when the last is on disk.
  ///
  /// Batches are cut at line ends first, which costs little. Each is then decoded, checked and sealed by a task, and
  /// handed to the writer in order. The look-ahead is bounded, so memory is.
  ///
  /// - Parameter answered: Told how many events are durable, after each answer.
  func run(answered: (Int) -> Void = { _ in }) async throws -> Int {
    var pieces = try LinePieces(of: lines, lineCount: batch)
    var prepared: [Task<PreparedEvents, any Error>] = []
    var appended: [Task<Receipt, any Error>] = []
    var events = 0
    while true {
      while prepared.count < Pipeline.preparing, let piece = pieces.next() {
        prepared.append(Task.detached { [store] in try piece.prepared(for: store) })
      }
      if prepared.isEmpty { break }
      let next = try await prepared.removeFirst().value
      if appended.count == Pipeline.appending {
        events += try await appended.removeFirst().value.appended
        answered(events)
      }
      // Immediate, so that the requests reach the writer in order.
      appended.append(Task.immediate { [store] in try await store.append(next) })
    }
    for task in appended {
      events += try await task.value.appended
      answered(events)
    }
    return events
  }

  /// Seconds that each step took, one after the other.
  struct Steps: Codable {
    var decode = 0.0
    var prepare = 0.0
    var append = 0.0
  }

  /// As `run`, one step at a time.
  func runOnOneCore() async throws -> (events: Int, steps: Steps) {
    var pieces = try LinePieces(of: lines, lineCount: batch)
    var steps = Steps()
    var events = 0
    while let piece = pieces.next() {
      let begun = peer_seconds()
      let checked = try piece.checked()
      let checkedAt = peer_seconds()
      let prepared = try prepare(checked)
      let preparedAt = peer_seconds()
      events += try await store.append(prepared).appended
      steps.decode += checkedAt - begun
      steps.prepare += preparedAt - checkedAt
      steps.append += peer_seconds() - preparedAt
    }
    return (events, steps)
  }

  /// `Store.prepare` is not for asynchronous callers; this function is none.
  private func prepare(_ events: CheckedEvents) throws -> PreparedEvents {
    try store.prepare(events)
  }
}

/// Some lines of a file, by their place in it.
struct LinePiece: Sendable {
  let file: Int32
  let range: Range<Int>
  let lineCount: Int

  /// Decoded and checked.
  func checked() throws -> CheckedEvents {
    var offset = range.lowerBound
    let bytes = ByteSource { buffer in
      let wanted = min(buffer.count, range.upperBound - offset)
      if wanted == 0 { return 0 }
      let count = pread(file, buffer.baseAddress, wanted, offset)
      guard count > 0 else { throw BenchmarkError("the events' file ends early") }
      offset += count
      return count
    }
    var blocks = LineBlocks(bytes)
    var decoder = CloudEventsDecoder()
    var events = CheckedEvents()
    events.reserveCapacity(lineCount)
    while let block = try blocks.next() {
      var lines = block.lines
      while let line = lines.next() { try decoder.check(line, into: &events) }
    }
    return events
  }

  func prepared(for store: Store) throws -> PreparedEvents {
    try store.prepare(checked())
  }
}

/// Cuts a file into pieces of so many lines.
struct LinePieces: ~Copyable {
  private let file: Int32
  private let bytes: UnsafeRawBufferPointer
  private let lineCount: Int
  private var offset = 0

  init(of url: URL, lineCount: Int) throws {
    file = open(url.path, O_RDONLY)
    guard file >= 0 else { throw BenchmarkError("\(url.path): \(String(cString: strerror(errno)))") }
    let count = Int(lseek(file, 0, SEEK_END))
    guard count > 0, let address = mmap(nil, count, PROT_READ, MAP_PRIVATE, file, 0), address != MAP_FAILED else {
      throw BenchmarkError("\(url.path): cannot be mapped, or is empty")
    }
    bytes = UnsafeRawBufferPointer(start: address, count: count)
    self.lineCount = lineCount
  }

  // The descriptor stays open until the process ends: pieces may outlive their cutter.
  deinit { munmap(UnsafeMutableRawPointer(mutating: bytes.baseAddress), bytes.count) }

  mutating func next() -> LinePiece? {
    guard offset < bytes.count, let base = bytes.baseAddress else { return nil }
    let start = offset
    var lines = 0
    while offset < bytes.count, lines < lineCount {
      let end = memchr(base + offset, Int32(UInt8(ascii: "\n")), bytes.count - offset)
      offset = end.map { UnsafeRawPointer($0) - base + 1 } ?? bytes.count
      lines += 1
    }
    return LinePiece(file: file, range: start..<offset, lineCount: lines)
  }
}

import Foundation
import Simulation
import Touchlog
import TouchlogAdapters

/// The events of a run, written once: as NDJSON for Touchlog, and as records with their keys taken out for the peers.
struct Workload: Codable {
  let events: Int
  let seed: UInt64
  /// Bytes of the NDJSON, line ends included.
  let bytes: Int
  /// Bytes of all events' `data`.
  let dataBytes: Int
  /// The customer of the last event.
  let lastCustomer: String
  let lines: URL
  let records: URL

  /// Simulates events into a directory.
  ///
  /// - Parameter withRecords: Whether a peer takes part, which is given the records.
  static func simulate(
    events: Int, seed: UInt64, into directory: URL, withRecords: Bool = true,
  ) throws -> Workload {
    try Workload(
      lines: simulateLines(events: events, seed: seed, into: directory), seed: seed, withRecords: withRecords)
  }

  /// Simulates events into a directory, as NDJSON alone.
  static func simulateLines(events: Int, seed: UInt64, into directory: URL) throws -> URL {
    let lines = directory.appending(path: "events.ndjson")
    let output = try OutputFile(lines)
    try Simulator(options: .init(events: events, seed: seed)).run(into: { try output.write($0) })
    try output.close()
    return lines
  }

  /// Writes events that were put together by hand.
  static func write(_ events: [Event], named name: String, into directory: URL) throws -> Workload {
    let lines = directory.appending(path: "\(name).ndjson")
    let output = try OutputFile(lines)
    for event in events {
      try (CloudEvents.encode(event) + [UInt8(ascii: "\n")]).withUnsafeBytes { try output.write($0) }
    }
    try output.close()
    return try Workload(lines: lines, seed: 0, withRecords: true)
  }

  /// Takes out the keys that the peers are given, the same under which Touchlog files the events.
  private init(lines: URL, seed: UInt64, withRecords: Bool) throws {
    let records = lines.deletingPathExtension().appendingPathExtension("records")
    let output = withRecords ? try OutputFile(records) : nil
    var count = 0
    var dataBytes = 0
    var last = ""
    var checker = EventChecker()
    try forEachEvent(of: lines) { event, line in
      last = try checker.check(event).customer.text
      try output?.write(record: line, source: event.source, id: event.id, customer: last)
      dataBytes += event.data?.count ?? 0
      count += 1
    }
    try output?.close()
    self.dataBytes = dataBytes
    self.lines = lines
    self.records = records
    self.seed = seed
    events = count
    lastCustomer = last
    bytes = try lines.resourceValues(forKeys: [.fileSizeKey]).fileSize ?? 0
  }

  /// Brings both files into the page cache.
  func warm() throws {
    try warm([lines, records])
  }

  /// Brings the file that a contestant reads into the page cache, and leaves the other where it is: of many events, not
  /// both have room beside a store.
  func warm(for contestant: Contestant) throws {
    try warm([contestant.isTouchlog ? lines : records])
  }

  private func warm(_ files: [URL]) throws {
    for file in files {
      try withMapping(of: file) { bytes in
        var sum = 0
        for offset in stride(from: 0, to: bytes.count, by: 4096) { sum &+= Int(bytes[offset]) }
        precondition(sum >= 0, "bytes are not negative")
      }
    }
  }
}

/// Reads the events of an NDJSON file, each with its line.
func forEachEvent(of file: URL, _ body: (Event, Span<UInt8>) throws -> Void) throws {
  let input = try FileHandle(forReadingFrom: file)
  var blocks = LineBlocks(ByteSource(fileDescriptor: input.fileDescriptor), source: file.lastPathComponent)
  var decoder = CloudEventsDecoder()
  while let block = try blocks.next() {
    var lines = block.lines
    while let line = lines.next() { try body(try decoder.event(line), line.bytes) }
  }
  try input.close()
}

/// A file on its way out, through a buffer.
final class OutputFile {
  private let handle: FileHandle
  private var buffer: [UInt8] = []

  init(_ file: URL) throws {
    guard FileManager.default.createFile(atPath: file.path, contents: nil) else {
      throw BenchmarkError("\(file.path): cannot be written")
    }
    handle = try FileHandle(forWritingTo: file)
    buffer.reserveCapacity(OutputFile.size + (1 << 20))
  }

  private static let size = 1 << 20

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    buffer.append(contentsOf: bytes)
    if buffer.count >= OutputFile.size { try flush() }
  }

  /// Writes a record as `CPeers.h` describes it.
  func write(record body: Span<UInt8>, source: String, id: String, customer: String) throws {
    withUnsafeBytes(of: UInt32(body.count)) { buffer.append(contentsOf: $0) }
    for length in [source.utf8.count, id.utf8.count, customer.utf8.count, 0] {
      withUnsafeBytes(of: UInt16(length)) { buffer.append(contentsOf: $0) }
    }
    for text in [source, id, customer] { buffer.append(contentsOf: text.utf8) }
    try body.withUnsafeBytes { try write($0) }
  }

  func close() throws {
    try flush()
    try handle.synchronize()
    try handle.close()
  }

  private func flush() throws {
    try handle.write(contentsOf: buffer)
    buffer.removeAll(keepingCapacity: true)
  }
}

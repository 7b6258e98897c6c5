import CPeers
import Foundation

/// Calls one of the peers, and turns its error into ours.
func peer(_ call: (UnsafeMutablePointer<peer_outcome>) -> Int32) throws -> peer_outcome {
  var outcome = peer_outcome()
  let status = call(&outcome)
  guard status == 0 else {
    throw BenchmarkError(
      withUnsafeBytes(of: outcome.error) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      })
  }
  return outcome
}

/// A raw peer in a directory. `touchlog` is none.
struct Peer {
  let contestant: Contestant
  let directory: URL

  func append(_ records: URL, batch: Int) throws -> Measurement {
    try append(records, batch: batch, stretches: nil)
  }

  /// Appends, and tells the seconds of each stretch of so many events.
  func append(_ records: URL, batch: Int, stretch: Int, of events: Int) throws -> Measurement {
    var ends = [Double](repeating: 0, count: events / stretch)
    var noted = 0
    var measurement = try ends.withUnsafeMutableBufferPointer { buffer in
      var stretches = peer_stretches(
        events: UInt64(stretch), seconds: buffer.baseAddress, capacity: buffer.count, count: 0)
      defer { noted = stretches.count }
      return try append(records, batch: batch, stretches: &stretches)
    }
    measurement.stretches = Stretches.lengths(ofEnds: Array(ends.prefix(noted)))
    return measurement
  }

  private func append(
    _ records: URL, batch: Int, stretches: UnsafeMutablePointer<peer_stretches>?,
  ) throws -> Measurement {
    Measurement(
      try withMapping(of: records) { bytes in
        try peer { outcome in
          if let indexes = contestant.lmdbIndexes {
            peer_lmdb_append(
              directory.path, bytes.baseAddress, bytes.count, UInt32(batch), indexes, stretches, outcome)
          } else {
            peer_sqlite_append(directory.path, bytes.baseAddress, bytes.count, UInt32(batch), stretches, outcome)
          }
        }
      })
  }

  /// Appends `events` records from so many threads, one at a time each.
  func append(_ records: URL, events: Int, appenders: Int) throws -> Measurement {
    var nanoseconds = [UInt64](repeating: 0, count: events)
    var measurement = Measurement(
      try withMapping(of: records) { bytes in
        try peer { outcome in
          if let indexes = contestant.lmdbIndexes {
            peer_lmdb_append_concurrently(
              directory.path, bytes.baseAddress, bytes.count, UInt32(appenders), indexes, &nanoseconds, outcome)
          } else {
            peer_sqlite_append_concurrently(
              directory.path, bytes.baseAddress, bytes.count, UInt32(appenders), &nanoseconds, outcome)
          }
        }
      })
    measurement.nanoseconds = nanoseconds
    return measurement
  }

  func check(events: Int, lastCustomer: String) throws {
    _ = try peer { outcome in
      if let indexes = contestant.lmdbIndexes {
        peer_lmdb_check(directory.path, UInt64(events), lastCustomer, indexes, outcome)
      } else {
        peer_sqlite_check(directory.path, UInt64(events), lastCustomer, outcome)
      }
    }
  }

  /// Nanoseconds for each customer.
  func read(customers: [String], limit: Int) throws -> [UInt64] {
    var nanoseconds = [UInt64](repeating: 0, count: customers.count)
    let lines = customers.joined(separator: "\n")
    _ = try peer { outcome in
      contestant.lmdbIndexes == nil
        ? peer_sqlite_read(directory.path, lines, UInt32(limit), &nanoseconds, outcome)
        : peer_lmdb_read(directory.path, lines, UInt32(limit), &nanoseconds, outcome)
    }
    return nanoseconds
  }
}

/// Passes a raw cursor over the headers of a log of Touchlog's.
func rawScan(ofLog path: String) throws -> peer_outcome {
  try peer { peer_lmdb_scan(path, "headers", $0) }
}

/// Hashes the records of a log of Touchlog's, on one core.
func hashRecords(ofLog path: String) throws -> peer_outcome {
  try peer { peer_hash_records(path, $0) }
}

/// Hashes the records of a log of Touchlog's as its tree needs it, on one core.
func hashTree(ofLog path: String) throws -> peer_outcome {
  try peer { peer_hash_tree(path, $0) }
}

/// Lends a file's bytes from the page cache, all pages mapped: they count as the file's memory, not as ours.
func withMapping<Result>(of file: URL, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
  let descriptor = open(file.path, O_RDONLY)
  guard descriptor >= 0 else { throw BenchmarkError("\(file.path): \(String(cString: strerror(errno)))") }
  defer { close(descriptor) }
  let count = Int(lseek(descriptor, 0, SEEK_END))
  guard count > 0, let address = mmap(nil, count, PROT_READ, MAP_PRIVATE | Int32(MAP_POPULATE), descriptor, 0),
    address != MAP_FAILED
  else { throw BenchmarkError("\(file.path): cannot be mapped, or is empty") }
  defer { munmap(address, count) }
  return try body(UnsafeRawBufferPointer(start: address, count: count))
}

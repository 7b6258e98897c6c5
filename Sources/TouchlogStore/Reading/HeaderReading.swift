import LMDB
package import Touchlog

extension Store {
  /// Lends the headers at some positions, a few hundred at a time: what replay folds.
  ///
  /// Each header's checksum is compared first. A long range is read under several transactions, one after the other, so
  /// that no old pages of the log are kept; headers never change, so it makes no difference.
  ///
  /// - Precondition: `range` ends at the head, or before.
  /// - Throws: `StoreError.damaged` for a header that is not what was written; what `body` throws.
  @available(*, noasync, message: "a transaction must not live across an await")
  package func forEachBatch(in range: Range<UInt64>, _ body: (borrowing EventBatch) throws -> Void) throws {
    var reading = HeaderReading(formats: log.formats)
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + HeaderReading.headersPerTransaction, range.upperBound)
      try log.environment.read { transaction in
        var cursor = try transaction.cursor(in: log.tables.headers)
        try reading.read(start..<end, through: &cursor, body)
      }
      start = end
    }
  }
}

/// Collects headers into batches.
private struct HeaderReading: ~Copyable {
  static let headersPerTransaction: UInt64 = 1 << 20
  private static let headersPerBatch = 512

  private let formats: RecordFormats
  private var headers: [UnsafeRawBufferPointer] = []
  /// Headers of older layouts, brought into the current one.
  private var converted: [UnsafeMutableRawBufferPointer] = []

  init(formats: RecordFormats) {
    self.formats = formats
    headers.reserveCapacity(HeaderReading.headersPerBatch)
  }

  deinit {
    for header in converted { header.deallocate() }
  }

  mutating func read(
    _ range: Range<UInt64>, through cursor: inout Cursor<ReadAccess>, _ body: (borrowing EventBatch) throws -> Void,
  ) throws {
    var isThere = try cursor.seek(range.lowerBound)
    var place = range.lowerBound
    while place < range.upperBound {
      let start = place
      let end = min(start + UInt64(HeaderReading.headersPerBatch), range.upperBound)
      headers.removeAll(keepingCapacity: true)
      while place < end {
        guard isThere, cursor.integerKey == place else {
          throw StoreError.damaged(position: place, what: "there is no header")
        }
        // Proof: the page stays as it is while the transaction is open, which outlives the batch.
        try take(cursor.unsafeValue, at: place)
        place += 1
        isThere = try cursor.next()
      }
      try body(EventBatch(start: Position(start), headers: headers.span))
      for header in converted { header.deallocate() }
      converted.removeAll()
    }
  }

  private mutating func take(_ header: UnsafeRawBufferPointer, at place: UInt64) throws {
    guard Hashing.isIntact(header) else {
      throw StoreError.damaged(position: place, what: "the header's checksum does not fit its bytes")
    }
    if RecordedEvent(position: Position(place), bytes: header.bytes) != nil {
      headers.append(header)
      return
    }
    var scratch = RecordScratch()
    guard let event = formats.event(at: Position(place), header.bytes, in: &scratch) else {
      throw StoreError.damaged(position: place, what: formats.reason(for: header))
    }
    let bytes = event.header.encoded()
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
    copy.copyBytes(from: bytes)
    converted.append(copy)
    headers.append(UnsafeRawBufferPointer(copy))
  }
}

extension Store {
  /// When the log took the event at a position.
  ///
  /// - Precondition: The position is below the head.
  package func recordedAt(_ position: Position) throws -> Timestamp {
    try log.environment.read { try log.recordedAt(position, in: $0) }
  }

  /// The positions of a customer's events below another position, ascending.
  package func positions(of customer: CustomerNumber, below end: Position) throws -> [Position] {
    try log.environment.read { transaction in
      guard var position = try log.tail(of: customer, in: transaction)?.last else { return [] }
      var positions: [Position] = []
      var scratch = RecordScratch()
      while true {
        guard let header = try transaction.get(position.value, from: log.tables.headers),
          let event = log.formats.event(at: position, header, in: &scratch), event.customer == customer
        else {
          throw StoreError.damaged(position: position.value, what: "the header is not what was written")
        }
        if position < end { positions.append(position) }
        guard let previous = event.previous else { return positions.reversed() }
        guard previous < position else {
          throw StoreError.damaged(position: position.value, what: "it names a later event as the one before")
        }
        position = previous
      }
    }
  }
}

/// Takes the text of a table apart into rows of cells (RFC 4180), a row at a time.
///
/// Rows end in LF or CR LF. In quotes, delimiters and line ends are part of the cell, and a quote is written twice.
/// Blank lines are passed over; a byte order mark at the beginning is dropped.
struct DelimitedRecords {
  private let source: ByteSource
  private let delimiter: UInt8?
  private let quote: UInt8?

  /// The cells of the row, one behind the other, without quotes.
  private(set) var bytes: [UInt8] = []
  /// Where each cell ends.
  private(set) var ends: [Int] = []
  /// The line on which the row begins, counted from 1.
  private(set) var line = 0
  /// Whether the file ends in the row, without the end of a line.
  private(set) var isLastUnterminated = false

  private var buffer = [UInt8](repeating: 0, count: 1 << 16)
  private var next = 0
  private var filled = 0
  private var isAtEnd = false
  private var nextLine = 1
  /// Where the last cell in quotes ended in `bytes`.
  private var quotedEnd = 0

  /// A row longer than this is no row: most likely a quote that is never closed.
  static let maximumBytes = 2 << 20

  init(_ source: ByteSource, format: DelimitedFormat) throws {
    self.source = source
    quote = format.quote
    if case .byte(let byte) = format.delimiter { delimiter = byte } else { delimiter = nil }
    try fill()
    while filled < 3, !isAtEnd { try fill() }
    if buffer[..<filled].starts(with: [0xEF, 0xBB, 0xBF]) { next = 3 }
  }

  /// The bytes of a cell.
  func cell(_ index: Int) -> ArraySlice<UInt8> {
    bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]
  }

  private mutating func fill() throws {
    if next == filled {
      next = 0
      filled = 0
    }
    let start = filled
    let count = try buffer.withUnsafeMutableBytes { try source.next(into: .init(rebasing: $0[start...])) }
    isAtEnd = count == 0
    filled += count
  }

  private mutating func peek() throws -> UInt8? {
    if next == filled, !isAtEnd { try fill() }
    return next < filled ? buffer[next] : nil
  }

  /// Goes on to the next row; false at the end.
  ///
  /// - Throws: `AdapterError` when the row's quotes make no sense, or it is too long: the next call then goes on
  ///   after its line. Whatever reading throws.
  mutating func advance() throws -> Bool {
    while try peek() != nil {
      bytes.removeAll(keepingCapacity: true)
      ends.removeAll(keepingCapacity: true)
      line = nextLine
      quotedEnd = 0
      try readRow()
      let isBlank = ends.isEmpty || (ends.count == 1 && bytes.isEmpty)
      if !isBlank { return true }
    }
    return false
  }

  private mutating func readRow() throws {
    while true {
      if let quote, try peek() == quote {
        next += 1
        try readQuoted(quote)
      }
      guard try readPlain() else { return }
    }
  }

  /// Reads to the end of a cell that is not, or no longer, in quotes. False at the end of the row.
  private mutating func readPlain() throws -> Bool {
    while try peek() != nil {
      try takeRun()
      guard next < filled else { continue }
      let byte = buffer[next]
      next += 1
      if byte == UInt8(ascii: "\n") {
        endRow(unterminated: false)
        return false
      }
      if byte == delimiter {
        ends.append(bytes.count)
        return true
      }
      if delimiter == nil, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        if bytes.count > (ends.last ?? 0) { ends.append(bytes.count) }
        continue
      }
      if byte == quote {
        throw try broken(
          expected: "quotes around a whole cell (quote: none in the mapping, where quotes have no meaning)",
          found: "a quote within a cell")
      }
    }
    endRow(unterminated: true)
    return false
  }

  /// Takes the bytes that are there up to the next one that means something.
  private mutating func takeRun() throws {
    let end = endOfRun(in: buffer.span)
    bytes.append(contentsOf: buffer[next..<end])
    next = end
    try checkLength()
  }

  private func endOfRun(in buffer: Span<UInt8>) -> Int {
    let lineEnd = UInt8(ascii: "\n")
    // Where a byte has no meaning, the end of the line stands in for it.
    let first = delimiter ?? UInt8(ascii: " ")
    let second = delimiter == nil ? UInt8(ascii: "\t") : quote ?? lineEnd
    var end = next
    while end < filled, buffer[end] != lineEnd, buffer[end] != first, buffer[end] != second { end += 1 }
    return end
  }

  private mutating func endRow(unterminated: Bool) {
    nextLine += 1
    isLastUnterminated = unterminated
    let start = ends.last ?? 0
    if bytes.count > max(start, quotedEnd), bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
    if delimiter == nil, bytes.count == start { return }
    ends.append(bytes.count)
  }

  /// Reads to the closing quote, and what may follow it.
  private mutating func readQuoted(_ quote: UInt8) throws {
    while let byte = try peek() {
      next += 1
      if byte == quote {
        guard try peek() == quote else { return try checkAfterQuote() }
        next += 1
      } else if byte == UInt8(ascii: "\n") {
        nextLine += 1
      }
      bytes.append(byte)
      try checkLength()
    }
    isLastUnterminated = true
    throw AdapterError(.text(expected: "a closing quote", found: "the end of the file"), line: line)
  }

  private mutating func checkAfterQuote() throws {
    quotedEnd = bytes.count
    if try peek() == UInt8(ascii: "\r") {
      next += 1
      let following = try peek()
      if following == nil || following == UInt8(ascii: "\n") { return }
    } else {
      let following = try peek()
      if following == nil || following == delimiter || following == UInt8(ascii: "\n") { return }
    }
    throw try broken(expected: "a delimiter or the end of the line after a closing quote", found: "another character")
  }

  private mutating func checkLength() throws {
    guard bytes.count > DelimitedRecords.maximumBytes else { return }
    throw try broken(expected: "\(DelimitedRecords.maximumBytes) bytes in a row at most", found: "more")
  }

  /// Passes over the rest of the line, so that the next row begins where one may begin.
  private mutating func broken(expected: String, found: String) throws -> AdapterError {
    while let byte = try peek() {
      next += 1
      if byte == UInt8(ascii: "\n") { break }
    }
    nextLine += 1
    return AdapterError(.text(expected: expected, found: found), line: line)
  }
}

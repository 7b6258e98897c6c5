import JSON

/// Whole lines of a file, with their numbers: a piece that a thread works on alone.
public struct LineBlock: Sendable {
  /// The bytes, and behind them `JSONParser.padding` more that are no part of them.
  private let storage: [UInt8]
  /// How many bytes the lines have, with their ends.
  public let byteCount: Int
  /// The file, where the reader was told a name.
  public let source: String?
  /// The number of the first line, counted from 1.
  public let firstLine: Int
  /// Whether the file ends here without an end of its last line.
  public let endsWithinLine: Bool

  init(padded storage: consuming [UInt8], count: Int, source: String?, firstLine: Int, endsWithinLine: Bool) {
    precondition(storage.count >= count + JSONParser.padding, "a block of lines is padded")
    self.storage = storage
    byteCount = count
    self.source = source
    self.firstLine = firstLine
    self.endsWithinLine = endsWithinLine
  }

  /// The lines that are not blank, in order, lent.
  public var lines: Lines {
    @_lifetime(borrow self)
    get { Lines(storage.span, byteCount, firstLine: firstLine, endsWithinLine: endsWithinLine) }
  }

  /// How many lines there are that are not blank.
  public var lineCount: Int {
    var lines = lines
    var count = 0
    while lines.next() != nil { count += 1 }
    return count
  }

  /// The bytes of the line with that number; nil where the block has none, or it is blank.
  public func bytes(ofLine number: Int) -> [UInt8]? {
    var lines = lines
    while let line = lines.next() {
      if line.number == number { return line.bytes.withUnsafeBufferPointer { Array($0) } }
      if line.number > number { break }
    }
    return nil
  }

  /// Walks the lines of a block. Blank ones (nothing, spaces, tabs) are counted and passed over.
  public struct Lines: ~Escapable {
    private let bytes: Span<UInt8>
    private var offset: Int
    private let end: Int
    private var number: Int
    private let endsWithinLine: Bool

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, _ count: Int, firstLine: Int, endsWithinLine: Bool) {
      self.bytes = bytes
      offset = 0
      end = count
      number = firstLine
      self.endsWithinLine = endsWithinLine
    }

    /// The next line that is not blank, or nil after the last.
    @_lifetime(copy self)
    public mutating func next() -> Line? {
      while offset < end {
        let start = offset
        let newline = bytes.firstIndex(of: UInt8(ascii: "\n"), in: start..<end)
        offset = newline.map { $0 + 1 } ?? end
        number += 1
        var last = newline ?? end
        if last > start, bytes[last - 1] == UInt8(ascii: "\r") { last -= 1 }
        let isCutOff = newline == nil && endsWithinLine
        let line = Line(padded: bytes, start..<last, number: number - 1, isUnterminated: isCutOff)
        if !line.isBlank { return _overrideLifetime(line, copying: self) }
      }
      return nil
    }
  }
}

/// One line of a file, without its end, lent by its block.
public struct Line: ~Escapable {
  private let padded: Span<UInt8>
  private let range: Range<Int>
  /// Its number in the file, counted from 1.
  public let number: Int
  /// Whether the file ends here without an end of the line, as a file does that was cut off.
  public let isUnterminated: Bool

  @_lifetime(copy padded)
  init(padded: Span<UInt8>, _ range: Range<Int>, number: Int, isUnterminated: Bool) {
    self.padded = padded
    self.range = range
    self.number = number
    self.isUnterminated = isUnterminated
  }

  /// The line's bytes.
  public var bytes: Span<UInt8> {
    @_lifetime(copy self)
    get { padded.extracting(range) }
  }

  var isBlank: Bool {
    for index in range where padded[index] != UInt8(ascii: " ") && padded[index] != UInt8(ascii: "\t") { return false }
    return true
  }

  /// Lends the bytes; `JSONParser.padding` more are readable after them.
  func withPaddedBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try padded.withUnsafeBytes { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
  }

  /// An error in this line.
  func error(_ cause: AdapterError.Cause) -> AdapterError {
    AdapterError(cause, line: number, isCutOff: isUnterminated)
  }
}

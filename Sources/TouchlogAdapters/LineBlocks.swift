import JSON

/// Cuts a stream of bytes into blocks at line ends, so that threads can parse blocks side by side.
///
/// Lines end in LF or CR LF. A byte order mark at the beginning of the file is dropped. Memory stays at about one
/// block, or the longest line where that is larger.
///
/// ```swift
/// var blocks = LineBlocks(ByteSource(fileDescriptor: file), source: "events.ndjson")
/// while let block = try blocks.next() { … }
/// ```
public struct LineBlocks: ~Copyable {
  private let bytes: ByteSource
  private let source: String?
  private let blockBytes: Int
  private let maximumLineBytes: Int
  private let isLive: Bool

  /// What was read and not given out yet: the beginning of a line.
  private var rest: [UInt8] = []
  private var nextLine = 1
  private var hasWholeLines = false
  private var isAtStart = true
  private var isAtEnd = false

  /// The most bytes that a line may have, unless told otherwise: 2 MiB, twice what the `data` of an event may have.
  public static let maximumLineBytes = 2 << 20

  /// - Parameters:
  ///   - bytes: Where the lines come from.
  ///   - source: The name of the file, for errors.
  ///   - blockBytes: About how large a block is.
  ///   - maximumLineBytes: The most bytes that a line may have, without its end. Not less than `blockBytes`.
  ///   - isLive: Whether whole lines are given out as soon as a read brings less than was asked for, as a pipe's does
  ///     when nothing more is waiting in it. Otherwise blocks are filled first.
  public init(
    _ bytes: ByteSource, source: String? = nil, blockBytes: Int = 1 << 20,
    maximumLineBytes: Int = LineBlocks.maximumLineBytes, isLive: Bool = false,
  ) {
    precondition(blockBytes > 0 && blockBytes <= maximumLineBytes, "a block is not larger than a line may be")
    self.bytes = bytes
    self.source = source
    self.blockBytes = blockBytes
    self.maximumLineBytes = maximumLineBytes
    self.isLive = isLive
  }

  /// The next whole lines, or nil at the end.
  ///
  /// - Parameters:
  ///   - maximumLines: The most lines that the block may have, blank ones included; at least 1.
  ///   - reject: What to do with a line that is too long, which is found without keeping it. When it throws, as it does
  ///     unless told otherwise, nothing more comes; otherwise the line is passed over.
  /// - Throws: What `reject` throws, and whatever reading throws.
  public mutating func next(
    maximumLines: Int = .max, rejecting reject: (AdapterError) throws -> Void = { throw $0 },
  ) throws -> LineBlock? {
    precondition(maximumLines > 0, "a block has a line at least")
    var target = blockBytes
    // Whole lines that the block before had no room for: they are not kept waiting for more.
    var isReady = hasWholeLines
    while true {
      // One more than the limit tells a line that is too long from one that just fits, its CR LF included.
      if !isReady { try read(upTo: min(target, maximumLineBytes + 2)) }
      isReady = false
      if isAtStart { dropByteOrderMark() }
      let firstEnd = rest.span.firstIndex(of: UInt8(ascii: "\n"), in: 0..<rest.count)
      if isTooLong(endingAt: firstEnd) {
        try passOverFirstLine(reject)
        target = blockBytes
        continue
      }
      if firstEnd != nil, let end = rest.span.lastIndex(of: UInt8(ascii: "\n"), in: 0..<rest.count) {
        return block(of: end + 1, maximumLines: maximumLines, endsWithinLine: false)
      }
      if isAtEnd {
        return rest.isEmpty ? nil : block(of: rest.count, maximumLines: maximumLines, endsWithinLine: true)
      }
      target = max(target, rest.count) * 2
    }
  }

  private mutating func read(upTo target: Int) throws {
    guard !isAtEnd, rest.count < target else { return }
    do {
      var buffer = [UInt8](repeating: 0, count: target)
      var filled = rest.count
      for index in 0..<filled { buffer[index] = rest[index] }
      while filled < target, !isAtEnd {
        let count = try buffer.withUnsafeMutableBytes { try bytes.next(into: .init(rebasing: $0[filled...])) }
        isAtEnd = count == 0
        let piece = filled..<filled + count
        let isDrained = isLive && filled + count < target
        filled = piece.upperBound
        if isDrained, buffer.span.firstIndex(of: UInt8(ascii: "\n"), in: piece) != nil { break }
      }
      buffer.removeLast(target - filled)
      rest = buffer
    } catch {
      isAtEnd = true
      rest = []
      throw error
    }
  }

  private mutating func dropByteOrderMark() {
    isAtStart = false
    if rest.starts(with: [0xEF, 0xBB, 0xBF]) { rest.removeFirst(3) }
  }

  private func isTooLong(endingAt end: Int?) -> Bool {
    var length = end ?? rest.count
    if length > 0, rest[length - 1] == UInt8(ascii: "\r") { length -= 1 }
    return length > maximumLineBytes
  }

  /// Drops the line that begins what was read, however far it goes on.
  private mutating func passOverFirstLine(_ reject: (AdapterError) throws -> Void) throws {
    do {
      try reject(
        AdapterError(
          .text(expected: "\(maximumLineBytes) bytes in a line at most", found: "more"), source: source,
          line: nextLine))
    } catch {
      isAtEnd = true
      rest = []
      throw error
    }
    nextLine += 1
    while true {
      if let end = rest.span.firstIndex(of: UInt8(ascii: "\n"), in: 0..<rest.count) {
        rest.removeFirst(end + 1)
        return
      }
      rest = []
      if isAtEnd { return }
      try read(upTo: blockBytes)
    }
  }

  private mutating func block(of available: Int, maximumLines: Int, endsWithinLine: Bool) -> LineBlock {
    var count = 0
    var lines = 0
    while count < available, lines < maximumLines {
      guard let end = rest.span.firstIndex(of: UInt8(ascii: "\n"), in: count..<available) else {
        count = available
        break
      }
      count = end + 1
      lines += 1
    }
    let endsWithinLine = endsWithinLine && count == available
    var storage = rest
    rest = Array(storage[count...])
    hasWholeLines = count < available
    storage.removeLast(storage.count - count)
    storage.append(contentsOf: repeatElement(0, count: JSONParser.padding))
    let firstLine = nextLine
    nextLine += lines + (endsWithinLine ? 1 : 0)
    return LineBlock(
      padded: storage, count: count, source: source, firstLine: firstLine, endsWithinLine: endsWithinLine)
  }
}

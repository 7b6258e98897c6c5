import Foundation
import Testing
import Touchlog
import TouchlogAdapters

@Suite struct `Lines` {
  /// What comes out of a text: the lines with their numbers.
  static func lines(
    _ text: String, pieces: Int = .max, blockBytes: Int = 64, maximumLineBytes: Int = 256,
  ) throws -> [String] {
    var lines: [String] = []
    var blocks = LineBlocks(
      source(Array(text.utf8), pieces: pieces), source: "a.ndjson", blockBytes: blockBytes,
      maximumLineBytes: maximumLineBytes)
    while let block = try blocks.next() {
      #expect(block.source == "a.ndjson")
      var cursor = block.lines
      while let line = cursor.next() {
        let text = line.bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
        lines.append("\(line.number)\(line.isUnterminated ? "!" : ":")\(text)")
      }
    }
    return lines
  }

  /// Bytes that come in small pieces, as from a pipe.
  static func source(_ bytes: [UInt8], pieces: Int) -> ByteSource {
    var rest = bytes[...]
    return ByteSource { buffer in
      let piece = rest.prefix(min(pieces, buffer.count))
      buffer.copyBytes(from: piece)
      rest = rest.dropFirst(piece.count)
      return piece.count
    }
  }

  @Test(arguments: [1, 2, 3, 7, .max])
  func `ends of lines, blank lines and a byte order mark are none of the line`(_ pieces: Int) throws {
    #expect(
      try Self.lines("\u{FEFF}one\n\ntwo\r\n \t\r\nthree\rfour\nfive", pieces: pieces)
        == ["1:one", "3:two", "5:three\rfour", "6!five"])
    #expect(try Self.lines("", pieces: pieces).isEmpty)
    #expect(try Self.lines("\u{FEFF}", pieces: pieces).isEmpty)
    #expect(try Self.lines("\n\n", pieces: pieces).isEmpty)
    #expect(try Self.lines("a\n\u{FEFF}b\n", pieces: pieces) == ["1:a", "2:\u{FEFF}b"])
  }

  @Test(arguments: 1...40)
  func `wherever blocks are cut, the lines are the same`(_ blockBytes: Int) throws {
    let texts = (1...60).map { String(repeating: "x", count: $0 * 7 % 50) }
    let expected = texts.enumerated().filter { !$1.isEmpty }.map { "\($0 + 1):\($1)" }
    let lines = try Self.lines(texts.map { $0 + "\r\n" }.joined(), pieces: 11, blockBytes: blockBytes)
    #expect(lines == expected)
  }

  @Test func `blocks are whole lines and say where they begin`() throws {
    var blocks = LineBlocks(ByteSource(Array("aa\nbb\ncc\ndd".utf8)), blockBytes: 7, maximumLineBytes: 7)
    var seen: [String] = []
    while let block = try blocks.next() {
      seen.append("\(block.firstLine) \(block.byteCount) \(block.endsWithinLine)")
    }
    #expect(seen == ["1 6 false", "3 3 false", "4 2 true"])
  }

  @Test func `a line just as long as it may be passes, and one more byte does not`() throws {
    let fits = String(repeating: "x", count: 256)
    #expect(try Self.lines("a\n\(fits)\r\nb\n") == ["1:a", "2:\(fits)", "3:b"])
    #expect(try Self.lines("a\n\(fits)") == ["1:a", "2!\(fits)"])
    for text in ["a\n\(fits)x\nb\n", "a\n\(fits)x", "a\n\(fits)xxx\r\n"] {
      let error = #expect(throws: AdapterError.self) { try Self.lines(text) }
      #expect(error?.description == "a.ndjson, line 2: expected 256 bytes in a line at most, found more")
    }
  }

  @Test(arguments: [1, 7, 64])
  func `a line that is too long is passed over, when it may be`(_ blockBytes: Int) throws {
    let long = String(repeating: "x", count: 700)
    for (text, rest) in [
      ("a\n\(long)\nb\n\(long)\r\nc\n", ["1:a", "3:b", "5:c"]), ("\(long)\n\(long)", []), ("\(long)\na", ["2:a"]),
    ] {
      var blocks = LineBlocks(
        ByteSource(Array(text.utf8)), blockBytes: blockBytes, maximumLineBytes: 256)
      var rejected: [Int?] = []
      var lines: [String] = []
      while let block = try blocks.next(rejecting: { rejected.append($0.line) }) {
        var inBlock = block.lines
        while let line = inBlock.next() {
          lines.append("\(line.number):\(line.bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })")
        }
      }
      #expect(lines == rest)
      #expect(rejected.count == (text.count - rest.count * 2) / 700)
    }
  }

  @Test func `a line without end is given up before it fills the memory`() {
    var given = 0
    var blocks = LineBlocks(
      ByteSource { buffer in
        given += buffer.count
        return buffer.count
      }, blockBytes: 100, maximumLineBytes: 1000)
    let error = #expect(throws: AdapterError.self) { _ = try blocks.next() }
    #expect(error?.line == 1)
    #expect(given <= 1002)
    #expect(throws: Never.self) { try #require(try blocks.next() == nil) }
  }

  @Test func `what reading throws comes through, and nothing after it`() throws {
    struct Broken: Error {}
    var calls = 0
    var blocks = LineBlocks(
      ByteSource { _ in
        calls += 1
        throw Broken()
      })
    #expect(throws: Broken.self) { _ = try blocks.next() }
    #expect(throws: Never.self) { try #require(try blocks.next() == nil) }
    #expect(calls == 1)
  }

  @Test func `a file descriptor is read to its end, and a closed one is an error`() throws {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data("a\nb\n".utf8))
    try pipe.fileHandleForWriting.close()
    var blocks = LineBlocks(ByteSource(fileDescriptor: pipe.fileHandleForReading.fileDescriptor))
    let block = try #require(try blocks.next())
    #expect(block.byteCount == 4)
    var closed = LineBlocks(ByteSource(fileDescriptor: -1))
    let error = #expect(throws: AdapterError.self) { _ = try closed.next() }
    #expect(error?.description.hasPrefix("reading failed: ") == true)
  }

  @Test func `lines of events come with their numbers, and bad ones go where they are sent`() throws {
    let good = `Reading CloudEvents`.text()
    let text = "\(good)\n\n\(good.replacing("1.0", with: "2.0"))\n\(good)\r\n\(good.dropLast(4))"
    var blocks = LineBlocks(ByteSource(Array(text.utf8)), source: "a.ndjson", blockBytes: 128)
    var decoder = CloudEventsDecoder()
    var lines: [Int] = []
    var rejected: [String] = []
    func reject(_ error: AdapterError) { rejected.append(error.description) }
    while let block = try blocks.next() {
      try decoder.events(in: block, rejecting: reject) { lines.append($1) }
    }
    #expect(lines == [1, 4])
    #expect(
      rejected == [
        "a.ndjson, line 3: specversion: expected 1.0, found “2.0”",
        "a.ndjson, line 5: no JSON: expected a closing quote for the string that begins at byte 78; "
          + "the file ends within this line, so it may have been cut off: fetch it again",
      ])
  }

  @Test func `blocks are read side by side, each with a decoder of its own`() async throws {
    let text = (0..<500).map { `Reading CloudEvents`.text(["id": "\"\($0)\""]) + "\n" }.joined()
    var blocks = LineBlocks(ByteSource(Array(text.utf8)), blockBytes: 4096)
    let ids = try await withThrowingTaskGroup(of: [Int: String].self) { group in
      while let block = try blocks.next() {
        group.addTask {
          var decoder = CloudEventsDecoder()
          var ids: [Int: String] = [:]
          try decoder.events(in: block) { event, line in ids[line] = event.id }
          return ids
        }
      }
      return try await group.reduce(into: [Int: String]()) { $0.merge($1) { first, _ in first } }
    }
    #expect(ids == Dictionary(uniqueKeysWithValues: (0..<500).map { ($0 + 1, "\($0)") }))
  }

  @Test func `without a place for bad lines the first ends the reading`() throws {
    var blocks = LineBlocks(ByteSource(Array("{}\n".utf8)))
    let block = try #require(try blocks.next())
    var decoder = CloudEventsDecoder()
    let error = #expect(throws: AdapterError.self) { try decoder.events(in: block) { _, _ in } }
    #expect(error?.description == "line 1: specversion: expected 1.0, found nothing")
  }

  @Test func `a live source's lines are given out before more of them is asked for`() throws {
    var pieces: [[UInt8]] = [Array("a\nb".utf8), Array("b".utf8), Array("b\n".utf8), Array("c".utf8)]
    let source = ByteSource { buffer in
      guard !pieces.isEmpty else { return 0 }
      let piece = pieces.removeFirst()
      buffer.copyBytes(from: piece)
      return piece.count
    }
    var blocks = LineBlocks(source, blockBytes: 100, maximumLineBytes: 100, isLive: true)
    var left: [Int] = []
    var texts: [String] = []
    while let block = try blocks.next() {
      var lines = block.lines
      while let line = lines.next() {
        texts.append(line.bytes.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
        left.append(pieces.count)
      }
    }
    #expect(texts == ["a", "bbb", "c"])
    #expect(left == [3, 1, 0])
  }
}

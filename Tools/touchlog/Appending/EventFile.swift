import JSON
import Touchlog
import TouchlogAdapters

/// Reads CloudEvents from a file: lines of them, an array of them, or one that is spread over lines.
struct EventFile {
  private let input: InputFile
  private let isRejecting: Bool

  /// The most bytes of one event that is spread over lines. Its `data` may have a mebibyte, its layout as much again.
  private static let singleBytes = 4 << 20
  /// The most bytes of an array, which has to be in memory as a whole.
  private static let arrayBytes = 64 << 20

  init(_ input: InputFile, isRejecting: Bool) {
    self.input = input
    self.isRejecting = isRejecting
  }

  /// Reads to the end, and hands on what comes.
  func read(into maker: BatchMaker) throws {
    switch try shape() {
    case .lines: try readLines(into: maker)
    case .array: try readArray(into: maker)
    case .single: try readSingle(into: maker)
    }
    try maker.flush()
  }

  // MARK: What it is

  private enum Shape {
    case lines, array, single
  }

  /// Told by the first byte; and where the first line is no whole object, by whether the whole file is one.
  private func shape() throws -> Shape {
    let front = try front { $0.contains { $0 > 0x20 } }.drop { $0 <= 0x20 }
    if front.first == UInt8(ascii: "[") { return .array }
    guard front.first == UInt8(ascii: "{") else { return .lines }
    let newline = UInt8(ascii: "\n")
    let lines = try self.front { $0.drop { $0 <= 0x20 }.contains(newline) }
    if isObject(lines.drop { $0 <= 0x20 }.prefix { $0 != newline }) { return .lines }
    let whole = try content(EventFile.singleBytes + 1)
    return whole.count <= EventFile.singleBytes && isObject(whole) ? .single : .lines
  }

  /// As much of the front of the file as it takes to be enough, or all that may be looked at.
  private func front(until isEnough: (ArraySlice<UInt8>) -> Bool) throws -> ArraySlice<UInt8> {
    var length = 1
    while true {
      let all = try input.peek(atLeast: length)
      let front = EventFile.withoutByteOrderMark(all)
      if isEnough(front) || all.count < length || length > EventFile.singleBytes { return front }
      length = all.count + 1
    }
  }

  /// The front of the file: so many bytes or more, or all of it.
  private func content(_ count: Int) throws -> ArraySlice<UInt8> {
    EventFile.withoutByteOrderMark(try input.peek(atLeast: count))
  }

  private static func withoutByteOrderMark(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes
  }

  private func isObject(_ text: ArraySlice<UInt8>) -> Bool {
    var parser = JSONParser()
    do throws(JSONError) {
      let document = try parser.parse(Array(text).span)
      return document.root.kind == .object
    } catch {
      // That it is none is the answer; what is wrong with it is told when it is read.
      return false
    }
  }

  // MARK: Reading

  private func readLines(into maker: BatchMaker) throws {
    // A pipe may be a live feed, whose events are wanted as they come.
    let isLive = input.totalBytes == nil
    var blocks = LineBlocks(
      input.bytes, source: input.name, blockBytes: isLive ? 32 << 10 : 1 << 20, isLive: isLive)
    let rejectLong = { (error: AdapterError) throws in
      let place = Place.line(error.line ?? 0)
      guard isRejecting else { throw Failure(error, at: place, in: input.name) }
      // A line of that size is not copied into the rejects: its number and the reason are.
      maker.reject(error, at: place, text: nil)
    }
    while let block = try blocks.next(maximumLines: maker.linesWanted, rejecting: rejectLong) { try maker.take(block) }
  }

  private func readArray(into maker: BatchMaker) throws {
    let text = try content(EventFile.arrayBytes + 1)
    guard text.count <= EventFile.arrayBytes else {
      throw Failure(
        """
        \(input.name): expected an array of \(EventFile.arrayBytes.byteSize) at most, found more. Write one event per \
        line instead, e.g. with: jq -c '.[]'
        """, .found)
    }
    var parser = JSONParser(maximumBytes: EventFile.arrayBytes)
    let bytes = Array(text)
    let document: JSONDocument
    do throws(JSONError) {
      document = try parser.parse(bytes.span)
    } catch {
      throw Failure("\(input.name): no JSON: \(error)", .found)
    }
    var decoder = CloudEventsDecoder()
    var elements = document.root.children
    var next = 0
    while let element = elements.next() {
      let place = Place.element(next)
      next += 1
      let event: Event
      do throws(AdapterError) {
        event = try decoder.event(element.raw)
      } catch {
        guard isRejecting else { throw Failure(error, at: place, in: input.name) }
        maker.reject(error, at: place, text: element.raw.copied)
        continue
      }
      try maker.take(event, at: place, text: element.raw.copied)
    }
  }

  private func readSingle(into maker: BatchMaker) throws {
    let text = Array(try content(EventFile.singleBytes + 1))
    var decoder = CloudEventsDecoder()
    let event: Event
    do throws(AdapterError) {
      event = try decoder.event(text.span)
    } catch {
      guard isRejecting else { throw Failure(error, at: .whole, in: input.name) }
      return maker.reject(error, at: .whole, text: text)
    }
    try maker.take(event, at: .whole, text: text)
  }
}

extension Failure {
  /// An event that cannot be read, with its place.
  init(_ error: AdapterError, at place: Place, in name: String) {
    self.init("\(place.described(in: name)): \(error.reason)", .found, isAboutAnEvent: true)
  }
}

extension Span<UInt8> {
  /// The bytes as an array.
  var copied: [UInt8] { withUnsafeBufferPointer { Array($0) } }
}

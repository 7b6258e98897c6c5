import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// Reads files of the compiled time zone database: TZif of version 2 or later, RFC 8536.
enum TimeZoneFile {
  /// The zones' files are a few kilobytes; more than this is something else.
  private static let maximumBytes = 1 << 20

  static func rules(named name: String, database: String) throws(TimeZoneError) -> TimeZoneRules {
    guard isName(name) else {
      throw TimeZoneError(zone: name, problem: "expected a name such as Europe/Stockholm")
    }
    let bytes = try bytes(of: database + "/" + name, zone: name)
    return try rules(named: name, bytes: bytes.span)
  }

  /// Letters, digits, `_ + -` in parts between slashes: nothing that leads out of the database.
  private static func isName(_ name: String) -> Bool {
    let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
    return parts.allSatisfy { part in
      !part.isEmpty
        && part.allSatisfy { byte in
          (byte | 0x20) &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10 || byte == UInt8(ascii: "_")
            || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        }
    }
  }

  private static func bytes(of path: String, zone: String) throws(TimeZoneError) -> [UInt8] {
    let file = open(path, O_RDONLY | O_CLOEXEC)
    guard file >= 0 else {
      throw TimeZoneError(
        zone: zone,
        problem: "expected a zone of the system's database, found none (\(String(cString: strerror(errno)))). "
          + "Names are such as Europe/Stockholm; the package tzdata brings them")
    }
    defer { close(file) }
    var bytes: [UInt8] = []
    var piece = [UInt8](repeating: 0, count: 1 << 14)
    while bytes.count <= maximumBytes {
      let count = piece.withUnsafeMutableBytes { read(file, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else {
        throw TimeZoneError(zone: zone, problem: "reading its file failed: \(String(cString: strerror(errno)))")
      }
      if count == 0 { return bytes }
      bytes += piece[..<count]
    }
    throw TimeZoneError(zone: zone, problem: "its file is larger than \(maximumBytes) bytes, so it is no TZif file")
  }

  /// The header of a data block: RFC 8536, section 3.1.
  private struct Header {
    let version: UInt8
    let utCount: Int
    let standardCount: Int
    let leapCount: Int
    let timeCount: Int
    let typeCount: Int
    let letterCount: Int

    static let size = 44

    /// How many bytes follow it, with times of `timeSize` bytes.
    func dataSize(timeSize: Int) -> Int {
      timeCount * (timeSize + 1) + typeCount * 6 + letterCount + leapCount * (timeSize + 4) + standardCount + utCount
    }
  }

  static func rules(named name: String, bytes: Span<UInt8>) throws(TimeZoneError) -> TimeZoneRules {
    let broken = TimeZoneError(zone: name, problem: "expected a TZif file after RFC 8536, found a broken one")
    guard let first = header(of: bytes, at: 0) else { throw broken }
    guard first.version >= UInt8(ascii: "2") else {
      throw TimeZoneError(zone: name, problem: "expected TZif of version 2 or later, found version 1: renew tzdata")
    }
    let second = Header.size + first.dataSize(timeSize: 4)
    guard let header = header(of: bytes, at: second) else { throw broken }
    guard header.leapCount == 0 else {
      throw TimeZoneError(
        zone: name, problem: "counts leap seconds, which the log does not; use the zone without right/")
    }
    let times = second + Header.size
    let places = times + header.timeCount * 8
    let types = places + header.timeCount
    let end = times + header.dataSize(timeSize: 8)
    guard header.typeCount > 0, end < bytes.count, bytes[end] == UInt8(ascii: "\n") else { throw broken }

    var offsets: [Int] = []
    for index in 0..<header.typeCount {
      offsets.append(Int(Int32(truncatingIfNeeded: integer(bytes, at: types + index * 6, size: 4))))
    }
    guard offsets.allSatisfy({ abs($0) < 26 * 3600 }) else { throw broken }
    var transitions: [TimeZoneRules.Transition] = []
    for index in 0..<header.timeCount {
      let type = Int(bytes[places + index])
      let time = Int64(bitPattern: integer(bytes, at: times + index * 8, size: 8))
      // The earliest that files have is −2^59, the Big Bang; within 2^60 there is room to add and subtract.
      guard type < offsets.count, (-(1 << 60)...(1 << 60)).contains(time),
        transitions.last.map({ $0.at < time }) ?? true
      else { throw broken }
      transitions.append(TimeZoneRules.Transition(at: time, offset: offsets[type]))
    }
    let footer = try footer(of: bytes, from: end + 1, zone: name)
    return TimeZoneRules(
      name: name, firstOffset: offsets[0], transitions: merged(transitions, first: offsets[0]), later: footer)
  }

  /// Changes of the letters alone are no changes of the clock, and would make times look ambiguous.
  private static func merged(_ transitions: [TimeZoneRules.Transition], first: Int) -> [TimeZoneRules.Transition] {
    var kept: [TimeZoneRules.Transition] = []
    for transition in transitions where transition.offset != kept.last?.offset ?? first { kept.append(transition) }
    return kept
  }

  /// The line after the data: empty where nothing is known of later times.
  private static func footer(of bytes: Span<UInt8>, from start: Int, zone: String) throws(TimeZoneError) -> POSIXRule? {
    let end = bytes.firstIndex(of: UInt8(ascii: "\n"), in: start..<bytes.count) ?? bytes.count
    guard end > start else { return nil }
    let text = NameCache.copy(bytes.extracting(start..<end))
    guard let rule = POSIXRule(text) else {
      throw TimeZoneError(zone: zone, problem: "expected a POSIX rule at the end of its file, found “\(text)”")
    }
    return rule
  }

  private static func header(of bytes: Span<UInt8>, at start: Int) -> Header? {
    guard start + Header.size <= bytes.count,
      bytes[start] == UInt8(ascii: "T"), bytes[start + 1] == UInt8(ascii: "Z"),
      bytes[start + 2] == UInt8(ascii: "i"), bytes[start + 3] == UInt8(ascii: "f")
    else { return nil }
    func count(_ index: Int) -> Int { Int(integer(bytes, at: start + 20 + index * 4, size: 4)) }
    let header = Header(
      version: bytes[start + 4], utCount: count(0), standardCount: count(1), leapCount: count(2),
      timeCount: count(3), typeCount: count(4), letterCount: count(5))
    return header.dataSize(timeSize: 4) <= bytes.count ? header : nil
  }

  /// Big-endian, as all numbers of the format.
  private static func integer(_ bytes: Span<UInt8>, at start: Int, size: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in start..<start + size { value = value << 8 | UInt64(bytes[index]) }
    return value
  }
}

extension Timestamp {
  /// Reads an RFC 3339 `date-time`, e.g. `2025-03-01T09:15:00.25+01:00`.
  ///
  /// Digits after the sixth of a fraction are cut off. A leap second (`:60`) is the instant that follows it.
  /// Nil when the text is anything else: another format, a day that does not exist, a leap second within a month of
  /// UTC (RFC 3339, section 5.6, and ITU-R TF.460-6 let it be the last only), an offset beyond a day, or an instant
  /// that in UTC lies outside the years 0 to 9999 and so could not be written again.
  public init?(rfc3339 text: some StringProtocol) {
    let parsed = text.utf8.withContiguousStorageIfAvailable { Timestamp(rfc3339: UnsafeRawBufferPointer($0).bytes) }
    if let parsed {
      guard let parsed else { return nil }
      self = parsed
    } else {
      self.init(rfc3339: Array(text.utf8).span.bytes)
    }
  }

  /// Reads an RFC 3339 `date-time` from its bytes; see `init(rfc3339:)` for text.
  public init?(rfc3339 bytes: RawSpan) {
    var scanner = DigitScanner(bytes: bytes)
    guard
      let year = scanner.digits(4), scanner.skip("-"),
      let month = scanner.digits(2), scanner.skip("-"),
      let day = scanner.digits(2), scanner.skip("T", or: "t"),
      let hour = scanner.digits(2), scanner.skip(":"),
      let minute = scanner.digits(2), scanner.skip(":"),
      let second = scanner.digits(2),
      (1...12).contains(month), day >= 1, day <= CivilDate.daysInMonth(month, of: year),
      hour < 24, minute < 60, second <= 60
    else { return nil }
    var fraction: Int64 = 0
    if scanner.skip(".") {
      guard let value = scanner.microseconds() else { return nil }
      fraction = value
    }
    guard let offsetMinutes = scanner.offsetMinutes(), scanner.isAtEnd else { return nil }
    let days = Int64(CivilDate(year: year, month: month, day: day).daysSince1970)
    let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second - offsetMinutes * 60)
    guard Timestamp.secondsOfFourDigitYears.contains(seconds) else { return nil }
    if second == 60 {
      let (day, secondOfDay) = seconds.flooredQuotientAndRemainder(dividingBy: 86_400)
      guard secondOfDay == 0, CivilDate(daysSince1970: Int(day)).day == 1 else { return nil }
      fraction = 0
    }
    self.init(microseconds: seconds * 1_000_000 + fraction)
  }

  /// From 0000-01-01T00:00:00Z to 9999-12-31T23:59:59Z.
  private static let secondsOfFourDigitYears: ClosedRange<Int64> = -62_167_219_200...253_402_300_799

  /// RFC 3339 in UTC, with as many digits of the fraction as are needed: none, three or six.
  ///
  /// RFC 3339 has years of four digits: what lies before year 0 or after 9999 prints with its sign or its fifth digit,
  /// for people, and does not parse.
  public var rfc3339: String {
    String(unsafeUninitializedCapacity: 40) { buffer in
      var bytes: [UInt8] = []
      bytes.reserveCapacity(32)
      appendRFC3339(to: &bytes)
      return buffer.initialize(fromContentsOf: bytes)
    }
  }

  /// Appends `rfc3339` to bytes.
  public func appendRFC3339(to bytes: inout [UInt8]) {
    let (date, microsecondOfDay) = civil
    let (secondOfDay, fraction) = Int(microsecondOfDay).quotientAndRemainder(dividingBy: 1_000_000)
    if date.year < 0 { bytes.append(UInt8(ascii: "-")) }
    bytes.appendDecimal(abs(date.year), width: 4)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDecimal(date.month, width: 2)
    bytes.append(UInt8(ascii: "-"))
    bytes.appendDecimal(date.day, width: 2)
    bytes.append(UInt8(ascii: "T"))
    bytes.appendDecimal(secondOfDay / 3600, width: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDecimal(secondOfDay / 60 % 60, width: 2)
    bytes.append(UInt8(ascii: ":"))
    bytes.appendDecimal(secondOfDay % 60, width: 2)
    if fraction != 0 {
      bytes.append(UInt8(ascii: "."))
      if fraction % 1000 == 0 {
        bytes.appendDecimal(fraction / 1000, width: 3)
      } else {
        bytes.appendDecimal(fraction, width: 6)
      }
    }
    bytes.append(UInt8(ascii: "Z"))
  }
}

extension Timestamp: CustomStringConvertible {
  /// RFC 3339, see `rfc3339`.
  public var description: String { rfc3339 }
}

/// Reads fixed runs of digits from the front of bytes.
private struct DigitScanner: ~Escapable {
  let bytes: RawSpan
  var offset = 0

  @_lifetime(copy bytes)
  init(bytes: RawSpan) {
    self.bytes = bytes
  }

  var isAtEnd: Bool { offset == bytes.byteCount }

  private var next: UInt8? {
    offset < bytes.byteCount ? bytes.unsafeLoad(fromByteOffset: offset, as: UInt8.self) : nil
  }

  @_lifetime(self: copy self)
  mutating func digit() -> Int? {
    guard let byte = next, byte &- UInt8(ascii: "0") < 10 else { return nil }
    offset += 1
    return Int(byte &- UInt8(ascii: "0"))
  }

  @_lifetime(self: copy self)
  mutating func digits(_ count: Int) -> Int? {
    var value = 0
    for _ in 0..<count {
      guard let digit = digit() else { return nil }
      value = value * 10 + digit
    }
    return value
  }

  @_lifetime(self: copy self)
  mutating func skip(_ first: Unicode.Scalar, or second: Unicode.Scalar? = nil) -> Bool {
    guard let byte = next else { return false }
    guard byte == UInt8(ascii: first) || second.map({ byte == UInt8(ascii: $0) }) == true else { return false }
    offset += 1
    return true
  }

  /// One digit or more after the point, cut off to microseconds.
  @_lifetime(self: copy self)
  mutating func microseconds() -> Int64? {
    var value: Int64 = 0
    var count = 0
    while let digit = digit() {
      if count < 6 { value = value * 10 + Int64(digit) }
      count += 1
    }
    guard count > 0 else { return nil }
    for _ in min(count, 6)..<6 { value *= 10 }
    return value
  }

  /// `Z`, or `±hh:mm`, in minutes east of UTC.
  @_lifetime(self: copy self)
  mutating func offsetMinutes() -> Int? {
    if skip("Z", or: "z") { return 0 }
    let isWest = next == UInt8(ascii: "-")
    guard skip("+", or: "-"), let hours = digits(2), skip(":"), let minutes = digits(2) else { return nil }
    guard hours < 24, minutes < 60 else { return nil }
    return (isWest ? -1 : 1) * (hours * 60 + minutes)
  }
}

extension [UInt8] {
  /// Appends a number that is not negative, padded with zeros to `width` digits at least.
  mutating func appendDecimal(_ value: Int, width: Int) {
    precondition(value >= 0, "a date's parts are not negative")
    var divisor = 1
    var digits = 1
    while digits < width || value / divisor >= 10 {
      divisor *= 10
      digits += 1
    }
    while divisor > 0 {
      append(UInt8(ascii: "0") + UInt8(value / divisor % 10))
      divisor /= 10
    }
  }
}

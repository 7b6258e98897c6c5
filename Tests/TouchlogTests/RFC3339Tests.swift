import Testing
import Touchlog

@Suite struct RFC3339Tests {
  /// The examples of RFC 3339, section 5.8, and the same instants in seconds since 1970.
  @Test(
    arguments: [
      ("1985-04-12T23:20:50.52Z", 482_196_050_520_000),
      ("1996-12-19T16:39:57-08:00", 851_042_397_000_000),
      ("1996-12-20T00:39:57Z", 851_042_397_000_000),
      ("1990-12-31T23:59:60Z", 662_688_000_000_000),
      ("1990-12-31T15:59:60-08:00", 662_688_000_000_000),
      ("1937-01-01T12:00:27.87+00:20", -1_041_337_172_130_000),
    ] as [(String, Int64)])
  func `the examples of the RFC are read`(text: String, microseconds: Int64) {
    #expect(Timestamp(rfc3339: text)?.microseconds == microseconds)
    #expect(PlainReading.microseconds(Array(text.utf8)) == microseconds)
  }

  private static let good = [
    "2025-03-01T09:15:00Z", "2025-03-01t09:15:00.25+01:00", "2024-02-29T23:59:59.999999z", "1900-01-01T00:00:00-00:00",
    "9999-12-31T23:59:59.123456789Z", "0000-01-01T00:00:00Z", "2016-12-31T23:59:60Z", "2017-01-01T05:29:60+05:30",
    "2000-02-29T00:00:00+23:59",
  ]

  @Test(arguments: good)
  func `a byte more, less or other is read as another reader reads it`(text: String) throws {
    let bytes = Array(text.utf8)
    #expect(PlainReading.microseconds(bytes) != nil)
    try compare(bytes)
    let candidates: [UInt8] = Array("0123456789-:.TtZz+ ,/".utf8) + [0x00, 0x7F, 0xB0, 0xFF]
    for index in bytes.indices {
      var shorter = bytes
      shorter.remove(at: index)
      try compare(shorter)
      try compare(Array(bytes[..<index]))
      for candidate in candidates {
        var changed = bytes
        changed[index] = candidate
        try compare(changed)
        var longer = bytes
        longer.insert(candidate, at: index)
        try compare(longer)
      }
    }
    for candidate in candidates { try compare(bytes + [candidate]) }
  }

  private func compare(_ bytes: [UInt8]) throws {
    let mine = Timestamp(rfc3339: bytes.span.bytes)?.microseconds
    let plain = PlainReading.microseconds(bytes)
    try #require(mine == plain, "\(String(decoding: bytes, as: UTF8.self))")
  }

  @Test(arguments: [
    "", "Z", "2025", "2025-03-01", "2025-03-01T09:15Z", "2025-03-01T09:15:00", "2025-03-01 09:15:00Z",
    "2025-03-01T09:15:00.Z", "2025-03-01T09:15:00,5Z", "2025-03-01T09:15:00+0100", "2025-03-01T09:15:00+01",
    "2025-03-01T09:15:00+24:00", "2025-03-01T09:15:00+01:60", "2025-03-01T24:00:00Z", "2025-03-01T09:60:00Z",
    "2025-03-01T09:15:61Z", "2025-00-01T09:15:00Z", "2025-13-01T09:15:00Z", "2025-03-00T09:15:00Z",
    "2025-02-29T09:15:00Z", "1900-02-29T09:15:00Z", "2025-04-31T09:15:00Z", "20250301T091500Z", "2025-W09-6T09:15:00Z",
    "+2025-03-01T09:15:00Z", "12025-03-01T09:15:00Z", " 2025-03-01T09:15:00Z", "2025-03-01T09:15:00Z ",
    "2025-03-01T09:15:00ZZ", "2025-03-01T09:15:00−01:00", "２０２５-03-01T09:15:00Z", "2025-03-01T09:15:00.٥Z",
  ])
  func `what is not RFC 3339 is refused`(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
    #expect(PlainReading.microseconds(Array(text.utf8)) == nil)
  }

  @Test(arguments: [
    ("2016-12-31T23:59:60Z", true), ("2016-12-31T23:59:60.999Z", true), ("2017-01-01T05:29:60+05:30", true),
    ("2016-12-31T15:59:60-08:00", true), ("2016-02-29T23:59:60Z", true), ("2016-02-28T23:59:60Z", false),
    ("2016-12-30T23:59:60Z", false), ("2016-12-31T22:59:60Z", false), ("2016-12-31T23:58:60Z", false),
    ("2016-12-31T23:59:60+01:00", false), ("2017-01-01T00:00:60Z", false),
  ])
  func `a leap second ends a month of UTC, and is the instant that follows it`(text: String, isRead: Bool) {
    let time = Timestamp(rfc3339: text)
    #expect((time != nil) == isRead)
    if let time { #expect(time.microseconds % 86_400_000_000 == 0) }
  }

  @Test(arguments: [
    ("9999-12-31T23:59:59.999999Z", true), ("9999-12-31T23:59:59-00:01", false), ("9999-12-31T23:59:60Z", false),
    ("0000-01-01T00:00:00Z", true), ("0000-01-01T00:00:00+00:01", false), ("0000-01-01T00:01:00+00:01", true),
  ])
  func `what is read can be written again`(text: String, isRead: Bool) {
    let time = Timestamp(rfc3339: text)
    #expect((time != nil) == isRead)
    if let time { #expect(Timestamp(rfc3339: time.rfc3339) == time) }
  }

  @Test func `a fraction has one digit or more, of which six count`() throws {
    let digits = "123456789012"
    for count in 1...12 {
      let text = "2025-03-01T09:15:00.\(digits.prefix(count))Z"
      let expected = Int64(Double("0.\(digits.prefix(min(count, 6)))").map { ($0 * 1_000_000).rounded() } ?? -1)
      let time = try #require(Timestamp(rfc3339: text))
      #expect(time.microseconds % 1_000_000 == expected, "\(text)")
    }
    #expect(Timestamp(rfc3339: "2025-03-01T09:15:00.999999999999Z")?.rfc3339 == "2025-03-01T09:15:00.999999Z")
    #expect(Timestamp(rfc3339: "1969-12-31T23:59:59.9999999Z")?.microseconds == -1)
  }

  @Test func `a text that is not stored as UTF-8 in one piece is read too`() {
    let text = "<2025-03-01T09:15:00Z>"
    #expect(Timestamp(rfc3339: text.dropFirst().dropLast()) == Timestamp(rfc3339: "2025-03-01T09:15:00Z"))
  }

  @Test(
    arguments: [
      (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000001Z"), (1000, "1970-01-01T00:00:00.001Z"),
      (100_000, "1970-01-01T00:00:00.100Z"), (123_450, "1970-01-01T00:00:00.123450Z"),
      (-1, "1969-12-31T23:59:59.999999Z"),
      (-1000, "1969-12-31T23:59:59.999Z"), (86_400_000_000, "1970-01-02T00:00:00Z"),
      (-2_208_988_800_000_000, "1900-01-01T00:00:00Z"), (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
      (-62_167_219_200_000_000, "0000-01-01T00:00:00Z"),
    ] as [(Int64, String)])
  func `a time is printed with no digits of a fraction, three or six`(microseconds: Int64, text: String) {
    let time = Timestamp(microseconds: microseconds)
    #expect(time.rfc3339 == text)
    #expect(time.description == text)
    var bytes = Array("at ".utf8)
    time.appendRFC3339(to: &bytes)
    #expect(bytes == Array("at \(text)".utf8))
    #expect(Timestamp(rfc3339: text) == time)
  }

  @Test func `every instant of the years 0 to 9999 prints as what reads as itself`() {
    var random = SeededRandom(seed: 3339)
    for _ in 0..<20_000 {
      var microseconds = Int64.random(in: -62_167_219_200_000_000...253_402_300_799_999_999, using: &random)
      // As often whole milliseconds and whole seconds as anything else.
      microseconds -= [0, microseconds % 1000, microseconds % 1_000_000].randomElement(using: &random) ?? 0
      let text = Timestamp(microseconds: microseconds).rfc3339
      #expect(Timestamp(rfc3339: text)?.microseconds == microseconds, "\(text)")
      #expect(PlainReading.microseconds(Array(text.utf8)) == microseconds, "\(text)")
    }
  }

  @Test func `an offset moves the instant by itself`() throws {
    var random = SeededRandom(seed: 58)
    let local = try #require(Timestamp(rfc3339: "2024-03-01T00:30:00.5Z"))
    for _ in 0..<500 {
      let minutes = Int64.random(in: -1439...1439, using: &random)
      func two(_ number: Int64) -> String { (number < 10 ? "0" : "") + String(number) }
      let offset = "\(minutes < 0 ? "-" : "+")\(two(abs(minutes) / 60)):\(two(abs(minutes) % 60))"
      let time = Timestamp(rfc3339: "2024-03-01T00:30:00.5" + offset)
      #expect(time == local.adding(seconds: -minutes * 60), "\(offset)")
    }
  }

  @Test func `outside the years 0 to 9999 a time prints for people`() {
    #expect(Timestamp(microseconds: 253_402_300_800_000_000).rfc3339 == "10000-01-01T00:00:00Z")
    #expect(Timestamp(microseconds: -62_167_219_200_000_001).rfc3339 == "-0001-12-31T23:59:59.999999Z")
    #expect(Timestamp(microseconds: .max).rfc3339 == "294247-01-10T04:00:54.775807Z")
    #expect(Timestamp(microseconds: .min).rfc3339 == "-290308-12-21T19:59:05.224192Z")
  }
}

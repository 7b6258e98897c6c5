import Touchlog

/// How a column writes days and times, e.g. `yyMMdd` or `d/M/yyyy HH:mm`.
///
/// | letters | read |
/// |---|---|
/// | `yyyy`, `yy` | the year; of two digits, 69–99 are 1969–1999 and 00–68 are 2000–2068 (POSIX `strptime`) |
/// | `M` `d` `H` `h` `m` `s` | month, day, hour (0–23), hour (1–12), minute, second, of one digit or two |
/// | `MM` `dd` `HH` `hh` `mm` `ss` | the same, of exactly two digits |
/// | `S` | digits of a fraction of the second |
/// | `a` | AM or PM |
///
/// Anything between single quotes, and whatever is no letter, stands for itself.
struct DatePattern: Hashable, Sendable {
  /// As it was written.
  let text: String
  private let parts: [Part]
  let hasDate: Bool
  let hasTime: Bool

  private enum Part: Hashable {
    case year4
    case year2
    // The numbers are the fewest digits; two are the most.
    case month(Int)
    case day(Int)
    case hour(Int)
    case hour12(Int)
    case minute(Int)
    case second(Int)
    case fraction
    /// AM or PM.
    case half
    case literal(UInt8)
  }

  /// What was read: the parts that the pattern has.
  struct Reading: Hashable {
    var date: CivilDate?
    var microsecondOfDay: Int64?
  }

  /// Nil where a letter has no meaning, or day and time are there in part only.
  init?(_ text: String) {
    var parts: [Part] = []
    var rest = Array(text.utf8)[...]
    while let letter = rest.first {
      if letter == UInt8(ascii: "'") {
        guard let end = rest.dropFirst().firstIndex(of: letter) else { return nil }
        parts += rest[(rest.startIndex + 1)..<end].map(Part.literal)
        rest = rest[(end + 1)...]
        continue
      }
      let run = rest.prefix { $0 == letter }.count
      if (letter | 0x20) &- UInt8(ascii: "a") < 26 {
        guard let part = DatePattern.part(letter, run) else { return nil }
        parts.append(part)
        rest = rest.dropFirst(run)
      } else {
        parts.append(.literal(letter))
        rest = rest.dropFirst()
      }
    }
    func has(_ test: (Part) -> Bool) -> Bool { parts.contains(where: test) }
    let hasYear = has { $0 == .year4 || $0 == .year2 }
    let hasMonth = has { if case .month = $0 { true } else { false } }
    let hasDay = has { if case .day = $0 { true } else { false } }
    let hasHour = has { if case .hour = $0 { true } else { false } }
    let hasHour12 = has { if case .hour12 = $0 { true } else { false } }
    let hasMinute = has { if case .minute = $0 { true } else { false } }
    guard hasYear == hasMonth, hasMonth == hasDay, hasMinute == (hasHour || hasHour12),
      hasHour12 == has({ $0 == .half }), !(hasHour && hasHour12), hasYear || hasMinute
    else { return nil }
    self.text = text
    self.parts = parts
    hasDate = hasYear
    hasTime = hasMinute
  }

  private static func part(_ letter: UInt8, _ run: Int) -> Part? {
    switch (Unicode.Scalar(letter), run) {
    case ("y", 4): .year4
    case ("y", 2): .year2
    case ("M", 1...2): .month(run)
    case ("d", 1...2): .day(run)
    case ("H", 1...2): .hour(run)
    case ("h", 1...2): .hour12(run)
    case ("m", 1...2): .minute(run)
    case ("s", 1...2): .second(run)
    case ("S", _): .fraction
    case ("a", 1): .half
    default: nil
    }
  }

  /// Reads a text; nil when it is not written so, or names a day or time that does not exist.
  func read(_ text: String) -> Reading? {
    var rest = text.utf8[...]
    var (year, month, day, hour, minute, second) = (0, 1, 1, 0, 0, 0)
    var microsecond: Int64 = 0
    var isAfternoon: Bool?
    func number(_ width: Int, _ range: ClosedRange<Int>, atLeast: Int) -> Int? {
      let digits = rest.prefix(width).prefix { $0 &- UInt8(ascii: "0") < 10 }
      guard digits.count >= atLeast else { return nil }
      rest = rest.dropFirst(digits.count)
      let value = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
      return range.contains(value) ? value : nil
    }
    func assign(_ value: Int?, to place: inout Int) -> Bool {
      guard let value else { return false }
      place = value
      return true
    }
    for part in parts {
      let isRead: Bool
      switch part {
      case .year4: isRead = assign(number(4, 1...9999, atLeast: 4), to: &year)
      case .year2: isRead = assign(number(2, 0...99, atLeast: 2).map { $0 < 69 ? 2000 + $0 : 1900 + $0 }, to: &year)
      case .month(let width): isRead = assign(number(2, 1...12, atLeast: width), to: &month)
      case .day(let width): isRead = assign(number(2, 1...31, atLeast: width), to: &day)
      case .hour(let width): isRead = assign(number(2, 0...23, atLeast: width), to: &hour)
      case .hour12(let width): isRead = assign(number(2, 1...12, atLeast: width), to: &hour)
      case .minute(let width): isRead = assign(number(2, 0...59, atLeast: width), to: &minute)
      case .second(let width): isRead = assign(number(2, 0...59, atLeast: width), to: &second)
      case .fraction:
        let digits = rest.prefix { $0 &- UInt8(ascii: "0") < 10 }
        rest = rest.dropFirst(digits.count)
        microsecond = digits.prefix(6).reduce(0) { $0 * 10 + Int64($1 - UInt8(ascii: "0")) }
        for _ in min(digits.count, 6)..<6 { microsecond *= 10 }
        isRead = !digits.isEmpty
      case .half:
        let letters = rest.prefix(2).map { $0 | 0x20 }
        rest = rest.dropFirst(2)
        isAfternoon = letters.first == UInt8(ascii: "p")
        isRead = letters == Array("am".utf8) || letters == Array("pm".utf8)
      case .literal(let byte):
        isRead = rest.first == byte
        rest = rest.dropFirst()
      }
      guard isRead else { return nil }
    }
    guard rest.isEmpty, day <= CivilDate.daysInMonth(month, of: year) else { return nil }
    if let isAfternoon { hour = hour % 12 + (isAfternoon ? 12 : 0) }
    let seconds = Int64(hour * 3600 + minute * 60 + second)
    return Reading(
      date: hasDate ? CivilDate(year: year, month: month, day: day) : nil,
      microsecondOfDay: hasTime ? seconds * 1_000_000 + microsecond : nil)
  }
}

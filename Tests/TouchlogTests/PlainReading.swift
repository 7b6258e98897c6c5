/// RFC 3339 read the slow way, by a picture of the text and by counting every year and month one by one: nothing of
/// it is taken from the library, so that both can be compared.
enum PlainReading {
  /// Microseconds since 1970, nil when the text is not RFC 3339.
  static func microseconds(_ bytes: [UInt8]) -> Int64? {
    let text = bytes.map { Character(Unicode.Scalar($0)) }
    guard text.count >= 20, fits(text[..<19], "0000-00-00T00:00:00") else { return nil }
    let year = number(text[0..<4])
    let month = number(text[5..<7])
    let day = number(text[8..<10])
    let hour = number(text[11..<13])
    let minute = number(text[14..<16])
    let second = number(text[17..<19])
    guard month >= 1, month <= 12, day >= 1, day <= monthLengths(year)[month - 1] else { return nil }
    guard hour <= 23, minute <= 59, second <= 60 else { return nil }
    var rest = text[19...]
    var fraction = ""
    if rest.first == "." {
      fraction = String(rest.dropFirst().prefix { isDigit($0) })
      rest = rest.dropFirst(1 + fraction.count)
      guard !fraction.isEmpty else { return nil }
    }
    guard let offset = offsetMinutes(rest) else { return nil }
    let minutes = days(year, month, day) * 1440 + hour * 60 + minute - offset
    if second == 60 {
      guard isLastMinuteOfMonth(minutes) else { return nil }
      fraction = ""
    }
    let seconds = minutes * 60 + second
    guard seconds >= days(0, 1, 1) * 86_400, seconds <= days(9999, 12, 31) * 86_400 + 86_399 else { return nil }
    return Int64(seconds) * 1_000_000 + Int64(number(ArraySlice((fraction + "000000").prefix(6))))
  }

  static func monthLengths(_ year: Int) -> [Int] {
    let isLeap = year % 400 == 0 || (year % 4 == 0 && year % 100 != 0)
    return [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
  }

  /// Days from 1970-01-01 to a day of the years 0–9999.
  static func days(_ year: Int, _ month: Int, _ day: Int) -> Int {
    daysToYear[year] + monthLengths(year)[..<(month - 1)].reduce(0, +) + day - 1
  }

  /// Where each year begins, counted up from year 0 and moved so that 1970 begins at 0.
  private static let daysToYear: [Int] = {
    var starts = [0]
    for year in 0...9999 { starts.append(starts[year] + monthLengths(year).reduce(0, +)) }
    return starts.map { $0 - starts[1970] }
  }()

  /// RFC 3339, section 5.6 and appendix D: a leap second ends a month of UTC.
  private static func isLastMinuteOfMonth(_ minutes: Int) -> Bool {
    guard let year = (0...9999).last(where: { daysToYear[$0] * 1440 <= minutes }) else { return false }
    return (1...12).contains { month in
      days(year, month, monthLengths(year)[month - 1]) * 1440 + 1439 == minutes
    }
  }

  private static func offsetMinutes(_ text: ArraySlice<Character>) -> Int? {
    if text == ["Z"] || text == ["z"] { return 0 }
    guard fits(text, "+00:00") || fits(text, "-00:00") else { return nil }
    let parts = Array(text)
    let hours = number(parts[1..<3])
    let minutes = number(parts[4..<6])
    guard hours <= 23, minutes <= 59 else { return nil }
    return (parts[0] == "-" ? -1 : 1) * (hours * 60 + minutes)
  }

  /// Whether each character is as in the picture, where 0 stands for any digit and T for either case.
  private static func fits(_ text: ArraySlice<Character>, _ picture: String) -> Bool {
    text.count == picture.count
      && zip(text, picture).allSatisfy { character, pictured in
        switch pictured {
        case "0": isDigit(character)
        case "T": character == "T" || character == "t"
        default: character == pictured
        }
      }
  }

  private static func isDigit(_ character: Character) -> Bool { "0123456789".contains(character) }

  private static func number(_ digits: ArraySlice<Character>) -> Int {
    digits.reduce(0) { $0 * 10 + ($1.wholeNumberValue ?? 0) }
  }
}

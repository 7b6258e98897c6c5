import Touchlog

// Numbers as the text of a report has them, without a locale.
extension ServiceText {
  /// A length in its two largest units, cut off: `41 s`, `3 min 5 s`, `1 h 2 min`, `2 d 3 h`; below a second `0.4 s`.
  static func duration(_ seconds: Double) -> String {
    guard seconds >= 1 else { return seconds <= 0 ? "0 s" : "\(decimal(seconds, places: 1)) s" }
    guard seconds < 1e15 else { return "\(seconds) s" }
    let whole = Int(seconds)
    let units: [(size: Int, name: String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    guard let largest = units.firstIndex(where: { whole >= $0.size }) else { return "0 s" }
    var parts = ["\(whole / units[largest].size) \(units[largest].name)"]
    if largest + 1 < units.count {
      let next = units[largest + 1]
      let rest = whole % units[largest].size / next.size
      if rest > 0 { parts.append("\(rest) \(next.name)") }
    }
    return parts.joined(separator: " ")
  }

  /// `82.1 %`.
  static func percent(_ share: Double) -> String { "\(decimal(share * 100, places: 1)) %" }

  /// `82.1 % (79.9–84.0)`, or a dash.
  static func percent(_ share: Double?, _ interval: (lower: Double, upper: Double)?) -> String {
    guard let share else { return "–" }
    guard let interval else { return percent(share) }
    return "\(percent(share)) (\(decimal(interval.lower * 100, places: 1))–\(decimal(interval.upper * 100, places: 1)))"
  }

  /// With its sign: `+92`, `−3`.
  static func signed(_ number: Double) -> String {
    let rounded = number.rounded()
    guard abs(rounded) < 1e15 else { return "\(number)" }
    return rounded < 0 ? "−\(Int(-rounded))" : "+\(Int(rounded))"
  }

  /// With so many places after the point, rounded half away from zero.
  static func decimal(_ number: Double, places: Int) -> String {
    guard number.isFinite, abs(number) < 1e12 else { return "\(number)" }
    var scale = 1
    for _ in 0..<places { scale *= 10 }
    let scaled = Int((abs(number) * Double(scale)).rounded())
    let sign = number < 0 && scaled > 0 ? "−" : ""
    guard places > 0 else { return "\(sign)\(scaled)" }
    let digits = String(scaled % scale)
    return "\(sign)\(grouped(scaled / scale)).\(String(repeating: "0", count: places - digits.count))\(digits)"
  }

  /// With its thousands apart: `10,000`.
  static func grouped(_ number: some BinaryInteger) -> String { ShownText.grouped(number) }

  /// `1 interaction`, `2 interactions`.
  static func counted(_ number: Int, _ noun: String) -> String {
    "\(grouped(number)) \(noun)\(number == 1 ? "" : "s")"
  }

  /// A name that came from outside, so that it can neither move a terminal's cursor nor turn the reading order.
  static func inert(_ text: String) -> String { ShownText.inert(text) }
}

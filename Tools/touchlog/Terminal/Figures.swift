import Touchlog

/// Figures as people read them.
extension BinaryInteger {
  /// With a comma after every three digits: `1,234,567`.
  var grouped: String {
    let digits = String(magnitude)
    var text = self < 0 ? "-" : ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text += "," }
      text.append(digit)
    }
    return text
  }

  /// `1 event`, `2 events`.
  func counted(_ noun: String) -> String { "\(grouped) \(noun)\(self == 1 ? "" : "s")" }

  /// Bytes in the unit that fits: `812 B`, `4.0 KiB`, `1.5 GiB`.
  var byteSize: String {
    let units = ["KiB", "MiB", "GiB", "TiB"]
    var value = Double(self)
    guard value >= 1024 else { return "\(self) B" }
    var unit = -1
    while value >= 1024, unit < units.count - 1 {
      value /= 1024
      unit += 1
    }
    return "\(value.rounded(toPlaces: value < 100 ? 1 : 0)) \(units[unit])"
  }
}

extension Double {
  /// Fixed decimals, without the formatters of Foundation.
  func rounded(toPlaces places: Int) -> String {
    let scale = (0..<places).reduce(1.0) { scale, _ in scale * 10 }
    let scaled = Int64((magnitude * scale).rounded())
    let sign = self < 0 && scaled > 0 ? "-" : ""
    if places == 0 { return sign + scaled.grouped }
    let fraction = String(scaled % Int64(scale))
    let zeros = String(repeating: "0", count: places - fraction.count)
    return sign + (scaled / Int64(scale)).grouped + "." + zeros + fraction
  }
}

extension Duration {
  /// In seconds.
  var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }

  /// As short as it tells enough: `320 ms`, `3.2 s`, `4 min 10 s`, `2 h 5 min`.
  var short: String {
    let seconds = seconds
    if seconds < 1 { return "\((seconds * 1000).rounded(toPlaces: 0)) ms" }
    if seconds < 10 { return "\(seconds.rounded(toPlaces: 1)) s" }
    let whole = Int(seconds.rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s" }
    let minutes = whole / 60
    return minutes % 60 == 0 ? "\((minutes / 60).grouped) h" : "\((minutes / 60).grouped) h \(minutes % 60) min"
  }
}

extension Timestamp {
  /// `2025-03-01 09:15:00`, in UTC.
  var readable: String {
    let text = rfc3339
    return text.prefix(10) + " " + text.dropFirst(11).prefix(8)
  }
}

extension String {
  /// Without anything that moves a cursor or sets a colour: what came from outside may be anything.
  var inert: String {
    let isHarmless = unicodeScalars.allSatisfy { !$0.isHarmful }
    if isHarmless { return self }
    return unicodeScalars.reduce(into: "") { text, scalar in
      switch scalar {
      case "\n": text += "\\n"
      case "\t": text += "\\t"
      case _ where scalar.isHarmful: text += "\\u{\(String(scalar.value, radix: 16))}"
      default: text.unicodeScalars.append(scalar)
      }
    }
  }

  /// Cut to so many characters, the last one an ellipsis where something is missing.
  func shortened(to count: Int) -> String {
    if self.count <= count { return self }
    return count < 1 ? "" : prefix(count - 1) + "…"
  }

  /// Filled with spaces behind.
  func padded(to count: Int) -> String {
    self + String(repeating: " ", count: max(0, count - self.count))
  }

  /// Filled with spaces before.
  func leftPadded(to count: Int) -> String {
    String(repeating: " ", count: max(0, count - self.count)) + self
  }
}

extension Unicode.Scalar {
  /// Control characters, and the marks that turn the direction of writing (Unicode's "bidi" controls).
  fileprivate var isHarmful: Bool {
    switch value {
    case 0..<0x20, 0x7F..<0xA0, 0x200E...0x200F, 0x202A...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

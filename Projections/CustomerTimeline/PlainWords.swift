import Touchlog

extension Timeline {
  /// A duration in words, its two largest units, cut off: `42 s`, `3 min 5 s`, `1 h 2 min`, `2 d 3 h`.
  public static func words(for duration: Duration) -> String { duration.words }
}

extension Duration {
  /// See `Timeline.words(for:)`. A negative duration is told by its length.
  var words: String {
    let (seconds, attoseconds) = components
    let whole = seconds.magnitude
    if whole == 0 { return attoseconds == 0 ? "0 s" : "under 1 s" }
    let units: [(size: UInt64, name: String)] = [(86_400, "d"), (3600, "h"), (60, "min"), (1, "s")]
    guard let largest = units.firstIndex(where: { whole >= $0.size }) else { return "0 s" }
    var parts = ["\(whole / units[largest].size) \(units[largest].name)"]
    if largest + 1 < units.count {
      let next = units[largest + 1]
      let rest = whole % units[largest].size / next.size
      if rest > 0 { parts.append("\(rest) \(next.name)") }
    }
    return parts.joined(separator: " ")
  }
}

extension CivilDate {
  /// `3 Mar`, and the year where it is not the year of `reference`.
  func words(beside reference: CivilDate) -> String {
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let dayAndMonth = "\(day) \(months[month - 1])"
    return year == reference.year ? dayAndMonth : "\(dayAndMonth) \(year)"
  }

  /// `2025-03-01`.
  var iso: String { "\(padded(year, to: 4))-\(padded(month, to: 2))-\(padded(day, to: 2))" }

  var weekday: String {
    // 1970-01-01 was a Thursday.
    let days = ["Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"]
    return days[(daysSince1970 % 7 + 7) % 7]
  }
}

extension Timestamp {
  /// `3 Mar 14:00`, in UTC, and the year where it is not the year of `reference`.
  func words(beside reference: Timestamp) -> String {
    "\(civil.date.words(beside: reference.civil.date)) \(clock)"
  }

  /// `14:00`, in UTC.
  var clock: String {
    let minute = civil.microsecondOfDay / 60_000_000
    return "\(padded(Int(minute / 60), to: 2)):\(padded(Int(minute % 60), to: 2))"
  }

  /// `14:00:07`, in UTC.
  var clockWithSeconds: String {
    "\(clock):\(padded(Int(civil.microsecondOfDay / 1_000_000 % 60), to: 2))"
  }
}

/// A number's digits with zeros before them.
private func padded(_ number: Int, to width: Int) -> String {
  let digits = String(number.magnitude)
  return (number < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.count)) + digits
}

/// A number with its thousands apart: `10,000`.
func grouped(_ number: some BinaryInteger) -> String {
  var shown = ""
  let digits = String(number.magnitude)
  for (index, digit) in digits.enumerated() {
    if index > 0, (digits.count - index) % 3 == 0 { shown.append(",") }
    shown.append(digit)
  }
  return (number < 0 ? "-" : "") + shown
}

/// `1 event`, `2 events`.
func counted(_ count: Int, _ thing: String) -> String {
  "\(grouped(count)) \(thing)\(count == 1 ? "" : "s")"
}

/// An amount in minor units as people write it: `499.00 SEK`, `1,200 JPY`.
func money(_ minorUnits: Int64, currency: String?) -> String {
  guard let currency else { return "\(grouped(minorUnits)) in minor units" }
  // ISO 4217, list one: currencies whose minor unit is not a hundredth.
  let places =
    switch currency {
    case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF",
      "XOF", "XPF":
      0
    case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
    case "CLF", "UYW": 4
    default: 2
    }
  guard places > 0 else { return "\(grouped(minorUnits)) \(currency)" }
  var scale: UInt64 = 1
  for _ in 0..<places { scale *= 10 }
  let (whole, fraction) = minorUnits.magnitude.quotientAndRemainder(dividingBy: scale)
  let sign = minorUnits < 0 ? "-" : ""
  return "\(sign)\(grouped(whole)).\(padded(Int(fraction), to: places)) \(currency)"
}

extension Channel {
  /// As it stands before "contact".
  var words: String {
    switch self {
    case .inperson: "in-person"
    case .email: "e-mail"
    case .social: "social media"
    case .sms: "SMS"
    case .mail: "letter"
    case .phone, .chat, .video, .kiosk, .field, .web, .app, .other: name
    }
  }
}

/// A word of a catalogue's choice as it stands in a sentence: `handedOver` becomes `handed over`.
func spaced(_ word: String) -> String {
  if word == "followUp" { return "to be followed up" }
  var shown = ""
  for character in word {
    if character.isUppercase { shown += " " }
    shown += character.lowercased()
  }
  return shown
}

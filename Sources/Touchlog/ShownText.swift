/// Texts as the reports of projections show them.
package enum ShownText {
  /// A text that came from outside with everything made visible that a terminal would obey, or that would turn the
  /// reading order.
  package static func inert(_ text: some StringProtocol) -> String {
    var shown = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate:
        shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
      default: shown.append(scalar)
      }
    }
    return String(shown)
  }

  /// A whole number with its thousands apart: `10,000`.
  package static func grouped(_ number: some BinaryInteger) -> String {
    var shown = ""
    for (place, digit) in String(number.magnitude).reversed().enumerated() {
      if place > 0, place % 3 == 0 { shown.append(",") }
      shown.append(digit)
    }
    return (number < 0 ? "−" : "") + String(shown.reversed())
  }
}

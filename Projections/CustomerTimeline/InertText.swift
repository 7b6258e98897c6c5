extension StringProtocol {
  /// The text with everything made visible that a terminal would obey or that would turn the reading order:
  /// controls, separators of lines, and invisible formatting such as the bidirectional overrides.
  ///
  /// What came from a customer must not move the cursor, clear the screen or forge a line.
  var inert: String {
    guard unicodeScalars.contains(where: \.isActive) else { return String(self) }
    var shown = String.UnicodeScalarView()
    for character in self {
      if character.isNewline {
        shown.append("⏎")
        continue
      }
      for scalar in character.unicodeScalars {
        if scalar == "\t" {
          shown.append(" ")
        } else if scalar.isActive {
          shown.append(contentsOf: "\\u{\(String(scalar.value, radix: 16))}".unicodeScalars)
        } else {
          shown.append(scalar)
        }
      }
    }
    return String(shown)
  }
}

extension Unicode.Scalar {
  fileprivate var isActive: Bool {
    // The joiners hold emoji and several scripts together, and do nothing else.
    if value == 0x200C || value == 0x200D { return false }
    return switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate: true
    default: false
    }
  }
}

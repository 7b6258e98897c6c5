/// Texts on a terminal, measured in its columns.
enum Columns {
  /// How many columns a text takes.
  static func width(of text: some StringProtocol) -> Int { text.reduce(0) { $0 + width(of: $1) } }

  /// East Asian wide characters and emoji take two columns (Unicode Standard Annex #11; the ranges are those of its
  /// wide blocks, not each single character), marks on their own none.
  static func width(of character: Character) -> Int {
    guard let first = character.unicodeScalars.first else { return 0 }
    switch first.value {
    case 0..<0x300: return 1
    case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF, 0xFE30...0xFE6F,
      0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F1E6...0x1F1FF, 0x20000...0x3FFFD:
      return 2
    default:
      if first.properties.isEmojiPresentation { return 2 }
      if character.unicodeScalars.contains("\u{FE0F}") { return 2 }
      switch first.properties.generalCategory {
      case .nonspacingMark, .enclosingMark, .format: return 0
      default: return 1
      }
    }
  }

  /// As much of a text as fits, with … where something is missing.
  static func cut(_ text: String, to columns: Int) -> String {
    width(of: text) <= columns ? text : head(of: text, columns: columns - 1) + "…"
  }

  /// Breaks a text into rows of `columns` at most, between words where it can. What is left after `rows` rows is cut.
  static func wrap(_ text: String, columns: Int, rows: Int = .max) -> [String] {
    var result: [String] = []
    var row = ""
    var used = 0
    for word in text.split(separator: " ") {
      var rest = Substring(word)
      while !rest.isEmpty {
        let needed = width(of: rest)
        let gap = used == 0 ? 0 : 1
        if used + gap + needed <= columns {
          row += (gap == 1 ? " " : "") + rest
          used += gap + needed
          break
        }
        if used > 0 {
          result.append(row)
          row = ""
          used = 0
        } else {
          // A word longer than a row is broken where the row ends; a row takes one character at least.
          let part = head(of: String(rest), columns: columns)
          let length = max(1, part.count)
          result.append(String(rest.prefix(length)))
          rest = rest.dropFirst(length)
        }
        if result.count > rows { return cut(result, to: columns, rows: rows) }
      }
    }
    if used > 0 || result.isEmpty { result.append(row) }
    return result.count > rows ? cut(result, to: columns, rows: rows) : result
  }

  /// Puts parts side by side with ` · ` between them, on as many rows as it takes; no part is broken unless it is longer
  /// than a row, and then it is cut.
  static func flow(_ parts: [String], columns: Int) -> [String] {
    var rows: [String] = []
    for part in parts {
      let part = cut(part, to: columns)
      if let last = rows.last, width(of: last) + 3 + width(of: part) <= columns {
        rows[rows.count - 1] = "\(last) · \(part)"
      } else {
        rows.append(part)
      }
    }
    return rows
  }

  private static func cut(_ rows: [String], to columns: Int, rows count: Int) -> [String] {
    let last = rows[count - 1]
    return Array(rows.prefix(count - 1)) + [cut("\(last) …", to: columns)]
  }

  private static func head(of text: String, columns: Int) -> String {
    var used = 0
    return String(
      text.prefix { character in
        used += width(of: character)
        return used <= columns
      })
  }
}

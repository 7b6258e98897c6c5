/// A table of texts, aligned for a terminal or written as Markdown. The first column is left-aligned, others right.
struct Grid {
  let header: [String]
  var rows: [[String]] = []

  func text(isMarkdown: Bool) -> String {
    let lines = [header] + rows
    let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
    func line(_ cells: [String]) -> String {
      let padded = zip(cells, widths).enumerated().map { index, cell in
        let space = String(repeating: " ", count: cell.1 - cell.0.count)
        return index == 0 ? cell.0 + space : space + cell.0
      }
      return isMarkdown ? "| " + padded.joined(separator: " | ") + " |" : padded.joined(separator: "  ")
    }
    var result = [line(header)]
    if isMarkdown {
      let rules = widths.enumerated().map { index, width in
        index == 0
          ? String(repeating: "-", count: max(width, 3)) : String(repeating: "-", count: max(width, 3) - 1) + ":"
      }
      result.append("| " + rules.joined(separator: " | ") + " |")
    }
    return (result + rows.map(line)).joined(separator: "\n")
  }
}

extension Double {
  /// With so many digits after the point; `–` where there is nothing to tell.
  func text(digits: Int) -> String {
    guard isFinite else { return "–" }
    let scale = (0..<digits).reduce(1.0) { scale, _ in scale * 10 }
    let rounded = Int((self * scale).rounded())
    guard digits > 0 else { return rounded.grouped }
    let fraction = String(abs(rounded) % Int(scale))
    return (Int(rounded) / Int(scale)).grouped + "." + String(repeating: "0", count: digits - fraction.count) + fraction
  }
}

extension [Double] {
  /// `1,300,000 – 1,400,000`
  var rangeText: String {
    (self.min() ?? .nan).text(digits: 0) + " – " + (self.max() ?? .nan).text(digits: 0)
  }
}

extension Int {
  /// `1,860,000`
  var grouped: String {
    let digits = String(magnitude)
    var result = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index).isMultiple(of: 3) { result += "," }
      result.append(digit)
    }
    return (self < 0 ? "-" : "") + result
  }
}

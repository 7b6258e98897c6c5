import Statistics
import Touchlog

/// Writes reports on service for a terminal, and as CSV.
///
/// The provenance comes first: what the figures rest on, and every convention that they go by.
public enum ServiceText {
  /// Whether colours are asked for.
  public enum Style: Sendable {
    case plain
    /// With the SGR sequences of ECMA-48 that every terminal knows.
    case colour
  }

  /// The widths that the layout is made for: others are taken as the nearest of them.
  public static let widths = 60...200

  /// A report as text, each row ended by a newline.
  ///
  /// - Parameters:
  ///   - report: what to write.
  ///   - width: the terminal's columns.
  ///   - style: whether to colour it.
  public static func render(_ report: ServiceReport, width: Int, style: Style = .plain) -> String {
    var page = ServicePage(width: width, style: style)
    page.write(report.provenance, report.parameters, behind: report.behind)
    for row in report.rows { page.write(row) }
    if report.rows.isEmpty { page.paragraph("Nothing began in the time asked for.") }
    page.writeDefinitions()
    return page.text
  }

  /// The report on consistency as text: the sentence, what channels differ in, and which have shifted.
  public static func render(_ report: ConsistencyReport, width: Int, style: Style = .plain) -> String {
    var page = ServicePage(width: width, style: style)
    let behind = [
      counted(report.interactions, "interaction"), "\(grouped(report.identified)) of known persons",
      "Nelson's rules " + report.rules.map { "\($0.rawValue)" }.joined(separator: ", "),
    ]
    page.write(report.provenance, report.parameters, behind: behind)
    page.gap()
    page.paragraph(report.sentence, isStrong: true)
    page.write(report.comparisons)
    page.writeExperience(report)
    page.writeShifts(report)
    page.writeDefinitions()
    return page.text
  }
}

extension ServiceReport {
  /// How much stands behind the figures, in words.
  var behind: [String] {
    var parts = [
      ServiceText.counted(interactions, "interaction"), ServiceText.counted(events, "event"),
      "\(ServiceText.grouped(identified)) interactions of known persons",
      "\(ServiceText.counted(links, "link")) in force",
    ]
    if ofSeveralPersons > 0 {
      parts.append("\(ServiceText.grouped(ofSeveralPersons)) name several persons and count as the first's")
    }
    if contradictions > 0 {
      parts.append("\(ServiceText.counted(contradictions, "event")) with clocks that contradict")
    }
    return parts
  }
}

/// A page that is being written.
struct ServicePage {
  private(set) var text = ""
  private let width: Int
  private let style: ServiceText.Style

  init(width: Int, style: ServiceText.Style) {
    self.width = min(max(width, ServiceText.widths.lowerBound), ServiceText.widths.upperBound)
    self.style = style
  }

  mutating func gap() { text += "\n" }

  /// Words in lines that are no longer than the page is wide.
  mutating func paragraph(_ words: String, isStrong: Bool = false) {
    var lines: [String] = []
    var line = ""
    var length = 0
    for word in words.split(separator: " ") {
      if length > 0, length + 1 + word.count > width {
        lines.append(line)
        (line, length) = ("", 0)
      }
      line += length == 0 ? word : " \(word)"
      length += word.count + (length == 0 ? 0 : 1)
    }
    if length > 0 { lines.append(line) }
    for line in lines { text += (isStrong ? strong(line) : line) + "\n" }
  }

  mutating func heading(_ words: String) {
    gap()
    paragraph(words, isStrong: true)
  }

  private func strong(_ words: String) -> String { style == .colour ? "\u{1B}[1m\(words)\u{1B}[0m" : words }

  /// Cells beside each other: the first to the left, the others to the right of theirs, dropped where there is no room.
  mutating func line(_ first: String, _ cells: [(String, Int)], firstWidth: Int = 26) {
    var line = "  " + first + String(repeating: " ", count: max(1, firstWidth - first.count))
    for (cell, width) in cells {
      let next = String(repeating: " ", count: max(1, width - cell.count)) + cell
      if line.count + next.count > self.width { break }
      line += next
    }
    text += line + "\n"
  }

  mutating func write(_ provenance: Provenance, _ parameters: ServiceParameters, behind: [String]) {
    var first = [
      "\(provenance.projection) v\(provenance.version)", "log at \(ServiceText.grouped(provenance.head.value))",
    ]
    if let asOf = provenance.bounds.asOf { first.append("as of \(asOf.rfc3339)") }
    if let asKnownAt = provenance.bounds.asKnownAt { first.append("as known at \(asKnownAt.rfc3339)") }
    if let until = provenance.bounds.until {
      first.append("as known before position \(ServiceText.grouped(until.value))")
    }
    if let end = provenance.end { first.append("ends \(end.rfc3339)") }
    first.append("\(ServiceText.counted(Int(provenance.events), "event")) folded")
    first.append("\(ServiceText.counted(provenance.parkedCustomers, "customer")) parked")
    paragraph(first.joined(separator: " · "))
    paragraph(parameters.words.map { "\($0.name): \(ServiceText.inert($0.value))" }.joined(separator: " · "))
    paragraph("behind the figures: " + behind.joined(separator: " · "))
  }

  /// What the figures are: at the end, where who asks looks for it, and out of the way of what the report says.
  mutating func writeDefinitions() {
    gap()
    let figures = ServiceFigure.allCases.filter { !$0.definition.isEmpty }
    paragraph("definitions: " + figures.map { "\($0.title): \($0.definition)" }.joined(separator: " · "))
  }
}

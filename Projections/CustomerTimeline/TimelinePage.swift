import Touchlog

/// The page that `TimelineText` writes, row by row.
struct TimelinePage {
  private(set) var text = ""

  private let timeline: Timeline
  private let width: Int
  private let style: TimelineText.Style
  private let positionWidth: Int
  /// Nothing but late events, as in a log that took in old ones: said once, not on each line.
  private let isAllLate: Bool
  private var day: CivilDate?

  /// More rows of one event's words than this are cut.
  private static let rowsPerLine = 4

  init(_ timeline: Timeline, width: Int, style: TimelineText.Style) {
    self.timeline = timeline
    self.width = width
    self.style = style
    let lines = timeline.lines
    positionWidth = lines.map { $0.position.description.count + 1 }.max() ?? 0
    isAllLate = lines.count > 1 && lines.allSatisfy { $0.marks.lateBy != nil }
  }

  mutating func write() {
    writeProvenance()
    var previous: Block?
    for block in blocks {
      switch block {
      case .interaction(let interaction):
        text += "\n"
        writeDay(of: interaction.lines[0])
        writeHeader(of: interaction)
        for line in interaction.lines { write(line, indent: 4) }
      case .other(let line):
        if previous?.isOther != true || line.occurredAt.civil.date != day { text += "\n" }
        write(line, indent: 2)
      }
      previous = block
    }
  }

  // MARK: What comes when

  private enum Block {
    case interaction(Timeline.Interaction)
    case other(Timeline.Line)

    var first: Timeline.Line {
      switch self {
      case .interaction(let interaction): interaction.lines[0]
      case .other(let line): line
      }
    }

    var isOther: Bool {
      if case .other = self { true } else { false }
    }
  }

  private var blocks: [Block] {
    let blocks = timeline.interactions.map(Block.interaction) + timeline.others.map(Block.other)
    return blocks.sorted { Timeline.Line.isBefore($0.first, $1.first) }
  }

  // MARK: Rows

  private mutating func writeProvenance() {
    let provenance = timeline.provenance
    var parts = [provenance.customerWords]
    if timeline.eventCount == 0 {
      parts.append("no events")
    } else {
      var counts = counted(timeline.eventCount, "event")
      if !timeline.interactions.isEmpty { counts += " in \(counted(timeline.interactions.count, "interaction"))" }
      if !timeline.channels.isEmpty { counts += " on \(counted(timeline.channels.count, "channel"))" }
      parts.append(counts)
    }
    parts += provenance.boundWords
    if isAllLate { parts.append("all of it recorded late") }
    for row in Columns.flow(parts.map(\.inert), columns: width) { writeRow(row, .faint) }
  }

  private mutating func writeDay(of line: Timeline.Line, indent: Int = 0) {
    let date = line.occurredAt.civil.date
    guard date != day else { return }
    day = date
    writeRow(String(repeating: " ", count: indent) + "\(date.iso) \(date.weekday)", .strong)
  }

  private mutating func writeHeader(of interaction: Timeline.Interaction) {
    let first = interaction.lines[0].occurredAt
    let start = "\(first.civil.date.iso) \(first.clock)  "
    let rows = Columns.flow(interaction.headline.map(\.inert), columns: width - 2 - start.count)
    for (index, row) in rows.enumerated() {
      let lead = index == 0 ? start : String(repeating: " ", count: start.count)
      writeRow("  \(lead)\(row)", .strong)
    }
  }

  private mutating func write(_ line: Timeline.Line, indent: Int) {
    writeDay(of: line, indent: indent == 4 ? 2 : 0)
    let lead = String(repeating: " ", count: indent) + line.occurredAt.clockWithSeconds + "  "
    let columns = width - lead.count - 2 - positionWidth
    var rows = Columns.wrap(line.words.inert, columns: columns, rows: TimelinePage.rowsPerLine)
      .map { (text: $0, marks: "") }
    let marks = self.marks(of: line)
    if !marks.isEmpty {
      let shown = "[\(marks)]"
      if let last = rows.last, Columns.width(of: last.text) + 1 + Columns.width(of: shown) <= columns {
        rows[rows.count - 1].marks = shown
      } else {
        rows += Columns.wrap(shown, columns: columns).map { (text: "", marks: $0) }
      }
    }
    for (index, row) in rows.enumerated() {
      let gap = row.text.isEmpty || row.marks.isEmpty ? "" : " "
      let ink: Ink = line.marks.contradiction == nil ? .warning : .alarm
      let body = row.text + gap + painted(row.marks, ink)
      guard index == 0 else {
        text += String(repeating: " ", count: lead.count) + body + "\n"
        continue
      }
      let used = Columns.width(of: row.text) + gap.count + Columns.width(of: row.marks)
      let position = "#\(line.position)"
      let room = columns - used + 2 + positionWidth - position.count
      text += lead + body + String(repeating: " ", count: room) + painted(position, .faint) + "\n"
    }
  }

  private func marks(of line: Timeline.Line) -> String {
    let late = isAllLate ? line.marks.lateBy.map { "late by \($0.words)" } : nil
    return line.marks.words.filter { $0 != late }.joined(separator: ", ")
  }

  // MARK: Colours

  private enum Ink: String {
    case strong = "1"
    case faint = "2"
    case alarm = "31"
    case warning = "33"
  }

  private mutating func writeRow(_ row: String, _ ink: Ink) {
    text += painted(row, ink) + "\n"
  }

  private func painted(_ text: String, _ ink: Ink) -> String {
    guard style == .colour, !text.isEmpty else { return text }
    return "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m"
  }
}

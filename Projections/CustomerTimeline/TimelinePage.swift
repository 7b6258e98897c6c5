import Touchlog

/// The page that `TimelineText` writes, row by row.
struct TimelinePage {
  var text = ""

  let timeline: Timeline
  let width: Int
  private let style: TimelineText.Style
  /// The columns at the right edge: whose event it is, where the person has several references, and its position.
  private let positionWidth: Int
  private let letters: [CustomerNumber: String]
  /// From this width on, the time at which the log took an event stands beside the time at which it happened.
  private static let widthOfBothClocks = 110
  private var showsBothClocks: Bool { width >= TimelinePage.widthOfBothClocks }
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
    letters = TimelinePage.letters(of: timeline.provenance.references)
    let letterWidth = letters.values.map { $0.count + 1 }.max() ?? 0
    positionWidth = letterWidth + (lines.map { $0.position.description.count + 1 }.max() ?? 0)
    isAllLate = lines.count > 1 && lines.allSatisfy { $0.marks.lateBy != nil }
  }

  mutating func write() {
    writeProvenance()
    writeReferences()
    writeLanes()
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
    writePromises()
    writeOpinions()
    writeLinks()
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
    if let erasedAt = timeline.erasedAt { parts.append("erased \(erasedAt.civil.date.iso) \(erasedAt.clock)") }
    parts += provenance.boundWords
    parts.append("by \(Timeline.name) \(Timeline.version), in UTC, late after \(timeline.lateAfter.words)")
    if isAllLate { parts.append("all of it recorded late\(recordedDays)") }
    for row in Columns.flow(parts.map(\.inert), columns: width) { writeRow(row, .faint) }
  }

  private mutating func writeDay(of line: Timeline.Line, indent: Int = 0) {
    let date = line.occurredAt.civil.date
    guard date != day else { return }
    day = date
    writeRow(String(repeating: " ", count: indent) + "\(date.iso) \(date.weekday)", .strong)
  }

  /// A section after the days, under its own title, row by row.
  ///
  /// - Parameter rows: what is longer is cut.
  mutating func writeSection(
    _ title: String, rows: Int, _ entries: [(lead: String, words: String, place: String)],
  ) {
    guard !entries.isEmpty else { return }
    text += "\n"
    writeRow(title, .strong)
    let leadWidth = (entries.map { Columns.width(of: $0.lead) }.max() ?? 0) + 2
    let placeWidth = entries.map(\.place.count).max() ?? 0
    for entry in entries {
      let columns = width - 2 - leadWidth - 2 - placeWidth
      for (index, row) in Columns.wrap(entry.words.inert, columns: columns, rows: rows).enumerated() {
        let lead = index == 0 ? entry.lead : ""
        let padding = String(repeating: " ", count: leadWidth - Columns.width(of: lead))
        guard index == 0 else {
          text += "  " + padding + row + "\n"
          continue
        }
        let room = width - 2 - leadWidth - Columns.width(of: row) - entry.place.count
        text += "  \(lead)\(padding)\(row)" + String(repeating: " ", count: max(1, room))
        text += painted(entry.place, .faint) + "\n"
      }
    }
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
    let recorded = showsBothClocks ? "  " + TimelinePage.recordedWords(of: line) : ""
    let lead = String(repeating: " ", count: indent) + line.occurredAt.clockWithSeconds + recorded + "  "
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
    let ink: Ink = line.marks.contradiction == nil ? .warning : .alarm
    for (index, row) in rows.enumerated() {
      let gap = row.text.isEmpty || row.marks.isEmpty ? "" : " "
      let body = row.text + gap + painted(row.marks, ink)
      guard index == 0 else {
        text += String(repeating: " ", count: lead.count) + body + "\n"
        continue
      }
      let used = Columns.width(of: row.text) + gap.count + Columns.width(of: row.marks)
      writePlace(of: line, after: lead + body, columns: lead.count + used)
    }
  }

  /// Ends a row with whose event it is, and its position, at the right edge.
  private mutating func writePlace(of line: Timeline.Line, after row: String, columns: Int) {
    let letter = letters.isEmpty ? "" : (letters[line.customerNumber] ?? "–") + " "
    let place = "\(letter)#\(line.position)"
    text += row + String(repeating: " ", count: max(1, width - columns - place.count)) + painted(place, .faint) + "\n"
  }

  /// When the log took it: the time where that is less than a day away, else the day; ten columns.
  private static func recordedWords(of line: Timeline.Line) -> String {
    let delay = line.recordedAt.duration(since: line.occurredAt)
    let isNear = delay > .seconds(-86_400) && delay < .seconds(86_400)
    return isNear ? line.recordedAt.clockWithSeconds + "  " : line.recordedAt.civil.date.iso
  }

  /// A letter for each reference, where there are several: a to z, then aa.
  private static func letters(of references: [Timeline.NumberedReference]) -> [CustomerNumber: String] {
    guard references.count > 1 else { return [:] }
    let alphabet = (UInt8(ascii: "a")...UInt8(ascii: "z")).map { String(Unicode.Scalar($0)) }
    var letters: [CustomerNumber: String] = [:]
    for (place, reference) in references.enumerated() {
      var rest = place
      var letter = alphabet[rest % 26]
      while rest >= 26 {
        rest = rest / 26 - 1
        letter = alphabet[rest % 26] + letter
      }
      letters[reference.number] = letter
    }
    return letters
  }

  func letter(of number: CustomerNumber) -> String { letters[number] ?? "" }

  private func marks(of line: Timeline.Line) -> String {
    let late = isAllLate ? line.marks.lateBy.map { "late by \($0.words)" } : nil
    return line.marks.words.filter { $0 != late }.joined(separator: ", ")
  }

  // MARK: Colours

  enum Ink: String {
    case strong = "1"
    case faint = "2"
    case alarm = "31"
    case warning = "33"
  }

  /// On which days the log took what is shown.
  private var recordedDays: String {
    let times = timeline.lines.map(\.recordedAt)
    guard let first = times.min()?.civil.date.iso, let last = times.max()?.civil.date.iso else { return "" }
    return first == last ? ", on \(first)" : ", from \(first) to \(last)"
  }

  mutating func writeRow(_ row: String, _ ink: Ink) {
    text += painted(row, ink) + "\n"
  }

  func painted(_ text: String, _ ink: Ink) -> String {
    guard style == .colour, !text.isEmpty else { return text }
    return "\u{1B}[\(ink.rawValue)m\(text)\u{1B}[0m"
  }
}

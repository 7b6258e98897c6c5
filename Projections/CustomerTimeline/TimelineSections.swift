import Touchlog

// What stands before and after the days: who the person is, the lanes, promises, opinions, identity.
extension TimelinePage {
  /// Which references are the person, each with the letter that its events bear, where there are several.
  mutating func writeReferences() {
    let references = timeline.provenance.references
    guard references.count > 1 else { return }
    let parts = references.map { reference in
      let name = reference.reference?.text ?? reference.number.description
      let count = timeline.lines.count { $0.customerNumber == reference.number }
      return "\(letter(of: reference.number)) \(name.inert) (\(counted(count, "event")))"
    }
    for row in Columns.flow(parts, columns: width) { writeRow(row, .faint) }
  }

  /// A lane for each channel.
  mutating func writeLanes() {
    let labelWidth = timeline.channels.map(\.name.count).max() ?? 0
    let columns = width - labelWidth - 2
    guard columns >= TimelinePage.leastLaneColumns, let lanes = timeline.lanes(columns: columns) else { return }
    text += "\n"
    let margin = String(repeating: " ", count: labelWidth + 2)
    let from = lanes.from.civil.date.iso
    let through = lanes.through.civil.date.iso
    let isOneDay = from == through
    let ends = isOneDay ? ("\(from) \(lanes.from.clock)", lanes.through.clock) : (from, through)
    let gap = String(repeating: " ", count: max(1, columns - ends.0.count - ends.1.count))
    writeRow(margin + ends.0 + gap + ends.1, .faint)
    for lane in lanes.lanes {
      let label = lane.channel.name + String(repeating: " ", count: labelWidth + 2 - lane.channel.name.count)
      text += label + String(lane.cells.map(\.glyph)) + "\n"
    }
    let unit = lanes.column.words.split(separator: " ").prefix(2).joined(separator: " ")
    let legend = "contacts per column of \(unit); ─ goes on"
    for row in Columns.wrap(legend, columns: columns) { writeRow(margin + row, .faint) }
  }

  private static let leastLaneColumns = 20

  /// What was promised, and what became of it.
  mutating func writePromises() {
    let counts = timeline.promiseCounts.map { state, count in
      "\(grouped(count)) \(state == .late ? "kept late" : state.rawValue)"
    }
    writeSection(
      "Promises: " + counts.joined(separator: ", "), rows: 4,
      timeline.promises.map { promise in
        (promise.state.rawValue, promise.words, "#\(promise.positions[promise.positions.count - 1])")
      })
  }

  /// What the person said of the company; where all that is there are such remarks, the days are enough.
  mutating func writeOpinions() {
    if timeline.interactions.isEmpty { return }
    writeSection(
      // The days have them whole.
      "Feedback", rows: 2,
      timeline.opinions.map { line in
        (line.occurredAt.civil.date.iso, line.words, "#\(line.position)")
      })
  }

  /// What the person's references rest on.
  mutating func writeLinks() {
    writeSection(
      "Identity", rows: 6,
      timeline.linkStatements.map { statement in
        (statement.occurredAt.civil.date.iso, statement.words, "#\(statement.position)")
      })
  }
}

extension Timeline {
  /// What the person felt, complained of and praised, in order.
  public var opinions: [Line] {
    let types = [
      Catalogue.feedbackGiven, Catalogue.complaintRaised, Catalogue.complaintResolved, Catalogue.praiseGiven,
    ].map(\.name)
    return lines.filter { types.contains($0.type) }
  }
}

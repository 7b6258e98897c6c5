import Touchlog

/// A fault of one row, apart from faults of reading and of the closures.
struct RowRejection: Error {
  let cause: AdapterError
}

/// A table on its way: where it stands, and what is known of rows before.
struct TableReading {
  private let mapping: DelimitedMapping
  private let source: String?
  private var records: DelimitedRecords
  /// Where each column of the mapping stands in a row.
  private var places: [Int] = []
  private var width = 0
  /// Whether the records stand at a row of data that was read in search of a header.
  private var isAtFirstRow = false
  private var keys: [String: KeyState] = [:]
  private var occurrences: [String: Int] = [:]
  private(set) var report = ImportReport()

  /// What is kept of a key's latest row.
  private struct KeyState {
    var noted: RowReading.Noted
    var held: HeldRow?
  }

  /// A row that waits for its key's next.
  struct HeldRow {
    let row: TableRow
    var place: RowReading.Place
  }

  init(_ mapping: DelimitedMapping, _ bytes: ByteSource, source: String?) throws {
    self.mapping = mapping
    self.source = source
    records = try DelimitedRecords(bytes, format: mapping.format)
    if mapping.format.header == .absent {
      try find(mapping.format.names ?? [], line: nil)
    } else {
      try readHeader()
    }
  }

  private mutating func readHeader() throws {
    do {
      guard try records.advance() else { return }
    } catch var error as AdapterError {
      error.source = source
      throw error
    }
    var names: [String] = []
    for index in records.ends.indices {
      let text = mapping.format.text(records.cell(index)) ?? ""
      names.append(TableReading.trimmed(text))
    }
    isAtFirstRow = mapping.format.header == .optional && !mapping.columns.allSatisfy { names.contains($0.name) }
    try find(isAtFirstRow ? mapping.format.names ?? [] : names, line: records.line)
    guard isAtFirstRow, names.count != width else { return }
    // Told once and of the whole table: its other rows most likely have as many cells as this one.
    let needed = mapping.columns.map(\.name).joined(separator: ", ")
    let shown = AdapterError.excerpt(names.joined(separator: ", "))
    throw AdapterError(
      .text(
        expected: "a header with \(needed), or \(width) cells in a row without a header",
        found: "\(names.count) in the first row: \(shown)"),
      source: source, line: records.line, isCutOff: records.isLastUnterminated)
  }

  private mutating func find(_ names: [String], line: Int?) throws(AdapterError) {
    width = names.count
    for column in mapping.columns {
      let found = names.indices.filter { names[$0] == column.name }
      guard found.count == 1, let place = found.first else {
        let shown = AdapterError.excerpt(names.joined(separator: ", "))
        throw AdapterError(
          .text(
            expected: "a column \(column.name) once in the header", found: "\(found.count) of them among: \(shown)"),
          source: source, line: line)
      }
      places.append(place)
    }
  }

  // MARK: Rows

  /// The next row that is not skipped; nil at the end.
  mutating func next() throws -> TableRow? {
    while true {
      do {
        if isAtFirstRow {
          isAtFirstRow = false
        } else if try !records.advance() {
          return nil
        }
      } catch var error as AdapterError {
        error.source = source
        if case .reading = error.cause { throw error }
        report.rows += 1
        throw RowRejection(cause: error)
      }
      report.rows += 1
      let row = try row()
      if try !isSkipped(row) { return row }
    }
  }

  private func row() throws(RowRejection) -> TableRow {
    guard records.ends.count == width else {
      throw RowRejection(
        cause: AdapterError(
          .text(expected: "\(width) cells in a row", found: "\(records.ends.count)"), line: records.line,
          isCutOff: records.isLastUnterminated))
    }
    var cells: [String?] = []
    cells.reserveCapacity(places.count)
    for index in places.indices {
      let bytes = records.cell(places[index])
      guard var text = mapping.format.text(bytes) else {
        let found = String(decoding: bytes, as: UTF8.self)
        throw RowRejection(
          cause: AdapterError(
            .cell(column: mapping.columns[index].name, expected: "UTF-8", found: found), line: records.line))
      }
      if mapping.columns[index].isTrimmed { text = TableReading.trimmed(text) }
      cells.append(text.isEmpty || mapping.columns[index].nulls.contains(text) ? nil : text)
    }
    return TableRow(line: records.line, cells: cells)
  }

  private mutating func isSkipped(_ row: TableRow) throws(RowRejection) -> Bool {
    guard !mapping.skips.isEmpty else { return false }
    var reading = RowReading(row, of: mapping)
    do {
      for (reason, condition) in mapping.skips where try reading.holds(condition) {
        report.skipped[reason, default: 0] += 1
        return true
      }
    } catch {
      throw RowRejection(cause: error)
    }
    return false
  }

  private static func trimmed(_ text: String) -> String {
    let isSpace = { (byte: UInt8) in byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
    guard let first = text.utf8.first, let last = text.utf8.last, isSpace(first) || isSpace(last) else { return text }
    var rest = text.utf8.drop(while: isSpace)
    while let last = rest.last, isSpace(last) { rest.removeLast() }
    return String(Substring(rest))
  }

  // MARK: Keys

  /// Gives out a row's events, or those of the row that waited for it.
  mutating func take(_ row: TableRow, _ body: (Event, Int) throws -> Void) throws {
    guard !mapping.key.isEmpty else { return try giveOut(HeldRow(row: row, place: .init()), isLast: false, body) }
    let key = try key(of: row)
    let state = keys[key]
    // A row that cannot be read counts for nothing, so it is read before it is counted.
    let noted = try note(row, after: state?.noted)
    let place = RowReading.Place(isFirst: state == nil, previous: state?.noted)
    let current = HeldRow(row: row, place: place)
    keys[key] = KeyState(noted: noted, held: mapping.usesLast ? current : nil)
    if !mapping.usesLast {
      try giveOut(current, isLast: false, body)
    } else if let held = state?.held {
      try giveOut(held, isLast: false, body)
    }
  }

  private func key(of row: TableRow) throws(RowRejection) -> String {
    var key = ""
    for column in mapping.key {
      guard let text = row.cells[column] else {
        throw RowRejection(
          cause: AdapterError(
            .cell(column: mapping.columns[column].name, expected: "a text, as it is part of the key", found: nil),
            line: row.line))
      }
      // The length before the text keeps apart what is joined.
      key += "\(text.utf8.count):\(text)"
    }
    return key
  }

  private func note(
    _ row: TableRow, after previous: RowReading.Noted?,
  ) throws(RowRejection) -> RowReading.Noted {
    var reading = RowReading(row, of: mapping)
    do {
      try reading.readAll()
      return try reading.noted(after: previous)
    } catch {
      throw RowRejection(cause: error)
    }
  }

  /// The rows that are the last of their keys, in the order of their lines.
  mutating func finish() -> [HeldRow] {
    let held = keys.values.compactMap(\.held).sorted { $0.row.line < $1.row.line }
    keys = [:]
    return held
  }

  /// Gives out the events of a row: all of them, or none.
  mutating func giveOut(_ held: HeldRow, isLast: Bool, _ body: (Event, Int) throws -> Void) throws {
    var place = held.place
    place.isLast = isLast
    var reading = RowReading(held.row, of: mapping, at: place)
    var events: [Event] = []
    do {
      // A row with a key was read when it was noted.
      if mapping.key.isEmpty { try reading.readAll() }
      // Most rules do not hold for most rows: the condition is asked before the rule is taken out of its list.
      for index in mapping.rules.indices where try reading.holds(mapping.rules[index].condition) {
        events.append(try reading.event(mapping.rules[index], occurrences: &occurrences))
      }
    } catch {
      throw RowRejection(cause: error)
    }
    report.ambiguousTimes += reading.ambiguousTimes
    report.missingTimes += reading.missingTimes
    for event in events {
      try body(event, held.row.line)
      report.events += 1
    }
  }

  // MARK: Rejections

  mutating func count(_ rejection: RowRejection, _ reject: (AdapterError) throws -> Void) throws {
    var error = rejection.cause
    error.source = source
    report.rejected += 1
    if report.rejections.count < ImportReport.keptRejections { report.rejections.append(error) }
    try reject(error)
  }
}

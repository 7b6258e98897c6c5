import JSON
import Touchlog

/// The cells of a row that the mapping declares, as texts; nil where absent.
struct TableRow: Sendable {
  let line: Int
  let cells: [String?]
}

/// Reads one row after a mapping. What was read once is kept.
struct RowReading {
  let mapping: DelimitedMapping
  private let row: TableRow
  /// Whether the row is the first and the last of its key.
  private let place: Place
  private var cells: [Column.Cell??]
  private var instants: [MappedNames.Name: Timestamp?] = [:]
  private(set) var ambiguousTimes = 0
  private(set) var missingTimes = 0

  /// Where a row stands among those of its key.
  struct Place {
    var isFirst = false
    var isLast = false
    /// What was noted of the row before.
    var previous: Noted?
  }

  /// What a row leaves behind for the next of its key.
  struct Noted {
    /// The texts whose changes are asked for, as they stand in the row.
    var watched: [String?]
    /// The numbers whose growth is asked for: those of the row, or else the last that came before.
    var counted: [Decimal?]
  }

  init(_ row: TableRow, of mapping: DelimitedMapping, at place: Place = Place()) {
    self.mapping = mapping
    self.row = row
    self.place = place
    cells = Array(repeating: .none, count: row.cells.count)
  }

  func error(_ cause: AdapterError.Cause) -> AdapterError { AdapterError(cause, line: row.line) }

  private func cellError(_ column: Int, _ expected: String) -> AdapterError {
    error(.cell(column: mapping.columns[column].name, expected: expected, found: row.cells[column]))
  }

  /// Reads every cell, whether anything asks for it or not.
  mutating func readAll() throws(AdapterError) {
    for column in mapping.columns.indices { _ = try cell(column) }
  }

  /// What the next row of the key may ask of this one, and of those before it.
  mutating func noted(after previous: Noted?) throws(AdapterError) -> Noted {
    var noted = Noted(watched: [], counted: [])
    for name in mapping.watched { noted.watched.append(try text(name)) }
    for (index, column) in mapping.counted.enumerated() {
      noted.counted.append(try number(column) ?? previous?.counted[index])
    }
    return noted
  }

  // MARK: Names

  private mutating func cell(_ column: Int) throws(AdapterError) -> Column.Cell? {
    if let known = cells[column] { return known }
    var cell: Column.Cell?
    if let text = row.cells[column] {
      cell = mapping.columns[column].read(text)
      guard cell != nil else { throw cellError(column, mapping.columns[column].expectation) }
    }
    cells[column] = .some(cell)
    return cell
  }

  private mutating func number(_ column: Int) throws(AdapterError) -> Decimal? {
    switch try cell(column) {
    case .decimal(let number), .duration(let number): return number
    case .integer(let number):
      let (product, isTooLarge) = number.multipliedReportingOverflow(by: Decimal.scale)
      guard !isTooLarge else { throw cellError(column, "a number that is not that large") }
      return Decimal(millionths: product)
    default: return nil
    }
  }

  private mutating func text(_ name: MappedNames.Name) throws(AdapterError) -> String? {
    switch name {
    case .column(let index): return row.cells[index]
    case .value(let index): return try text(of: mapping.values[index])
    case .instant: return nil
    }
  }

  mutating func instant(_ name: MappedNames.Name) throws(AdapterError) -> Timestamp? {
    if let known = instants[name] { return known }
    let instant: Timestamp?
    switch name {
    case .value: instant = nil
    case .column(let index):
      switch try cell(index) {
      case .instant(let time): instant = time
      case .local(let reading): instant = local(reading.date, reading.microsecondOfDay)
      default: instant = nil
      }
    case .instant(let index): instant = try self.instant(mapping.instants[index])
    }
    instants[name] = .some(instant)
    return instant
  }

  private mutating func instant(_ declared: MappedInstant) throws(AdapterError) -> Timestamp? {
    switch declared {
    case .fixed(let date, let microsecondOfDay):
      guard case .local(let day)? = try cell(date) else { return nil }
      return local(day.date, microsecondOfDay)
    case .local(let date, let time):
      guard case .local(let day)? = try cell(date), case .local(let hour)? = try cell(time) else { return nil }
      return local(day.date, hour.microsecondOfDay)
    case .after(let name, let column):
      guard let start = try instant(name), let seconds = try number(column) else { return nil }
      let (sum, isTooLarge) = start.microseconds.addingReportingOverflow(seconds.millionths)
      guard !isTooLarge else { throw cellError(column, "seconds that are not that many") }
      return Timestamp(microseconds: sum)
    case .earliest(let names): return try several(names).min()
    case .latest(let names): return try several(names).max()
    }
  }

  private mutating func several(_ names: [MappedNames.Name]) throws(AdapterError) -> [Timestamp] {
    var several: [Timestamp] = []
    for name in names { if let instant = try instant(name) { several.append(instant) } }
    return several
  }

  private mutating func local(_ date: CivilDate?, _ microsecondOfDay: Int64?) -> Timestamp? {
    guard let date, let microsecondOfDay else { return nil }
    let reading = mapping.timeZone.read(date, microsecondOfDay: microsecondOfDay)
    switch reading {
    case .exact: break
    case .ambiguous: ambiguousTimes += 1
    case .missing: missingTimes += 1
    }
    return reading.instant
  }

  // MARK: Conditions

  /// Whether a condition holds; none always does.
  mutating func holds(_ condition: Condition?) throws(AdapterError) -> Bool {
    guard let condition else { return true }
    return try holds(condition)
  }

  mutating func holds(_ condition: Condition) throws(AdapterError) -> Bool {
    switch condition {
    case .all(let conditions):
      for condition in conditions where try !holds(condition) { return false }
      return true
    case .any(let conditions):
      for condition in conditions where try holds(condition) { return true }
      return false
    case .not(let condition): return try !holds(condition)
    case .isPresent(let name):
      if case .instant = name { return try instant(name) != nil }
      return try text(name) != nil
    case .isOneOf(let name, let texts): return try text(name).map(texts.contains) ?? false
    case .isNumber(let column, let comparison, let other):
      return try number(column).map { comparison.holds($0, other) } ?? false
    case .isInstant(let name, let comparison, let other):
      guard let left = try instant(name), let right = try instant(other) else { return false }
      return comparison.holds(left, right)
    case .isFirst: return place.isFirst
    case .isLast: return place.isLast
    case .hasChanged(let index):
      guard let previous = place.previous else { return false }
      return try text(mapping.watched[index]) != previous.watched[index]
    case .hasGrown(let index):
      guard let before = place.previous?.counted[index] else { return false }
      return try number(mapping.counted[index]).map { $0 > before } ?? false
    }
  }

  // MARK: Values

  /// Nil where a part of it is absent. `occurrence` gives the text for `{occurrence}`.
  mutating func text(
    of template: Template, occurrence: String = ""
  ) throws(AdapterError) -> String? {
    var filled = ""
    for part in template.parts {
      switch part {
      case .literal(let text): filled += text
      case .occurrence: filled += occurrence
      case .name(let name):
        guard let text = try text(name) else { return nil }
        filled += text
      }
    }
    return filled
  }

  mutating func text(of value: MappedValue) throws(AdapterError) -> String? {
    switch value {
    case .template(let template): return try text(of: template)
    case .words(let name, let words, let otherwise):
      guard let word = try text(name) else { return nil }
      if let meaning = words[word] { return meaning }
      switch otherwise {
      case .absent: return nil
      case .word(let meaning): return meaning
      case .reject:
        let expected = "one of \(words.keys.sorted().joined(separator: ", "))"
        if case .column(let column) = name { throw cellError(column, expected) }
        throw error(.text(expected: expected, found: "“\(AdapterError.excerpt(word))”"))
      }
    case .constant, .integer, .decimal, .time: return nil
    }
  }

  /// The value of a field; nil where absent.
  mutating func json(_ value: MappedValue) throws(AdapterError) -> JSONValue? {
    switch value {
    case .constant(let constant): return constant
    case .template, .words: return try text(of: value).map(JSONValue.string)
    case .time(let name): return try instant(name).map { .string($0.rfc3339) }
    case .decimal(let column): return try number(column).map { .number(Field.decimalText($0.millionths)) }
    case .integer(let column, let factor):
      guard let number = try number(column) else { return nil }
      guard let whole = number.integer(times: factor) else {
        throw cellError(column, factor == 1 ? "a whole number" : "a number that times \(factor) is whole")
      }
      return .number(String(whole))
    }
  }
}

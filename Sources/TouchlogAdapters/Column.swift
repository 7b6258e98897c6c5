import Touchlog

/// A column that a mapping uses: its name in the table, and how its cells are read.
struct Column: Sendable {
  let name: String
  let form: Form
  /// Texts that count as nothing, beside the empty one. They are few, so that looking at each beats hashing.
  let nulls: [String]
  /// Whether spaces at both ends are dropped.
  let isTrimmed: Bool
  /// What separates the whole part of a decimal number from its places.
  let point: UInt8

  enum Form: Hashable, Sendable {
    case text
    case integer
    case decimal
    /// Seconds, 0 or more, with up to six places.
    case duration
    /// A day, a time of day, or both, on the clock of the mapping's time zone.
    case local(DatePattern)
    /// RFC 3339, with its own offset.
    case instant
  }

  /// What a cell says.
  enum Cell: Hashable {
    case text(String)
    case integer(Int64)
    case decimal(Decimal)
    case duration(Decimal)
    case local(DatePattern.Reading)
    case instant(Timestamp)
  }

  /// Whether a cell names an instant by itself.
  var isInstant: Bool {
    switch form {
    case .instant: true
    case .local(let pattern): pattern.hasDate && pattern.hasTime
    case .text, .integer, .decimal, .duration: false
    }
  }

  var isNumber: Bool { form == .integer || form == .decimal || form == .duration }

  /// Reads a cell; nil when it is not what the column holds.
  func read(_ text: String) -> Cell? {
    switch form {
    case .text: .text(text)
    case .integer: Int64(text).map(Cell.integer)
    case .decimal: Decimal(text, point: point).map(Cell.decimal)
    case .duration: Decimal(text, point: point).flatMap { $0.millionths < 0 ? nil : .duration($0) }
    case .local(let pattern): pattern.read(text).map(Cell.local)
    case .instant: Timestamp(rfc3339: text).map(Cell.instant)
    }
  }

  /// What may stand in a cell, for a message.
  var expectation: String {
    switch form {
    case .text: "a text"
    case .integer: "a whole number"
    case .decimal: "a number with up to \(Decimal.places) decimal places, such as 12\(Unicode.Scalar(point))5"
    case .duration: "seconds, 0 or more"
    case .local(let pattern) where pattern.hasDate: "a day as \(pattern.text)"
    case .local(let pattern): "a time of day as \(pattern.text)"
    case .instant: "an RFC 3339 time such as 2025-03-01T09:15:00Z"
    }
  }
}

extension Column {
  /// Reads a member of `columns`: a type alone, or keys.
  init(_ name: String, _ node: MappingNode, defaults: (nulls: Set<String>, point: UInt8)) throws(MappingError) {
    var keys: [String: MappingNode] = ["type": node]
    if node.isMapping { keys = try node.members(known: ["type", "format", "null", "trim"]) }
    guard let type = keys["type"] else { throw node.error("expected the key type, which is missing") }
    let words: KeyValuePairs<String, Form?> = [
      "text": .text, "integer": .integer, "decimal": .decimal, "duration": .duration, "instant": .instant,
      "date": nil, "time": nil,
    ]
    let plain = try type.choice(words)
    if let plain {
      if let format = keys["format"] { throw format.error("belongs to the types date and time") }
      form = plain
    } else {
      form = .local(try Column.pattern(keys["format"], isTime: try type.text() == "time", of: node))
    }
    self.name = name
    nulls = Array(defaults.nulls.union(try keys["null"]?.texts() ?? []))
    isTrimmed = try keys["trim"]?.bool() ?? (form != .text)
    point = defaults.point
  }

  private static func pattern(
    _ format: MappingNode?, isTime: Bool, of node: MappingNode
  ) throws(MappingError) -> DatePattern {
    guard let format else {
      guard isTime, let usual = DatePattern("H:mm:ss") else {
        throw node.error("expected the key format, such as yyyy-MM-dd or d/M/yyyy HH:mm, which is missing")
      }
      return usual
    }
    guard let pattern = DatePattern(try format.text()), pattern.hasDate != isTime else {
      let day = "a day such as yyyy-MM-dd, with or without a time"
      throw format.error(expected: isTime ? "a time of day such as H:mm:ss" : day)
    }
    return pattern
  }
}

/// An instant that a mapping puts together.
enum MappedInstant: Sendable {
  /// A day and a time of day, each from a column, on the clock of the time zone.
  case local(date: Int, time: Int)
  /// A day from a column, and a time of day that is always the same.
  case fixed(date: Int, microsecondOfDay: Int64)
  /// So many seconds, from a column, after another instant.
  case after(MappedNames.Name, seconds: Int)
  /// The first of those that are there.
  case earliest([MappedNames.Name])
  /// The last of those that are there.
  case latest([MappedNames.Name])

  /// Reads a member of `instants`; it may speak of those before it.
  init(_ node: MappingNode, names: MappedNames) throws(MappingError) {
    let keys = try node.members(known: ["date", "time", "at", "after", "seconds", "earliest", "latest"])
    switch Set(keys.keys) {
    case ["date", "time"]:
      let date = try MappedInstant.day(keys["date"] ?? node, names)
      let time = try names.column(keys["time"] ?? node, "a column of type time") { column in
        if case .local(let pattern) = column.form { !pattern.hasDate } else { false }
      }
      self = .local(date: date, time: time)
    case ["date", "at"]:
      let date = try MappedInstant.day(keys["date"] ?? node, names)
      self = .fixed(date: date, microsecondOfDay: try MappedInstant.timeOfDay(keys["at"] ?? node))
    case ["after", "seconds"]:
      let seconds = try names.column(keys["seconds"] ?? node, "a column of a number") { $0.isNumber }
      self = .after(try names.instant(keys["after"] ?? node), seconds: seconds)
    case ["earliest"]:
      self = .earliest(try MappedInstant.several(keys["earliest"] ?? node, names))
    case ["latest"]:
      self = .latest(try MappedInstant.several(keys["latest"] ?? node, names))
    default:
      throw node.error("expected date and time, date and at, after and seconds, earliest, or latest")
    }
  }

  private static func day(_ node: MappingNode, _ names: MappedNames) throws(MappingError) -> Int {
    try names.column(node, "a column of type date without a time") { column in
      if case .local(let pattern) = column.form { pattern.hasDate && !pattern.hasTime } else { false }
    }
  }

  private static func timeOfDay(_ node: MappingNode) throws(MappingError) -> Int64 {
    let text = try node.text()
    for pattern in ["H:mm", "H:mm:ss"] {
      if let time = DatePattern(pattern)?.read(text)?.microsecondOfDay { return time }
    }
    throw node.error(expected: "a time of day such as 12:00 or 23:59:59")
  }

  private static func several(_ node: MappingNode, _ names: MappedNames) throws(MappingError) -> [MappedNames.Name] {
    var several: [MappedNames.Name] = []
    for element in try node.list() { several.append(try names.instant(element)) }
    return several
  }
}

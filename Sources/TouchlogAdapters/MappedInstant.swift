/// An instant that a mapping puts together.
enum MappedInstant: Sendable {
  /// A day and a time of day, each from a column, on the clock of the time zone.
  case local(date: Int, time: Int)
  /// So many seconds, from a column, after another instant.
  case after(MappedNames.Name, seconds: Int)
  /// The first of those that are there.
  case earliest([MappedNames.Name])
  /// The last of those that are there.
  case latest([MappedNames.Name])

  /// Reads a member of `instants`; it may speak of those before it.
  init(_ node: MappingNode, names: MappedNames) throws(MappingError) {
    let keys = try node.members(known: ["date", "time", "after", "seconds", "earliest", "latest"])
    switch Set(keys.keys) {
    case ["date", "time"]:
      let date = try names.column(keys["date"] ?? node, "a column of type date without a time") { column in
        if case .local(let pattern) = column.form { pattern.hasDate && !pattern.hasTime } else { false }
      }
      let time = try names.column(keys["time"] ?? node, "a column of type time") { column in
        if case .local(let pattern) = column.form { !pattern.hasDate } else { false }
      }
      self = .local(date: date, time: time)
    case ["after", "seconds"]:
      let seconds = try names.column(keys["seconds"] ?? node, "a column of a number") { $0.isNumber }
      self = .after(try names.instant(keys["after"] ?? node), seconds: seconds)
    case ["earliest"]:
      self = .earliest(try MappedInstant.several(keys["earliest"] ?? node, names))
    case ["latest"]:
      self = .latest(try MappedInstant.several(keys["latest"] ?? node, names))
    default:
      throw node.error("expected date and time, after and seconds, earliest, or latest")
    }
  }

  private static func several(_ node: MappingNode, _ names: MappedNames) throws(MappingError) -> [MappedNames.Name] {
    var several: [MappedNames.Name] = []
    for element in try node.list() { several.append(try names.instant(element)) }
    return several
  }
}

public import Touchlog

/// How the rows of a table become events: a declaration in YAML, read once and used for any number of files.
///
/// The article <doc:DelimitedMappings> lists every key. In short:
///
/// ```yaml
/// name: doors
/// source: /kiosk/doors
/// timezone: Europe/Stockholm
/// columns:
///   visit: text
///   at: { type: date, format: yyyy-MM-dd HH:mm }
///   left: { type: duration, null: "0" }
/// events:
///   - type: contact.started
///     time: at
///     id: "{visit}:started"
///     channel: kiosk
///     interaction: "doors-{visit}"
///     data: { direction: inbound }
/// ```
public struct DelimitedMapping: Sendable {
  /// The mapping's name, for people.
  public let name: String
  /// The `source` of its events.
  public let source: String
  /// The clock of its days and times of day.
  public let timeZone: TimeZoneRules

  let format: DelimitedFormat
  let columns: [Column]
  let instants: [MappedInstant]
  let values: [MappedValue]
  /// The columns whose cells together tell which rows belong together; empty where none do.
  let key: [Int]
  let skips: [(reason: String, condition: Condition)]
  let rules: [EventRule]
  /// The columns and values whose changes within a key are asked for.
  let watched: [MappedNames.Name]
  /// The columns of numbers whose growth within a key is asked for.
  let counted: [Int]
  /// Whether a row must wait until it is known whether it is the last of its key.
  let usesLast: Bool

  private static let keys = [
    "name", "source", "format", "timezone", "null", "columns", "instants", "values", "key", "skip", "defaults",
    "events",
  ]

  /// Reads a mapping.
  ///
  /// - Parameters:
  ///   - text: The mapping, in YAML 1.1.
  ///   - database: The folder of the compiled time zone database.
  /// - Throws: `MappingError`, which names the place in the YAML.
  public init(
    yaml text: String, timeZoneDatabase database: String = TimeZoneRules.systemDatabase
  ) throws(MappingError) {
    let root = try MappingNode(yaml: text, of: "mapping")
    let keys = try root.members(known: DelimitedMapping.keys)
    func required(_ key: String) throws(MappingError) -> MappingNode {
      try root.required(key, in: keys)
    }
    name = try required("name").text()
    source = try required("source").text()
    guard !source.isEmpty else { throw try required("source").error(expected: "a source such as /kiosk/doors") }
    timeZone = try required("timezone").timeZone(database: database)
    format = try keys["format"].map { node throws(MappingError) in try DelimitedFormat(node) } ?? DelimitedFormat()

    var names = MappedNames()
    let nulls = Set(try keys["null"]?.texts() ?? [])
    for (name, node) in try required("columns").members() {
      try names.add(try Column(name, node, defaults: (nulls, format.point)), at: node)
    }
    if let known = format.names {
      for column in names.columns where !known.contains(column.name) {
        throw try required("columns").error("\(column.name) is not among format.names")
      }
    }
    columns = names.columns
    var instants: [MappedInstant] = []
    for (name, node) in try keys["instants"]?.members() ?? [] {
      instants.append(try MappedInstant(node, names: names))
      try names.addInstant(name, at: node)
    }
    self.instants = instants
    var values: [MappedValue] = []
    for (name, node) in try keys["values"]?.members() ?? [] {
      values.append(try MappedValue.text(node, names: names))
      try names.addValue(name, at: node)
    }
    self.values = values
    key = try keys["key"].map { node throws(MappingError) in try DelimitedMapping.key(node, names) } ?? []
    skips = try DelimitedMapping.skips(keys["skip"], names)
    var conditions = ConditionReading(names: names, hasKey: !key.isEmpty)
    rules = try DelimitedMapping.rules(try required("events"), keys["defaults"], &conditions)
    watched = conditions.watched
    counted = conditions.counted
    usesLast = conditions.usesLast
  }

  private static func key(_ node: MappingNode, _ names: MappedNames) throws(MappingError) -> [Int] {
    var key: [Int] = []
    for element in try node.list() { key.append(try names.column(element, "a column")) }
    guard !key.isEmpty else { throw node.error("expected one column or more") }
    return key
  }

  private static func skips(
    _ node: MappingNode?, _ names: MappedNames
  ) throws(MappingError) -> [(reason: String, condition: Condition)] {
    guard let node else { return [] }
    // Rows that are skipped belong to no key, so whether one is first or last is not known yet.
    var conditions = ConditionReading(names: names, hasKey: false)
    var skips: [(reason: String, condition: Condition)] = []
    for element in try node.list() {
      let keys = try element.members(known: ["reason", "when"])
      guard let reason = keys["reason"], let when = keys["when"] else {
        throw element.error("expected the keys reason and when")
      }
      skips.append((try reason.text(), try conditions.condition(when)))
    }
    return skips
  }

  private static func rules(
    _ node: MappingNode, _ defaults: MappingNode?, _ conditions: inout ConditionReading
  ) throws(MappingError) -> [EventRule] {
    let keys = try defaults?.members(known: EventRule.Attributes.names) ?? [:]
    let attributes = try EventRule.Attributes(keys, over: EventRule.Attributes(), names: conditions.names)
    var rules: [EventRule] = []
    for element in try node.list() {
      rules.append(try EventRule(element, defaults: attributes, conditions: &conditions))
    }
    guard !rules.isEmpty else { throw node.error("expected one event or more") }
    return rules
  }
}

import Touchlog

/// One kind of event that rows give, and where its parts come from.
struct EventRule: Sendable {
  let type: String
  let condition: Condition?
  let time: MappedNames.Name
  let id: Template
  var attributes: Attributes
  let data: [(name: String, value: MappedValue)]?
  let extensions: [(name: String, value: MappedValue)]

  /// The attributes that are texts; nil where the event has none.
  struct Attributes: Sendable {
    var subject: MappedValue?
    var channel: MappedValue?
    var interaction: MappedValue?
    var agent: MappedValue?
    var team: MappedValue?
    var location: MappedValue?
    var topic: MappedValue?

    static let names = ["subject", "channel", "interaction", "agent", "team", "location", "topic"]

    init() {}

    /// Those of `defaults`, with what a rule says instead: `null` takes a default away.
    init(_ keys: [String: MappingNode], over defaults: Attributes, names: MappedNames) throws(MappingError) {
      func value(_ key: String, _ usual: MappedValue?) throws(MappingError) -> MappedValue? {
        guard let node = keys[key] else { return usual }
        return node.isNull ? nil : try MappedValue.text(node, names: names)
      }
      subject = try value("subject", defaults.subject)
      channel = try value("channel", defaults.channel)
      interaction = try value("interaction", defaults.interaction)
      agent = try value("agent", defaults.agent)
      team = try value("team", defaults.team)
      location = try value("location", defaults.location)
      topic = try value("topic", defaults.topic)
      if let node = keys["channel"], let text = channel?.constantText, Channel(name: text) == nil {
        throw node.error(expected: "one of \(Channel.names.joined(separator: ", "))")
      }
      if let node = keys["subject"], let text = subject?.constantText {
        do {
          _ = try Reference(text)
        } catch {
          throw node.error("\(error)")
        }
      }
    }
  }

  private static let keys = ["type", "when", "time", "id"] + Attributes.names + ["data", "extensions"]

  /// Reads an element of `events`.
  init(
    _ node: MappingNode, defaults: Attributes, conditions: inout ConditionReading
  ) throws(MappingError) {
    let names = conditions.names
    let keys = try node.members(known: EventRule.keys)
    func required(_ key: String) throws(MappingError) -> MappingNode {
      guard let value = keys[key] else { throw node.error("expected the key \(key), which is missing") }
      return value
    }
    type = try required("type").text()
    guard !type.isEmpty else { throw try required("type").error(expected: "a type such as contact.started") }
    if let when = keys["when"] { condition = try conditions.condition(when) } else { condition = nil }
    time = try names.instant(try required("time"))
    id = try Template(try required("id"), names: names, allowingOccurrence: true)
    attributes = try Attributes(keys, over: defaults, names: names)
    if let node = keys["data"] {
      data = try EventRule.values(node, names)
    } else {
      data = nil
    }
    if let node = keys["extensions"] {
      extensions = try EventRule.values(node, names)
      for (name, value) in try node.members() where !EventRule.isExtensionName(name) {
        throw value.error("expected a name of lower-case letters and digits that is no attribute's")
      }
    } else {
      extensions = []
    }
    try checkAgainstCatalogue(node)
  }

  private static func values(
    _ node: MappingNode, _ names: MappedNames
  ) throws(MappingError) -> [(name: String, value: MappedValue)] {
    var values: [(name: String, value: MappedValue)] = []
    for (name, value) in try node.members() { values.append((name, try MappedValue.any(value, names: names))) }
    return values
  }

  private static func isExtensionName(_ name: String) -> Bool {
    let isSpelled = name.utf8.allSatisfy { byte in
      byte &- UInt8(ascii: "a") < 26 || byte &- UInt8(ascii: "0") < 10
    }
    return !name.isEmpty && isSpelled && Event.Attribute(rawValue: name) == nil && !Event.logAttributes.contains(name)
  }

  /// What can be known of a type before a row is read, so that a mapping fails early and once.
  private func checkAgainstCatalogue(_ node: MappingNode) throws(MappingError) {
    guard let type = Catalogue.type(named: self.type) else { return }
    if type.concern == .log { throw node.error("\(type.name) is written by the log alone") }
    if type.concern == .interaction, attributes.channel == nil || attributes.interaction == nil {
      throw node.error("\(type.name) needs channel and interaction")
    }
    for member in type.fields {
      let value = data?.first { $0.name == member.field.name }?.value
      if member.isRequired, value == nil {
        throw node.error("\(type.name) needs data.\(member.field.name): \(member.field.meaning)")
      }
      guard case .choice(let words) = member.field.kind, let value else { continue }
      for word in value.possibleWords where !words.contains(word) {
        throw node.error(
          "data.\(member.field.name) of \(type.name) is one of \(words.joined(separator: ", ")), never \(word)")
      }
    }
  }
}

extension MappedValue {
  /// The texts that it can be, as far as they are known before a row is read.
  fileprivate var possibleWords: [String] {
    switch self {
    case .template(let template): template.constant.map { [$0] } ?? []
    case .words(_, let words, .word(let otherwise)): words.values.compactMap { $0 } + [otherwise]
    case .words(_, let words, _): words.values.compactMap { $0 }
    case .constant, .integer, .decimal, .time: []
    }
  }
}

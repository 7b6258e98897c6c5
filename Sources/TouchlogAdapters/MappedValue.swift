import JSON

/// Where an attribute or a field takes its value from.
enum MappedValue: Sendable {
  case template(Template)
  /// A number, true or false.
  case constant(JSONValue)
  /// A word for another word.
  case words(of: MappedNames.Name, [String: String?], otherwise: Otherwise)
  /// A number column times a factor, which must come out whole.
  case integer(Int, times: Int64)
  case decimal(Int)
  case time(MappedNames.Name)

  enum Otherwise: Sendable {
    /// A word that is not listed rejects the row.
    case reject
    case absent
    case word(String)
  }

  /// The text that it always is; nil where it depends on the row.
  var constantText: String? {
    if case .template(let template) = self { template.constant } else { nil }
  }

  /// A value that is a text: a template, or a map of words.
  static func text(_ node: MappingNode, names: MappedNames) throws(MappingError) -> MappedValue {
    guard node.isMapping else { return .template(try Template(node, names: names)) }
    let keys = try node.members(known: ["map", "of", "otherwise"])
    return try words(keys, at: node, names: names)
  }

  /// A value of `data` or `extensions`.
  static func any(_ node: MappingNode, names: MappedNames) throws(MappingError) -> MappedValue {
    guard node.isMapping else {
      if let bool = node.plainBool { return .constant(.bool(bool)) }
      if let number = try node.plainNumber() { return .constant(number) }
      return .template(try Template(node, names: names))
    }
    let keys = try node.members(known: [
      "text", "integer", "times", "decimal", "time", "map", "of", "otherwise",
    ])
    if let times = keys["times"], keys["integer"] == nil { throw times.error("belongs to integer") }
    if keys["map"] != nil { return try words(keys, at: node, names: names) }
    guard keys.count - (keys["times"] == nil ? 0 : 1) == 1 else {
      throw node.error("expected one of text, integer, decimal, time and map")
    }
    if let text = keys["text"] { return .template(try Template(text, names: names)) }
    if let time = keys["time"] { return .time(try names.instant(time)) }
    if let decimal = keys["decimal"] {
      return .decimal(try names.column(decimal, "a column of a number") { $0.isNumber })
    }
    guard let integer = keys["integer"] else { throw node.error("expected the key map, which is missing") }
    return .integer(
      try names.column(integer, "a column of a number") { $0.isNumber },
      times: try keys["times"]?.integer(1...1_000_000) ?? 1)
  }

  private static func words(
    _ keys: [String: MappingNode], at node: MappingNode, names: MappedNames
  ) throws(MappingError) -> MappedValue {
    guard let map = keys["map"], let of = keys["of"], keys.count == (keys["otherwise"] == nil ? 2 : 3) else {
      throw node.error("expected the keys map and of, and otherwise where need be")
    }
    let name = try names.find(try of.text(), at: of)
    if case .instant = name { throw of.error("expected a column or a value, found an instant") }
    var words: [String: String?] = [:]
    for (word, meaning) in try map.members() {
      words.updateValue(meaning.isNull ? nil : try meaning.text(), forKey: word)
    }
    var otherwise = Otherwise.reject
    if let node = keys["otherwise"] { otherwise = node.isNull ? .absent : .word(try node.text()) }
    return .words(of: name, words, otherwise: otherwise)
  }
}

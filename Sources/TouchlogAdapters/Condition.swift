/// When a row is skipped, or gives an event.
indirect enum Condition: Sendable {
  case all([Condition])
  case any([Condition])
  case not(Condition)
  case isPresent(MappedNames.Name)
  case isOneOf(MappedNames.Name, Set<String>)
  case isNumber(column: Int, Comparison, Decimal)
  case isInstant(MappedNames.Name, Comparison, MappedNames.Name)
  case isFirst
  case isLast
  /// The text differs from the one in the key's row before. The number counts the texts that are watched.
  case hasChanged(watched: Int)
  /// The number is above the key's last one before it. The number counts the columns that are counted.
  case hasGrown(counted: Int)

  enum Comparison: Sendable {
    case equal
    case greater
    case less

    func holds<Value: Comparable>(_ left: Value, _ right: Value) -> Bool {
      switch self {
      case .equal: left == right
      case .greater: left > right
      case .less: left < right
      }
    }
  }
}

/// Reads conditions, and keeps what they ask of the rows before and after.
struct ConditionReading {
  let names: MappedNames
  /// Whether rows have a key, so that there are rows before and after.
  let hasKey: Bool
  /// The columns and values whose changes are asked for.
  private(set) var watched: [MappedNames.Name] = []
  /// The columns of numbers whose growth is asked for.
  private(set) var counted: [Int] = []
  private(set) var usesLast = false

  private static let tests = ["equals", "notEquals", "in", "present", "absent", "greater", "less"]
  private static let known =
    ["column"] + tests + ["first", "last", "changed", "grew", "and", "or", "not"]

  init(names: MappedNames, hasKey: Bool) {
    self.names = names
    self.hasKey = hasKey
  }

  /// Reads a condition; several keys hold at once.
  mutating func condition(_ node: MappingNode) throws(MappingError) -> Condition {
    let keys = try node.members(known: ConditionReading.known)
    var all: [Condition] = []
    if let column = keys["column"] {
      let tests = keys.filter { ConditionReading.tests.contains($0.key) }
      guard !tests.isEmpty else {
        throw node.error("expected one of \(ConditionReading.tests.joined(separator: ", ")) beside column")
      }
      let name = try names.find(try column.text(), at: column)
      for (key, test) in tests { all.append(try self.test(key, test, of: name)) }
    } else if let test = ConditionReading.tests.first(where: { keys[$0] != nil }) {
      throw node.error("expected the key column beside \(test)")
    }
    if let first = keys["first"] { all.append(try flag(first, .isFirst)) }
    if let last = keys["last"] {
      all.append(try flag(last, .isLast))
      usesLast = true
    }
    if let changed = keys["changed"] { all.append(try change(changed)) }
    if let grew = keys["grew"] { all.append(try growth(grew)) }
    if let and = keys["and"] { all.append(.all(try conditions(and))) }
    if let or = keys["or"] { all.append(.any(try conditions(or))) }
    if let not = keys["not"] { all.append(.not(try condition(not))) }
    guard !all.isEmpty else { throw node.error("expected a condition, found none") }
    return all.count == 1 ? all[0] : .all(all)
  }

  private mutating func conditions(_ node: MappingNode) throws(MappingError) -> [Condition] {
    var conditions: [Condition] = []
    for element in try node.list() { conditions.append(try condition(element)) }
    guard !conditions.isEmpty else { throw node.error("expected one condition or more") }
    return conditions
  }

  private func flag(_ node: MappingNode, _ condition: Condition) throws(MappingError) -> Condition {
    try requireKey(node)
    return try node.bool() ? condition : .not(condition)
  }

  private mutating func change(_ node: MappingNode) throws(MappingError) -> Condition {
    try requireKey(node)
    let text = try node.text()
    let name = try names.find(text, at: node)
    if case .instant = name { throw node.error("expected a column or a value, found the instant \(text)") }
    return .hasChanged(watched: ConditionReading.place(of: name, in: &watched))
  }

  private mutating func growth(_ node: MappingNode) throws(MappingError) -> Condition {
    try requireKey(node)
    let column = try names.column(node, "a column of a number") { $0.isNumber }
    return .hasGrown(counted: ConditionReading.place(of: column, in: &counted))
  }

  /// Where an element stands in a list, which it joins where it is new.
  private static func place<Element: Equatable>(of element: Element, in list: inout [Element]) -> Int {
    if let index = list.firstIndex(of: element) { return index }
    list.append(element)
    return list.count - 1
  }

  private func requireKey(_ node: MappingNode) throws(MappingError) {
    guard !hasKey else { return }
    throw node.error("asks for other rows of the same key: the mapping needs key, and skip must not ask it")
  }

  private func test(_ key: String, _ node: MappingNode, of name: MappedNames.Name) throws(MappingError) -> Condition {
    switch key {
    case "present": return try node.bool() ? .isPresent(name) : .not(.isPresent(name))
    case "absent": return try node.bool() ? .not(.isPresent(name)) : .isPresent(name)
    case "in":
      var any: [Condition] = []
      for element in try node.list() { any.append(try equality(element, of: name)) }
      return .any(any)
    case "equals": return try equality(node, of: name)
    case "notEquals": return .not(try equality(node, of: name))
    default: return try order(node, key == "greater" ? .greater : .less, of: name)
    }
  }

  private func equality(_ node: MappingNode, of name: MappedNames.Name) throws(MappingError) -> Condition {
    if names.isInstant(name) { return .isInstant(name, .equal, try names.instant(node)) }
    if case .column(let index) = name, names.columns[index].isNumber {
      return .isNumber(column: index, .equal, try number(node))
    }
    return .isOneOf(name, [try node.text()])
  }

  private func order(
    _ node: MappingNode, _ comparison: Condition.Comparison, of name: MappedNames.Name
  ) throws(MappingError) -> Condition {
    if names.isInstant(name) { return .isInstant(name, comparison, try names.instant(node)) }
    guard case .column(let index) = name, names.columns[index].isNumber else {
      throw node.error("greater and less are for numbers and instants")
    }
    return .isNumber(column: index, comparison, try number(node))
  }

  private func number(_ node: MappingNode) throws(MappingError) -> Decimal {
    guard let number = Decimal(try node.text()) else { throw node.error(expected: "a number") }
    return number
  }
}

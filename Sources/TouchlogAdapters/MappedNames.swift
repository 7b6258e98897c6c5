/// What a mapping can speak of: its columns, its instants, its values.
struct MappedNames {
  enum Name: Hashable, Sendable {
    case column(Int)
    case instant(Int)
    case value(Int)
  }

  private(set) var columns: [Column] = []
  private var names: [String: Name] = [:]
  private var instantCount = 0
  private var valueCount = 0

  mutating func add(_ column: Column, at node: MappingNode) throws(MappingError) {
    try add(column.name, .column(columns.count), at: node)
    columns.append(column)
  }

  mutating func addInstant(_ name: String, at node: MappingNode) throws(MappingError) {
    try add(name, .instant(instantCount), at: node)
    instantCount += 1
  }

  mutating func addValue(_ name: String, at node: MappingNode) throws(MappingError) {
    try add(name, .value(valueCount), at: node)
    valueCount += 1
  }

  private mutating func add(_ text: String, _ name: Name, at node: MappingNode) throws(MappingError) {
    guard text != "occurrence" else { throw node.error("occurrence has a meaning of its own; take another name") }
    guard names.updateValue(name, forKey: text) == nil else {
      throw node.error("\(text) is the name of something else already")
    }
  }

  /// Any name.
  func find(_ text: String, at node: MappingNode) throws(MappingError) -> Name {
    guard let name = names[text] else {
      throw node.error("\(text) is not declared; declared are \(names.keys.sorted().joined(separator: ", "))")
    }
    return name
  }

  /// The index of a column that fits.
  func column(
    _ node: MappingNode, _ expected: String, where fits: (Column) -> Bool = { _ in true }
  ) throws(MappingError) -> Int {
    let text = try node.text()
    guard case .column(let index) = try find(text, at: node), fits(columns[index]) else {
      throw node.error("expected \(expected), found \(text)")
    }
    return index
  }

  /// An instant: one of `instants`, or a column that is one by itself.
  func instant(_ node: MappingNode) throws(MappingError) -> Name {
    let text = try node.text()
    let name = try find(text, at: node)
    if isInstant(name) { return name }
    throw node.error("expected an instant, or a column with day and time, found \(text)")
  }

  func isInstant(_ name: Name) -> Bool {
    switch name {
    case .instant: true
    case .column(let index): columns[index].isInstant
    case .value: false
    }
  }
}

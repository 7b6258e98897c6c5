/// A text with places to fill in: `{vru+line}-{call_id}`. `{{` and `}}` stand for braces.
struct Template: Sendable {
  enum Part: Hashable, Sendable {
    case literal(String)
    case name(MappedNames.Name)
    /// Which event with this id it is, from 1.
    case occurrence
  }

  let parts: [Part]

  var hasOccurrence: Bool { parts.contains(.occurrence) }

  /// The text, where nothing is to be filled in.
  var constant: String? {
    if parts.isEmpty { return "" }
    guard parts.count == 1, case .literal(let text) = parts[0] else { return nil }
    return text
  }

  /// - Parameter allowingOccurrence: Whether `{occurrence}` has a meaning there.
  init(_ node: MappingNode, names: MappedNames, allowingOccurrence: Bool = false) throws(MappingError) {
    var parts: [Part] = []
    var literal = ""
    var rest = try node.text()[...]
    while let character = rest.popFirst() {
      guard character == "{" || character == "}" else {
        literal.append(character)
        continue
      }
      if rest.first == character {
        rest.removeFirst()
        literal.append(character)
        continue
      }
      guard character == "{", let end = rest.firstIndex(of: "}") else {
        throw node.error("expected a name between { and }; a brace by itself is written twice")
      }
      if !literal.isEmpty { parts.append(.literal(literal)) }
      literal = ""
      let name = String(rest[..<end])
      rest = rest[rest.index(after: end)...]
      if name != "occurrence" {
        parts.append(.name(try names.find(name, at: node)))
      } else if allowingOccurrence {
        parts.append(.occurrence)
      } else {
        throw node.error("{occurrence} belongs to id alone")
      }
    }
    if !literal.isEmpty { parts.append(.literal(literal)) }
    for case .name(.instant) in parts { throw node.error("an instant is no text; use its columns") }
    self.parts = parts
  }
}

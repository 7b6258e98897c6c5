import JSON
import Touchlog
import Yams

/// A place in the YAML of a mapping or a calendar, which knows the way to it.
struct MappingNode {
  private let node: Node
  /// What the YAML should be, for errors.
  private let document: String
  let path: String

  /// The root of a text.
  ///
  /// - Parameter document: What errors call it: `mapping` or `calendar`.
  /// - Throws: `MappingError` when the text is no YAML, or empty.
  init(yaml: String, of document: String) throws(MappingError) {
    let root: Node?
    do {
      root = try compose(yaml: yaml)
    } catch {
      throw MappingError(unreadable: error, in: document)
    }
    guard let root else {
      throw MappingError(document: document, path: "", line: nil, problem: "expected a \(document), found nothing")
    }
    self.init(root, of: document, path: "")
  }

  private init(_ node: Node, of document: String, path: String) {
    self.node = node
    self.document = document
    self.path = path
  }

  func error(_ problem: String) -> MappingError {
    MappingError(document: document, path: path, line: node.mark?.line, problem: problem)
  }

  func error(expected: String) -> MappingError {
    error("expected \(expected), found \(shown)")
  }

  private var shown: String {
    switch node {
    case .scalar(let scalar): scalar.string.isEmpty ? "nothing" : "“\(AdapterError.excerpt(scalar.string))”"
    case .sequence: "a list"
    case .mapping, .alias: "keys with values"
    }
  }

  var isMapping: Bool { node.mapping != nil }

  /// Whether nothing is meant: `null`, `~`, or no value at all.
  var isNull: Bool { node.scalar?.style == .plain && node.tag == Tag(.null) }

  /// The members of a mapping in their order, whatever their keys.
  func members() throws(MappingError) -> [(key: String, value: MappingNode)] {
    guard let mapping = node.mapping else { throw error(expected: "keys with values") }
    var members: [(key: String, value: MappingNode)] = []
    for (key, value) in mapping {
      guard let key = key.scalar?.string else { throw error("expected keys that are texts") }
      members.append((key, MappingNode(value, of: document, path: path.isEmpty ? key : "\(path).\(key)")))
    }
    return members
  }

  /// The members of a mapping whose keys are given.
  ///
  /// - Throws: `MappingError`, which lists the known keys, for any other.
  func members(known: [String]) throws(MappingError) -> [String: MappingNode] {
    var found: [String: MappingNode] = [:]
    for (key, value) in try members() {
      guard known.contains(key) else {
        throw value.error("is not a known key; known here are \(known.joined(separator: ", "))")
      }
      found[key] = value
    }
    return found
  }

  /// The member of a key that must be there, among those found here.
  func required(_ key: String, in members: [String: MappingNode]) throws(MappingError) -> MappingNode {
    guard let node = members[key] else { throw error("expected the key \(key), which is missing") }
    return node
  }

  /// The elements of a list.
  func list() throws(MappingError) -> [MappingNode] {
    guard let sequence = node.sequence else { throw error(expected: "a list") }
    return sequence.enumerated().map { MappingNode($1, of: document, path: "\(path)[\($0)]") }
  }

  /// One text, or a list of them.
  func texts() throws(MappingError) -> [String] { try textsInPlace().map(\.text) }

  /// One text, or a list of them, each with its place.
  func textsInPlace() throws(MappingError) -> [(text: String, place: MappingNode)] {
    guard node.sequence != nil else { return [(try text(), self)] }
    var texts: [(text: String, place: MappingNode)] = []
    for element in try list() { texts.append((try element.text(), element)) }
    return texts
  }

  /// A text; numbers and the like count as theirs.
  func text() throws(MappingError) -> String {
    guard let scalar = node.scalar, !isNull || !scalar.string.isEmpty else { throw error(expected: "a text") }
    return scalar.string
  }

  /// A time zone by its name.
  func timeZone(database: String) throws(MappingError) -> TimeZoneRules {
    let name = try text()
    do {
      return try TimeZoneRules(named: name, database: database)
    } catch {
      throw self.error("\(error)")
    }
  }

  func bool() throws(MappingError) -> Bool {
    guard let bool = plainBool else { throw error(expected: "true or false") }
    return bool
  }

  func integer(_ range: ClosedRange<Int64>) throws(MappingError) -> Int64 {
    guard let scalar = node.scalar, let value = Int64(scalar.string), range.contains(value) else {
      throw error(expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return value
  }

  /// One of a few words, each with what it stands for.
  func choice<Meaning>(_ words: KeyValuePairs<String, Meaning>) throws(MappingError) -> Meaning {
    let text = try text()
    for (word, meaning) in words where word == text { return meaning }
    throw error(expected: "one of \(words.map(\.key).joined(separator: ", "))")
  }

  /// `true` or `false` without quotes.
  var plainBool: Bool? {
    guard let scalar = node.scalar, scalar.style == .plain else { return nil }
    switch scalar.string {
    case "true": return true
    case "false": return false
    default: return nil
    }
  }

  /// A number without quotes; nil for anything else.
  ///
  /// - Throws: `MappingError` for what YAML takes for a number and JSON does not: `007`, `1:30`, `.inf`.
  func plainNumber() throws(MappingError) -> JSONValue? {
    guard let scalar = node.scalar, scalar.style == .plain, node.tag == Tag(.int) || node.tag == Tag(.float)
    else { return nil }
    do {
      return try JSONValue(parsing: scalar.string)
    } catch {
      throw self.error(expected: "a number such as 12.5, or a text in quotes")
    }
  }
}

/// Why a mapping or a calendar cannot be used: the place in the YAML, what was expected there, and what came.
public struct MappingError: Error, Hashable, Sendable, CustomStringConvertible {
  /// What the YAML should be: `mapping` or `calendar`.
  public let document: String
  /// The way through the YAML, e.g. `events[2].when.column`; empty for the text as a whole.
  public let path: String
  /// The line of the YAML, counted from 1, where it is known.
  public let line: Int?
  /// What was expected, and what came.
  public let problem: String

  public var description: String {
    let place = path.isEmpty ? document : "\(document), \(path)"
    return AdapterError.visible(place + (line.map { " (line \($0))" } ?? "") + ": " + problem)
  }
}

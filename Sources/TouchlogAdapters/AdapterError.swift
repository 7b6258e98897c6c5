public import JSON
public import Touchlog

/// Why something foreign could not become an event: where it stands, what was expected there, and what came.
///
/// Its description is one line for people:
/// `calls.csv, line 17, column q_time: expected whole seconds, found “soon”`.
public struct AdapterError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What is wrong.
  public enum Cause: Equatable, Sendable {
    /// An attribute or a field is not what an event asks for.
    case event(EventError)
    /// The text is no JSON.
    case json(JSONError)
    /// A cell of a table cannot be read. `found` is nil where the cell is absent.
    case cell(column: String, expected: String, found: String?)
    /// The lines themselves are not what the format asks for.
    case text(expected: String, found: String)
    /// Bytes could not be read: the system's words.
    case reading(String)
  }

  /// What is wrong.
  public let cause: Cause
  /// The file or stream, where the reader was told a name.
  public var source: String?
  /// The line, counted from 1; for a row over several lines the first.
  public var line: Int?
  /// The place in a batch, counted from 0.
  public var index: Int?
  /// Whether the file ends within the line, as a file does that was cut off.
  public var isCutOff: Bool

  /// An error at a place.
  public init(
    _ cause: Cause, source: String? = nil, line: Int? = nil, index: Int? = nil, isCutOff: Bool = false,
  ) {
    self.cause = cause
    self.source = source
    self.line = line
    self.index = index
    self.isCutOff = isCutOff
  }

  /// Where, what was expected, and what came.
  public var description: String {
    var place: [String] = []
    if let source { place.append(source) }
    if let line { place.append("line \(line)") }
    if let index { place.append("event \(index) of the batch") }
    if case .cell(let column, _, _) = cause { place.append("column \(column)") }
    let prefix = place.isEmpty ? "" : place.joined(separator: ", ") + ": "
    let hint = isCutOff ? "; the file ends within this line, so it may have been cut off: fetch it again" : ""
    // A mapping's own words may stand in it, with whatever is in them.
    return AdapterError.visible(prefix + statement + hint)
  }

  private var statement: String {
    switch cause {
    case .event(let error): error.description
    case .json(let error): "no JSON: \(error)"
    case .cell(_, let expected, let found):
      "expected \(expected), " + (found.map { "found “\(AdapterError.excerpt($0))”" } ?? "found nothing")
    case .text(let expected, let found): "expected \(expected), found \(found)"
    case .reading(let words): "reading failed: \(words)"
    }
  }

  /// Control characters made visible, cut after 60: what came may be anything.
  static func excerpt(_ text: String) -> String {
    let scalars = text.unicodeScalars
    return visible(String(String.UnicodeScalarView(scalars.prefix(60)))) + (scalars.count > 60 ? "…" : "")
  }

  /// Control characters made visible.
  static func visible(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { shown, scalar in
      let isControl = scalar.properties.generalCategory == .control
      shown += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
    }
  }
}

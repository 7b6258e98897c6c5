public import Touchlog

/// What in a bundle is not as the log has signed it, and where.
public struct BundleFault: Error, Hashable, Sendable {
  /// The line of the file, from 1.
  public let line: Int
  /// The position of the event that the line says to be about; nil where it says none.
  public let position: Position?
  /// What is wrong, and what was expected.
  public let what: String

  init(line: Int, position: Position? = nil, _ what: String) {
    self.line = line
    self.position = position
    self.what = what
  }
}

extension BundleFault: CustomStringConvertible {
  public var description: String {
    "line \(line)" + (position.map { " (position \($0))" } ?? "") + ": \(what)"
  }
}

/// A store is not what it should be: what was looked at, what was expected, what was found, and where it was checked.
public struct ConformanceFailure: Error, CustomStringConvertible {
  /// What was looked at.
  public let subject: String
  /// What should have been there.
  public let expected: String
  /// What was there.
  public let found: String
  /// The file of the check in the suite, as `module/file`.
  public let file: String
  /// The line of the check, from 1.
  public let line: Int

  init(
    _ subject: String, expected: String, found: String, file: StaticString = #fileID, line: UInt = #line,
  ) {
    self.subject = subject
    self.expected = expected
    self.found = found
    self.file = "\(file)"
    self.line = Int(line)
  }

  /// All of it in one line.
  public var description: String { "\(subject): expected \(expected), found \(found) (\(file):\(line))" }
}

/// Checks that two values are the same.
///
/// - Throws: `ConformanceFailure`, with the place of the call.
func expect<Value: Equatable>(
  _ subject: @autoclosure () -> String, _ found: Value, is expected: Value,
  file: StaticString = #fileID, line: UInt = #line,
) throws(ConformanceFailure) {
  guard found != expected else { return }
  throw ConformanceFailure(subject(), expected: "\(expected)", found: "\(found)", file: file, line: line)
}

/// Checks that two lists are the same, and names the first difference.
///
/// - Throws: `ConformanceFailure`, with the place of the call.
func expect<Element: Equatable>(
  _ subject: @autoclosure () -> String, _ found: [Element], is expected: [Element],
  file: StaticString = #fileID, line: UInt = #line,
) throws(ConformanceFailure) {
  guard found != expected else { return }
  let isShort = max(found.count, expected.count) <= 12
  let place = zip(found, expected).enumerated().first { $0.element.0 != $0.element.1 }?.offset
  let index = place ?? min(found.count, expected.count)
  func shown(_ list: [Element]) -> String {
    if isShort { return "\(list)" }
    return (index < list.count ? "\(list[index])" : "no more") + " at index \(index) of \(list.count)"
  }
  throw ConformanceFailure(subject(), expected: shown(expected), found: shown(found), file: file, line: line)
}

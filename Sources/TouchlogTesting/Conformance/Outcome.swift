import Touchlog

/// How an append ended, as far as all stores agree: without what an acknowledgement is worth, and without the words
/// in which an invalid event is described.
enum Outcome: Equatable, CustomStringConvertible {
  case accepted(positions: [UInt64], appended: Int, streamVersion: UInt32?, head: UInt64)
  case refused(AppendError)

  init(_ receipt: Receipt) {
    self = .accepted(
      positions: receipt.positions.map(\.value), appended: receipt.appended, streamVersion: receipt.streamVersion,
      head: receipt.head.value)
  }

  init(_ error: AppendError) {
    if case .invalid(let index, let problem) = error {
      self = .invalid(index, problem.field)
    } else {
      self = .refused(error)
    }
  }

  /// An event is refused for one of its fields.
  static func invalid(_ index: Int, _ field: String) -> Outcome {
    .refused(.invalid(index: index, EventError(field: field, expected: "something else", found: nil)))
  }

  var description: String {
    switch self {
    case .accepted(let positions, let appended, let version, let head):
      """
      positions \(positions.abridged), \(appended) of them new, \
      stream version \(version.map(String.init) ?? "nil"), head \(head)
      """
    case .refused(.invalid(let index, let error)): "event \(index) to be refused for its \(error.field)"
    case .refused(let error): "refused, \(error)"
    }
  }
}

extension EventStore {
  /// Appends, and gives the answer or the refusal. Other errors than `AppendError` are thrown.
  func outcome(of events: [Event], expecting expectation: Expectation) async throws -> Outcome {
    do {
      return Outcome(try await append(events, expecting: expectation))
    } catch let error as AppendError {
      return Outcome(error)
    }
  }
}

extension Array where Element: CustomStringConvertible {
  /// The elements, the first twenty where they are many.
  var abridged: String {
    let shown = prefix(20).map(\.description).joined(separator: ", ")
    return count > 20 ? "[\(shown), … \(count) in all]" : "[\(shown)]"
  }
}

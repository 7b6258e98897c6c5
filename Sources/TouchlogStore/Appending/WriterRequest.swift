import Touchlog

/// One append on its way to the writer.
struct AppendRequest: Sendable {
  let events: PreparedEvents
  let byteCount: Int
  let expectation: Expectation
  let answer: CheckedContinuation<Receipt, any Error>
}

extension Expectation {
  func isMet(by version: UInt32) -> Bool {
    switch self {
    case .any: true
    case .noStream: version == 0
    case .version(let expected): version == expected
    }
  }
}

/// Something else than an append that only the writer may do, between two commits.
struct Errand: Sendable {
  /// Does it, and answers.
  let perform: @Sendable (Writer) -> Void
  /// Answers that nobody will do it.
  let refuse: @Sendable (AppendError) -> Void
}

/// What waits for the writer.
enum WriterRequest: Sendable {
  case append(AppendRequest)
  case errand(Errand)

  /// How many events it brings.
  var eventCount: Int {
    if case .append(let request) = self { request.events.count } else { 0 }
  }

  /// About how many bytes they will take in the log.
  var byteCount: Int {
    if case .append(let request) = self { request.byteCount } else { 0 }
  }

  func refuse(_ error: AppendError) {
    switch self {
    case .append(let request): request.answer.resume(throwing: error)
    case .errand(let errand): errand.refuse(error)
    }
  }
}

/// What the writer does next.
enum WriterWork: Sendable {
  /// To be committed at once.
  case appends([AppendRequest])
  case errand(Errand)
}

import Touchlog
import TouchlogStore

/// What has become of the events so far.
struct AppendTotals: Sendable {
  /// Events that are new in the log.
  var appended = 0
  /// Events that were there before.
  var duplicates = 0
  /// Events that were refused and set aside.
  var rejected = 0
  /// Where the first new event is.
  var firstPosition: Position?
  /// How many events the log had after the last commit.
  var head: Position?
  /// Of the customer, where the request named one.
  var streamVersion: UInt32?
  var durability: Durability?

  /// How many events of the input are in the log.
  var contained: Int { appended + duplicates }

  mutating func add(_ receipt: Receipt) {
    // New events lie at the end of the log: this process is the only one that writes it, and has one append under way.
    if receipt.appended > 0, firstPosition == nil {
      firstPosition = Position(receipt.head.value - UInt64(receipt.appended))
    }
    appended += receipt.appended
    duplicates += receipt.duplicates
    head = receipt.head
    streamVersion = receipt.streamVersion
    durability = receipt.durability
  }
}

/// Appends batches in their order.
struct Appender {
  let store: Store
  /// The input's name, for errors.
  let inputName: String
  /// Where refused events go; nil where the first one ends the work.
  let rejects: RejectFile?
  private(set) var totals = AppendTotals()

  init(to store: Store, from inputName: String, rejects: RejectFile?) {
    self.store = store
    self.inputName = inputName
    self.rejects = rejects
  }

  /// Appends a batch; afterwards `totals` holds what became of it.
  ///
  /// - Throws: why the work ends: the batch's own failure, a conflict, or that the store cannot write.
  mutating func append(_ batch: PreparedBatch, expecting expectation: Expectation = .any) async throws {
    try reject(batch.rejections)
    if let failure = batch.failure { throw failure }
    guard let events = batch.prepared else { return }
    do {
      totals.add(try await store.append(events, expecting: expectation))
    } catch let error as AppendError {
      guard rejects != nil, error.conflictingIndex != nil else { throw located(error, from: 0, in: batch) }
      try await append(events, around: error, of: batch)
    }
  }

  /// Appends what does not conflict. The parts grow while all goes well, so that one conflict costs little, and many
  /// do not cost much more each.
  private mutating func append(_ events: PreparedEvents, around first: AppendError, of batch: PreparedBatch)
    async throws
  {
    var start = 0
    var size = first.conflictingIndex ?? 0
    var error: AppendError? = first
    while start < events.count {
      if let conflict = error, size == 0 {
        let refused = Rejection(
          place: batch.places[start], reason: conflict.words(places: batch.places[start...]),
          text: batch.text(of: start))
        try reject([refused])
        start += 1
        size = 1
        error = nil
        continue
      }
      let range = start..<min(start + max(size, 1), events.count)
      do {
        totals.add(try await store.append(events[range]))
        start = range.upperBound
        size *= 2
        error = nil
      } catch let conflict as AppendError {
        guard let index = conflict.conflictingIndex else { throw located(conflict, from: start, in: batch) }
        error = conflict
        size = index
      }
    }
  }

  private mutating func reject(_ rejections: [Rejection]) throws {
    for rejection in rejections {
      try rejects?.write(rejection)
      totals.rejected += 1
    }
  }

  /// The error with the place in the input instead of the place in the request, which began at `start`.
  private func located(_ error: AppendError, from start: Int, in batch: PreparedBatch) -> any Error {
    guard let index = error.conflictingIndex, start + index < batch.places.count else { return error }
    return Failure(
      "\(batch.places[start + index].described(in: inputName)): \(error.words(places: batch.places[start...]))",
      .found, isAboutAnEvent: true)
  }
}

extension AppendError {
  /// The event whose identity is taken by another one.
  var conflictingIndex: Int? {
    switch self {
    case .conflict(let index, _, _, _, _), .conflictWithinRequest(let index, _, _, _, _): index
    case .invalid, .unexpectedVersion, .severalCustomers, .partlyStored, .tooManyEvents, .failed, .closed: nil
    }
  }

  /// A conflict in words, without its own place.
  func words(places: ArraySlice<Place>) -> String {
    switch self {
    case .conflict(_, let id, let source, let stored, let field):
      """
      \(source) has already sent an event “\(id.inert)”, at position \(stored), and this one has another \(field). \
      An event never changes: give the new one an id of its own
      """
    case .conflictWithinRequest(_, let earlier, let id, let source, let field):
      """
      id “\(id.inert)” of \(source) came before, \(AppendError.words(for: places, at: earlier)), with another \(field). \
      Give one of them an id of its own
      """
    case .invalid, .unexpectedVersion, .severalCustomers, .partlyStored, .tooManyEvents, .failed, .closed:
      "\(self)"
    }
  }

  private static func words(for places: ArraySlice<Place>, at index: Int) -> String {
    let index = places.startIndex + index
    guard index < places.endIndex else { return "in the same batch" }
    return switch places[index] {
    case .line(let line): "on line \(line)"
    case .element(let element): "as event \(element) of the batch"
    case .whole: "in the same file"
    }
  }
}

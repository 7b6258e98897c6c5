import Synchronization
public import Touchlog
public import TouchlogStore

/// The record of who looked at whose timeline, in `STORE/access/`: a line for each look, in a file for each month.
///
/// A look is on disk before `note` returns. All that are asked for while one is being synced share the next sync, so a
/// busy service pays for one per some milliseconds, and not per look; and the timeline can be read meanwhile:
///
/// ```swift
/// async let noted: Void = record.note(token, customer: number, at: now, what: "GET /v1/events?customer={reference}")
/// let timeline = try read(number)
/// try await noted   // no look without its line
/// ```
public final class AccessRecord: Sendable {
  private struct Waiting {
    let look: Look
    let answer: CheckedContinuation<Void, any Error>
  }

  private struct Queue {
    var waiting: [Waiting] = []
    var isWritten = false
  }

  private let queue = Mutex(Queue())
  /// Only the one thread that writes uses it.
  private let end: Mutex<LooksEnd>

  /// The record of the store at a path. Its folder is made with the first look.
  ///
  /// - Throws: `StoreError`, where there is no store.
  public init(ofStoreAt path: String) throws(StoreError) {
    try Store.checkDirectory(path)
    end = Mutex(LooksEnd(folder: path + "/access"))
  }

  /// Records a look; it is on disk when this returns.
  ///
  /// - Parameters:
  ///   - tokenID: the id of the token that was shown.
  ///   - tokenName: its name.
  ///   - customer: whose timeline. Of several references that are one person, each is noted.
  ///   - time: when.
  ///   - what: the route, with names for its parts. It is a text of the program, so that no reference can come into it.
  /// - Throws: `StoreError`, `AccessError`: then there must be no look.
  public func note(
    tokenID: String, tokenName: String, customer: CustomerNumber, at time: Timestamp, what: StaticString,
  ) async throws {
    let look = Look(time: time, tokenID: tokenID, tokenName: tokenName, customer: customer, what: "\(what)")
    try await withCheckedThrowingContinuation { answer in
      let isFirst = queue.withLock { queue in
        queue.waiting.append(Waiting(look: look, answer: answer))
        defer { queue.isWritten = true }
        return !queue.isWritten
      }
      // A thread of its own, as it waits for the disk; it ends when nothing waits any more.
      if isFirst, !Threads.begin({ self.write() }) { refuseAll() }
    }
  }

  private func take() -> [Waiting] {
    queue.withLock { queue in
      let waiting = queue.waiting
      queue.waiting = []
      queue.isWritten = !waiting.isEmpty
      return waiting
    }
  }

  private func write() {
    while true {
      let waiting = take()
      if waiting.isEmpty { return }
      let result = Result { try end.withLock { try $0.add(waiting.map(\.look)) } }
      for one in waiting { one.answer.resume(with: result) }
    }
  }

  private func refuseAll() {
    let waiting = queue.withLock { queue in
      defer { queue = Queue() }
      return queue.waiting
    }
    for one in waiting { one.answer.resume(throwing: AccessError.noThread) }
  }
}

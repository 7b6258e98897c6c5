internal import Synchronization

/// Wakes those who wait for something new, without telling them what: they look for themselves.
///
/// Each has a stream that holds one wake at most, so that none is lost between a look and the wait after it, and none
/// piles up.
package final class WakeList: Sendable {
  private struct State {
    var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    var made = 0
    var isFinished = false
  }

  private let state = Mutex(State())

  package init() {}

  /// A stream of wakes; it ends with `finish`, and when the task that waits is cancelled.
  package func listen() -> AsyncStream<Void> {
    let (stream, continuation) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    let number = state.withLock { state -> Int? in
      if state.isFinished { return nil }
      state.made += 1
      state.listeners[state.made] = continuation
      return state.made
    }
    guard let number else {
      continuation.finish()
      return stream
    }
    continuation.onTermination = { [weak self] _ in
      self?.state.withLock { $0.listeners[number] = nil }
    }
    return stream
  }

  /// Wakes everybody.
  package func wakeAll() {
    for listener in state.withLock({ Array($0.listeners.values) }) { listener.yield() }
  }

  /// Ends all streams, also those that are asked for later.
  package func finish() {
    let listeners = state.withLock { state in
      state.isFinished = true
      return Array(state.listeners.values)
    }
    for listener in listeners { listener.finish() }
  }
}

import Dispatch
import Synchronization

/// A bounded queue from a thread that blocks, such as one that reads a file, to a task that awaits.
///
/// Reading has a thread of its own, because a read that waits for a pipe would keep a whole thread of Swift's small
/// pool from working.
final class Handover<Element: Sendable>: Sendable {
  private struct State: ~Copyable {
    var elements: [Element] = []
    var waiting: CheckedContinuation<Element?, Never>?
    var isFinished = false
    var isUnwanted = false
  }

  private let state = Mutex(State())
  private let room = DispatchSemaphore(value: 0)

  init(capacity: Int) {
    // Begun at zero and raised: a semaphore must not end below the value that it began with.
    for _ in 0..<capacity { room.signal() }
  }

  /// Hands an element over, and waits while there is no room; false when nobody wants it any more.
  func push(_ element: Element) -> Bool {
    room.wait()
    return state.withLock { state in
      if state.isUnwanted {
        room.signal()
        return false
      }
      if let waiting = state.waiting.take() {
        waiting.resume(returning: element)
        room.signal()
      } else {
        state.elements.append(element)
      }
      return true
    }
  }

  /// Says that nothing more comes.
  func finish() {
    state.withLock { state in
      state.isFinished = true
      state.waiting.take()?.resume(returning: nil)
    }
  }

  /// The next element, in the order of pushing; nil at the end. One task at a time asks.
  func next() async -> Element? {
    await withCheckedContinuation { continuation in
      state.withLock { state in
        if !state.elements.isEmpty {
          continuation.resume(returning: state.elements.removeFirst())
          room.signal()
        } else if state.isFinished {
          continuation.resume(returning: nil)
        } else {
          state.waiting = continuation
        }
      }
    }
  }

  /// Says that nothing more is wanted: whoever pushes is told.
  func cancel() {
    state.withLock { $0.isUnwanted = true }
    room.signal()
  }
}

import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// One append on its way to the writer.
struct AppendRequest: Sendable {
  let events: PreparedEvents
  let byteCount: Int
  let expectation: Expectation
  let answer: CheckedContinuation<Receipt, any Error>
}

/// The bounded queue between callers, who await, and the writer's thread, which blocks.
///
/// A request waits outside while the queue is full, in the order of coming: that is the back-pressure. A request that
/// is larger than the queue goes in alone.
// Sendable because all variables are touched under `lock` alone; the lock lives on the heap, where pthreads needs it to
// stay.
final class AppendQueue: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private var queued: [AppendRequest] = []
  private var waiting: [AppendRequest] = []
  private var queuedEvents = 0
  private var isClosed = false
  private let capacity: Int

  /// - Parameter capacity: how many events may lie in the queue.
  init(capacity: Int) {
    self.capacity = capacity
    lock = .allocate(capacity: 1)
    lock.initialize(to: pthread_mutex_t())
    pthread_mutex_init(lock, nil)
    wake = .allocate(capacity: 1)
    wake.initialize(to: pthread_cond_t())
    pthread_cond_init(wake, nil)
  }

  deinit {
    pthread_cond_destroy(wake)
    wake.deallocate()
    pthread_mutex_destroy(lock)
    lock.deallocate()
  }

  private func locked<Result>(_ body: () -> Result) -> Result {
    pthread_mutex_lock(lock)
    defer { pthread_mutex_unlock(lock) }
    return body()
  }

  /// How many events lie in the queue, and how many requests wait for room in it.
  var depth: (events: Int, waiting: Int) {
    locked { (queuedEvents, waiting.count) }
  }

  /// Hands in a request; it is answered by the writer, or at once when the queue is closed.
  func submit(_ request: AppendRequest) {
    let isAccepted = locked {
      if isClosed { return false }
      if waiting.isEmpty, queued.isEmpty || queuedEvents + request.events.count <= capacity {
        enqueue(request)
      } else {
        waiting.append(request)
      }
      return true
    }
    if !isAccepted { request.answer.resume(throwing: AppendError.closed) }
  }

  private func enqueue(_ request: AppendRequest) {
    queued.append(request)
    queuedEvents += request.events.count
    pthread_cond_signal(wake)
  }

  /// Takes what is waiting, up to about `limit` bytes, and blocks while nothing is; nil when the queue is closed and
  /// empty.
  func take(limit: Int) -> [AppendRequest]? {
    locked {
      while queued.isEmpty {
        if isClosed { return nil }
        pthread_cond_wait(wake, lock)
      }
      var bytes = 0
      let count =
        queued.firstIndex { request in
          bytes += request.byteCount
          return bytes > limit
        } ?? queued.count
      let taken = Array(queued.prefix(max(count, 1)))
      queued.removeFirst(taken.count)
      queuedEvents -= taken.reduce(0) { $0 + $1.events.count }
      while let next = waiting.first, queued.isEmpty || queuedEvents + next.events.count <= capacity {
        waiting.removeFirst()
        enqueue(next)
      }
      return taken
    }
  }

  /// Takes no more requests. What is in the queue is still written.
  func close() {
    locked {
      isClosed = true
      pthread_cond_signal(wake)
    }
  }
}

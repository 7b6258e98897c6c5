import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The bounded queue between callers, who await, and the writer's thread, which blocks.
///
/// A request waits outside while the queue is full, in the order of coming: that is the back-pressure. A request that
/// is larger than the queue goes in alone.
// Sendable because all variables are touched under `lock` alone; the lock lives on the heap, where pthreads needs it to
// stay.
final class AppendQueue: @unchecked Sendable {
  private let lock: UnsafeMutablePointer<pthread_mutex_t>
  private let wake: UnsafeMutablePointer<pthread_cond_t>
  private var queued: [WriterRequest] = []
  private var waiting: [WriterRequest] = []
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
  func submit(_ request: WriterRequest) {
    let isAccepted = locked {
      if isClosed { return false }
      if waiting.isEmpty, queued.isEmpty || queuedEvents + request.eventCount <= capacity {
        enqueue(request)
      } else {
        waiting.append(request)
      }
      return true
    }
    if !isAccepted { request.refuse(.closed) }
  }

  private func enqueue(_ request: WriterRequest) {
    queued.append(request)
    queuedEvents += request.eventCount
    pthread_cond_signal(wake)
  }

  /// Takes what is waiting, in the order of coming: appends up to about `limit` bytes, or an errand. Blocks while there is
  /// nothing; nil when the queue is closed and empty.
  func take(limit: Int) -> WriterWork? {
    locked {
      while queued.isEmpty {
        if isClosed { return nil }
        pthread_cond_wait(wake, lock)
      }
      if case .errand(let errand)? = queued.first {
        remove(1)
        return .errand(errand)
      }
      var bytes = 0
      var appends: [AppendRequest] = []
      for next in queued {
        // An errand comes after what was handed in before it, and before what was handed in later.
        guard case .append(let request) = next else { break }
        bytes += request.byteCount
        if bytes > limit, !appends.isEmpty { break }
        appends.append(request)
      }
      remove(appends.count)
      return .appends(appends)
    }
  }

  private func remove(_ count: Int) {
    queuedEvents -= queued.prefix(count).reduce(0) { $0 + $1.eventCount }
    queued.removeFirst(count)
    while let next = waiting.first, queued.isEmpty || queuedEvents + next.eventCount <= capacity {
      waiting.removeFirst()
      enqueue(next)
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

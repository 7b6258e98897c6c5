import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Plain threads for work that reads memory and LMDB without a pause: Swift's own pool has two threads here, which others
/// need.
package enum Threads {
  /// How many processors there are.
  package static var processors: Int { max(1, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN)))) }

  /// Calls `body` so many times with 0, 1 …, at once, and waits for all. The calling thread does its share.
  ///
  /// - Returns: the results, in the order of the numbers.
  /// - Throws: the first error by number, once all have ended.
  @available(*, noasync, message: "it waits for its threads")
  package static func map<Result: Sendable>(
    _ count: Int, _ body: @Sendable (Int) throws -> Result,
  ) throws -> [Result] {
    guard count > 1 else { return count == 1 ? [try body(0)] : [] }
    return try withoutActuallyEscaping(body) { body in
      let work = Work(count: count, body)
      var threads: [pthread_t] = []
      for _ in 1..<count {
        // A thread that cannot be had is done without: whoever is there takes its share.
        if let thread = start(work) { threads.append(thread) }
      }
      work.run()
      for thread in threads { pthread_join(thread, nil) }
      return try work.results()
    }
  }

  /// Calls `body` on a thread of its own, for which nobody waits.
  ///
  /// - Returns: false where the system has no thread left; then `body` was not called.
  package static func begin(_ body: @escaping @Sendable () -> Void) -> Bool {
    guard let thread = start(OneCall(body)) else { return false }
    pthread_detach(thread)
    return true
  }

  private static func start(_ work: some Runnable) -> pthread_t? {
    #if canImport(Darwin)
      var thread: pthread_t?
    #else
      var thread = pthread_t()
    #endif
    let context = Unmanaged.passRetained(work as AnyObject).toOpaque()
    guard pthread_create(&thread, nil, runWork, context) == 0 else {
      Unmanaged<AnyObject>.fromOpaque(context).release()
      return nil
    }
    return thread
  }
}

/// Something that a thread runs.
private protocol Runnable: AnyObject {
  func run()
}

/// One call.
private final class OneCall: Runnable, Sendable {
  private let body: @Sendable () -> Void

  init(_ body: @escaping @Sendable () -> Void) {
    self.body = body
  }

  func run() { body() }
}

/// Numbered calls, which threads take one after the other.
private final class Work<Result: Sendable>: Runnable, Sendable {
  private let count: Int
  private let body: @Sendable (Int) throws -> Result
  private let next = Atomic(0)
  private let done: Mutex<[Int: Swift.Result<Result, any Error>]> = Mutex([:])

  init(count: Int, _ body: @escaping @Sendable (Int) throws -> Result) {
    self.count = count
    self.body = body
  }

  func run() {
    while true {
      let number = next.add(1, ordering: .relaxed).oldValue
      guard number < count else { return }
      let result = Swift.Result { try body(number) }
      done.withLock { $0[number] = result }
    }
  }

  func results() throws -> [Result] {
    try done.withLock { done in
      try (0..<count).map { number in
        guard let result = done[number] else { preconditionFailure("every call was made") }
        return try result.get()
      }
    }
  }
}

// A closure written inside a type would inherit its isolation, and trap on a thread that Swift does not know.
#if canImport(Darwin)
  private func runWork(_ context: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
    (Unmanaged<AnyObject>.fromOpaque(context).takeRetainedValue() as? any Runnable)?.run()
    return nil
  }
#else
  private func runWork(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    guard let context else { return nil }
    (Unmanaged<AnyObject>.fromOpaque(context).takeRetainedValue() as? any Runnable)?.run()
    return nil
  }
#endif

/// Remembers the thread that made it.
package struct ThreadMark {
  private let thread = pthread_self()

  package init() {}

  /// Whether the calling thread is that one.
  package var isHere: Bool { pthread_equal(thread, pthread_self()) != 0 }
}

/// A value that is handed to threads each of which leaves the others' alone.
// Sendable because whoever hands it on says which thread may use it.
package struct Handed<Value>: @unchecked Sendable {
  package let value: Value

  package init(_ value: Value) {
    self.value = value
  }
}

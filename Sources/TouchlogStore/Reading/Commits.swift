import LMDB
import Synchronization
import Touchlog

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Tells those who follow the log that it has grown, or is closed.
///
/// While this process writes, no other can, so each commit is announced here. Otherwise nobody announces anything:
/// followers look for themselves.
// Sendable because the lock is what pthreads share, on the heap, where it stays; everything else is Sendable.
final class Commits: @unchecked Sendable {
  private let wakes = WakeList()
  private let announced = Atomic(false)
  private let closed = Atomic(false)
  private let count = Atomic(0)
  /// Held, shared, by whoever reads a page for a follower, and by nobody else but `close`.
  private let gate: UnsafeMutablePointer<pthread_rwlock_t>

  init() {
    gate = .allocate(capacity: 1)
    gate.initialize(to: pthread_rwlock_t())
    pthread_rwlock_init(gate, nil)
  }

  deinit {
    pthread_rwlock_destroy(gate)
    gate.deallocate()
  }

  /// Whether each commit is announced; else followers have to look.
  var isAnnouncing: Bool { announced.load(ordering: .acquiring) }

  /// Whether the log is closed, or about to be.
  var isClosed: Bool { closed.load(ordering: .acquiring) }

  /// To be called before the writer's first commit.
  func startAnnouncing() {
    announced.store(true, ordering: .releasing)
  }

  /// Wakes the followers, after a commit; answers how many there were.
  func announce() -> Int {
    wakes.wakeAll()
    return count.add(1, ordering: .relaxed).newValue
  }

  /// To be called after the writer's last commit.
  func stopAnnouncing() {
    announced.store(false, ordering: .releasing)
    wakes.wakeAll()
  }

  /// Ends all following, and waits for the pages that are being read.
  func close() {
    closed.store(true, ordering: .releasing)
    wakes.finish()
    pthread_rwlock_wrlock(gate)
    pthread_rwlock_unlock(gate)
  }

  /// A stream of wakes for a follower.
  func listen() -> AsyncStream<Void> { wakes.listen() }

  /// Keeps the log from being closed while `body` reads; nil once it is closed.
  func whileOpen<Result>(_ body: () throws -> Result) rethrows -> Result? {
    pthread_rwlock_rdlock(gate)
    defer { pthread_rwlock_unlock(gate) }
    return isClosed ? nil : try body()
  }
}

extension Log {
  /// To be called by the writer after each commit.
  func afterCommit() {
    // A reader that was killed keeps old pages until somebody looks whether it lives: a system call for each process
    // that reads.
    guard commits.announce().isMultiple(of: Log.commitsBetweenLooks) else { return }
    do {
      for environment in [environment, try vault.environment] { _ = try environment.clearStaleReaders() }
      if vaults.hasFormer { _ = try overwriteFormerVaults() }
    } catch {
      // The events are in. What was not done now is done at the next look.
    }
  }

  private static let commitsBetweenLooks = 8
}

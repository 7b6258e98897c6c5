import Synchronization
import Touchlog
import TouchlogStore

/// Folds a stretch of the log on several threads: each takes the next piece, and has tables of its own. Rows merge, so it
/// does not matter who folded what.
struct LogFold {
  let store: Store
  let jobs: Int
  /// Bytes of entries at which folding stops, so that they can go to disk.
  let memory: Int

  /// How many events a thread takes at a time: fewer where there is little memory, which it is held against after each.
  var piece: UInt64 { UInt64(min(max(memory / 512, 256), 1 << 15)) }

  /// A projection to be folded.
  struct Target {
    let fold: Fold
    /// The first position that it has not folded.
    let from: UInt64
  }

  /// Folds from `start` on, until `end` or until the memory is full.
  ///
  /// - Parameters:
  ///   - targets: get what is folded; those whose `from` is after `start` are left out.
  ///   - latest: only events that had occurred by then.
  ///   - progress: told how many events are folded, now and then, on the calling thread; what it throws ends the folding.
  /// - Returns: the position up to which all of them have folded.
  func run(
    _ targets: [Target], from start: UInt64, to end: UInt64, through latest: Timestamp = Timestamp(microseconds: .max),
    progress: (UInt64) throws -> Void = { _ in },
  ) throws -> UInt64 {
    let piece = piece
    let active = targets.filter { $0.from <= start }
    // Whoever joins later makes a seam: nobody folds across it.
    let end = targets.map(\.from).filter { $0 > start }.reduce(end, min)
    let pieces = Int((end - start + piece - 1) / piece)
    let workers = max(1, min(jobs, pieces))
    let folds = (0..<workers).map { _ in active.map { Handed($0.fold.another()) } }
    let shared = Shared()
    try withoutActuallyEscaping(progress) { progress in
      // Proof: only the calling thread calls it, which is the one that takes worker 0 first.
      let tell = Handed(progress)
      let caller = Handed(ThreadMark())
      _ = try Threads.map(workers) { worker in
        while !shared.isStopped.load(ordering: .relaxed) {
          let number = UInt64(shared.next.add(1, ordering: .relaxed).oldValue)
          let from = start + number * piece
          guard from < end else { return }
          let until = min(from + piece, end)
          do {
            try store.forEachBatch(in: from..<until) { batch in
              for fold in folds[worker] { fold.value.apply(batch, through: latest) }
            }
            let bytes = try folds[worker].reduce(0) { try $0 + $1.value.pendingBytes() }
            if bytes > memory / workers { shared.isStopped.store(true, ordering: .relaxed) }
            shared.done.add(Int(until - from), ordering: .relaxed)
            if caller.value.isHere { try tell.value(UInt64(shared.done.load(ordering: .relaxed))) }
          } catch {
            shared.isStopped.store(true, ordering: .relaxed)
            throw error
          }
        }
      }
    }
    for worker in folds {
      for (target, fold) in zip(active, worker) { try target.fold.absorb(fold.value) }
    }
    let taken = min(UInt64(shared.next.load(ordering: .relaxed)), UInt64(pieces))
    return min(start + taken * piece, end)
  }

  private final class Shared: Sendable {
    let next = Atomic(0)
    let done = Atomic(0)
    let isStopped = Atomic(false)
  }
}

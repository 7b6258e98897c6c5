import LMDB
import Synchronization
import Touchlog

extension StoreFiles {
  /// Checks one state of a store: on several threads whether all is as it was written; where it is not, and where pages
  /// have to be left out, on one thread that tells what is wrong.
  ///
  /// - Parameters:
  ///   - jobs: how many threads; nil for one for each processor.
  ///   - storeKey: the key for what there is; what it throws ends the check.
  func verify(
    jobs: Int?, formats: RecordFormats, storeKey: (States) throws -> StoreKey,
    progress: (UInt64, UInt64) throws -> Void, found: (Verification.Damage) throws -> Void,
  ) throws -> Verification {
    if unreadable.isEmpty {
      let confirmation = try withStates { states in
        var verifier = Verifier(states, storeKey: try storeKey(states), formats: formats)
        return try verifier.confirm(jobs: jobs ?? Threads.processors, progress: progress)
      }
      if case .sound(let verification) = confirmation { return verification }
    }
    return try withStates { states in
      var verifier = Verifier(states, storeKey: try storeKey(states), formats: formats)
      try verifier.run(progress: progress, found: found)
      return verifier.result
    }
  }
}

/// What several threads can say of a store.
enum Confirmation {
  case sound(Verification)
  /// Something is not as it should be; a `Verifier` that runs says what.
  case doubtful
}

extension Verifier {
  /// Looks whether everything is as it should be: whatever `run` would tell makes it doubtful. A verifier that has
  /// looked is used up.
  ///
  /// - Parameter progress: how many events are checked, and how many there are, on the calling thread.
  @available(*, noasync, message: "it waits for its threads")
  mutating func confirm(jobs: Int, progress: (UInt64, UInt64) throws -> Void) throws -> Confirmation {
    let end = headers.entries
    try progress(0, end)
    var beats = 0
    func beat() throws {
      beats += 1
      if beats % 4096 == 0 { try progress(end, end) }
    }
    try verifyTreePages(beat)
    guard let plan = ConfirmationPlan(self), let parts = try confirm(plan, jobs: jobs, progress: progress),
      take(parts, of: plan)
    else { return .doubtful }
    for step in Step.allCases where step != .identities && step != .streams {
      try verify(step, beat)
      guard list.damages.isEmpty else { return .doubtful }
      try progress(end, end)
    }
    return .sound(result)
  }

  /// Answers what each thread has found; nil where one has found something that is not as it should be.
  private func confirm(
    _ plan: ConfirmationPlan, jobs: Int, progress: (UInt64, UInt64) throws -> Void,
  ) throws -> [ConfirmedPart]? {
    let workers = max(1, min(jobs, plan.pieces.count, PageFile.mostReaders))
    let (log, vault) = (states.log, states.vault)
    let files = (0..<workers).map { Handed((log: log.file(for: $0), vault: vault.file(for: $0))) }
    let overflow = log.emptyPageSet()
    let shared = Shared()
    let parts = try withoutActuallyEscaping(progress) { progress in
      // Proof: only the calling thread calls it.
      let tell = Handed(progress)
      let caller = Handed(ThreadMark())
      return try Threads.map(workers) { worker in
        let files = files[worker].value
        // Which page is being read is told of both together.
        files.log.beginReading()
        defer { files.log.endReading() }
        var thread = ConfirmingThread(plan, log: files.log, vault: files.vault, overflow: overflow)
        do {
          while let piece = shared.next(of: plan) {
            guard thread.confirm(piece) else {
              shared.stop()
              break
            }
            let done = shared.finish(piece)
            if caller.value.isHere { try tell.value(done, plan.end) }
          }
        } catch {
          shared.stop()
          throw error
        }
        return thread.part
      }
    }
    return shared.isStopped ? nil : parts
  }

  /// Which piece is next, and how far all have come.
  private final class Shared: Sendable {
    private let taken = Atomic(0)
    private let done = Atomic<UInt64>(0)
    private let hasStopped = Atomic(false)

    var isStopped: Bool { hasStopped.load(ordering: .relaxed) }

    func stop() { hasStopped.store(true, ordering: .relaxed) }

    func next(of plan: ConfirmationPlan) -> ConfirmationPlan.Piece? {
      guard !isStopped else { return nil }
      let number = taken.add(1, ordering: .relaxed).oldValue
      return number < plan.pieces.count ? plan.pieces[number] : nil
    }

    /// Answers how many events are checked.
    func finish(_ piece: ConfirmationPlan.Piece) -> UInt64 {
      guard case .records(let positions) = piece else { return done.load(ordering: .relaxed) }
      return done.add(UInt64(positions.count), ordering: .relaxed).newValue
    }
  }

  // MARK: Together

  /// Puts together what the threads have found, as if one had looked at the records in order; false where the parts do
  /// not fit each other.
  private mutating func take(_ parts: [ConfirmedPart], of plan: ConfirmationPlan) -> Bool {
    var (identities, streams, customers) = (Balance(), Balance(), Balance())
    var (identityCount, streamCount, customerCount, referenceCount): (UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0)
    var overflow = ConfirmedPart.OverflowCounts()
    for part in parts {
      identities.add(part.identities)
      streams.add(part.streams)
      customers.add(part.customers)
      identityCount += part.identityCount
      streamCount += part.streamCount
      customerCount += part.customerCount
      referenceCount += part.referenceCount
      highestRow = [highestRow, part.highestRow].compactMap { $0 }.max()
      overflow.add(part.overflowPages)
      subtrees += part.subtrees
      erasures += part.erasures
      highestName = [highestName, part.highestName].compactMap { $0 }.max()
      tails.highest = [tails.highest, part.highestCustomer.map { CustomerNumber($0) }].compactMap { $0 }.max()
      guard states.log.take(part.overflow) else { return false }
    }
    events = plan.end
    areCustomersConfirmed =
      customers.isEven && customerCount == plan.customers.entries && referenceCount == plan.references.entries
    let expected = ConfirmedPart.OverflowCounts(
      headers: plan.headers.overflowPages, payloads: plan.payloads.overflowPages)
    return areCustomersConfirmed && identities.isEven && streams.isEven && identityCount == plan.identities.entries
      && streamCount == plan.streams.entries && overflow == expected && take(parts.flatMap(\.records))
  }

  /// Puts the pieces of records one behind the other.
  private mutating func take(_ pieces: [ConfirmedPart.Records]) -> Bool {
    var last = Timestamp.earliest
    var areKept = true
    for piece in pieces.sorted(by: { $0.positions.lowerBound < $1.positions.lowerBound }) {
      guard piece.positions.lowerBound == frontier.size, piece.firstRecordedAt >= last else { return false }
      last = piece.lastRecordedAt
      var rest = piece.frontier.size
      for root in piece.frontier.roots {
        let level = UInt64.bitWidth - 1 - rest.leadingZeroBitCount
        rest &-= 1 << UInt64(level)
        let tree = tree
        var completed = 0
        frontier.append(root, level: level) { subtree in
          completed += 1
          if !tree.keeps(subtree, through: states.log.file(for: 0)) { areKept = false }
        }
        subtrees += completed
      }
    }
    return areKept && frontier.size == events
  }
}

extension ConfirmedPart.OverflowCounts {
  fileprivate mutating func add(_ other: ConfirmedPart.OverflowCounts) {
    headers += other.headers
    payloads += other.payloads
  }
}

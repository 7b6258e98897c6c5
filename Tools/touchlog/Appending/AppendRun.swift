import Dispatch
import JSON
import Touchlog
import TouchlogStore

/// One run of `append` or `import`: a thread reads, tasks check and seal, and one after the other is committed.
///
/// A commit overlaps with the preparing of later batches. How far reading runs ahead is bounded, and so is memory.
struct AppendRun {
  let store: Store
  let input: InputFile
  /// Events in a commit.
  let batchSize: Int
  /// Anything but `.any` puts the whole input into one commit.
  let expectation: Expectation
  let rejects: RejectFile?
  let isQuiet: Bool
  /// Whether each commit is told on standard output, for adapters that wait for it.
  let printsReceipts: Bool

  /// How the work ended: with what, and why before its end.
  struct Outcome {
    var totals: AppendTotals
    var elapsed: Duration
    var bytesRead: Int
    var failure: (any Error)?
  }

  /// Batches that are being prepared or wait for their commit, besides the one that is under way.
  private static let lookAhead = 3

  /// - Parameter read: reads the input to its end on a thread of its own.
  func callAsFunction(_ read: @escaping @Sendable (BatchMaker) throws -> Void) async -> Outcome {
    let handover = Handover<Task<PreparedBatch, Never>>(capacity: AppendRun.lookAhead)
    startReading(into: handover, read)
    var appender = Appender(to: store, from: input.name, rejects: rejects)
    var progress = ProgressBar(unit: "events", isQuiet: isQuiet)
    var failure: (any Error)?
    var bytesRead = 0
    do {
      while let task = await handover.next() {
        let batch = await task.value
        try Interruption.check()
        try await appender.append(batch, expecting: expectation)
        if printsReceipts { try printReceipt(of: appender.totals) }
        bytesRead = batch.bytesRead
        let fraction = input.totalBytes.flatMap { $0 > 0 ? Double(bytesRead) / Double($0) : nil }
        progress.update(appender.totals.contained, fraction: fraction)
      }
    } catch {
      failure = error
    }
    handover.cancel()
    progress.clear()
    return Outcome(totals: appender.totals, elapsed: progress.elapsed, bytesRead: bytesRead, failure: failure)
  }

  /// How many events of the input are on disk by now, and how many the log has.
  private func printReceipt(of totals: AppendTotals) throws {
    guard let head = totals.head else { return }
    var writer = JSONWriter()
    writer.object { object in
      object.member("contained", totals.contained)
      object.member("appended", totals.appended)
      object.member("head", head.value)
    }
    try (writer.bytes + [UInt8(ascii: "\n")]).withUnsafeBytes { try Output.writeThrough($0) }
  }

  private func startReading(
    into handover: Handover<Task<PreparedBatch, Never>>, _ read: @escaping @Sendable (BatchMaker) throws -> Void,
  ) {
    let (store, input, isRejecting) = (store, ReadingInput(input), rejects != nil)
    // One more than may be in an append, so that a file that is too large is refused and not split.
    let batchSize = expectation == .any ? batchSize : Limits.eventsPerAppend + 1
    DispatchQueue(label: "touchlog.reading").async {
      let input = input.file
      let name = input.name
      let maker = BatchMaker(size: batchSize, keepsTexts: isRejecting, input: input) { batch in
        handover.push(
          Task { PreparedBatch(batch, for: store, inputName: name, isRejecting: isRejecting) })
      }
      // A feed that pauses does not keep others from seeing what has come.
      input.whenIdle = { [unowned maker] in try maker.flush() }
      do {
        try read(maker)
      } catch is BatchMaker.Unwanted {
        // The other side has ended, and knows why.
      } catch {
        maker.fail(error)
      }
      handover.finish()
    }
  }
}

/// Hands the input to the thread that reads it.
// Sendable because from then on only that thread touches what changes; the others ask for its name and size, which
// never change.
private struct ReadingInput: @unchecked Sendable {
  let file: InputFile

  init(_ file: InputFile) {
    self.file = file
  }
}

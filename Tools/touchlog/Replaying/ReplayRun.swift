import TouchlogReplay

/// Folding with a progress bar, which Ctrl-C ends.
struct ReplayRun {
  let isQuiet: Bool
  private let began = ContinuousClock.now

  init(isQuiet: Bool) {
    self.isQuiet = isQuiet
  }

  /// Calls `body` with what is to be told of progress.
  func run<Result>(_ body: (Replay.Progress) throws -> Result) throws -> Result {
    Interruption.watch()
    var progress = ProgressBar(unit: "events", isQuiet: isQuiet)
    do {
      let result = try body { folded, total in
        try Interruption.check()
        progress.update(Int(folded), fraction: total == 0 ? nil : Double(folded) / Double(total))
      }
      progress.clear()
      return result
    } catch let interruption as Interruption {
      progress.clear()
      throw Failure("interrupted. What is on disk is whole, and goes on from there", interruption.status)
    } catch {
      progress.clear()
      throw error
    }
  }

  /// How fast it was, for people.
  func tellRate(_ events: UInt64) {
    guard !isQuiet, events > 0 else { return }
    let elapsed = ContinuousClock.now - began
    let rate = Int(Double(events) / max(elapsed.seconds, 0.001))
    writeWhole("touchlog: \(elapsed.short), \(rate.grouped) events/s\n", to: standardError)
  }
}

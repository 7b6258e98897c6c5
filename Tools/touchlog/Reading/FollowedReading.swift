import Dispatch
import Touchlog
import TouchlogStore

/// `read --follow`: prints what a query admits, and then what comes, until there is a reason to end.
struct FollowedReading {
  let store: Store
  let query: Query
  /// Events after which it ends; nil: never.
  let limit: Int?
  let isJSON: Bool

  /// Prints until the limit, Ctrl-C, or the end of whoever reads the output.
  func run() async throws {
    Interruption.watch()
    let printing = Task { try await print() }
    // A pipe whose reader is gone is noticed even when there is nothing to write to it.
    DispatchQueue(label: "touchlog.output").async {
      if Interruption.waitForSignalOrClosing(of: standardOutput) { printing.cancel() }
    }
    try await printing.value
  }

  private func print() async throws {
    var printer = EventPrinter(json: isJSON, isInterruptible: true)
    var printed = query.from ?? Position(0)
    var remaining = limit ?? .max
    do {
      for try await batch in try store.subscription(to: query) {
        printer.fit(head: batch.head)
        for event in batch.events.prefix(remaining) { try printer.print(event) }
        remaining -= min(remaining, batch.events.count)
        // Whoever reads along sees all there is, on a terminal as in a pipe.
        try printer.flush()
        if remaining == 0 { return }
        printed = batch.position
      }
    } catch is CancellationError {
      try FollowedReading.end(at: printed)
    } catch is Interruption {
      try FollowedReading.end(at: printed)
    }
  }

  /// Tells where to go on after an interruption; the other reason for an early end is that nobody reads the output.
  private static func end(at position: Position) throws {
    do {
      try Interruption.check()
    } catch {
      throw Failure(
        "interrupted. All before position \(position) is printed; go on with --from \(position)", error.status)
    }
    throw BrokenPipe()
  }
}

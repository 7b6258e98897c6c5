import Dispatch
import Testing

@testable import TouchlogCommand

@Suite struct `Handing over` {
  /// Runs blocking work on a thread of its own, as reading does: on the pool, it would keep other tests from running.
  private func onThread<Result: Sendable>(_ work: @escaping @Sendable () -> Result) async -> Result {
    await withCheckedContinuation { continuation in
      DispatchQueue(label: "handing over").async { continuation.resume(returning: work()) }
    }
  }

  @Test func `elements arrive in order, and the end is told`() async {
    let handover = Handover<Int>(capacity: 3)
    async let isWanted = onThread {
      for number in 0..<1000 where !handover.push(number) { return false }
      handover.finish()
      return true
    }
    var received: [Int] = []
    while let number = await handover.next() { received.append(number) }
    #expect(received == Array(0..<1000))
    #expect(await isWanted)
    #expect(await handover.next() == nil)
  }

  @Test func `whoever pushes is told that nobody wants more`() async {
    let handover = Handover<Int>(capacity: 1)
    async let pushed = onThread {
      var count = 0
      while handover.push(count) { count += 1 }
      return count
    }
    #expect(await handover.next() == 0)
    handover.cancel()
    #expect(await pushed >= 1)
  }
}

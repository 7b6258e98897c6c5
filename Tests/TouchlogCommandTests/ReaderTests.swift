import Foundation
import JSON
import Testing

/// What readers that stay, or were killed, cost the file that somebody appends to.
@Suite struct `The log's file` {
  private static let commits = 150

  /// A store with more events than a reading passes in a moment.
  private func filled() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    try sandbox.write(Sample.lines(20_000), to: "events.ndjson")
    try #require(try sandbox.touchlog("append", "events.ndjson", "--quiet").status == 0)
    return sandbox
  }

  /// By how many bytes the file grows while events come in, each in a commit of its own.
  private func growth(in inspection: LogInspection, of sandbox: Sandbox, _ name: String) throws -> Int {
    let before = try inspection.bytes
    let lines = (0..<Self.commits).map { Sample.event("\(name) \($0)", ["interaction": "\"\(name) \($0)\""]) + "\n" }
    let outcome = try sandbox.touchlog("append", "-", "--batch", "1", input: lines.joined())
    try #require(outcome.status == 0, "\(outcome.errors)")
    return try inspection.bytes - before
  }

  @Test func `is used again once a reader that was killed has been cleared away`() throws {
    let sandbox = try filled()
    let inspection = try LogInspection(of: sandbox)
    let free = try growth(in: inspection, of: sandbox, "free")
    let reader = try inspection.stoppedReader(in: sandbox)
    let id = reader.id
    let held = try growth(in: inspection, of: sandbox, "held")
    reader.signal(SIGKILL)
    #expect(reader.wait() == 128 + SIGKILL)
    #expect(try inspection.hasReader(id), "nobody has cleared it away yet")
    let cleared = try growth(in: inspection, of: sandbox, "cleared")
    #expect(try !inspection.hasReader(id))
    // An open transaction costs a dozen pages for each commit; without one, nearly all pages are used again.
    #expect(held > Self.commits * 8 * 4096, "free \(free), held \(held), cleared \(cleared)")
    #expect(cleared < held / 8, "free \(free), held \(held), cleared \(cleared)")
    #expect(free < held / 8, "free \(free), held \(held), cleared \(cleared)")
    print("growth over \(Self.commits) commits: free \(free), held \(held), cleared \(cleared) bytes")
  }

  @Test func `is used again by a writer that was there when its reader was killed`() throws {
    let sandbox = try filled()
    let inspection = try LogInspection(of: sandbox)
    let calls = try Spout("calls", in: sandbox)
    let receipts = try Feed("receipts", in: sandbox)
    let writer = try sandbox.startShell(
      "exec \"$TOUCHLOG\" append - --batch 1 --receipts --quiet <calls >receipts", as: "writer")
    func growth(_ name: String) throws -> Int {
      let before = try inspection.bytes
      for number in 0..<Self.commits {
        try calls.write(Sample.event("\(name) \(number)", ["interaction": "\"\(name) \(number)\""]))
        _ = try #require(try receipts.line())
      }
      return try inspection.bytes - before
    }
    let reader = try inspection.stoppedReader(in: sandbox)
    let held = try growth("held")
    reader.signal(SIGKILL)
    _ = reader.wait()
    let cleared = try growth("cleared")
    #expect(held > Self.commits * 8 * 4096, "held \(held), cleared \(cleared)")
    #expect(cleared < held / 8, "held \(held), cleared \(cleared)")
    print("growth over \(Self.commits) commits of one writer: held \(held), cleared \(cleared) bytes")
    writer.signal(SIGTERM)
    #expect(writer.waitAMinute() == 143)
  }

  @Test func `is not kept from being used again by readers whose output waits`() throws {
    let sandbox = try filled()
    let inspection = try LogInspection(of: sandbox)
    let page = try Feed("page", in: sandbox)
    let live = try Feed("live", in: sandbox)
    let pager = try sandbox.startShell("exec \"$TOUCHLOG\" read >page", as: "pager")
    let follower = try sandbox.startShell("exec \"$TOUCHLOG\" read --follow --json >live", as: "follower")
    // A little of each is taken: both have begun, and wait for the rest to be taken.
    #expect(try page.positions(1) == [0])
    #expect(try live.line() != nil)
    let growth = try growth(in: inspection, of: sandbox, "paused")
    #expect(growth < Self.commits * 4096, "\(growth) bytes")
    print("growth over \(Self.commits) commits beside two readers that pause: \(growth) bytes")
    // What they give out in the end is whole: the log as it was for the one, and as it is for the other.
    #expect(try page.positions(19_999) == Array(1..<20_000))
    #expect(try page.line() == nil)
    #expect(pager.waitAMinute() == 0)
    for _ in 1..<20_000 + Self.commits { _ = try #require(try live.line()) }
    follower.signal(SIGTERM)
    #expect(follower.waitAMinute() == 143)
  }
}

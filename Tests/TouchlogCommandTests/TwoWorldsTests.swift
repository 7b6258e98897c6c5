import Foundation
import JSON
import Testing
import TouchlogTesting

/// Readers in other processes while a writer's process is killed with `kill -9` at random points, over and over.
///
/// `TOUCHLOG_KILL_ROUNDS` says how often; `TOUCHLOG_SEED` where in time.
@Suite struct `Readers beside a writer` {
  private static let rounds = ProcessInfo.processInfo.environment["TOUCHLOG_KILL_ROUNDS"].flatMap { Int($0) } ?? 15
  private static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7
  /// Events after which there is a new store: reading all of them again and again takes its time.
  private static let events = 1500

  @Test func `see a beginning of what is appended that only grows, whenever the writer is killed`() async throws {
    var random = SplitMix64(seed: Self.seed)
    var totals = (killed: 0, readings: 0, heads: Set<Int>())
    var rounds = 0
    while rounds < Self.rounds {
      let sandbox = try Sandbox.withStore()
      try sandbox.write((0..<Self.events).map { Self.line($0) + "\n" }.joined(), to: "events.ndjson")
      let watch = ReaderWatch(sandbox)
      let follower = try sandbox.startShell(
        "exec \"$TOUCHLOG\" read --follow --json --limit \(Self.events)", as: "follower")
      let (store, seed, left) = (sandbox, random.next(), Self.rounds - rounds)
      let killed = try await onThread {
        watch.start()
        defer { watch.stop() }
        return try Self.killWriters(of: store, seed: seed, rounds: left)
      }
      #expect(watch.faults == [])
      rounds += max(killed, 1)
      totals.killed += killed
      totals.readings += watch.readings
      totals.heads.formUnion(watch.heads)
      #expect(follower.waitAMinute() == 0)
      #expect(try sandbox.read("follower.err").isEmpty)
      #expect(try ReaderWatch.ids(in: try sandbox.read("follower.out")) == (0..<Self.events).map { "e\($0)" })
    }
    #expect(totals.killed >= Self.rounds / 2)
    #expect(totals.heads.count > 3, "they saw the log at several lengths")
    print("\(totals.killed) writers killed; \(totals.readings) readings, at \(totals.heads.count) heads")
  }

  private static func line(_ number: Int) -> String {
    Sample.event(
      "e\(number)",
      [
        "interaction": "\"i\(number / 3)\"", "subject": number % 5 == 0 ? nil : "\"crm:\(number / 4)\"",
        "topic": "\"topic-\(number / 50)\"",
      ])
  }

  /// Kills one writer after the other, and lets one come to its end; answers how many were killed.
  private static func killWriters(of sandbox: Sandbox, seed: UInt64, rounds: Int) throws -> Int {
    var random = SplitMix64(seed: seed)
    for round in 0..<rounds {
      let batch = Int.random(in: 1...10, using: &random)
      let child = try sandbox.startShell(
        "exec \"$TOUCHLOG\" append events.ndjson --batch \(batch) --quiet", as: "writer")
      usleep(UInt32.random(in: 20_000...250_000, using: &random))
      child.signal(SIGKILL)
      guard child.wait() == 128 + SIGKILL else { return round }
    }
    try #require(try sandbox.touchlog("append", "events.ndjson", "--batch", "10", "--quiet").status == 0)
    return rounds
  }

  @Test func `a second writer is told who writes, and takes over once that one was killed`() throws {
    let sandbox = try Sandbox.withStore()
    let calls = try Spout("calls", in: sandbox)
    let receipts = try Feed("receipts", in: sandbox)
    let first = try sandbox.startShell(
      "exec \"$TOUCHLOG\" append - --batch 1 --receipts --quiet <calls >receipts", as: "writer")
    try calls.write(Sample.event("a"))
    #expect(try receipts.line()?.contains("\"head\":1") == true)
    let refused = try sandbox.touchlog("append", "-", input: Sample.event("b"))
    #expect(refused.status == 2)
    #expect(
      refused.errors == """
        touchlog: store is being written by process \(first.id) (touchlog append). One process writes at a time: stop \
        that one, or wait for its end

        """)
    first.signal(SIGKILL)
    #expect(first.wait() == 128 + SIGKILL)
    let second = try sandbox.touchlog("append", "-", "--json", input: Sample.event("b"))
    #expect(second.status == 0, "\(second.errors)")
    #expect(try JSONValue(parsing: second.output)["head"] == 2)
  }
}

import Foundation
import StubbornAppender
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

/// Appends that are killed with `kill -9` at random points, over and over on one store.
///
/// `TOUCHLOG_KILL_ROUNDS` says how often; `TOUCHLOG_SEED` where in time.
@Suite struct KillTests {
  private static let rounds = ProcessInfo.processInfo.environment["TOUCHLOG_KILL_ROUNDS"].flatMap { Int($0) } ?? 100
  private static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7
  private static let events = 400

  @Test func `what is acknowledged is there once, whenever the process is killed`() throws {
    var random = SplitMix64(seed: KillTests.seed)
    var killed = 0
    var whole = 0
    // Rounds whose acknowledgements went beyond what earlier rounds had left: only these weigh anything.
    var weighed = 0
    var former = 0
    // Kills are spread over a run from its start to its end, however long that takes here just now: later ones come
    // earlier after a run that was over, and later after one that had acknowledged nothing yet.
    var longest: UInt32 = 150_000
    var sandbox = try Sandbox.withStore()
    for round in 0..<KillTests.rounds {
      let note: Comment = "seed \(KillTests.seed), round \(round)"
      let batch = Int.random(in: 1...20, using: &random)
      let delay = UInt32.random(in: 0...longest, using: &random)
      // A retry of the last events, and then new ones, as an adapter goes on after a crash.
      let start = max(0, former - 20)
      try KillTests.write(start..<KillTests.events, to: sandbox)
      let child = try sandbox.start("append", "events.ndjson", "--batch", "\(batch)", "--receipts", "--quiet")
      usleep(delay)
      child.signal(SIGKILL)
      let status = child.wait()
      killed += status == 128 + SIGKILL ? 1 : 0
      if status == 0 { longest -= longest / 8 }
      let contained = try KillTests.acknowledged(in: sandbox)
      let acknowledged = contained == 0 ? 0 : start + contained
      let head = try KillTests.check(sandbox, acknowledged: acknowledged, note)
      #expect(head >= former, note)
      weighed += acknowledged > former ? 1 : 0
      if contained == 0 { longest += longest / 8 }
      if round % 1000 == 999 {
        print("\(round + 1) rounds: \(killed) killed, \(weighed) after new acknowledgements")
        fflush(nil)
      }
      former = head
      if head == KillTests.events {
        whole += 1
        former = 0
        sandbox = try Sandbox.withStore()
      }
    }
    #expect(killed > KillTests.rounds / 2, "most were killed before their end; \(whole) logs were filled")
    #expect(weighed > KillTests.rounds / 5, "many were killed after new events had been acknowledged")
    print("\(killed) of \(KillTests.rounds) rounds killed, \(weighed) after new acknowledgements, \(whole) logs filled")
    // What a killed process left behind does not keep the next one from finishing.
    try KillTests.write(0..<KillTests.events, to: sandbox)
    #expect(try sandbox.touchlog("append", "events.ndjson").status == 0)
    #expect(try KillTests.check(sandbox, acknowledged: KillTests.events, "at the end") == KillTests.events)
  }

  private static let lines = (0..<events).map { Calls.text($0..<$0 + 1) }

  private static func write(_ numbers: Range<Int>, to sandbox: Sandbox) throws {
    try sandbox.write(lines[numbers].joined(), to: "events.ndjson")
  }

  /// How many events of the file the last whole receipt says are on disk.
  private static func acknowledged(in sandbox: Sandbox) throws -> Int {
    let lines = try sandbox.read("last.out").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    // A run that came to its end closes with a summary for people.
    return try lines.last { $0.hasPrefix("{") }.flatMap { try Calls.contained(in: $0) } ?? 0
  }

  /// The log is a beginning of the file, with all that was acknowledged, sound and each event once.
  private static func check(_ sandbox: Sandbox, acknowledged: Int, _ note: Comment) throws -> Int {
    let path = sandbox.path("store")
    let id = try Store.id(at: path)
    let store = try Store(
      opening: path, keyPath: sandbox.path(".config/touchlog/keys/\(id).key"), access: .reading)
    #expect(try store.verify().damages == [], note)
    let ids = try store.events().map(\.event.id)
    #expect(ids == ids.indices.map { "e\($0)" }, note)
    #expect(ids.count >= acknowledged, note)
    return ids.count
  }
}

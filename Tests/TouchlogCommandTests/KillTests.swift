import Foundation
import JSON
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

/// Appends that are killed with `kill -9` at random points, over and over on one store.
///
/// `TOUCHLOG_KILL_ROUNDS` says how often; `TOUCHLOG_SEED` where in time.
@Suite struct KillTests {
  private static let rounds = ProcessInfo.processInfo.environment["TOUCHLOG_KILL_ROUNDS"].flatMap { Int($0) } ?? 40
  private static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7
  private static let events = 6000

  @Test func `what is acknowledged is there once, whenever the process is killed`() throws {
    var random = SplitMix64(seed: KillTests.seed)
    var killed = 0
    var whole = 0
    // Rounds whose acknowledgements went beyond what earlier rounds had left: only these weigh anything.
    var weighed = 0
    var former = 0
    var sandbox = try Sandbox.withStore()
    for round in 0..<KillTests.rounds {
      let note: Comment = "seed \(KillTests.seed), round \(round)"
      let batch = Int.random(in: 1...60, using: &random)
      let delay = Int.random(in: 0...150_000, using: &random)
      // A retry of the last events, and then new ones, as an adapter goes on after a crash.
      let start = max(0, former - 20)
      try KillTests.write(start..<KillTests.events, to: sandbox)
      let child = try sandbox.start("append", "events.ndjson", "--batch", "\(batch)", "--receipts", "--quiet")
      // On a busy machine, starting alone may take longer than the delay; a fourth is killed even so.
      if round % 4 != 0 { KillTests.waitForWriter(child.id, in: sandbox) }
      usleep(UInt32(delay))
      child.signal(SIGKILL)
      let status = child.wait()
      killed += status == 128 + SIGKILL ? 1 : 0
      let contained = try KillTests.acknowledged(in: sandbox)
      let acknowledged = contained == 0 ? 0 : start + contained
      let head = try KillTests.check(sandbox, acknowledged: acknowledged, note)
      #expect(head >= former, note)
      weighed += acknowledged > former ? 1 : 0
      former = head
      if head == KillTests.events {
        whole += 1
        former = 0
        sandbox = try Sandbox.withStore()
      }
    }
    #expect(killed > KillTests.rounds / 2, "most were killed before their end; \(whole) logs were filled")
    #expect(weighed > KillTests.rounds / 4, "many were killed after new events had been acknowledged")
    print("\(killed) of \(KillTests.rounds) rounds killed, \(weighed) after new acknowledgements, \(whole) logs filled")
    // What a killed process left behind does not keep the next one from finishing.
    try KillTests.write(0..<KillTests.events, to: sandbox)
    #expect(try sandbox.touchlog("append", "events.ndjson").status == 0)
    #expect(try KillTests.check(sandbox, acknowledged: KillTests.events, "at the end") == KillTests.events)
  }

  /// Waits until a process has taken the writer's lock, up to ten seconds.
  private static func waitForWriter(_ process: pid_t, in sandbox: Sandbox) {
    let line = Data("process \(process) ".utf8)
    for _ in 0..<10_000
    where FileManager.default.contents(atPath: sandbox.path("store/writer.lock"))?
      .starts(with: line) != true
    {
      usleep(1000)
    }
  }

  private static func write(_ numbers: Range<Int>, to sandbox: Sandbox) throws {
    // New customers and names all along, so that the vault is written in most commits.
    let lines = numbers.map { number in
      Sample.event(
        "e\(number)",
        [
          "interaction": "\"i\(number / 3)\"", "subject": number % 5 == 0 ? nil : "\"crm:\(number / 4)\"",
          "topic": "\"topic-\(number / 50)\"",
        ])
    }
    try sandbox.write(lines.joined(separator: "\n") + "\n", to: "events.ndjson")
  }

  /// How many events of the file the last whole receipt says are on disk.
  private static func acknowledged(in sandbox: Sandbox) throws -> Int {
    let lines = try sandbox.read("last.out").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
    // A run that came to its end closes with a summary for people.
    guard let last = lines.last(where: { $0.hasPrefix("{") }),
      case .number(let text)? = try JSONValue(parsing: String(last))["contained"]
    else {
      return 0
    }
    return try #require(Int(text))
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

import Foundation
import Testing
import TouchlogTesting

/// Views that are made, caught up and rebuilt by processes that are killed with `kill -9` at random points.
///
/// `TOUCHLOG_KILL_ROUNDS` says how often; `TOUCHLOG_SEED` where in time.
@Suite struct ReplayKillTests {
  private static let rounds = ProcessInfo.processInfo.environment["TOUCHLOG_KILL_ROUNDS"].flatMap { Int($0) } ?? 40
  private static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7

  @Test func `whenever it is killed, a view goes on and comes to the same rows`() throws {
    let sandbox = try Sandbox.withStore()
    var random = SplitMix64(seed: ReplayKillTests.seed)
    let command = Sandbox.built("touchlog")
    _ = try sandbox.shell("'\(command)' simulate --events 12000 --seed 7 | '\(command)' append - --quiet")
    // What one fold from the log's start gives, without a view.
    let expected = try sandbox.touchlog("projections", "--digest").output
    #expect(expected.split(separator: "\n").count >= 3)
    var killed = 0
    var whole = 0
    var longest: UInt32 = 400_000
    for round in 0..<ReplayKillTests.rounds {
      let note: Comment = "seed \(ReplayKillTests.seed), round \(round)"
      let rebuilds = Bool.random(using: &random)
      let jobs = "\(Int.random(in: 1...3, using: &random))"
      // Little memory: each view is flushed many times.
      let child =
        rebuilds
        ? try sandbox.start("rebuild", "--all", "--memory", "1M", "--jobs", jobs, "--quiet")
        : try sandbox.start("replay", "--memory", "1M", "--jobs", jobs, "--quiet")
      usleep(UInt32.random(in: 0...longest, using: &random))
      child.signal(SIGKILL)
      let status = child.wait()
      killed += status == 128 + SIGKILL ? 1 : 0
      if status == 0 {
        whole += 1
        longest -= longest / 8
        // Begun anew, so that there is something to kill.
        if Bool.random(using: &random) { try FileManager.default.removeItem(atPath: sandbox.path("store/views")) }
      } else {
        longest += longest / 8
      }
      if round % 4 == 3 || round == ReplayKillTests.rounds - 1 {
        let found = try sandbox.touchlog("projections", "--digest")
        let views = try sandbox.touchlog("projections").output
        #expect(found.output == expected, "\(note): \(found.errors) \(views)")
      }
    }
    #expect(killed > ReplayKillTests.rounds / 3, "\(whole) came to their end")
    print("\(killed) of \(ReplayKillTests.rounds) replays killed, \(whole) came to their end")
    #expect(try sandbox.touchlog("replay", "--quiet").status == 0)
    #expect(try sandbox.touchlog("projections", "--digest").output == expected)
    let rebuilt = try sandbox.touchlog("rebuild", "--all", "--quiet")
    #expect(rebuilt.output.components(separatedBy: "the same as the view before").count == 4, "\(rebuilt)")
  }
}

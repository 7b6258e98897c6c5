import Foundation
import JSON
import Testing

@Suite struct `The report on service` {
  private static func filled() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    try #require(
      try sandbox.shell("touchlog simulate --events 3000 --seed 7 | touchlog append -").status == 0)
    return sandbox
  }

  @Test func `is the same from a view on disk and from the log alone, and tells what it rests on`() throws {
    let sandbox = try Self.filled()
    let folded = try sandbox.shell("touchlog service --json --quiet")
    #expect(folded.status == 0, "\(folded.errors)")
    #expect(try sandbox.shell("touchlog replay --quiet").status == 0)
    let stored = try sandbox.shell("touchlog service --json --quiet")
    #expect(stored.output == folded.output)
    let json = try JSONValue(parsing: stored.output)
    #expect(json["provenance"]?["projection"] == "service-consistency")
    #expect(json["parameters"]?["repeat window"] == "7 days")
    guard case .array(let rows)? = json["rows"] else {
      Issue.record("a report has rows")
      return
    }
    #expect(rows.first?["group"] == "all" && rows.count > 5)
    #expect(rows.first?["interactions"] == json["interactions"])
  }

  @Test func `explains its figures, and bounds them by both clocks`() throws {
    let sandbox = try Self.filled()
    let rows = try sandbox.shell("touchlog service --csv --quiet | grep ',all,abandoned,'").output.split(separator: ",")
    let cases = try sandbox.shell("touchlog service --explain abandoned --csv --quiet").output
      .split(separator: "\r\n").dropFirst()
    #expect(rows.count > 3 && String(cases.count) == rows[2])
    let early = try JSONValue(
      parsing: try sandbox.shell("touchlog service --json --quiet --as-known-at 99").output)
    #expect(early["provenance"]?["head"] == 100)
    let text = try sandbox.shell("touchlog service --consistency --quiet").output
    #expect(text.hasPrefix("service-consistency v2 · log at 3,000") && !text.contains("\u{1B}"))
  }

  @Test(arguments: [
    ("--by colour", "channel, team, agent"), ("--group a", "--explain"), ("--json --csv", "choose one"),
    ("--calendar none.yaml", "none.yaml"), ("--level 2", "0.95"), ("--percentile-type 4", "1, 6 or 7"),
  ])
  func `says what it expected instead`(_ arguments: String, _ part: String) throws {
    let sandbox = try Sandbox.withStore()
    let outcome = try sandbox.shell("touchlog service \(arguments)")
    #expect(outcome.status != 0 && outcome.errors.contains(part), "\(outcome.errors)")
  }
}

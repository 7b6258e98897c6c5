import Foundation
import JSON
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

@Suite struct `Following` {
  /// Events of two customers, every fifth an unknown type, with ids from `first` on.
  private func append(_ count: Int, from first: Int, to sandbox: Sandbox, batch: Int = 10) throws {
    let lines = (first..<first + count).map { number in
      Sample.event(
        "e\(number)",
        [
          "subject": "\"crm:\(number % 2)\"", "interaction": "\"i\(number)\"",
          "type": number % 5 == 0 ? #""shop.visited""# : #""contact.started""#,
        ])
    }
    let outcome = try sandbox.touchlog("append", "-", "--batch", "\(batch)", input: lines.joined(separator: "\n"))
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  private func positions(in name: String, of sandbox: Sandbox) throws -> [Int] {
    try sandbox.read(name).split(separator: "\n").compactMap { Int($0.prefix { $0 != "\t" }) }
  }

  @Test func `what other processes append comes once, in order, whenever the reader began`() throws {
    let sandbox = try Sandbox.withStore()
    let all = try sandbox.startShell("exec \"$TOUCHLOG\" read --follow --limit 600", as: "all")
    try append(200, from: 0, to: sandbox, batch: 3)
    let late = try sandbox.startShell("exec \"$TOUCHLOG\" read -f --limit 550 --from 50", as: "late")
    let rare = try sandbox.startShell(
      "exec \"$TOUCHLOG\" read --follow --limit 60 --type shop.visited --customer crm:1", as: "rare")
    try append(200, from: 200, to: sandbox, batch: 1)
    try append(200, from: 400, to: sandbox, batch: 50)
    #expect(all.waitAMinute() == 0)
    #expect(late.waitAMinute() == 0)
    #expect(rare.waitAMinute() == 0)
    #expect(try positions(in: "all.out", of: sandbox) == Array(0..<600))
    #expect(try positions(in: "late.out", of: sandbox) == Array(50..<600))
    #expect(try positions(in: "rare.out", of: sandbox) == (0..<600).filter { $0 % 10 == 5 })
    for name in ["all", "late", "rare"] { #expect(try sandbox.read("\(name).err").isEmpty) }
  }

  @Test func `in a pipe, an event is out before the next is appended, and an interruption tells where to go on`() throws
  {
    let sandbox = try Sandbox.withStore()
    try append(3, from: 0, to: sandbox)
    let feed = try Feed("feed", in: sandbox)
    let child = try sandbox.startShell("exec \"$TOUCHLOG\" read --follow --tail 2 >feed", as: "last")
    #expect(try feed.positions(2) == [1, 2])
    for number in 3..<6 {
      try append(1, from: number, to: sandbox)
      #expect(try feed.positions(1) == [number])
    }
    child.signal(SIGTERM)
    #expect(child.waitAMinute() == 143)
    #expect(try feed.line() == nil)
    #expect(
      try sandbox.read("last.err")
        == "touchlog: interrupted. All before position 6 is printed; go on with --from 6\n")
  }

  @Test func `an interruption ends it also while the reader of its output pauses`() throws {
    let sandbox = try Sandbox.withStore()
    try append(3000, from: 0, to: sandbox, batch: 3000)
    let feed = try Feed("feed", in: sandbox)
    let child = try sandbox.startShell("exec \"$TOUCHLOG\" read --follow --json >feed", as: "last")
    // Much more is there than a pipe takes, and nobody takes more than this.
    #expect(try feed.line()?.hasPrefix("{") == true)
    child.signal(SIGTERM)
    #expect(child.waitAMinute() == 143)
    #expect(try sandbox.read("last.err").hasPrefix("touchlog: interrupted. All before position "))
  }

  @Test func `it ends when nobody reads its output, also with nothing left to print`() throws {
    let sandbox = try Sandbox.withStore()
    try append(5, from: 0, to: sandbox)
    for count in [2, 5] {
      let feed = try Feed("feed \(count)", in: sandbox)
      let child = try sandbox.startShell("exec \"$TOUCHLOG\" read --follow >'feed \(count)'", as: "last")
      #expect(try feed.positions(count) == Array(0..<count))
      feed.close()
      #expect(child.waitAMinute() == 0)
      #expect(try sandbox.read("last.err").isEmpty)
    }
  }

  @Test func `the tail is the last of what is asked for`() throws {
    let sandbox = try Sandbox.withStore()
    try append(20, from: 0, to: sandbox)
    func tail(_ options: String) throws -> [Int] {
      let outcome = try sandbox.shell("touchlog read \(options)")
      #expect(outcome.status == 0 && outcome.errors.isEmpty, "\(outcome)")
      return outcome.lines.compactMap { Int($0.prefix { $0 != "\t" }) }
    }
    #expect(try tail("--tail 3") == [17, 18, 19])
    #expect(try tail("--tail 0") == [])
    #expect(try tail("--tail 100") == Array(0..<20))
    #expect(try tail("--tail 2 --type shop.visited") == [10, 15])
    #expect(try tail("--tail 2 --type nobody.sent") == [])
    #expect(try tail("--tail 5 --customer crm:0 --from 16") == [16, 18])
    #expect(try tail("--tail 5 --limit 2") == [15, 16])
    #expect(try tail("--tail 3 --from 99") == [])
    #expect(try tail("--follow --tail 4 --limit 3") == [16, 17, 18])
    #expect(try tail("--follow --tail 2 --limit 2 --channel phone,chat") == [18, 19])
  }

  @Test func `what makes no sense with it is refused with the reason`() throws {
    let sandbox = try Sandbox.withStore()
    for (options, words) in [
      ("--follow --reverse", "--follow: what comes is the last, and cannot be printed first."),
      ("--tail 3 --reverse", "--tail: the last event first is --reverse"),
      ("--tail -1", "--tail"), ("--follow --limit 0", "--limit: expected 1 or more, found 0"),
    ] {
      let outcome = try sandbox.shell("touchlog read \(options)")
      #expect(outcome.status == 64, "\(options)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    let nowhere = try sandbox.shell("touchlog read --follow --store nowhere")
    #expect(nowhere.status == 2)
    #expect(nowhere.errors == "touchlog: there is no store at nowhere. Make one with: touchlog init nowhere\n")
  }

  @Test func `a subscriber goes on when another process takes over the writing`() async throws {
    let sandbox = try Sandbox.withStore()
    let store = try sandbox.open(.appending)
    _ = try await store.append([Samples.praise("a")])
    let subscription = try store.subscription(to: Query(until: Position(4)))
    async let positions = subscription.reduce(into: []) { $0 += $1.events.map(\.position.value) }
    store.stopAppending()
    try append(3, from: 0, to: sandbox, batch: 1)
    #expect(try await positions == [0, 1, 2, 3])
    try store.close()
  }
}

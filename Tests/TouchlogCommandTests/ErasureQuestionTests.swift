import Foundation
import JSON
import Testing
import TouchlogStore

@testable import TouchlogCommand

/// What `touchlog erase` does between its question and its end, at a terminal.
@Suite struct `The question before erasing` {
  private static let question = "to erase, anything else to leave all as it is: "

  @Test(arguments: [UInt16(60), 120])
  func `whoever types the reference erases, and has seen what there is`(columns: UInt16) throws {
    let sandbox = try ErasureWorld.made()
    let terminal = try PseudoTerminal(columns: columns)
    let child = try sandbox.start("erase", "crm:42", "--reason", "request 118", at: terminal)
    #expect(terminal.waits(for: "Type crm:42 \(Self.question)"))
    for line in terminal.shown.split(separator: "\n").dropLast() { #expect(line.count <= Int(columns), "\(line)") }
    #expect(terminal.shown.contains("  crm:42, number:0\n    3 events, on 2025-03-01, phone\n"))
    terminal.type("crm:42\n")
    #expect(child.waitAMinute() == 0, "\(terminal.shown)")
    #expect(try sandbox.read("last.out").hasPrefix("touchlog-erasure/1\n"))
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 1)
  }

  @Test(arguments: ["\n", "yes\n", "crm:4\n", "tel:+46701234567\n", "\u{4}"])
  func `any other answer leaves all as it is`(answer: String) throws {
    let sandbox = try ErasureWorld.made()
    let root = try ErasureWorld.root(of: sandbox)
    let terminal = try PseudoTerminal()
    let child = try sandbox.start("erase", "crm:42", "--reason", "r", at: terminal)
    #expect(terminal.waits(for: Self.question))
    terminal.type(answer)
    #expect(child.waitAMinute() == 1)
    #expect(terminal.shown.hasSuffix("\ntouchlog: not confirmed. Nobody was erased\n"), "\(terminal.shown)")
    #expect(try sandbox.read("last.out").isEmpty)
    #expect(try ErasureWorld.root(of: sandbox) == root)
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 0)
  }

  @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
  func `ended while it asks, it has done nothing`(signal: Int32) throws {
    let sandbox = try ErasureWorld.made()
    let root = try ErasureWorld.root(of: sandbox)
    let terminal = try PseudoTerminal()
    let child = try sandbox.start("erase", "crm:42", "--reason", "r", "--receipt", "r", at: terminal)
    #expect(terminal.waits(for: Self.question))
    child.signal(signal)
    #expect(child.waitAMinute() == 128 + signal)
    if signal != SIGKILL { #expect(terminal.shown.hasSuffix("\ntouchlog: interrupted. Nobody was erased\n")) }
    #expect(try ErasureWorld.root(of: sandbox) == root)
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("r")))
    #expect(try sandbox.touchlog("erase", "crm:42", "--reason", "r", "--yes", "--receipt", "r").status == 0)
  }

  @Test func `while it asks others append, and it erases what there is then`() throws {
    let sandbox = try ErasureWorld.made()
    let terminal = try PseudoTerminal()
    let child = try sandbox.start("erase", "crm:42", "--reason", "r", at: terminal)
    #expect(terminal.waits(for: Self.question))
    #expect(try sandbox.touchlog("append", "-", input: Sample.event("late", ["interaction": "\"late-1\""])).status == 0)
    terminal.type("number:0\n")
    #expect(child.waitAMinute() == 0, "\(terminal.shown)")
    #expect(try sandbox.touchlog("read", "--customer", "number:0").lines.count == 5)
    #expect(try ErasureWorld.files(with: "crm:42", in: sandbox, "store") == [])
  }

  @Test func `links that came while it asked are not erased unseen`() throws {
    let sandbox = try ErasureWorld.made()
    let terminal = try PseudoTerminal()
    let child = try sandbox.start("erase", "crm:42", "--reason", "r", "--all-links", at: terminal)
    #expect(terminal.waits(for: Self.question))
    let link = ErasureWorld.fact("l", "identity.linked", "crm:99", #"{"other":"crm:42"}"#)
    #expect(try sandbox.touchlog("append", "-", input: link).status == 0)
    terminal.type("crm:42\n")
    #expect(child.waitAMinute() == 1)
    #expect(terminal.shown.contains("the person's links have changed meanwhile, so nobody was erased. Run it again"))
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 0)
  }

  @Test func `a writer that came while it asked is told`() throws {
    let sandbox = try ErasureWorld.made()
    let terminal = try PseudoTerminal()
    let child = try sandbox.start("erase", "crm:42", "--reason", "r", at: terminal)
    #expect(terminal.waits(for: Self.question))
    let store = try sandbox.open(.appending)
    terminal.type("crm:42\n")
    #expect(child.waitAMinute() == 2)
    #expect(terminal.shown.contains("is being written by"), "\(terminal.shown)")
    try store.close()
    #expect(try sandbox.touchlog("timeline", "crm:42").status == 0)
  }

  @Test func `processes that still read the former vault are told, and asking again finishes the work`() throws {
    let sandbox = try ErasureWorld.made()
    let store = try sandbox.open(.reading)
    var outcome: Sandbox.Outcome?
    // Whoever verifies looks at one state of the vault, for as long as it takes.
    _ = try store.verify { _, _ in
      if outcome == nil { outcome = try sandbox.touchlog("erase", "crm:42", "--reason", "r", "--yes", "--wait", "1") }
    }
    let erased = try #require(outcome)
    #expect(erased.status == 1, "\(erased)")
    #expect(erased.output.hasPrefix("touchlog-erasure/1\n"))
    #expect(
      erased.errors.contains(
        "touchlog: erased, but the former vault, which knows who it was, is still read by process \(getpid()). "))
    #expect(erased.errors.hasSuffix(" try at once with: touchlog erase number:0\n"))
    #expect(try ErasureWorld.files(with: "crm:42", in: sandbox, "store") == ["store/vault/data.mdb"])
    let again = try sandbox.touchlog("erase", "number:0")
    #expect(again.status == 0 && again.output == erased.output, "\(again.errors)")
    #expect(try ErasureWorld.files(with: "crm:42", in: sandbox, "store") == [])
    try store.close()
  }

  @Test func `killed at any moment, it has erased or it has not, and the receipt is to be had`() throws {
    let sandbox = try ErasureWorld.made()
    let customers = (0..<12).map { "crm:x\($0)y" }
    let lines = customers.enumerated().map { ErasureWorld.fact("p\($0)", "praise.given", $1, #"{"severity":1}"#) }
    #expect(try sandbox.touchlog("append", "-", input: lines.joined(separator: "\n")).status == 0)
    let began = ContinuousClock.now
    #expect(try sandbox.touchlog("erase", "crm:99", "--reason", "r", "--yes").status == 0)
    let whole = (ContinuousClock.now - began) / .microseconds(1)
    var erased = 0
    for (round, customer) in customers.enumerated() {
      let child = try sandbox.start("erase", customer, "--reason", "r", "--yes")
      usleep(UInt32(whole * Double(round + 1) / 12))
      child.signal(SIGKILL)
      _ = child.waitAMinute()
      let number = 3 + round
      let receipt = try sandbox.touchlog("erase", "number:\(number)", "--reason", "r", "--yes")
      #expect(receipt.status == 0 && receipt.output.contains("\ncustomer \(number) erased at "), "\(receipt)")
      if receipt.errors.contains("was erased already") { erased += 1 }
      #expect(try ErasureWorld.files(with: customer, in: sandbox, "store") == [])
      #expect(try sandbox.touchlog("timeline", customer).status == 1)
    }
    print("\(erased) of 12 erasures killed past their commit")
    #expect(try sandbox.touchlog("verify").status == 0)
  }
}

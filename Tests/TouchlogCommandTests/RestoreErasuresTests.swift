import Foundation
import JSON
import Testing
import Touchlog
import TouchlogStore

/// Backups that were made before somebody was erased, restored with the list of erasures and without.
@Suite struct `Restoring after an erasure` {
  private static let keys = ".config/touchlog/keys"
  private static let reason = "restored from a backup made before the erasure"

  /// A store with a backup `copy` from before `crm:42` (0) was erased.
  private static func world() throws -> Sandbox {
    let sandbox = try ErasureWorld.made()
    try #require(try sandbox.touchlog("backup", "copy", "--quiet").status == 0)
    let outcome = try sandbox.touchlog("erase", "crm:42", "--reason", "r", "--yes", "--quiet")
    try #require(outcome.status == 0, "\(outcome.errors)")
    return sandbox
  }

  private static func list(of store: String, in sandbox: Sandbox) throws -> String {
    "\(keys)/\(try Store.id(at: sandbox.path(store))).erasures"
  }

  private static func restore(
    _ sandbox: Sandbox, _ backup: String, _ store: String, _ more: String...,
  ) throws -> Sandbox.Outcome {
    try sandbox.run(Sandbox.binary, ["restore", backup, "--store", store] + more)
  }

  @Test func `with the list, whoever was erased since is erased again before the store has its name`() throws {
    let sandbox = try Self.world()
    let list = try Self.list(of: "store", in: sandbox)
    let outcome = try Self.restore(sandbox, "copy", "new", "--erasures", list)
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.lines.contains("erased again, which adds events and changes the root: number:0"), "\(outcome)")
    #expect(try ErasureWorld.files(with: "crm:42", in: sandbox, "new", Self.keys) == [])
    #expect(try ErasureWorld.files(with: ErasureWorld.secret, in: sandbox, "new") == [])
    #expect(try sandbox.touchlog("timeline", "crm:42", "--store", "new").status == 1)
    let events = try sandbox.touchlog("read", "--json", "--store", "new", "--type", "customer.erased").output
    #expect(events.contains(Self.reason))
    let timeline = try sandbox.touchlog("timeline", "number:0", "--store", "new")
    #expect(timeline.status == 0 && timeline.output.contains("erased"))
    // The others are there as they were.
    #expect(try sandbox.touchlog("timeline", "tel:+46701234567", "--store", "new").status == 0)
    let verified = try ErasureWorld.root(of: sandbox, "new")
    #expect(verified["events"] == 8 && verified["damages"] == .array([]))
  }

  @Test func `where the list lies in its place, it is not passed over unasked`() throws {
    let sandbox = try Self.world()
    let list = try Self.list(of: "store", in: sandbox)
    let refused = try Self.restore(sandbox, "copy", "new")
    #expect(refused.status == 2 && refused.output.isEmpty)
    #expect(refused.errors.contains("\(list) tells of 1 erasure"), "\(refused.errors)")
    #expect(refused.errors.contains("--erasures \(sandbox.path(list))") && refused.errors.contains("--no-erasures"))
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("new")))
    let back = try Self.restore(sandbox, "copy", "new", "--no-erasures")
    #expect(back.status == 0, "\(back.errors)")
    #expect(try sandbox.touchlog("timeline", "crm:42", "--store", "new").status == 0)
    #expect(try Self.restore(sandbox, "copy", "newer", "--no-erasures", "--erasures", list).status == 64)
    // A backup that has the erasure needs no word.
    #expect(try sandbox.touchlog("backup", "later").status == 0)
    let later = try Self.restore(sandbox, "later", "second")
    #expect(later.status == 0 && later.errors.isEmpty, "\(later.errors)")
    #expect(try sandbox.read(Self.list(of: "second", in: sandbox)).hasPrefix(sandbox.read(list)) == false)
    #expect(try sandbox.read(Self.list(of: "second", in: sandbox)).contains(sandbox.read(list)))
    // Away from its place, nobody knows: what that means is said.
    try FileManager.default.moveItem(atPath: sandbox.path(list), toPath: sandbox.path("safe.erasures"))
    let unknowing = try Self.restore(sandbox, "copy", "third")
    #expect(unknowing.status == 0, "\(unknowing.errors)")
    #expect(unknowing.errors.hasPrefix("touchlog: no list of erasures is at "))
    let knowing = try Self.restore(sandbox, "copy", "fourth", "--erasures", "safe.erasures", "--json")
    #expect(try JSONValue(parsing: knowing.output)["erased"] == .array([0]), "\(knowing)")
  }

  @Test func `a list of other stores, a damaged one, and none are refused, and nothing is made`() throws {
    let sandbox = try Self.world()
    let list = try sandbox.read(Self.list(of: "store", in: sandbox))
    let id = try Store.id(at: sandbox.path("store"))
    let others = list.replacing("\(id)", with: String(repeating: "0", count: 32))
    for (text, status, words) in [
      (others, Int32(2), "tells of other stores"), ("no line of a list\n", 1, "line 1"), ("", 2, "tells of no"),
    ] {
      try sandbox.write(text, to: "given.erasures")
      let outcome = try Self.restore(sandbox, "copy", "new", "--erasures", "given.erasures")
      #expect(outcome.status == status && outcome.errors.contains(words), "\(outcome)")
    }
    #expect(try Self.restore(sandbox, "copy", "new", "--erasures", "nowhere").status == 2)
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("new")))
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("new.unfinished")))
    #expect(try FileManager.default.contentsOfDirectory(atPath: sandbox.path(Self.keys)).count == 3)
  }

  @Test func `the list goes on with the restored store, in both directions`() throws {
    let sandbox = try Self.world()
    let former = try Self.list(of: "store", in: sandbox)
    #expect(try Self.restore(sandbox, "copy", "new", "--erasures", former).status == 0)
    let list = try Self.list(of: "new", in: sandbox)
    for line in try sandbox.read(former).split(separator: "\n") {
      #expect(try sandbox.read(list).contains(line), "what the former list tells is not lost")
    }
    // Erased in the restored store, and a customer whom the former store did not have.
    let other = Sample.event("n", ["subject": "\"crm:7\""])
    #expect(try sandbox.touchlog("append", "-", "--store", "new", input: other).status == 0)
    for reference in ["crm:99", "crm:7"] {
      let outcome = try sandbox.touchlog(
        "erase", reference, "--reason", "r", "--yes", "--no-receipt", "--store", "new")
      #expect(outcome.status == 0, "\(outcome.errors)")
    }
    // The first backup, with the restored store's list alone.
    let again = try Self.restore(sandbox, "copy", "newer", "--erasures", list, "--json")
    #expect(try JSONValue(parsing: again.output)["erased"] == .array([0, 2]), "\(again)")
    // In the former store, the number after the backup's last is another customer: its erasures are none of `new`'s.
    #expect(try sandbox.touchlog("append", "-", input: Sample.event("o", ["subject": "\"crm:8\""])).status == 0)
    #expect(try sandbox.touchlog("backup", "later").status == 0)
    let later = try Self.restore(sandbox, "later", "last", "--erasures", list, "--json")
    #expect(try JSONValue(parsing: later.output)["erased"] == .array([2]), "\(later)")
    #expect(try sandbox.touchlog("timeline", "crm:8", "--store", "last").status == 0)
  }

  @Test func `a restoring that is killed leaves no store in which somebody is back`() throws {
    let sandbox = try Sandbox.withStore()
    let lines = (0..<3000).map { number in
      Sample.event("e\(number)", ["subject": "\"crm:\(number)z\"", "interaction": "\"i\(number)\""])
    }
    #expect(try sandbox.touchlog("append", "-", "--quiet", input: lines.joined(separator: "\n")).status == 0)
    #expect(try sandbox.touchlog("backup", "copy").status == 0)
    #expect(try sandbox.touchlog("erase", "crm:42z", "--reason", "r", "--yes").status == 0)
    let list = try Self.list(of: "store", in: sandbox)
    let began = ContinuousClock.now
    #expect(try Self.restore(sandbox, "copy", "whole", "--erasures", list).status == 0)
    let whole = (ContinuousClock.now - began) / .microseconds(1)
    var killed = 0
    for round in 0..<16 {
      let child = try sandbox.start("restore", "copy", "--store", "new", "--erasures", list, "--quiet")
      // The last tenths are where it erases, and puts things in their places.
      usleep(UInt32(whole * Double(round + 1) / 16))
      child.signal(SIGKILL)
      if child.waitAMinute() != 0 { killed += 1 }
      guard FileManager.default.fileExists(atPath: sandbox.path("new")) else { continue }
      #expect(try sandbox.touchlog("timeline", "crm:42z", "--store", "new").status == 1, "round \(round)")
      #expect(try sandbox.touchlog("verify", "--store", "new").status == 0, "round \(round)")
      try FileManager.default.removeItem(atPath: sandbox.path("new"))
    }
    print("\(killed) of 16 restorings with erasures killed at work")
    #expect(killed > 0)
    #expect(try Self.restore(sandbox, "copy", "new", "--erasures", list).status == 0)
    #expect(try ErasureWorld.files(with: "crm:42z", in: sandbox, "new") == [])
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("new.unfinished")))
  }
}

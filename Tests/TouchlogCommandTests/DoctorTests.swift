import Foundation
import JSON
import Testing
import Touchlog
import TouchlogStore

@testable import TouchlogCommand

@Suite struct `The doctor` {
  private func finding(_ check: String, in outcome: Sandbox.Outcome) throws -> JSONValue {
    let examination = try JSONValue(parsing: outcome.output)
    guard case .array(let findings)? = examination["findings"] else { throw Missing() }
    return try #require(findings.first { $0["check"] == .string(check) }, "\(outcome)")
  }

  private struct Missing: Error {}

  /// A store with a few events.
  private func sandbox() throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    try #require(try sandbox.touchlog("append", "-", input: Sample.lines(50)).status == 0)
    return sandbox
  }

  @Test func `a healthy store is told in a paragraph for each check, and as JSON`() throws {
    let sandbox = try sandbox()
    let outcome = try sandbox.touchlog("doctor")
    #expect(outcome.status == 0 && outcome.errors.isEmpty)
    #expect(outcome.output.contains("ok       key          it opens the store, and is its owner's alone: "))
    #expect(outcome.output.contains("ok       readers      0 of 510 slots in use, none by a process that has died\n"))
    let json = try sandbox.touchlog("doctor", "--json")
    #expect(json.status == 0)
    #expect(try finding("store", in: json)["figures"] == ["events": 50])
    #expect(try finding("indexes", in: json)["figures"] == ["lagEvents": 0])
    let checks = Examination.Check.allCases.map { JSONValue.string($0.rawValue) }
    guard case .array(let findings)? = try JSONValue(parsing: json.output)["findings"] else { throw Missing() }
    #expect(findings.compactMap { $0["check"] } == checks)
  }

  @Test func `without its key a store is looked at all the same, and the status is 1`() throws {
    let sandbox = try sandbox()
    let outcome = try sandbox.touchlog("doctor", "--json", "--key", "lost.key")
    #expect(outcome.status == 1)
    #expect(outcome.errors == "touchlog: 1 problem: key\n")
    let key = try finding("key", in: outcome)
    #expect(key["grade"] == "problem" && key["found"] == "there is none at lost.key" && key["advice"] != nil)
    #expect(try finding("store", in: outcome)["figures"] == ["events": 50])
    let nowhere = try sandbox.touchlog("doctor", variables: ["HOME": ""])
    #expect(nowhere.status == 1 && nowhere.output.contains("HOME is not set"))
  }

  @Test func `a signing key that is missing is a notice, and one that others read or that signs for others a problem`()
    throws
  {
    let sandbox = try sandbox()
    func signingKey(_ grade: String, _ words: String) throws {
      let outcome = try sandbox.touchlog("doctor", "--json")
      #expect(outcome.errors == (grade == "problem" ? "touchlog: 1 problem: signing key\n" : ""))
      let found = try finding("signingKey", in: outcome)
      #expect(found["grade"] == .string(grade) && "\(found)".contains(words), "\(found)")
      #expect((found["advice"] == nil) == (grade == "ok"))
    }
    let path = try keyPath(in: sandbox).replacing(".key", with: ".signing")
    try signingKey("ok", "it signs for touchlog/")
    #expect(chmod(path, 0o644) == 0)
    try signingKey("problem", "others than its owner may read it")
    #expect(rename(path, path + "-kept") == 0)
    try signingKey("notice", "there is none at ")
    #expect(try sandbox.touchlog("init", "other").status == 0)
    let others = sandbox.path(".config/touchlog/keys/\(try Store.id(at: sandbox.path("other"))).signing")
    #expect(rename(others, path) == 0)
    try signingKey("problem", "is of another store")
  }

  @Test func `no store, and a backup, are refused as by other commands`() throws {
    let sandbox = try sandbox()
    #expect(try sandbox.touchlog("doctor", "--store", "nothing").status == 2)
    #expect(try sandbox.touchlog("backup", "copy").status == 0)
    let backup = try sandbox.touchlog("doctor", "--store", "copy")
    #expect(backup.status == 2 && backup.errors.contains("touchlog restore copy --store NEW"))
  }

  @Test func `a file that is no log is told, and open permissions beside it`() throws {
    let sandbox = try sandbox()
    try sandbox.write(String(repeating: "noise ", count: 4000), to: "store/log/data.mdb")
    #expect(chmod(sandbox.path("store/log/data.mdb"), 0o644) == 0)
    #expect(chmod(sandbox.path("store/log"), 0o755) == 0 && chmod(sandbox.path("store"), 0o755) == 0)
    let outcome = try sandbox.touchlog("doctor", "--json")
    #expect(outcome.status == 1 && outcome.errors == "touchlog: 2 problems: store, permissions\n")
    #expect(try finding("permissions", in: outcome)["advice"] == "chmod -R go-rwx store")
  }

  @Test func `a log or a vault that was cut short is told, and not fallen over`() throws {
    for part in ["log", "vault"] {
      let sandbox = try Sandbox.withStore()
      let lines = (0..<3000).map { Sample.event("e\($0)", ["subject": "\"crm:\($0)\""]) + "\n" }.joined()
      try #require(try sandbox.touchlog("append", "-", input: lines).status == 0)
      let file = sandbox.folder.appending(path: "store/\(part)/data.mdb")
      try Data(contentsOf: file).prefix(8192).write(to: file)
      let outcome = try sandbox.touchlog("doctor", "--json")
      #expect(outcome.status == 1 && outcome.errors.contains("store"), "\(outcome)")
      let found = try finding("store", in: outcome)
      #expect("\(found)".contains("store/\(part)/data.mdb has 8192 bytes, and "), "\(found)")
    }
  }

  /// Ends a process as a crash would, while it reads the log and the vault.
  private static func dieReading(_ store: String, _ key: String) throws {
    let store = try Store(opening: store, keyPath: key, access: .reading)
    _ = try store.verify { _, _ in _exit(EXIT_SUCCESS) }
  }

  private func keyPath(in sandbox: Sandbox) throws -> String {
    sandbox.path(".config/touchlog/keys/\(try Store.id(at: sandbox.path("store"))).key")
  }

  @Test func `a reader that died is a notice, and a problem while somebody writes`() async throws {
    let sandbox = try sandbox()
    let path = sandbox.path("store")
    let key = try keyPath(in: sandbox)
    // Somebody has to have the store open all the time: who comes first begins with a new register of readers.
    try #require(mkfifo(sandbox.path("input"), 0o600) == 0)
    let input = open(sandbox.path("input"), O_RDWR)
    defer { close(input) }
    let writer = try sandbox.start("append", "-", "--receipts", input: sandbox.path("input"), as: "writer")
    func append(_ id: String, head: Int) async throws {
      let line = Array((Sample.event(id, ["subject": "\"crm:\(id)\""]) + "\n").utf8)
      #expect(write(input, line, line.count) == line.count)
      while try !sandbox.read("writer.out").contains("\"head\":\(head)}") {
        try await Task.sleep(for: .milliseconds(5))
      }
    }
    try await append("first", head: 51)
    await #expect(processExitsWith: .success) { [path = path as String, key = key as String] in
      try `The doctor`.dieReading(path, key)
    }
    try await append("second", head: 52)
    let written = try sandbox.touchlog("doctor", "--json")
    #expect(written.status == 1 && written.errors == "touchlog: 1 problem: readers\n", "\(written)")
    let readers = try finding("readers", in: written)
    #expect(readers["grade"] == "problem")
    #expect(readers["figures"]?["staleReaders"] == 2 && readers["figures"]?["oldestCommitsBehind"] == 1)
    #expect(readers["figures"]?["heldBytes"] != 0)
    #expect(try finding("writer", in: written)["figures"] == ["isHeld": 1])
    #expect(
      try finding("writer", in: written)["found"]
        == .string("it is being written by process \(writer.id) (touchlog append)"))
    // With a reader in the writer's place, what the dead one left stays, and harms nobody.
    let reader = try Store(opening: path, keyPath: key, access: .reading)
    writer.signal(SIGKILL)
    _ = writer.wait()
    let quiet = try sandbox.touchlog("doctor", "--json")
    #expect(quiet.status == 0, "\(quiet)")
    #expect(try finding("readers", in: quiet)["grade"] == "notice")
    #expect(try finding("writer", in: quiet)["figures"] == ["isHeld": 0])
    // The next one that appends clears it, as the advice says.
    #expect(try sandbox.touchlog("append", "-", input: Sample.event("last") + "\n").status == 0)
    let cleared = try sandbox.touchlog("doctor", "--json")
    #expect(try finding("readers", in: cleared)["grade"] == "ok", "\(cleared)")
    try reader.close()
  }

  @Test func `a log whose clock was ahead is told`() async throws {
    let sandbox = try Sandbox.withStore()
    var options = Store.Options()
    options.clock = { TimeArgument.now().adding(seconds: 7200) }
    let store = try Store(
      opening: sandbox.path("store"), keyPath: try keyPath(in: sandbox), access: .appending, options: options)
    _ = try await store.append([
      Event(
        id: "1", source: "/s", type: "contact.started", occurredAt: Timestamp(seconds: 1_700_000_000), channel: .phone,
        interaction: "i", data: ["direction": "inbound"])
    ])
    try store.close()
    let outcome = try sandbox.touchlog("doctor")
    #expect(outcome.status == 1 && outcome.errors == "touchlog: 1 problem: clock\n")
    #expect(outcome.output.contains("\n                      → set the clock right; "))
  }

  @Test(arguments: [40, 60, 100])
  func `the page fits its width`(width: Int) throws {
    let sandbox = try sandbox()
    let examination = try Store.examine(sandbox.path("store")) { _ in "no/such/place" }
    let text = ExaminationText(examination, width: width, hasColour: false).text
    // No word of it is longer than what 40 columns leave, but for the store's id.
    let lines = text.split(separator: "\n").filter { !$0.contains("id is") && $0.split(separator: " ").count > 1 }
    #expect(lines.allSatisfy { $0.count <= max(width, 42) }, "\(text)")
    #expect(text.split(separator: "\n").allSatisfy { !$0.hasSuffix(" ") })
  }
}

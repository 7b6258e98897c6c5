import Foundation
import Testing
import Touchlog
import TouchlogAccess
import TouchlogStore
import TouchlogTesting

@testable import TouchlogCommand

@Suite struct `The command access` {
  /// A store with a customer, who was looked at, and another number, which was looked at before.
  private func sandbox() async throws -> Sandbox {
    let sandbox = try Sandbox.withStore()
    try #require(try sandbox.touchlog("append", "-", input: Sample.lines(3)).status == 0)
    let record = try AccessRecord(ofStoreAt: sandbox.path("store"))
    let number = try #require(try sandbox.open().number(of: Reference("crm:42")))
    let times = [(CustomerNumber(9), "2025-02-28T23:00:00Z"), (number, "2025-03-01T09:00:00Z")]
    for (customer, time) in times {
      try await record.note(
        tokenID: "q2xw8rt5ab", tokenName: "Åsa\u{1B}[2J", customer: customer,
        at: try #require(Timestamp(rfc3339: time)), what: "GET /v1/customers/{reference}/timeline")
    }
    return sandbox
  }

  @Test func `shows who looked at whom, by reference, by number, and from a time on`() async throws {
    let sandbox = try await sandbox()
    let all = try sandbox.touchlog("access", variables: ["TOUCHLOG_KEY": "/nowhere"])
    let rest = "q2xw8rt5ab\tÅsa\\u{1b}[2J"
    let route = "GET /v1/customers/{reference}/timeline"
    #expect(all.status == 0)
    #expect(
      all.output == """
        2025-02-28T23:00:00Z\t\(rest)\tnumber:9\t\(route)
        2025-03-01T09:00:00Z\t\(rest)\tnumber:0\t\(route)\n
        """)
    #expect(all.errors.hasPrefix("2 looks, chain "))
    for arguments in [["--customer", "crm:42"], ["--customer", "number:0"], ["--since", "2025-03-01"]] {
      let outcome = try sandbox.run(Sandbox.binary, ["access", "--quiet"] + arguments)
      #expect(outcome.status == 0 && outcome.errors.isEmpty && outcome.lines == all.lines.suffix(1), "\(outcome)")
    }
    let json = try sandbox.touchlog("access", "--json", "--customer", "number:9").output
    #expect(
      json == #"{"time":"2025-02-28T23:00:00Z","token":"q2xw8rt5ab","name":"Åsa\u001b[2J","customer":9,"#
        + #""what":"\#(route)"}"# + "\n")
    #expect(try sandbox.touchlog("access", "--customer", "crm:99").status == 1)
    #expect(try sandbox.touchlog("access", "--store", "nowhere").status == 2)
    #expect(try Sandbox.withStore().touchlog("access").errors == "no looks\n")
  }

  @Test func `a record that was changed is told, with the place, and the status is 1`() async throws {
    let sandbox = try await sandbox()
    try #require(try sandbox.shell("sed -i s/:9,/:8,/ store/access/looks-2025-02.ndjson").status == 0)
    let outcome = try sandbox.touchlog("access")
    #expect(outcome.status == 1)
    #expect(outcome.errors.contains("at 1 place: access/looks-2025-02.ndjson, line 2. "), "\(outcome)")
    #expect(outcome.lines.count == 2, "what is there is shown all the same")
  }

  @Test func `disturbs neither verify, doctor, backup, restore nor erase, and knows no reference`() async throws {
    let sandbox = try await sandbox()
    try #require(try sandbox.touchlog("token", "create", "pbx", "--role", "admin").status == 0)
    let names = try FileManager.default.contentsOfDirectory(atPath: sandbox.path("store/access")).sorted()
    #expect(
      names == ["looks-2025-02.ndjson", "looks-2025-03.ndjson", "looks.lock", "tokens", "tokens.lock"], "\(names)")
    func contents() throws -> [Data] {
      try names.map { try Data(contentsOf: sandbox.folder.appending(path: "store/access/\($0)")) }
    }
    let before = try contents()
    #expect(before.allSatisfy { $0.range(of: Data("crm:42".utf8)) == nil })
    #expect(try sandbox.touchlog("verify").status == 0)
    #expect(try sandbox.touchlog("doctor").status == 0)
    #expect(try sandbox.touchlog("backup", "copy").status == 0)
    #expect(try sandbox.touchlog("restore", "copy", "--store", "restored").status == 0)
    #expect(!FileManager.default.fileExists(atPath: sandbox.path("restored/access")), "a backup has neither")
    #expect(try sandbox.touchlog("token", "list", "--store", "restored").output.isEmpty)
    #expect(try sandbox.touchlog("erase", "crm:42", "--reason", "request 118", "--yes").status == 0)
    #expect(try sandbox.shell("grep -ra crm:42 store").status == 1)
    #expect(try sandbox.touchlog("verify").status == 0)
    #expect(try contents() == before)
    #expect(try sandbox.touchlog("access", "--customer", "number:0").lines.count == 1)
    #expect(try sandbox.touchlog("access", "--customer", "crm:42").errors.contains("asked for by number"))
  }

  @Test func `a look that was answered is there once, whenever the service is killed`() throws {
    let sandbox = try Sandbox.withStore()
    let store = sandbox.path("store")
    var random = SplitMix64(seed: 7)
    var answered: Set<UInt32> = []
    var killed = 0
    for round in 0..<20 {
      let child = try sandbox.startShell(
        "exec \(Sandbox.built("StubbornLooker")) store \(round * 100_000) 100000", as: "looker")
      // Some begin to answer before they are killed, some do not.
      if round % 4 > 0 {
        _ = try comesAbout(lookingEvery: 500) { try !sandbox.read("looker.out").isEmpty }
      }
      usleep(UInt32.random(in: 0...20_000, using: &random))
      child.signal(SIGKILL)
      killed += child.wait() == 128 + SIGKILL ? 1 : 0
      let lines = try sandbox.read("looker.out").split(separator: "\n", omittingEmptySubsequences: false).dropLast()
      answered.formUnion(lines.compactMap { UInt32($0) })
      var there: [UInt32] = []
      let findings = try AccessRecord.read(ofStoreAt: store) { there.append($0.customer.value) }
      #expect(Set(there).count == there.count && answered.isSubset(of: there) && findings.breaks.isEmpty, "\(round)")
    }
    #expect(killed == 20 && answered.count > 20)
  }
}

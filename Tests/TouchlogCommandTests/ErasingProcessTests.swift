import Foundation
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

/// Customers who are erased by processes that are killed with `kill -9` at random points, and beside processes that read.
///
/// `TOUCHLOG_KILL_ROUNDS` says how often; `TOUCHLOG_SEED` where in time.
@Suite struct ErasingProcessTests {
  private static let rounds = ProcessInfo.processInfo.environment["TOUCHLOG_KILL_ROUNDS"].flatMap { Int($0) } ?? 16
  private static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7

  /// A store with customers who will be erased.
  private struct Company {
    let sandbox: Sandbox
    let keyPath: String
    let erasable: ErasableCustomers
    var path: String { sandbox.path("store") }

    init(_ count: Int) async throws {
      sandbox = try Sandbox.withStore()
      keyPath = sandbox.path(".config/touchlog/keys/\(try Store.id(at: sandbox.path("store"))).key")
      let store = try sandbox.open(.appending)
      for event in try ErasableCustomers.events(of: count) { _ = try await store.append([event]) }
      erasable = try ErasableCustomers(in: store, count: count)
      try store.close()
    }

    func child(_ arguments: String..., as name: String) throws -> ChildProcess {
      try ChildProcess(
        Sandbox.built("StubbornEraser"), arguments, in: sandbox.folder.path, environment: [:], input: "/dev/null",
        output: sandbox.path("\(name).out"), errors: sandbox.path("\(name).err"))
    }

    func expectNothingIsFound() throws {
      for customer in erasable.customers { #expect(try erasable.places(of: customer, in: path) == []) }
    }
  }

  @Test func `whenever the process is killed, each customer is erased wholly, or not at all`() async throws {
    var random = SplitMix64(seed: ErasingProcessTests.seed)
    var company = try await Company(12)
    var erased: Set<CustomerNumber> = []
    var killed = 0
    // Rounds in which somebody was erased whom the killed process had not told of yet.
    var completed = 0
    var longest: UInt32 = 60_000
    for round in 0..<ErasingProcessTests.rounds {
      let note: Comment = "seed \(ErasingProcessTests.seed), round \(round)"
      if erased.count == company.erasable.customers.count {
        company = try await Company(12)
        erased = []
      }
      let rest = company.erasable.customers.map(\.number).filter { !erased.contains($0) }
      let child = try ChildProcess(
        Sandbox.built("StubbornEraser"),
        ["erase", company.path, company.keyPath] + rest.map { "\($0.value)" }, in: company.sandbox.folder.path,
        environment: [:], input: "/dev/null", output: company.sandbox.path("eraser.out"),
        errors: company.sandbox.path("eraser.err"))
      usleep(UInt32.random(in: 0...longest, using: &random))
      child.signal(SIGKILL)
      let status = child.wait()
      killed += status == 128 + SIGKILL ? 1 : 0
      if status == 0 { longest -= longest / 4 } else { #expect(status == 128 + SIGKILL, note) }
      let told = Set(
        try company.sandbox.read("eraser.out").split(separator: "\n").compactMap { UInt32($0) }
          .map { CustomerNumber($0) })
      let now = try company.erasable.checkEachIsWholeOrGone(at: company.path, keyPath: company.keyPath, note)
      #expect(now.isSuperset(of: erased) && now.isSuperset(of: told), note)
      completed += now.subtracting(erased).subtracting(told).isEmpty ? 0 : 1
      if told.isEmpty, now == erased { longest += longest / 4 }
      erased = now
    }
    #expect(killed > ErasingProcessTests.rounds / 2)
    print("\(killed) of \(ErasingProcessTests.rounds) rounds killed, \(completed) within an erasure past its commit")
    // What was killed keeps nobody from erasing the rest.
    let store = try company.sandbox.open(.appending)
    let rest = company.erasable.customers.map(\.number).filter { !erased.contains($0) }
    if !rest.isEmpty { _ = try await store.erase(rest, reason: nil) }
    #expect(try store.verify().damages == [])
    try store.close()
    try company.expectNothingIsFound()
  }

  @Test func `processes that read go on, whoever is erased`() async throws {
    let company = try await Company(24)
    let sandbox = company.sandbox
    let feed = try Feed("feed", in: sandbox)
    let follower = try sandbox.startShell("exec \"$TOUCHLOG\" read --follow >feed", as: "follower")
    let over = sandbox.path("over")
    let first = try company.child("read", company.path, company.keyPath, over, as: "first")
    let second = try company.child("read", company.path, company.keyPath, over, as: "second")
    let store = try sandbox.open(.appending)
    for (index, customer) in company.erasable.customers.enumerated() {
      let erasure = try await store.erase([customer.number], reason: nil, patience: .seconds(60))
      #expect(erasure.formerVaults.areGone, "read by \(erasure.formerVaults.readers)")
      _ = try await store.append([
        Event(
          id: "later-\(index)", source: "/pbx", type: "contact.started", occurredAt: erasure.recordedAt,
          subject: try Reference("crm:new-\(index)"), channel: .phone, interaction: "later-\(index)",
          data: ["direction": "inbound"])
      ])
    }
    try sandbox.write("", to: "over")
    #expect(first.waitAMinute() == 0)
    #expect(second.waitAMinute() == 0)
    for name in ["first", "second"] {
      #expect(try sandbox.read("\(name).err").isEmpty)
      let figures = try sandbox.read("\(name).out").split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
      #expect(figures.count == 2 && figures[0] > 1 && figures[1] == 24, "\(name): \(figures)")
    }
    let head = Int(try store.head().value)
    #expect(try feed.positions(head) == Array(0..<head))
    follower.signal(SIGTERM)
    #expect(follower.waitAMinute() == 143)
    try store.close()
    try company.expectNothingIsFound()
  }
}

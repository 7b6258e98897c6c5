import Foundation
import LMDB
import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

/// Customers who are erased by processes that are killed with `kill -9` at random points, and beside processes that read.
///
/// `TOUCHLOG_KILL_ROUNDS` says how often; `TOUCHLOG_SEED` where in time.
@Suite struct ErasingProcessTests {
  private static let rounds = ProcessInfo.processInfo.environment["TOUCHLOG_KILL_ROUNDS"].flatMap { Int($0) } ?? 16
  private static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7

  /// One who will be erased, and what nobody may find then.
  private struct Customer {
    let number: CustomerNumber
    let reference: Reference
    let secrets: [Data]
  }

  /// A store of some customers, each with three events.
  private struct Company {
    let sandbox: Sandbox
    let keyPath: String
    let customers: [Customer]
    let events: UInt64
    let root: String

    init(_ count: Int) async throws {
      sandbox = try Sandbox.withStore()
      keyPath = sandbox.path(".config/touchlog/keys/\(try Store.id(at: sandbox.path("store"))).key")
      let store = try sandbox.open(.appending)
      let time = try #require(Timestamp(rfc3339: "2025-03-01T09:00:00Z"))
      // So that the company is known, and numbers are those of the customers.
      for number in 0..<count * 3 {
        _ = try await store.append([
          Event(
            id: "e\(number)", source: "/pbx", type: "contact.started", occurredAt: time,
            subject: try Reference("crm:somebody-\(number % count)-of-many"), channel: .phone,
            interaction: "call-\(number)", data: ["direction": "inbound"])
        ])
      }
      customers = try (0..<count).map { index in
        let reference = try Reference("crm:somebody-\(index)-of-many")
        return try store.log.read { _, vault, transaction in
          let number = try #require(try vault.number(of: reference, in: transaction))
          let known = try #require(try vault.customer(number, in: transaction))
          let row = try #require(try vault.wrappedKey(of: number, in: transaction))
          return Customer(
            number: number, reference: reference,
            secrets: [Data(reference.value.utf8), known.dataKey.secret.withUnsafeBytes { Data($0) }, Data(row)])
        }
      }
      let verification = try store.verify()
      (events, root) = (verification.events, verification.root)
      try store.close()
    }

    /// In which files of the store what may not be found is.
    func places(of customer: Customer) throws -> [String] {
      let folder = sandbox.path("store")
      return try FileManager.default.subpathsOfDirectory(atPath: folder).filter { name in
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: folder + "/" + name, isDirectory: &isFolder)
        guard !isFolder.boolValue else { return false }
        let bytes = try Data(contentsOf: URL(filePath: folder + "/" + name))
        return customer.secrets.contains { bytes.range(of: $0) != nil }
      }
    }

    /// Opens the store as the next process that appends does, and sees that each customer is whole or gone.
    func checkEachIsWholeOrGone(_ note: Comment) throws -> Set<CustomerNumber> {
      let store = try sandbox.open(.appending)
      #expect(try store.verify().damages == [], note)
      let list = FileManager.default.fileExists(atPath: store.erasureListPath)
        ? try ErasureList(contentsOf: store.erasureListPath) : ErasureList()
      #expect(Set(list.lines.map(\.customer)).count == list.lines.count, note)
      var erased: Set<CustomerNumber> = []
      for customer in customers {
        let stream = try store.events(Query(customer: Reference(normalised: customer.number.description)))
        let line = list.lines.first { $0.customer == customer.number }
        if let erasure = try store.erasure(of: customer.number) {
          erased.insert(customer.number)
          #expect(stream.count == 4 && stream[3].event.type == "customer.erased" && stream[3].position == erasure.position, note)
          #expect(line?.position == erasure.position && line?.recordedAt == erasure.recordedAt, note)
          #expect(stream.allSatisfy { $0.isErased }, note)
          #expect(try store.number(of: customer.reference) == nil, note)
          #expect(try places(of: customer) == [], note)
        } else {
          #expect(stream.count == 3 && stream.allSatisfy { !$0.isErased && $0.event.data != nil }, note)
          #expect(line == nil, note)
          #expect(try store.number(of: customer.reference) == customer.number, note)
        }
      }
      try store.close()
      return erased
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
      if erased.count == company.customers.count {
        company = try await Company(12)
        erased = []
      }
      let sandbox = company.sandbox
      let rest = company.customers.map(\.number).filter { !erased.contains($0) }
      let child = try ChildProcess(
        Sandbox.built("StubbornEraser"),
        ["erase", sandbox.path("store"), company.keyPath] + rest.map { "\($0.value)" }, in: sandbox.folder.path,
        environment: [:], input: "/dev/null", output: sandbox.path("eraser.out"), errors: sandbox.path("eraser.err"))
      usleep(UInt32.random(in: 0...longest, using: &random))
      child.signal(SIGKILL)
      let status = child.wait()
      killed += status == 128 + SIGKILL ? 1 : 0
      if status == 0 { longest -= longest / 4 } else { #expect(status == 128 + SIGKILL, note) }
      let told = Set(
        try sandbox.read("eraser.out").split(separator: "\n").compactMap { UInt32($0) }.map { CustomerNumber($0) })
      let now = try company.checkEachIsWholeOrGone(note)
      #expect(now.isSuperset(of: erased) && now.isSuperset(of: told), note)
      completed += now.subtracting(erased).subtracting(told).isEmpty ? 0 : 1
      if told.isEmpty, now == erased { longest += longest / 4 }
      erased = now
    }
    #expect(killed > ErasingProcessTests.rounds / 2)
    print("\(killed) of \(ErasingProcessTests.rounds) rounds killed, \(completed) within an erasure past its commit")
    // What was killed keeps nobody from erasing the rest, and the log that was there is there.
    let store = try company.sandbox.open(.appending)
    let rest = company.customers.map(\.number).filter { !erased.contains($0) }
    if !rest.isEmpty { _ = try await store.erase(rest, reason: nil) }
    #expect(try store.verify().damages == [])
    try store.close()
    for customer in company.customers { #expect(try company.places(of: customer) == []) }
  }

  @Test func `processes that read go on, whoever is erased`() async throws {
    let company = try await Company(24)
    let sandbox = company.sandbox
    let feed = try Feed("feed", in: sandbox)
    let follower = try sandbox.startShell("exec \"$TOUCHLOG\" read --follow >feed", as: "follower")
    func reader(_ name: String) throws -> ChildProcess {
      try ChildProcess(
        Sandbox.built("StubbornEraser"), ["read", sandbox.path("store"), company.keyPath, sandbox.path("over")],
        in: sandbox.folder.path, environment: [:], input: "/dev/null", output: sandbox.path("\(name).out"),
        errors: sandbox.path("\(name).err"))
    }
    let first = try reader("first")
    let second = try reader("second")
    let store = try sandbox.open(.appending)
    for (index, customer) in company.customers.enumerated() {
      let erasure = try await store.erase([customer.number], reason: nil)
      #expect(erasure.formerVaults.areGone, "read by \(erasure.formerVaults.readers)")
      _ = try await store.append([
        Event(
          id: "later-\(index)", source: "/pbx", type: "contact.started", occurredAt: erasure.recordedAt,
          subject: try Reference("crm:new-\(index)"), channel: .phone, interaction: "later-\(index)",
          data: ["direction": "inbound"])
      ])
    }
    // Each looks once more at what is there now.
    try await Task.sleep(for: .milliseconds(300))
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
    for customer in company.customers { #expect(try company.places(of: customer) == []) }
  }
}

extension Vault {
  /// A customer's data key as it lies in the vault.
  fileprivate func wrappedKey(
    of number: CustomerNumber, in transaction: borrowing ReadTransaction,
  ) throws -> [UInt8]? {
    try transaction.unsafeGet(number.value, from: contents.customers).map { Array($0[4..<64]) }
  }
}

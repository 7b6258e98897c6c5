import Foundation
import StubbornAppender
import Testing
import TouchlogTesting

/// Disks that fail: each write, sync, or change of names of a run in turn.
///
/// By default each operation fails in a way that is drawn; `TOUCHLOG_DISK_FAULTS=all` has each of them fail in all ways.
/// `TOUCHLOG_SEED` says which are drawn.
@Suite(.enabled(if: FaultyDisk.isAvailable, FaultyDisk.absence))
struct `Failing disks` {
  private static let isThorough = ProcessInfo.processInfo.environment["TOUCHLOG_DISK_FAULTS"] == "all"
  private static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7
  private static let calls = 10

  /// All ways in which a disk fails, for a moment or from then on.
  private static let ways = [FaultyDisk.Kind.eio, .enospc, .short, .landed].flatMap { kind in
    [false, true].map { FaultyDisk.Fault(operation: 0, kind: kind, stays: $0) }
  }

  /// Tries each operation of a run until the run gets past it.
  ///
  /// - Parameter body: tries one fault; false where it had nothing to befall, as the run was over.
  private func eachOperation(_ body: (FaultyDisk.Fault) async throws -> Bool) async throws -> Int {
    var random = SplitMix64(seed: Self.seed)
    var tried = 0
    var hasMore = true
    var operation = 0
    while hasMore {
      operation += 1
      hasMore = false
      let drawn = try #require(Self.ways.randomElement(using: &random))
      for var fault in Self.isThorough ? Self.ways : [drawn] {
        fault.operation = operation
        let isTried = try await body(fault)
        tried += isTried ? 1 : 0
        hasMore = hasMore || isTried
      }
    }
    return tried
  }

  @Test func `a store whose making fails can be made again`() async throws {
    let tried = try await eachOperation { fault in
      let note: Comment = "seed \(Self.seed), fault \(fault)"
      let sandbox = try DiskSandbox()
      let outcome = try sandbox.touchlog("init", "--key", "disk/safe/store.key", fault: fault)
      let records = try sandbox.records()
      let reached = records.count { $0.isOperation || $0.isFault }
      guard reached >= fault.operation else {
        #expect(outcome.status == 0, note)
        return false
      }
      // What goes wrong may be of no consequence, such as a write that takes half and is asked for the rest.
      if outcome.status == 0 { return true }
      Self.checkWords(of: outcome, note)
      let again = try sandbox.touchlog("init", "--key", "disk/safe/store.key")
      // Where nothing could be removed any more, what lies there is named, and one starts afresh elsewhere.
      if fault.stays, again.status != 0 {
        #expect(again.errors.contains("exist"), "\(fault): \(again.errors)")
        #expect(try sandbox.touchlog("init", "--store", "disk/other", "--key", "disk/safe/other.key").status == 0, note)
        return true
      }
      #expect(again.status == 0, "\(fault): \(again.errors)")
      let image = StoreImage(
        folder: sandbox.disk, keyPath: sandbox.disk.appending(path: "safe/store.key").path, acknowledged: 0)
      #expect(try await image.brokenPromise() == nil, note)
      return true
    }
    #expect(tried > 50)
    print("\(tried) faults while stores were made")
  }

  @Test func `an append that fails says so, acknowledges no more, and is completed by the same append`() async throws {
    let tried = try await eachOperation { fault in
      let note: Comment = "seed \(Self.seed), fault \(fault)"
      let sandbox = try DiskSandbox()
      try sandbox.sandbox.write(Calls.text(0..<Self.calls), to: "calls.ndjson")
      try #require(try sandbox.touchlog("init", "--key", "disk/store.key").status == 0)
      let before = try sandbox.records().count
      let outcome = try sandbox.touchlog(
        "append", "calls.ndjson", "--key", "disk/store.key", "--batch", "2", "--receipts", "--quiet", fault: fault)
      let records = try sandbox.records().dropFirst(before)
      let acknowledged = try outcome.lines.compactMap { try Calls.contained(in: $0) }.max() ?? 0
      if outcome.status == 0 {
        #expect(acknowledged == Self.calls, note)
        let reached = records.count { $0.isOperation || $0.isFault }
        if reached < fault.operation { return false }
      } else {
        Self.checkWords(of: outcome, note)
        let after = records.drop { !$0.isFault }
        #expect(!after.contains { if case .say(let text) = $0 { text.hasPrefix("{") } else { false } }, note)
        let says = acknowledged > 0 ? "\(acknowledged) events of it are in" : nil
        #expect(says.map { outcome.errors.contains($0) } ?? true, "\(fault): \(outcome.errors)")
      }
      let image = StoreImage(
        folder: sandbox.disk, keyPath: sandbox.disk.appending(path: "store.key").path, acknowledged: acknowledged)
      #expect(try await image.brokenPromise() == nil, note)
      let again = try sandbox.touchlog("append", "calls.ndjson", "--key", "disk/store.key", "--quiet")
      #expect(again.status == 0, "\(fault): \(again.errors)")
      #expect(try await image.brokenPromise() == nil, note)
      return true
    }
    #expect(tried > 30)
    print("\(tried) faults while events were appended")
  }

  /// Ends in one line that says what to do.
  private static func checkWords(of outcome: Sandbox.Outcome, _ note: Comment) {
    #expect(outcome.status == 2, note)
    #expect(outcome.errors.hasPrefix("touchlog: ") && outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)")
    let ways = ["make room", "Make room", "check the disk", "look after it"]
    #expect(ways.contains { outcome.errors.contains($0) }, "\(note): \(outcome.errors)")
  }

  @Test(arguments: [FaultyDisk.Kind.eio, .enospc, .short, .landed])
  func `after a failed write or sync the store takes nothing, however well the disk does, until it is opened anew`(
    kind: FaultyDisk.Kind,
  ) async throws {
    var refusedOnce = 0
    // The operations of the third call, and some of its neighbours'.
    for operation in 12...32 {
      let note: Comment = "operation \(operation), \(kind)"
      let sandbox = try DiskSandbox()
      try #require(try sandbox.touchlog("init", "--key", "disk/store.key").status == 0)
      let outcome = try sandbox.run(
        Sandbox.built("StubbornAppender"), ["disk/store", "disk/store.key", "6"],
        fault: FaultyDisk.Fault(operation: operation, kind: kind))
      #expect(outcome.status == 0, note)
      let acknowledged = outcome.lines.prefix { $0.hasPrefix("{") }.count
      #expect(
        outcome.lines.dropFirst(acknowledged).allSatisfy { $0.hasPrefix("refused: the log takes no events") },
        "\(note) \(outcome)")
      #expect(outcome.lines.count == 6, note)
      refusedOnce += acknowledged < 6 ? 1 : 0
      let image = StoreImage(
        folder: sandbox.disk, keyPath: sandbox.disk.appending(path: "store.key").path, acknowledged: acknowledged)
      #expect(try await image.brokenPromise() == nil, note)
    }
    #expect(refusedOnce > 10)
  }
}

extension DiskRecord {
  var isFault: Bool { if case .fault = self { true } else { false } }
}

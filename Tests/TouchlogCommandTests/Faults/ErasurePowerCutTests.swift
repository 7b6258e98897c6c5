import Foundation
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

/// Power cuts at every point of erasing, as of `Power cuts`; kills and failing disks at some, or at all in the long form.
@Suite(.enabled(if: FaultyDisk.isAvailable, FaultyDisk.absence))
struct `Power cuts while customers are erased` {
  private static let customers = 3

  /// The disk of a store of three customers.
  private static func filled() throws -> (sandbox: DiskSandbox, erasable: ErasableCustomers) {
    let sandbox = try DiskSandbox()
    try #require(try sandbox.touchlog("init", "--key", "disk/store.key").status == 0)
    let lines = try ErasableCustomers.events(of: customers).map { event in
      """
      {"specversion":"1.0","id":"\(event.id)","source":"/pbx","type":"contact.started","time":"2025-03-01T09:00:00Z",\
      "subject":"\(event.subject?.text ?? "")","channel":"phone","interaction":"\(event.interaction ?? "")",\
      "data":{"direction":"inbound"}}
      """
    }
    try sandbox.sandbox.write(lines.joined(separator: "\n") + "\n", to: "calls.ndjson")
    let appended = try sandbox.touchlog("append", "calls.ndjson", "--key", "disk/store.key", "--batch", "2", "--quiet")
    try #require(appended.status == 0, "\(appended.errors)")
    let store = try Store(
      opening: sandbox.disk.path + "/store", keyPath: sandbox.disk.path + "/store.key", access: .reading)
    let erasable = try ErasableCustomers(in: store, count: customers)
    try store.close()
    return (sandbox, erasable)
  }

  /// Has a process erase two of them, one after the other.
  private static func erase(
    _ erasable: ErasableCustomers, in sandbox: DiskSandbox, fault: FaultyDisk.Fault? = nil,
  ) throws -> Sandbox.Outcome {
    try sandbox.run(
      Sandbox.built("StubbornEraser"),
      ["erase", "disk/store", "disk/store.key"] + erasable.customers.prefix(2).map { "\($0.number.value)" },
      fault: fault)
  }

  private static func told(in lines: some Sequence<Substring>) -> Set<CustomerNumber> {
    Set(lines.compactMap { UInt32($0) }.map { CustomerNumber($0) })
  }

  @Test(arguments: FaultyDisk.Kind.allCases)
  func `and kills, and disks that fail, leave each customer whole, or erased wholly`(kind: FaultyDisk.Kind) throws {
    let (filled, erasable) = try Self.filled()
    var random = SplitMix64(seed: `Power cuts`.seed)
    var operation = 0
    var seen: Set<Int> = []
    var tried = 0
    while true {
      operation += `Power cuts`.isThorough ? 1 : Int.random(in: 1...5, using: &random)
      let note: Comment = "seed \(`Power cuts`.seed), \(kind) at operation \(operation)"
      let sandbox = try DiskSandbox()
      try FileManager.default.removeItem(at: sandbox.disk)
      try FileManager.default.copyItem(at: filled.disk, to: sandbox.disk)
      let outcome = try Self.erase(erasable, in: sandbox, fault: FaultyDisk.Fault(operation: operation, kind: kind))
      let records = try sandbox.records()
      // The work was done before the fault's operation.
      if outcome.status == 0, records.count(where: { $0.isOperation || $0.isFault }) < operation { break }
      tried += 1
      // It ends by itself, and in words, if it was not killed.
      #expect(kind == .kill ? outcome.status == 128 + SIGKILL : [0, 1, 3].contains(outcome.status), note)
      #expect(outcome.status != 1 || !outcome.errors.isEmpty, note)
      let erased = try erasable.checkEachIsWholeOrGone(
        at: sandbox.disk.path + "/store", keyPath: sandbox.disk.path + "/store.key", note)
      #expect(erased.isSuperset(of: Self.told(in: outcome.lines)), note)
      seen.insert(erased.count)
    }
    #expect(tried > 20 && seen.isSuperset(of: [0, 1]), "\(seen)")
    print("\(tried) of \(operation) operations of erasing met with \(kind)")
  }

  @Test(arguments: SimulatedDisk.Loss.allCases)
  func `leave each customer whole, or erased wholly as the process has told`(loss: SimulatedDisk.Loss) throws {
    let (sandbox, erasable) = try Self.filled()
    let before = try sandbox.records().count
    let outcome = try Self.erase(erasable, in: sandbox)
    try #require(outcome.status == 0 && outcome.lines.count == 2, "\(outcome.errors)")
    var random = SplitMix64(seed: `Power cuts`.seed)
    var disk = SimulatedDisk()
    var told: Set<CustomerNumber> = []
    var seen: Set<Int> = []
    var tried = 0
    func tryImage(after record: DiskRecord) throws {
      let image = disk.image(losing: loss, using: &random)
      let folder = DiskSandbox.memory.appending(path: "touchlog-image-\(UUID().uuidString)")
      try StoreImage.write(image, to: folder)
      defer {
        do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) }
      }
      tried += 1
      let note: Comment = "seed \(`Power cuts`.seed), losing \(loss), image \(tried), after \(record.summary)"
      let erased = try erasable.checkEachIsWholeOrGone(
        at: folder.path + "/store", keyPath: folder.path + "/store.key", note)
      #expect(erased.isSuperset(of: told), note)
      seen.insert(erased.count)
    }
    for (index, record) in try sandbox.records().enumerated() {
      try disk.play(record)
      guard index >= before else {
        disk.settle(record)
        continue
      }
      if case .say(let text) = record {
        told.formUnion(Self.told(in: text.split(separator: "\n")))
      }
      if disk.isAtRisk || loss == .everything { try tryImage(after: record) }
      disk.settle(record)
      if disk.isAtRisk, case .write(_, _, _, true) = record { try tryImage(after: record) }
    }
    #expect(told.count == 2 && seen.isSuperset(of: [0, 1]), "\(seen)")
    print("\(tried) disks while customers were erased, losing \(loss)")
  }
}

import Foundation
import Testing
import Touchlog
import TouchlogStore
import TouchlogTesting

/// Power cuts at every point of erasing, as of `Power cuts`.
@Suite(.enabled(if: FaultyDisk.isAvailable, FaultyDisk.absence))
struct `Power cuts while customers are erased` {
  private static let customers = 3

  /// The disk of a store of three customers, of whom a process erases two, one after the other; and how much was
  /// recorded before that.
  private static func run() throws -> (sandbox: DiskSandbox, erasable: ErasableCustomers, before: Int) {
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
    let before = try sandbox.records().count
    let erased = try sandbox.run(
      Sandbox.built("StubbornEraser"),
      ["erase", "disk/store", "disk/store.key"] + erasable.customers.prefix(2).map { "\($0.number.value)" })
    try #require(erased.status == 0 && erased.lines.count == 2, "\(erased.errors)")
    return (sandbox, erasable, before)
  }

  @Test(arguments: SimulatedDisk.Loss.allCases)
  func `leave each customer whole, or erased wholly as the process has told`(loss: SimulatedDisk.Loss) throws {
    let (sandbox, erasable, before) = try Self.run()
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
        told.formUnion(text.split(separator: "\n").compactMap { UInt32($0) }.map { CustomerNumber($0) })
      }
      if disk.isAtRisk || loss == .everything { try tryImage(after: record) }
      disk.settle(record)
      if disk.isAtRisk, case .write(_, _, _, true) = record { try tryImage(after: record) }
    }
    #expect(told.count == 2 && seen.isSuperset(of: [0, 1]), "\(seen)")
    print("\(tried) disks while customers were erased, losing \(loss)")
  }
}

import Foundation
import StubbornAppender
import Testing
import TouchlogTesting

/// Cuts the power at every moment of what a sandbox has recorded.
struct PowerCut {
  let sandbox: DiskSandbox
  let loss: SimulatedDisk.Loss
  let images: Int
  let calls: Int
  let batch: Int
  private var random: SplitMix64
  private var disk = SimulatedDisk()
  private var isMade = false
  private var acknowledged = 0
  private(set) var tried = 0
  private(set) var moments = 0
  private(set) var broken: [String] = []

  /// - Parameters:
  ///   - calls: how many calls were appended in all, in commits of `batch`.
  ///   - images: how many disks are built for each moment.
  init(
    of sandbox: DiskSandbox, calls: Int, batch: Int, loss: SimulatedDisk.Loss, seed: UInt64, images: Int,
  ) {
    self.calls = calls
    self.batch = batch
    self.sandbox = sandbox
    self.loss = loss
    self.images = images
    random = SplitMix64(seed: seed)
  }

  /// Makes a store, and appends calls to it in small commits.
  static func run(calls: Int, batch: Int, lies: Bool = false) throws -> DiskSandbox {
    let sandbox = try DiskSandbox()
    try sandbox.sandbox.write(Calls.text(0..<calls), to: "calls.ndjson")
    let made = try sandbox.touchlog("init", lies: lies)
    try #require(made.status == 0, "\(made.errors)")
    try append(batch: batch, to: sandbox, lies: lies)
    return sandbox
  }

  static func append(batch: Int, to sandbox: DiskSandbox, lies: Bool = false) throws {
    let outcome = try sandbox.touchlog(
      "append", "calls.ndjson", "--batch", "\(batch)", "--receipts", "--quiet", lies: lies)
    try #require(outcome.status == 0, "\(outcome.errors)")
  }

  /// Makes a store; appends calls to it until a fault befalls the process; appends them again, to the end.
  ///
  /// - Returns: nil where the work was done before the fault's operation.
  static func runTwice(calls: Int, batch: Int, fault: FaultyDisk.Fault) throws -> DiskSandbox? {
    let sandbox = try DiskSandbox()
    try sandbox.sandbox.write(Calls.text(0..<calls), to: "calls.ndjson")
    let made = try sandbox.touchlog("init")
    try #require(made.status == 0, "\(made.errors)")
    let first = try sandbox.touchlog(
      "append", "calls.ndjson", "--batch", "\(batch)", "--receipts", "--quiet", fault: fault)
    if first.status == 0 { return nil }
    try append(batch: batch, to: sandbox)
    return sandbox
  }

  /// Tries each moment: after each operation, and while it is on its way.
  ///
  /// - Parameter process: with which of the processes to begin, from 0; what earlier ones did is only played.
  mutating func everywhere(from process: Int = 0) async throws {
    var processes = 0
    for record in try sandbox.records() {
      if case .begin = record { processes += 1 }
      try disk.play(record)
      hear(record)
      if processes > process { try await here(record) }
      disk.settle(record)
      if processes > process, case .write(_, _, _, true) = record { try await here(record) }
    }
  }

  /// Tries the moments after something was acknowledged, by the command: a disk that has kept less than it said may hold a
  /// store that kills whoever reads it.
  mutating func atReceipts() async throws {
    for record in try sandbox.records() {
      try disk.play(record)
      hear(record)
      if case .say = record, acknowledged > 0 { try await tryImage(after: record, apart: true) }
      disk.settle(record)
    }
  }

  /// Learns what was acknowledged.
  private mutating func hear(_ record: DiskRecord) {
    guard case .say(let text) = record else { return }
    if text.hasPrefix("made the store") { isMade = true }
    for line in text.split(separator: "\n") {
      do {
        acknowledged = max(acknowledged, try Calls.contained(in: line) ?? 0)
      } catch {
        Issue.record("a receipt cannot be read: \(line): \(error)")
      }
    }
  }

  private mutating func here(_ record: DiskRecord) async throws {
    moments += 1
    // Where nothing is at risk, all losses come to the same, and one of them tries it.
    guard disk.isAtRisk || loss == .everything else { return }
    let count = disk.isAtRisk && loss != .everything && loss != .nothing ? images : 1
    for _ in 0..<count { try await tryImage(after: record) }
  }

  private mutating func tryImage(after record: DiskRecord, apart: Bool = false) async throws {
    let folder = DiskSandbox.memory.appending(path: "touchlog-image-\(UUID().uuidString)")
    let image = disk.image(losing: loss, using: &random)
    try StoreImage.write(image, to: folder)
    defer { Self.remove(folder) }
    tried += 1
    let key = image.keys.first { $0.hasSuffix(".key") } ?? "/no.key"
    let store = StoreImage(
      folder: folder, keyPath: folder.path + key, isMade: isMade, acknowledged: acknowledged, batch: batch,
      calls: calls)
    if let promise = try apart ? store.brokenPromise(askedOf: sandbox.sandbox) : await store.brokenPromise() {
      broken.append("moment \(moments), image \(tried), after \(record.summary): \(promise)")
    }
  }

  private static func remove(_ folder: URL) {
    do {
      try FileManager.default.removeItem(at: folder)
    } catch {
      Issue.record("an image could not be removed: \(error)")
    }
  }
}

extension DiskRecord {
  /// The record without its bytes.
  var summary: String {
    switch self {
    case .write(let node, let offset, let bytes, let isSynced):
      "writing \(bytes.count) bytes at \(offset) of file \(node)\(isSynced ? ", synced" : "")"
    default: "\(self)"
    }
  }
}

import Foundation
import Testing
import TouchlogTesting

/// Power cuts at every point of a run: each moment's disk, with what was not synced lost in several ways, is built and
/// opened.
///
/// `TOUCHLOG_POWER_IMAGES` says how many disks are built for each moment and kind of loss, and lets each loss follow each
/// fault, where otherwise one of them is drawn; `TOUCHLOG_SEED` says which.
@Suite(.enabled(if: FaultyDisk.isAvailable, FaultyDisk.absence))
struct `Power cuts` {
  static let seed = ProcessInfo.processInfo.environment["TOUCHLOG_SEED"].flatMap { UInt64($0) } ?? 7
  static let images = ProcessInfo.processInfo.environment["TOUCHLOG_POWER_IMAGES"].flatMap { Int($0) }
  static var isThorough: Bool { images != nil }

  @Test func `the record is whole: played back, it gives every file byte for byte`() throws {
    let sandbox = try PowerCut.run(calls: 40, batch: 3)
    var disk = SimulatedDisk()
    for record in try sandbox.records() { try disk.play(record) }
    var random = SplitMix64(seed: 1)
    let image = disk.image(losing: .nothing, using: &random)
    let files = try FileManager.default.subpathsOfDirectory(atPath: sandbox.disk.path).map { "/" + $0 }
    #expect(Set(files) == Set(image.keys.filter { !$0.isEmpty }))
    // The lock files are written to through memory, and are made anew by whoever opens first.
    for (path, bytes) in image where bytes != nil && !path.hasSuffix("/lock.mdb") {
      #expect(try Data(contentsOf: sandbox.disk.appending(path: path)) == bytes.map { Data($0) }, "\(path)")
    }
  }

  @Test(arguments: SimulatedDisk.Loss.allCases)
  func `whenever the power is cut, the store opens with all that was acknowledged`(loss: SimulatedDisk.Loss)
    async throws
  {
    let sandbox = try PowerCut.run(calls: 40, batch: 3)
    var cut = PowerCut(
      of: sandbox, calls: 40, batch: 3, loss: loss, seed: Self.seed, images: Self.images ?? 1)
    try await cut.everywhere()
    #expect(cut.broken == [])
    print("\(cut.tried) disks at \(cut.moments) moments, losing \(loss)")
  }

  @Test(arguments: [FaultyDisk.Kind.kill, .landed, .eio])
  func `a power cut after a process was killed, or a disk failed, loses nothing that the next one acknowledged`(
    kind: FaultyDisk.Kind,
  ) async throws {
    var random = SplitMix64(seed: Self.seed)
    var tried = 0
    var operation = 0
    while let sandbox = try PowerCut.runTwice(
      calls: 6, batch: 2, fault: FaultyDisk.Fault(operation: operation + 1, kind: kind))
    {
      operation += 1
      let drawn = try #require(SimulatedDisk.Loss.allCases.randomElement(using: &random))
      for loss in Self.isThorough ? SimulatedDisk.Loss.allCases : [drawn] {
        var cut = PowerCut(
          of: sandbox, calls: 6, batch: 2, loss: loss, seed: random.next(), images: Self.images ?? 1)
        try await cut.everywhere(from: 2)
        #expect(cut.broken == [], "seed \(Self.seed), operation \(operation), losing \(loss)")
        tried += cut.tried
      }
    }
    #expect(operation > 10)
    print("\(tried) disks after each of \(operation) operations, \(kind)")
  }

  @Test func `a disk that lies is found out: it loses what was acknowledged`() async throws {
    try await expectLosses(on: try PowerCut.run(calls: 40, batch: 3, lies: true))
  }

  @Test func `a store that does not sync is found out: it loses what was acknowledged`() async throws {
    let sandbox = try DiskSandbox()
    try #require(try sandbox.touchlog("init", "--key", "disk/store.key").status == 0)
    let outcome = try sandbox.run(
      Sandbox.built("StubbornAppender"), ["disk/store", "disk/store.key", "15", "unsynced"])
    try #require(outcome.status == 0, "\(outcome.errors)")
    try await expectLosses(on: sandbox)
  }

  /// That the test of power cuts fails where it should.
  private func expectLosses(on sandbox: DiskSandbox) async throws {
    for loss in SimulatedDisk.Loss.allCases {
      var cut = PowerCut(of: sandbox, calls: 40, batch: 1, loss: loss, seed: Self.seed, images: 1)
      try await cut.atReceipts()
      #expect(cut.tried > 10)
      if loss == .nothing {
        #expect(cut.broken == [])
      } else {
        #expect(cut.broken.count > cut.tried / 2, "losing \(loss)")
        print("\(cut.broken.count) of \(cut.tried) disks broke a promise, losing \(loss)")
      }
    }
  }
}

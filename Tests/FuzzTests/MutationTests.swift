import Foundation
import LMDB
import Testing
import Touchlog
import TouchlogAdapters
import TouchlogTesting

@testable import TouchlogStore

/// Every target takes inputs that were made from good ones by a few changes. Fixed seeds: a failure comes again.
///
/// TOUCHLOG_FUZZ_ROUNDS sets how many inputs each target takes, TOUCHLOG_FUZZ_SEED which ones. `Tools/fuzz` looks for
/// more with libFuzzer, which is led by what the code covers.
@Suite struct FuzzTests {
  private static let environment = ProcessInfo.processInfo.environment
  private static let rounds = environment["TOUCHLOG_FUZZ_ROUNDS"].flatMap { Int($0) } ?? 1500
  private static let seed = environment["TOUCHLOG_FUZZ_SEED"].flatMap { UInt64($0) } ?? 7

  /// How much of the rounds a target gets: some take a store, a time zone, or a key for each input.
  private static func rounds(for target: FuzzTarget) -> Int {
    switch target {
    case .pages: rounds / 30
    case .mapping, .delimited: rounds / 3
    case .json, .ndjson, .header, .payload, .vault, .frontier: rounds
    }
  }

  @Test(arguments: FuzzTarget.allCases) func `changed inputs break no promise`(target: FuzzTarget) async throws {
    if target == .pages { try await PageProperties.makeReady() }
    var mutator = Mutator(seed: FuzzTests.seed, target: target)
    for seed in target.seeds { try target.take(seed) }
    for round in 0..<FuzzTests.rounds(for: target) {
      let input = mutator.next()
      do {
        try target.take(input)
      } catch {
        Issue.record("round \(round): \(error), for \(String(decoding: input, as: UTF8.self).debugDescription)")
        return
      }
    }
  }

  private func text(of event: Event) -> String { String(decoding: CloudEvents.encode(event), as: UTF8.self) }

  @Test func `events that were made of changed lines are read from a store as they went in`() async throws {
    var mutator = Mutator(seed: FuzzTests.seed, target: .ndjson)
    var checker = EventChecker()
    var taken: [CheckedEvent] = []
    for round in 0..<FuzzTests.rounds where taken.count < 500 {
      for checked in try LineProperties.events(in: mutator.next()) {
        // An identity of its own: most inputs have that of their seed.
        var event = checked.event
        event.id = "fuzz-\(round)-\(taken.count)"
        taken.append(try checker.check(event))
      }
    }
    #expect(taken.count > 100)
    let place = try FuzzStore()
    let store = try place.open()
    for checked in taken {
      do {
        let receipt = try await store.append([checked.event], expecting: .any)
        let position = try #require(receipt.positions.first)
        var found: [String] = []
        try store.read(Query(from: position, until: Position(position.value + 1))) { found.append(text(of: $0.event)) }
        #expect(found == [text(of: checked.normalForm)])
      } catch let error as AppendError {
        // The clock has a say, too.
        #expect("\(error)".contains("time"), "\(error)")
      }
    }
    #expect(try store.verify().damages == [])
  }
}

/// Makes inputs from a target's seeds.
struct Mutator {
  private var random: SplitMix64
  private let seeds: [[UInt8]]
  private let telling =
    Array(#"{}[]",:\u0eE-+.truefalsn&*!|>%@#?;"#.utf8) + [0, 9, 10, 13, 0x7F, 0xC2, 0xED, 0xF0, 0xFF]

  init(seed: UInt64, target: FuzzTarget) {
    random = SplitMix64(seed: seed &+ UInt64(FuzzTarget.allCases.firstIndex(of: target) ?? 0))
    seeds = target.seeds
  }

  /// A seed with one to eight changes.
  mutating func next() -> [UInt8] {
    var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
    for _ in 0..<Int.random(in: 1...8, using: &random) { change(&bytes) }
    return bytes
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let other = Int.random(in: 0...bytes.count, using: &random)
    let span = min(place, other)..<min(max(place, other), min(place, other) + 24)
    switch Int.random(in: 0..<7, using: &random) {
    case 0 where place < bytes.count: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where place < bytes.count: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.insert(telling[Int.random(in: 0..<telling.count, using: &random)], at: place)
    case 3: bytes.removeSubrange(span)
    case 4: bytes.insert(contentsOf: bytes[span], at: place)
    case 5 where Bool.random(using: &random): bytes.removeSubrange(place...)
    default:
      let seed = seeds[Int.random(in: 0..<seeds.count, using: &random)]
      let start = Int.random(in: 0...seed.count, using: &random)
      bytes.insert(contentsOf: seed[start...].prefix(24), at: place)
    }
  }
}

/// A store in a folder of its own, which goes when the test is done.
private final class FuzzStore {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appending(path: "touchlog-fuzz-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let keyPath = folder + "/key"
    _ = try Store.create(at: folder + "/store", options: options) { _ in keyPath }
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: folder)
    } catch {
      print("left behind: \(folder), \(error)")
    }
  }

  private var options: Store.Options {
    var options = Store.Options()
    options.addressSpace = 256 << 20
    options.durability = .unsynced
    return options
  }

  func open() throws -> Store {
    try Store(opening: folder + "/store", keyPath: folder + "/key", access: .appending, options: options)
  }
}

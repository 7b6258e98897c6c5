import Foundation
import LMDB
import Synchronization
import Touchlog

@testable import TouchlogStore

/// A store of which bytes are changed: `verify` comes to an end, and what it finds sound is read as it was.
enum PageProperties {
  /// A sound store, made once in a folder that stays until the process ends.
  private struct Place {
    let folder: String
    let path: String
    let keyPath: String
    let bytes: [UInt8]
    let events: [String]
  }

  private static let place = Mutex<Place?>(nil)

  /// Each five bytes of the input are an offset, 4 bytes, and what the byte there is to be combined with.
  static func take(_ input: [UInt8]) throws {
    try place.withLock { kept in
      let place = try kept ?? makeAtOnce()
      kept = place
      var bytes = place.bytes
      for start in stride(from: 0, through: input.count - 5, by: 5).prefix(16) {
        let offset = input[start..<start + 4].reduce(0) { $0 << 8 | Int($1) } % bytes.count
        bytes[offset] ^= input[start + 4]
      }
      try write(bytes, to: place)
      let isSound = try verify(place)
      if isSound { try BrokenPromise.unless(try read(place) == place.events, "a sound store is read otherwise") }
      try write(place.bytes, to: place)
    }
  }

  private static var options: Store.Options {
    var options = Store.Options()
    options.addressSpace = 64 << 20
    options.durability = .unsynced
    return options
  }

  private static func verify(_ place: Place) throws -> Bool {
    do {
      let verification = try Store.verify(
        at: place.path, options: options, keyPath: { _ in place.keyPath }, progress: { _, _ in }, found: { _ in })
      return verification.damages.isEmpty
    } catch let error as StoreError {
      try BrokenPromise.unlessReadable(error)
      return false
    }
  }

  private static func read(_ place: Place) throws -> [String] {
    let store = try Store(opening: place.path, keyPath: place.keyPath, access: .reading, options: options)
    let events = try store.events().map { "\($0)" }
    try store.close()
    return events
  }

  private static func write(_ bytes: [UInt8], to place: Place) throws {
    guard let file = FileHandle(forUpdatingAtPath: place.path + "/log/data.mdb") else {
      throw BrokenPromise(description: "the store has gone")
    }
    try file.write(contentsOf: bytes)
    try file.close()
  }

  /// Makes the store ahead, for callers on the threads that tasks share: were one of these to wait in `take`, the append
  /// might have none to end on.
  static func makeReady() async throws {
    if place.withLock({ $0 != nil }) { return }
    let made = try await make()
    place.withLock { $0 = made }
  }

  /// Waits for the store, as a fuzzer's entry is no asynchronous function.
  private static func makeAtOnce() throws -> Place {
    let done = DispatchSemaphore(value: 0)
    let made = Mutex<Result<Place, any Error>?>(nil)
    Task.detached {
      do {
        let place = try await make()
        made.withLock { $0 = .success(place) }
      } catch {
        made.withLock { $0 = .failure(error) }
      }
      done.signal()
    }
    done.wait()
    guard let result = made.withLock({ $0 }) else { throw BrokenPromise(description: "no store was made") }
    return try result.get()
  }

  private static func make() async throws -> Place {
    let folder = FileManager.default.temporaryDirectory.appending(path: "touchlog-fuzz-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let (path, keyPath) = (folder + "/store", folder + "/key")
    _ = try Store.create(at: path, options: options) { _ in keyPath }
    let store = try Store(opening: path, keyPath: keyPath, access: .appending, options: options)
    for batch in 0..<3 { _ = try await store.append(events(of: batch)) }
    let events = try store.events().map { "\($0)" }
    try store.close()
    let bytes = Array(try Data(contentsOf: URL(filePath: path + "/log/data.mdb")))
    atexit { PageProperties.remove() }
    return Place(folder: folder, path: path, keyPath: keyPath, bytes: bytes, events: events)
  }

  private static func events(of batch: Int) throws -> [Event] {
    try (0..<80).map { number in
      Event(
        id: "\(batch)-\(number)", source: "/fuzz", type: "contact.started",
        occurredAt: Timestamp(microseconds: 1_740_820_500_000_000),
        subject: try Reference("crm:\(number % 20)"), channel: .phone, interaction: "call-\(number)",
        topic: "topic-\(number % 7)",
        data: ["direction": "inbound", "note": .string(String(repeating: "x", count: number == 5 ? 9000 : number))])
    }
  }

  private static func remove() {
    place.withLock { kept in
      guard let folder = kept?.folder else { return }
      do {
        try FileManager.default.removeItem(atPath: folder)
      } catch {
        print("left behind: \(folder), \(error)")
      }
    }
  }
}

import Foundation
import StubbornAppender
import Testing
import Touchlog
import TouchlogStore

/// A store as it lies on a disk after a fault, and what the log's promises say of it.
struct StoreImage {
  /// The folder with the store `store`.
  let folder: URL
  /// Where the key was put.
  let keyPath: String
  /// Whether `init` had said that the store is made.
  var isMade = true
  /// How many of the calls were acknowledged.
  let acknowledged: Int
  /// How many calls went into each commit; a commit is there as a whole or not at all.
  var batch = 1
  /// How many calls there were in all: the last commit may be smaller.
  var calls = 0

  private var path: String { folder.appending(path: "store").path }

  private static var options: Store.Options {
    var options = Store.Options()
    // Little, for many are open at a time.
    options.addressSpace = 1 << 28
    return options
  }

  /// Writes an image's files to a new folder.
  static func write(_ image: SimulatedDisk.Image, to folder: URL) throws {
    for (path, bytes) in image.sorted(by: { $0.key < $1.key }) {
      let place = folder.path + path
      guard let bytes else {
        try #require(mkdir(place, 0o700) == 0, "making \(place)")
        continue
      }
      let file = open(place, O_WRONLY | O_CREAT | O_EXCL, 0o600)
      try #require(file >= 0, "making \(place)")
      defer { close(file) }
      try #require(bytes.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) } == bytes.count)
    }
  }

  /// What breaks a promise; nil where all are kept.
  ///
  /// The store opens for reading; the log is a beginning of the calls, with all that was acknowledged, each once, and
  /// verifies. It opens for appending: the last calls again, and new ones, go in, each once, and it verifies again. A
  /// store whose making was not acknowledged may instead be refused, in words.
  func brokenPromise() async throws -> String? {
    do {
      let count: Int
      do {
        count = try contained(access: .reading)
      } catch let error as StoreError where !isMade {
        let words = ["there is no store at", "is not a store", "is not an LMDB file"]
        return words.contains { "\(error)".contains($0) } ? nil : "a store that was not made is refused with: \(error)"
      }
      if count < acknowledged { return "\(acknowledged) calls were acknowledged, and \(count) are there" }
      if count % batch != 0, count != calls { return "commits have \(batch) calls, and \(count) are there" }
      let store = try Store(opening: path, keyPath: keyPath, access: .appending, options: StoreImage.options)
      let start = max(0, count - 3)
      let receipt = try await store.append(try Calls.events(start..<count + 4), expecting: .any)
      if receipt.appended != 4 { return "4 new calls were appended, and the receipt says \(receipt.appended)" }
      try store.close()
      let after = try contained(access: .reading)
      if after != count + 4 { return "\(count) calls and 4 more are \(after)" }
    } catch let broken as Broken {
      return broken.promise
    } catch let error as StoreError {
      return "the store does not open: \(error)"
    } catch let error as AppendError {
      return "the store takes no calls: \(error)"
    } catch {
      return "reading it fails: \(error)"
    }
    return nil
  }

  /// As `brokenPromise()`, with no more than the command's verifying.
  func brokenPromise(askedOf sandbox: Sandbox) throws -> String? {
    let outcome = try sandbox.touchlog("verify", "--store", path, "--key", keyPath)
    guard outcome.status == 0 else { return "verifying ends with \(outcome.status): \(outcome.errors)" }
    let count = outcome.output.split(separator: " ").first.flatMap { Int($0) } ?? 0
    return count < acknowledged ? "\(acknowledged) calls were acknowledged, and \(count) are there" : nil
  }

  private struct Broken: Error {
    let promise: String
  }

  /// How many calls there are, once the log is known to be a sound beginning of them.
  private func contained(access: Store.Access) throws -> Int {
    let store = try Store(opening: path, keyPath: keyPath, access: access, options: StoreImage.options)
    let damages = try store.verify().damages
    guard damages.isEmpty else { throw Broken(promise: "verifying found \(damages)") }
    let ids = try store.events().map(\.event.id)
    guard ids == ids.indices.map({ "e\($0)" }) else { throw Broken(promise: "the calls are \(ids)") }
    try store.close()
    return ids.count
  }
}

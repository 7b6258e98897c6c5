import Foundation
import Testing
import Touchlog
import TouchlogTesting

@testable import TouchlogStore

/// A program in Go that knows nothing of Touchlog checks our tiles and proofs: `Checkers/tlog`, on the library of the Go
/// checksum database as Debian has it.
@Suite(.enabled(if: GoChecker.isThere, "golang-go and golang-golang-x-mod-dev are not installed"), .serialized)
struct OtherCheckerTests {
  /// Writes all tiles and entry bundles of a log of 1,100 events to a folder, and proofs beside them.
  private func publishedFolder() async throws -> TemporaryFolder {
    let place = try TemporaryStore()
    let store = try place.open()
    for batch in 0..<11 {
      _ = try await store.append(
        (0..<100).map { try started("\(batch)-\($0)", customer: $0 % 10 == 0 ? nil : "crm:\($0 % 20)") })
    }
    return try publish(store)
  }

  private func publish(_ store: Store) throws -> TemporaryFolder {
    let folder = try TemporaryFolder()
    var random = SplitMix64(seed: 11)
    try store.tree { tree in
      for level in [nil, 0, 1] as [Int?] {
        var index: UInt64 = 0
        while true {
          let width = TilePath.width(level: level ?? 0, index: index, size: tree.size)
          if width == 0 { break }
          // Trees of the sizes in the proofs have narrower tiles at their right edge.
          for width in 1...width {
            let path = TilePath(level: level, index: index, width: width)
            try folder.write(try #require(try tree.bytes(of: path)), to: path.description)
          }
          index += 1
        }
      }
      try folder.write(try proofs(of: tree, using: &random), to: "proofs.json")
    }
    return folder
  }

  private struct Proofs: Encodable {
    struct Inclusion: Encodable {
      let index: UInt64
      let size: UInt64
      let path: [Data]
    }
    struct Consistency: Encodable {
      let old: UInt64
      let new: UInt64
      let path: [Data]
    }
    let size: UInt64
    let root: Data
    var inclusion: [Inclusion] = []
    var consistency: [Consistency] = []
  }

  private func proofs(of tree: borrowing StoredTree, using random: inout SplitMix64) throws -> [UInt8] {
    func data(_ digest: MerkleProof.Digest) -> Data { digest.withBytes { Data($0) } }
    var proofs = Proofs(size: tree.size, root: data(try tree.root))
    for size in [1, 2, 255, 256, 257, 1023, 1024, 1025, 1100] as [UInt64] {
      for index in [0, size - 1, .random(in: 0..<size, using: &random)] {
        let path = try tree.inclusion(of: Position(index), size: size)
        proofs.inclusion.append(Proofs.Inclusion(index: index, size: size, path: path.map(data)))
      }
      for old in [1, size, .random(in: 1...size, using: &random)] {
        let path = try tree.consistency(from: old, to: size)
        proofs.consistency.append(Proofs.Consistency(old: old, new: size, path: path.map(data)))
      }
    }
    let encoder = JSONEncoder()
    // The library reads hashes without their JSON escapes.
    encoder.outputFormatting = .withoutEscapingSlashes
    return Array(try encoder.encode(proofs))
  }

  @Test func `Go's sumdb library finds our tiles, leaves, roots and proofs right, and finds each flipped bit`()
    async throws
  {
    let checker = try await GoChecker()
    let folder = try await publishedFolder()
    let sound = try await checker.run(on: folder.path)
    #expect(sound.status == 0, "\(sound.output)")
    #expect(sound.output == "1100 entries, 27 inclusion proofs, 27 consistency proofs hold\n")
    var random = SplitMix64(seed: 12)
    for name in ["tile/0/000", "tile/0/004.p/76", "tile/1/000.p/4", "tile/entries/002", "tile/entries/004.p/76"] {
      let bytes = try folder.read(name)
      var changed = bytes
      changed[Int.random(in: changed.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      try folder.write(changed, to: name)
      let run = try await checker.run(on: folder.path)
      #expect(run.status == 1, "\(name): \(run.output)")
      try folder.write(bytes, to: name)
    }
    let proofs = try folder.read("proofs.json")
    for list in ["\"inclusion\":", "\"consistency\":"] {
      var text = String(decoding: proofs, as: UTF8.self)
      let start = try #require(text.range(of: list)).upperBound
      // The last digest of a proof's path: base64 of 32 bytes ends with one of 16 digits and an equals sign.
      let end = try #require(text.range(of: "=\"]", range: start..<text.endIndex)).lowerBound
      let digit = text.index(before: end)
      text.replaceSubrange(digit..<end, with: text[digit] == "A" ? "E" : "A")
      try folder.write(Array(text.utf8), to: "proofs.json")
      let run = try await checker.run(on: folder.path)
      #expect(run.status == 1, "\(list) \(run.output)")
    }
  }
}

/// A folder of its own, which goes when the test is done.
private final class TemporaryFolder: Sendable {
  let path = FileManager.default.temporaryDirectory.appending(path: "touchlog-\(UUID())").path

  init() throws {
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit {
    do {
      try FileManager.default.removeItem(atPath: path)
    } catch {
      print("left behind: \(path), \(error)")
    }
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(filePath: path).appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func read(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: path).appending(path: name)))
  }
}

/// The program, built from its source with what is installed, and nothing fetched.
private struct GoChecker {
  private static let library = "/usr/share/gocode"
  private let folder: TemporaryFolder

  static var isThere: Bool {
    ["/usr/bin/go", library + "/src/golang.org/x/mod/sumdb/tlog"].allSatisfy {
      FileManager.default.fileExists(atPath: $0)
    }
  }

  init() async throws {
    folder = try TemporaryFolder()
    let source = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../Checkers/tlog/main.go")
    let build = try await GoChecker.run(
      "/usr/bin/go", ["build", "-o", folder.path + "/tlog", source.standardized.path],
      ["GO111MODULE": "off", "GOPATH": GoChecker.library, "GOCACHE": folder.path + "/cache", "CGO_ENABLED": "0"],
      in: folder.path)
    try #require(build.status == 0, "\(build.output)")
  }

  func run(on path: String) async throws -> (status: Int32, output: String) {
    try await GoChecker.run(folder.path + "/tlog", [path], [:], in: folder.path)
  }

  /// Suspends until a process has ended, for five minutes at most.
  private static func run(
    _ program: String, _ arguments: [String], _ environment: [String: String], in folder: String,
  ) async throws -> (status: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/timeout")
    process.arguments = ["300", program] + arguments
    process.environment = environment.merging(["PATH": "/usr/bin:/bin", "HOME": folder]) { $1 }
    let output = URL(filePath: folder).appending(path: "output")
    try Data().write(to: output)
    let file = try FileHandle(forWritingTo: output)
    process.standardOutput = file
    process.standardError = file
    let status = try await withCheckedThrowingContinuation { (ended: CheckedContinuation<Int32, any Error>) in
      process.terminationHandler = { ended.resume(returning: $0.terminationStatus) }
      do {
        try process.run()
      } catch {
        ended.resume(throwing: error)
      }
    }
    try file.close()
    return (status, try String(contentsOf: output, encoding: .utf8))
  }
}

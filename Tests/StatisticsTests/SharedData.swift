import Foundation
import Testing

/// Real data that lies beside the checkout.
enum SharedData {
  /// The folder of real data; nil where the checkout has none beside it.
  static let folder: URL? = {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let named = ProcessInfo.processInfo.environment["TOUCHLOG_SHARED"].map { URL(filePath: $0) }
    let folder = (named ?? root.appending(path: "../shared")).appending(path: "data")
    return FileManager.default.fileExists(atPath: folder.path) ? folder : nil
  }()

  static var isThere: Bool { folder != nil }

  /// The fields of each line below the heading, parted by spaces, tabs or commas.
  static func table(_ path: String) throws -> [[String]] {
    rows(try String(contentsOf: try #require(folder).appending(path: path), encoding: .utf8))
  }

  /// The same of a compressed file.
  static func unzippedTable(_ path: String) throws -> [[String]] {
    let gunzip = Process()
    gunzip.executableURL = URL(filePath: "/usr/bin/env")
    gunzip.arguments = ["gunzip", "-c", try #require(folder).appending(path: path).path]
    let pipe = Pipe()
    gunzip.standardOutput = pipe
    try gunzip.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    gunzip.waitUntilExit()
    try #require(gunzip.terminationStatus == 0)
    return rows(String(decoding: bytes, as: UTF8.self))
  }

  private static func rows(_ text: String) -> [[String]] {
    text.split(whereSeparator: \.isNewline).dropFirst().map { line in
      line.split { $0 == " " || $0 == "\t" || $0 == "," }.map(String.init)
    }
  }
}

/// Whether two numbers agree to this many units of the expected one.
func agree(_ found: Double, _ expected: Double, within relative: Double = 1e-12) -> Bool {
  abs(found - expected) <= relative * abs(expected)
}

/// Numbers that look random and are the same in every run (SplitMix64, Steele, Lea and Flood 2014).
struct SeededNumbers: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Between 0 and 1, neither included.
  mutating func uniform() -> Double { (Double(next() >> 11) + 0.5) * 0x1p-53 }
}

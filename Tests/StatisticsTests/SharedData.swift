import Foundation
import RealData

extension SharedData {
  /// The fields of each line below the heading, parted by spaces, tabs or commas.
  static func table(_ path: String) throws -> [[String]] {
    rows(try String(contentsOf: try file(path), encoding: .utf8))
  }

  /// The same of a compressed file.
  static func unzippedTable(_ path: String) throws -> [[String]] {
    rows(String(decoding: try unzipped(path), as: UTF8.self))
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

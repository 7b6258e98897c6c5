import JSON

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// Parses a text with a new parser; `nil` when it is accepted.
func refusal(of text: [UInt8], maximumBytes: Int = 64 << 20) -> JSONError? {
  var parser = JSONParser(maximumBytes: maximumBytes)
  do throws(JSONError) {
    let document = try parser.parse(text.span)
    return document.count > 0 ? nil : JSONError(.structure, "a document without a root")
  } catch {
    return error
  }
}

func refusal(of text: String) -> JSONError? { refusal(of: Array(text.utf8)) }

func equal(_ a: String, _ b: String) throws -> Bool { try JSON.equal(a.utf8.span, b.utf8.span) }

extension Span<UInt8> {
  var text: String { withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) } }
}

/// The copy of JSONTestSuite that lies beside the checkout.
enum TestSuite {
  static let folder: URL = {
    let shared = ProcessInfo.processInfo.environment["TOUCHLOG_SHARED"].map { URL(filePath: $0) }
    let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    return (shared ?? package.deletingLastPathComponent().appending(path: "shared")).appending(path: "data/json")
  }()

  static var isPresent: Bool { FileManager.default.fileExists(atPath: folder.path) }

  /// The names of the files that begin with `prefix`.
  static func names(_ prefix: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasPrefix(prefix) }.sorted()
  }

  static func read(_ name: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: folder.appending(path: name)))
  }
}

/// SplitMix64: the same values on every run.
struct Seeded: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension JSONValue {
  /// A tree with all kinds of values, at most `depth` levels deep.
  static func random(depth: Int, using random: inout Seeded) -> JSONValue {
    switch Int.random(in: 0..<(depth > 0 ? 8 : 5), using: &random) {
    case 0: return .null
    case 1: return .bool(Bool.random(using: &random))
    case 2, 3: return .number(randomNumber(using: &random))
    case 4: return .string(randomText(using: &random))
    case 5:
      let count = Int.random(in: 0..<5, using: &random)
      return .array((0..<count).map { _ in JSONValue.random(depth: depth - 1, using: &random) })
    default:
      let count = Int.random(in: 0..<(Int.random(in: 0..<8, using: &random) == 0 ? 40 : 6), using: &random)
      return .object(
        (0..<count).map { ("\(randomText(using: &random))\($0)", JSONValue.random(depth: depth - 1, using: &random)) })
    }
  }

  static func randomNumber(using random: inout Seeded) -> String {
    let units = Int64.random(in: -9999...9999, using: &random)
    let fraction = Bool.random(using: &random) ? ".\(Int.random(in: 1...99_999, using: &random))" : ""
    let exponent = Int.random(in: 0..<4, using: &random) == 0 ? "e\(Int.random(in: -30...30, using: &random))" : ""
    return "\(units)\(fraction)\(exponent)"
  }

  static func randomText(using random: inout Seeded) -> String {
    let alphabet: [Character] = ["a", "Z", "0", "\"", "\\", "/", "\n", "\u{1}", "å", "€", "𝄞", " ", "\u{7F}"]
    return String(
      (0..<Int.random(in: 0..<12, using: &random)).map { _ in alphabet.randomElement(using: &random) ?? "a" })
  }

  /// The same value, written otherwise: members shuffled, spaces between, escapes where none are needed,
  /// numbers with other exponents.
  func rewritten(using random: inout Seeded) -> String {
    func space(_ random: inout Seeded) -> String {
      ["", "", " ", "\n\t", "\r\n  "].randomElement(using: &random) ?? ""
    }
    switch self {
    case .null, .bool: return text
    case .number(let digits): return Self.rewritten(digits, using: &random)
    case .string(let content): return Self.quoted(content, using: &random)
    case .array(let elements):
      let inner = elements.map { space(&random) + $0.rewritten(using: &random) + space(&random) }
      return "[" + inner.joined(separator: ",") + "]"
    case .object(let members):
      let inner = members.shuffled(using: &random).map {
        space(&random) + Self.quoted($0.key, using: &random) + space(&random) + ":" + space(&random)
          + $0.value.rewritten(using: &random) + space(&random)
      }
      return "{" + inner.joined(separator: ",") + (members.isEmpty ? space(&random) : "") + "}"
    }
  }

  private static func rewritten(_ digits: String, using random: inout Seeded) -> String {
    let parts = digits.split(separator: "e")
    let shift = Int.random(in: 0...3, using: &random)
    let exponent = (parts.count > 1 ? Int(parts[1]) ?? 0 : 0) - shift
    let mantissa = parts[0].split(separator: ".")
    let fraction = mantissa.count > 1 ? String(mantissa[1]) : ""
    let padded = fraction + String(repeating: "0", count: max(0, shift - fraction.count) + 1)
    var whole = String(mantissa[0]) + padded.prefix(shift)
    let isNegative = whole.hasPrefix("-")
    whole = String(whole.drop { $0 == "-" || $0 == "0" })
    return (isNegative ? "-" : "") + (whole.isEmpty ? "0" : whole) + "." + padded.dropFirst(shift) + "0E\(exponent)"
  }

  private static func quoted(_ content: String, using random: inout Seeded) -> String {
    var text = "\""
    for unit in content.unicodeScalars {
      let isEscaped = unit.value < 0x20 || unit == "\"" || unit == "\\" || Int.random(in: 0..<4, using: &random) == 0
      if isEscaped {
        for half in String(unit).utf16 {
          let digits = String(half, radix: 16)
          text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        }
      } else {
        text.unicodeScalars.append(unit)
      }
    }
    return text + "\""
  }
}

import JSON
import Testing

@Suite struct `Two texts` {
  @Test(arguments: [
    ("1", "1.0"), ("1", "10e-1"), ("0.10", "0.1"), ("-0", "0"), ("0e5", "-0.0"), ("100", "1E+2"), ("1e400", "10e399"),
    ("123456789012345678901234567890", "1.2345678901234567890123456789e29"),
    ("1e1000000000000000000", "10e999999999999999999"),
    ("0.1e-999999999999999999", "1e-1000000000000000000"), ("1e-99999999999999999999", "100e-100000000000000000001"),
    ("12.5e99999999999999999999", "1.25e100000000000000000000"), ("1e00000000000000000000000001", "10"),
    (#"{"a":1,"b":[true,null]}"#, #" { "b" : [ true , null ] , "a" : 1.0 } "#), (#""\u0041\/""#, #""A/""#),
    ("[]", "[ ]"),
    (#""\ud834\udd1e""#, "\"𝄞\""), (#"{"\u0061":1}"#, #"{"a":1}"#),
  ])
  func `are equal by value`(a: String, b: String) throws {
    #expect(try equal(a, b))
    #expect(try equal(b, a))
    #expect(try JSONValue(parsing: a) == JSONValue(parsing: b))
  }

  @Test(arguments: [
    ("1", "-1"), ("1", "1.00000000000000000000000000001"), ("1", "\"1\""), ("1e400", "1e401"), ("1", "10"),
    ("101", "1001"),
    ("9007199254740993", "9007199254740992"), ("1e99999999999999999999", "1e-99999999999999999999"),
    ("1e400", "-1e400"),
    ("1e99999999999999999999", "1e99999999999999999998"), ("1e99999999999999999999", "1"), ("0.5", "0.05"),
    ("11", "1.1"),
    ("null", "false"), ("true", "false"), ("[]", "{}"), ("[1,2]", "[2,1]"), ("[1]", "[1,1]"),
    (#"{"a":1}"#, #"{"b":1}"#),
    (#"{"a":1}"#, #"{"a":1,"b":1}"#), (#""é""#, "\"e\u{301}\""), (#"{"a":1,"b":2}"#, #"{"a":2,"b":1}"#),
    ("0", "1e-99999999999999999999"),
  ])
  func `differ by value`(a: String, b: String) throws {
    #expect(try !equal(a, b))
    #expect(try !equal(b, a))
    #expect(try JSONValue(parsing: a) != JSONValue(parsing: b))
  }

  @Test func `with a long exponent are compared in the memory of their text`() throws {
    let nines = String(repeating: "9", count: 100_000)
    #expect(try equal("1e\(nines)", "0.1e1" + String(repeating: "0", count: 100_000)))
    #expect(try !equal("1e\(nines)", "1e1" + String(repeating: "0", count: 100_000)))
  }

  @Test func `are equal when one is the other, reordered and respaced`() throws {
    var random = Seeded(state: 1)
    for _ in 0..<400 {
      let value = JSONValue.random(depth: 5, using: &random)
      let other = value.rewritten(using: &random)
      #expect(try equal(value.text, other), "\(value.text)\n\(other)")
      #expect(try JSONValue(parsing: other) == value)
    }
  }

  @Test func `differ when one leaf does`() throws {
    var random = Seeded(state: 2)
    for _ in 0..<400 {
      let value = JSONValue.random(depth: 5, using: &random)
      var leaf = Int.random(in: 0..<max(1, leaves(of: value)), using: &random)
      let changed = changing(value, at: &leaf)
      #expect(try !equal(value.text, changed.rewritten(using: &random)), "\(value.text)\n\(changed.text)")
      #expect(value != changed)
    }
  }

  @Test func `of many members are compared whatever their order`() throws {
    var random = Seeded(state: 3)
    let keys = (0..<20_000).map { "key-\($0)" }
    func text(_ keys: [String], _ value: Int) -> String {
      "{" + keys.map { "\"\($0)\":\($0 == "key-777" ? value : 1)" }.joined(separator: ",") + "}"
    }
    #expect(try equal(text(keys, 1), text(keys.shuffled(using: &random), 1)))
    #expect(try !equal(text(keys, 1), text(keys.shuffled(using: &random), 2)))
    #expect(try !equal(text(keys, 1), text(keys.dropLast() + ["other"], 1)))
  }

  @Test func `are refused when one is no JSON`() {
    #expect(throws: JSONError.self) { try equal("[1]", "[1") }
    #expect(throws: JSONError.self) { try equal("[1", "[1]") }
  }

  private func leaves(of value: JSONValue) -> Int {
    switch value {
    case .array(let elements) where !elements.isEmpty: elements.reduce(0) { $0 + leaves(of: $1) }
    case .object(let members) where !members.isEmpty: members.reduce(0) { $0 + leaves(of: $1.value) }
    default: 1
    }
  }

  private func changing(_ value: JSONValue, at leaf: inout Int) -> JSONValue {
    switch value {
    case .array(let elements) where !elements.isEmpty:
      return .array(elements.map { changing($0, at: &leaf) })
    case .object(let members) where !members.isEmpty:
      return .object(members.map { ($0.key, changing($0.value, at: &leaf)) })
    default:
      leaf -= 1
      guard leaf == -1 else { return value }
      switch value {
      case .number(let text): return .number(text.hasPrefix("-") ? "17e50" : "-17e50")
      case .string(let text): return .string(text + "!")
      case .bool(let flag): return .bool(!flag)
      default: return .string("changed")
      }
    }
  }
}

import JSON
import Testing

@Suite struct `A number` {
  private func decimal(_ text: String, scale: Int) throws -> Int64? {
    var parser = JSONParser()
    let document = try parser.parse(text.utf8.span)
    return document.root.decimal(scale: scale)
  }

  @Test(
    arguments: [
      ("0", 6, 0), ("-0.000", 0, 0), ("0e99999999999999999999", 6, 0), ("1", 6, 1_000_000), ("1.25", 6, 1_250_000),
      ("1.250000000000000000000000", 6, 1_250_000), ("-4.5", 1, -45), ("10e-1", 0, 1), ("1e3", 0, 1000),
      ("100", -2, 1), ("0.000001", 6, 1), ("9223372036854775807", 0, .max), ("-9223372036854775808", 0, .min),
      ("9.223372036854775807", 18, .max), ("-922337203685477580.8", 1, .min), ("1000e-00000000000000000000003", 0, 1),
      ("0.0000000000000000000000001e25", 0, 1), ("12300", 0, 12300), ("1E+2", 0, 100),
    ] as [(String, Int, Int64)])
  func `is scaled exactly`(text: String, scale: Int, expected: Int64) throws {
    #expect(try decimal(text, scale: scale) == expected)
  }

  @Test(arguments: [
    ("0.0000001", 6), ("1.5", 0), ("9223372036854775808", 0), ("-9223372036854775809", 0), ("1e19", 0), ("1e400", 0),
    ("1e-400", 6), ("1", -1), ("1e99999999999999999999999", 0), ("9223372036854.775808", 6),
    ("18446744073709551617", 0),
  ])
  func `with more places or beyond 64 bits is nil`(text: String, scale: Int) throws {
    #expect(try decimal(text, scale: scale) == nil)
  }

  @Test func `agrees with Int64 for random integers and scales`() throws {
    var random = Seeded(state: 7)
    for _ in 0..<2000 {
      let value = Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0..<63, using: &random)
      let scale = Int.random(in: 0...18, using: &random)
      var writer = JSONWriter()
      writer.decimal(value, scale: scale)
      #expect(try decimal(String(decoding: writer.bytes, as: UTF8.self), scale: scale) == value)
    }
  }
}

import Touchlog

/// Values that a field takes, and values that it refuses, made from its declaration.
struct FieldSamples {
  /// A value that is refused, as JSON, and what its refusal must say.
  struct Refused {
    let json: String
    let found: String
    var expected: String
  }

  let good: [String]
  let refused: [Refused]

  init(_ field: Field) {
    let cases = FieldSamples.cases(of: field.kind)
    good = cases.good
    refused = cases.refused.map { Refused(json: $0.json, found: $0.found, expected: $0.expected ?? cases.expected) }
  }

  private typealias Cases = (
    expected: String, good: [String], refused: [(json: String, found: String, expected: String?)]
  )

  private static func cases(of kind: Field.Kind) -> Cases {
    switch kind {
    case .choice(let words):
      return (
        "one of \(words.joined(separator: ", "))", words.map { "\"\($0)\"" },
        others(than: "text") + [
          (#""nonsense""#, "the text “nonsense”", nil), (#""""#, "the text “”", nil),
          ("\"\(words[0]) \"", "the text “\(words[0]) ”", nil),
          ("\"\(words[0].uppercased())\"", "the text “\(words[0].uppercased())”", nil),
        ]
      )
    case .name, .identifier:
      return (
        "a text of 1 to 480 bytes", [#""a""#, #""Åsa \u0041""#, quoted(240, "å")], others(than: "text") + badNames
      )
    case .reference:
      return (
        "a reference scheme:value such as crm:42", [#""crm:42""#, #""TEL:+46 70 123 45 67""#],
        others(than: "text") + [
          (#""nobody""#, "“nobody”", nil), (#""""#, "“”", nil),
          (#""tel:0701234567""#, "“tel:0701234567”", "a number in E.164 such as tel:+46701234567"),
          (#""number:17""#, "“number:17”", "a reference other than number:, which the log gives itself"),
          (quoted(477, "a", before: "crm:"), "481 bytes", "480 bytes at most"),
        ]
      )
    case .time:
      return (
        "an RFC 3339 time from 1900 on, such as 2025-03-01T09:15:00Z",
        [#""2025-03-01T09:15:00Z""#, #""1900-01-01T00:00:00Z""#, #""9999-12-31T23:59:59Z""#],
        others(than: "text") + [
          (#""tomorrow""#, "the text “tomorrow”", nil),
          (#""2025-02-29T00:00:00Z""#, "the text “2025-02-29T00:00:00Z”", nil),
          (#""1899-12-31T23:59:59Z""#, "the text “1899-12-31T23:59:59Z”", nil),
        ]
      )
    case .integer(let range):
      return (
        "a whole number from \(range.lowerBound) to \(range.upperBound)",
        ["\(range.lowerBound)", "\(range.upperBound)", "\(range.upperBound).0", "\(range.upperBound)e0"],
        others(than: "number")
          + ["\(range.lowerBound - 1)", "\(range.upperBound + 1)", "1.5", "1e400"].map {
            ($0, "the number “\($0)”", nil)
          }
      )
    case .decimal(let range):
      let low = Field.decimalText(range.lowerBound)
      let high = Field.decimalText(range.upperBound)
      let below = Field.decimalText(range.lowerBound - 1)
      let above = Field.decimalText(range.upperBound + 1)
      return (
        "a number from \(low) to \(high) with up to 6 decimal places",
        [low, high, "0.5", "0.123456", "0.1234560", "5e-1"],
        others(than: "number")
          + [below, above, "0.1234567", "1e-7", "1e400", "0.0000000000001"].map { ($0, "the number “\($0)”", nil) }
      )
    case .currency:
      return (
        "three capital letters of ISO 4217", [#""SEK""#, #""\u0045UR""#],
        others(than: "text")
          + ["sek", "SE", "SEKK", "", "SÉ", "S1K"].map { ("\"\($0)\"", "the text “\($0)”", nil) }
      )
    case .text:
      return ("a text", [#""""#, #""a\nb""#, quoted(5000, "x")], others(than: "text"))
    case .json:
      return ("a JSON value", ["1", "null", #""x""#, "[]", #"{"a":[1]}"#, "true"], [])
    }
  }

  /// Values of every kind but the one that the field takes.
  private static func others(than kind: String) -> [(json: String, found: String, expected: String?)] {
    [
      ("true", "true", nil), ("false", "false", nil), ("[1, 2]", "the array “[1, 2]”", nil),
      (#"{"a":1}"#, #"the object “{"a":1}”"#, nil),
      kind == "text" ? ("5", "the number “5”", nil) : (#""5""#, "the text “5”", nil),
    ]
  }

  private static let badNames: [(json: String, found: String, expected: String?)] = [
    (#""""#, "“”", "a text that is not empty"), (quoted(481, "a"), "481 bytes", "480 bytes at most"),
    (#""a\u0000""#, #"“a\u{0}”"#, "no control characters"), (#""a\nb""#, #"“a\u{a}b”"#, "no control characters"),
    (#""\u0085""#, #"“\u{85}”"#, "no control characters"), ("\"\u{9F}\"", #"“\u{9f}”"#, "no control characters"),
    (#""\u007f""#, #"“\u{7f}”"#, "no control characters"),
  ]

  private static func quoted(_ count: Int, _ letter: String, before: String = "") -> String {
    "\"\(before)\(String(repeating: letter, count: count))\""
  }
}

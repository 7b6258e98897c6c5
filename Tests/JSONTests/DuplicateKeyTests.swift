import JSON
import Testing

@Suite struct `A key that comes twice` {
  @Test(arguments: [
    (#"{"a":1,"a":1}"#, "\"a\"", 7), (#"{"":1,"":2}"#, "\"\"", 6), (#"[{"b":{"x":1,"y":2,"x":3}}]"#, "\"x\"", 19),
    (#"{"a":1,"\u0061":2}"#, "\"a\"", 7), (#"{"long-key-one":1,"b":2,"long-key-one":3}"#, "\"long-key-one\"", 24),
    (#"{"a":{"a":1},"b":2,"a":3}"#, "\"a\"", 19), (#"{"é":1,"\u00e9":2}"#, "\"é\"", 8),
  ])
  func `is refused and named`(text: String, key: String, offset: Int) throws {
    let refused = try #require(refusal(of: text))
    #expect(refused.kind == .duplicateKey)
    #expect(refused.offset == offset)
    #expect(refused.message.contains(key))
  }

  @Test(arguments: [
    #"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":1}]}"#, #"{"a":1,"a\u0000":2,"aa":3,"":4}"#,
    #"{"e\u0301":1,"é":2}"#, #"{"12345678":1,"123456789":2,"87654321":3,"1234567":4}"#,
    #"{"aaaaaaaaxbbbbbbbb":1,"aaaaaaaaybbbbbbbb":2}"#,
  ])
  func `is none where keys differ, or objects do`(text: String) {
    #expect(refusal(of: text) == nil)
  }

  @Test(arguments: [2, 23, 24, 25, 26, 100, 100_000])
  func `is found in an object of any size`(count: Int) throws {
    // The middles differ only, so that all signatures of one length are alike.
    let keys = (0..<count).map { "same-beginning-\($0)-same-ending" }
    func text(_ keys: [String]) -> String { "{" + keys.map { "\"\($0)\":1" }.joined(separator: ",") + "}" }
    #expect(refusal(of: text(keys)) == nil)
    for repeated in [0, count / 2, count - 1] {
      let refused = try #require(refusal(of: text(keys + [keys[repeated]])))
      #expect(refused.kind == .duplicateKey)
      #expect(refused.message.contains("\"\(keys[repeated])\""))
      #expect(refused.offset == text(keys).utf8.count)
    }
  }

  @Test func `is cut in the message where it is long`() throws {
    let key = String(repeating: "k", count: 5000)
    let refused = try #require(refusal(of: "{\"\(key)\":1,\"\(key)\":2}"))
    #expect(refused.message.utf8.count < 200)
  }
}

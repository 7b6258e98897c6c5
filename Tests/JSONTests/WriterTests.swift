import JSON
import Testing

@Suite struct `A writer` {
  @Test func `writes compactly, in the order given, after what was there`() {
    var writer = JSONWriter(appendingTo: Array("data: ".utf8))
    writer.object { report in
      report.key("z")
      report.integer(Int64.min)
      report.key("a\"b")
      report.array { list in
        list.null()
        list.bool(true)
        list.bool(false)
        list.decimal(1_250_000, scale: 6)
        list.double(0.1)
        list.number("1e400")
        list.array { _ in }
        list.object { _ in }
        list.raw(#"{"x": 1}"#.utf8.span)
        list.string("å".utf8.span)
      }
      report.key("k".utf8.span)
      report.integer(UInt64.max)
    }
    #expect(
      String(decoding: writer.bytes, as: UTF8.self)
        == #"data: {"z":-9223372036854775808,"a\"b":[null,true,false,1.25,0.1,1e400,[],{},{"x": 1},"å"],"#
        + #""k":18446744073709551615}"#
    )
  }

  @Test(
    arguments: [
      (0, 6, "0"), (1, 6, "0.000001"), (-1, 6, "-0.000001"), (1_000_000, 6, "1"), (-1_500_000, 6, "-1.5"),
      (120, 0, "120"),
      (120, 1, "12"), (.min, 18, "-9.223372036854775808"), (.max, 20, "0.09223372036854775807"), (100, 2, "1"),
    ] as [(Int64, Int, String)])
  func `writes decimals without zeros at the end`(value: Int64, scale: Int, expected: String) {
    var writer = JSONWriter()
    writer.decimal(value, scale: scale)
    #expect(String(decoding: writer.bytes, as: UTF8.self) == expected)
  }

  @Test func `escapes what RFC 8259 says and nothing else`() throws {
    let all = String(String.UnicodeScalarView((0...0x2030).compactMap { Unicode.Scalar($0) }))
    var writer = JSONWriter()
    writer.string(all)
    #expect(
      writer.bytes.starts(with: Array(#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e"#.utf8))
    )
    #expect(writer.bytes.count == all.utf8.count + 2 + 5 * 27 + 7)
    #expect(try JSONValue(parsing: String(decoding: writer.bytes, as: UTF8.self)) == .string(all))
  }

  @Test func `passes on what a body throws`() {
    var writer = JSONWriter()
    #expect(throws: JSONError(.empty, "stop")) {
      try writer.array { (_: inout JSONWriter) throws(JSONError) in throw JSONError(.empty, "stop") }
    }
  }

  @Test func `stops at what cannot become JSON`() async {
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.object { $0.integer(1) }
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.array { $0.key("a") }
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.integer(1)
      writer.integer(2)
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.number("01")
    }
    await #expect(processExitsWith: .failure) {
      var writer = JSONWriter()
      writer.double(.nan)
    }
  }

  @Test func `writes trees that read back as they were`() throws {
    var random = Seeded(state: 4)
    for _ in 0..<400 {
      let value = JSONValue.random(depth: 6, using: &random)
      let read = try JSONValue(parsing: value.text)
      #expect(read == value)
      #expect(read.text == value.text)
    }
  }
}

@Suite struct `A tree` {
  @Test func `is written as a literal`() throws {
    let value: JSONValue = ["id": "1", "n": nil, "data": ["score": 4.5, "count": -3, "tags": ["kiosk", true, [:]]]]
    #expect(value.text == #"{"id":"1","n":null,"data":{"score":4.5,"count":-3,"tags":["kiosk",true,{}]}}"#)
    #expect(value["data"]?["score"] == 4.50)
    #expect(value["absent"] == nil)
    #expect(value["id"] == "1")
  }

  @Test func `is refused from a text that is none`() {
    #expect(throws: JSONError.self) { try JSONValue(parsing: "{") }
  }
}

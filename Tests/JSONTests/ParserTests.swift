import JSON
import Testing

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

@Suite struct `A parser` {
  @Test func `lays the values out in document order with places, keys and siblings`() throws {
    var parser = JSONParser()
    let text = #" {"a" : [1, {"\u0062":"x\ny"} , [ ]], "c":-1.50e+2 ,"d":true} "#
    let document = try parser.parse(text.utf8.span)
    #expect(document.count == 8)
    #expect(document.text.text == text)
    let rows = (0..<document.count).map { index in
      let node = document[index]
      return
        "\(node.kind) \(node.depth) \(node.key.text) \(node.count) \(node.nextIndex) \(node.offset) \(node.raw.text)"
    }
    #expect(
      rows == [
        #"object 0  3 8 1 {"a" : [1, {"\u0062":"x\ny"} , [ ]], "c":-1.50e+2 ,"d":true}"#,
        #"array 1 a 3 6 8 [1, {"\u0062":"x\ny"} , [ ]]"#,
        #"number 2  0 3 9 1"#,
        #"object 2  1 5 12 {"\u0062":"x\ny"}"#,
        #"string 3 b 0 5 22 "x\ny""#,
        #"array 2  0 6 32 [ ]"#,
        #"number 1 c 0 7 42 -1.50e+2"#,
        #"true 1 d 0 8 56 true"#,
      ])
  }

  @Test func `answers what a value is, and nil for what it is not`() throws {
    var parser = JSONParser()
    let document = try parser.parse(#"{"s":"å\u00e5","n":12.50,"t":true,"f":false,"z":null,"e":{}}"#.utf8.span)
    let root = document.root
    #expect(root["s"]?.string == "åå")
    #expect(root["s"]?.utf8.count == 4)
    #expect(root["s"]?.int64 == nil)
    #expect(root["n"]?.decimal(scale: 2) == 1250)
    #expect(root["n"]?.double == 12.5)
    #expect(root["n"]?.string == nil)
    #expect(root["t"]?.bool == true)
    #expect(root["f"]?.bool == false)
    #expect(root["z"]?.isNull == true)
    #expect(root["z"]?.bool == nil)
    #expect(root["e"]?.count == 0)
    #expect(root["s"]?["s"]?.kind == nil)
    #expect(root["absent"]?.kind == nil)
    #expect(root.member("n".utf8.span)?.raw.text == "12.50")
    #expect(root["s"]?.isString("åå") == true)
    #expect(root["s"]?.isString("å") == false)
    #expect(root["t"]?.keyOffset == 26)
    #expect(root.keyOffset == nil)
  }

  @Test func `accepts a scalar as the whole text`() throws {
    var parser = JSONParser()
    for text in ["1", " null ", "\"\"", "-0.0e-0", "true", "[]", "{}"] {
      let document = try parser.parse(text.utf8.span)
      #expect(document.count == 1)
      #expect(document.root.raw.text == text.filter { $0 != " " })
    }
  }

  @Test func `accepts numbers of any length and exponent, among other values`() throws {
    let digits = "123456789012345678901234567890"
    let text = #"{"a":[\#(digits),1e400,-1E-99999999999999999999999,"x\n"],"b":0.\#(digits),"c":"é"}"#
    var parser = JSONParser()
    let document = try parser.parse(text.utf8.span)
    #expect(document.count == 8)
    #expect(document[2].raw.text == digits)
    #expect(document[2].int64 == nil)
    #expect(document[3].raw.text == "1e400")
    #expect(document[3].double == nil)
    #expect(document[4].raw.text == "-1E-99999999999999999999999")
    #expect(document[4].double == 0)
    #expect(document.root["c"]?.string == "é")
    #expect(document.root.raw.text == text)
    #expect(refusal(of: "[\(digits),01]")?.kind == .number)
    #expect(refusal(of: "[1e400")?.kind == .structure)
    #expect(refusal(of: "\(digits) \(digits)")?.kind == .structure)
  }

  @Test(arguments: [
    ("", JSONError.Kind.empty, 0), (" \n", .empty, 2), ("\u{FEFF}{}", .byteOrderMark, 0),
    ("[1,]", .structure, 3), ("{\"a\" 1}", .structure, 5), ("{\"a\":1 \"b\":2}", .structure, 7),
    ("{1:2}", .structure, 1), ("[1 2]", .structure, 3), ("{} x", .structure, 3), ("[", .structure, 1),
    ("[1", .structure, 2), ("{\"a\":", .structure, 5), ("1 2", .structure, 2), ("]", .structure, 0),
    ("[\"a\u{1}\"]", .controlCharacter, 3), ("[\"abc", .unclosedString, 1), ("[\"a\\x\"]", .escape, 3),
    ("[\"\\u12G4\"]", .escape, 2), ("[\"ab\\uD800\"]", .loneSurrogate, 4), ("[\"\\uD800\\u0041\"]", .loneSurrogate, 2),
    ("[\"\\uDC00\"]", .loneSurrogate, 2), ("{\"\\uDFFFa\":1}", .loneSurrogate, 2), ("[01]", .number, 1),
    ("[1.]", .number, 1), ("[-]", .number, 1), ("[1, +1]", .structure, 4), ("[1e]", .number, 1),
    ("[nul]", .literal, 1), ("[truex]", .literal, 1), ("[\0]", .structure, 1), ("\0", .structure, 0),
    ("{}\0", .structure, 2),
    ("{\"a\":1,}", .structure, 7), ("{\"a\":[1}", .structure, 7), ("[1]]", .structure, 3), ("nan", .literal, 0),
    ("[\\\"\"]", .structure, 1),
  ])
  func `names the kind and the place of what is wrong`(text: String, kind: JSONError.Kind, offset: Int) throws {
    let refused = try #require(refusal(of: text))
    #expect(refused.kind == kind, "\(refused)")
    #expect(refused.offset == offset, "\(refused)")
    #expect(refused.description.hasSuffix("at byte \(offset)"))
  }

  @Test func `says in words what was expected and what came`() {
    #expect(refusal(of: "[1,]")?.description == "expected a value, found ']' at byte 3")
    #expect(refusal(of: "{\"a\"")?.description == "expected a colon after the key, found the end of the text at byte 4")
    #expect(
      refusal(of: #"{"x":{"k\u0065y":1,"key":2}}"#)?.description
        == #"expected each key once in an object, found "key" again at byte 19"#)
  }

  @Test func `finds the first byte that is not UTF-8`() {
    for offset in [1, 2, 63, 64, 65, 200] {
      var text = Array("\"".utf8) + Array(repeating: UInt8(ascii: "a"), count: offset - 1) + [0xC3, 0x28]
      text += Array(repeating: UInt8(ascii: "b"), count: 100) + [UInt8(ascii: "\"")]
      #expect(refusal(of: text)?.kind == .notUTF8)
      #expect(refusal(of: text)?.offset == offset)
    }
  }

  @Test func `allows 64 levels and no more, empty or not`() {
    func arrays(_ depth: Int, _ inner: String = "") -> String {
      String(repeating: "[", count: depth) + inner + String(repeating: "]", count: depth)
    }
    func objects(_ depth: Int) -> String {
      String(repeating: #"{"a":"#, count: depth) + "0" + String(repeating: "}", count: depth)
    }
    #expect(JSONParser.maximumDepth == 64)
    for text in [arrays(64), arrays(64, "1"), objects(64), arrays(63, "{}")] { #expect(refusal(of: text) == nil) }
    for text in [arrays(65), arrays(65, "1"), arrays(66), arrays(64, "{}"), arrays(100_000)] {
      #expect(refusal(of: text)?.kind == .tooDeep)
      #expect(refusal(of: text)?.offset == 64)
    }
    #expect(refusal(of: objects(65))?.kind == .tooDeep)
    #expect(refusal(of: objects(65))?.offset == 64 * 5)
    #expect(refusal(of: objects(65))?.message.contains("64 levels") == true)
    #expect(refusal(of: String(repeating: "[", count: 100_000))?.kind == .tooDeep)
  }

  @Test func `refuses a text that is larger than it was made for`() {
    #expect(refusal(of: Array("[1,2,3]".utf8), maximumBytes: 7) == nil)
    #expect(refusal(of: Array("[1,2,34]".utf8), maximumBytes: 7)?.kind == .tooLarge)
  }

  @Test func `is as good as new after an error`() throws {
    var parser = JSONParser()
    let big = "[" + String(repeating: "\"abc\",", count: 20_000) + "1e999]"
    let texts = [
      "{\"a\":1}", "[", "{\"a\":[1,2]}", "{\"a\":1,\"a\":2}", "[1e400]", "\"\u{1}\"", big, "", "3",
      String(big.dropLast()),
    ]
    for text in texts + texts.reversed() {
      let expected = refusal(of: text)
      do throws(JSONError) {
        let document = try parser.parse(text.utf8.span)
        #expect(expected == nil)
        #expect(document.root.raw.text == text)
      } catch {
        #expect(error == expected)
      }
    }
  }

  @Test func `reads nothing beyond the padding of a text that is parsed in place`() throws {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let pages = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    let memory = try #require(pages == MAP_FAILED ? nil : pages)
    defer { munmap(memory, 2 * page) }
    #expect(mprotect(memory + page, page, PROT_NONE) == 0)
    var parser = JSONParser()
    for text in [
      "1", "\"a\"", #"{"id":"x","data":{"text":"a\"b","n":[1,2.5e3,null]}}"#, "[1e400]", "[1", "tru", "\"abc",
    ] {
      for filler in [UInt8(0), UInt8(ascii: "1"), UInt8(ascii: "\""), 0xC3] {
        let bytes = Array(text.utf8)
        let start = memory + page - JSONParser.padding - bytes.count
        memset(memory, Int32(filler), page)
        start.copyMemory(from: bytes, byteCount: bytes.count)
        let expected = refusal(of: text)
        do throws(JSONError) {
          let document = try parser.parse(padded: UnsafeRawBufferPointer(start: start, count: bytes.count))
          #expect(expected == nil)
          #expect(JSONValue(document.root).text == (try JSONValue(parsing: text).text))
        } catch {
          #expect(error == expected)
        }
      }
    }
  }

  @Test func `copies a text that ends where the memory ends`() throws {
    let page = Int(sysconf(Int32(_SC_PAGESIZE)))
    let pages = mmap(nil, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
    let memory = try #require(pages == MAP_FAILED ? nil : pages)
    defer { munmap(memory, 2 * page) }
    #expect(mprotect(memory + page, page, PROT_NONE) == 0)
    var parser = JSONParser()
    for length in 2...200 {
      let text = "\"" + String(repeating: "x", count: length - 2) + "\""
      (memory + page - length).copyMemory(from: Array(text.utf8), byteCount: length)
      let document = try parser.parse(UnsafeRawBufferPointer(start: memory + page - length, count: length))
      #expect(document.root.utf8.count == length - 2)
    }
  }

  @Test func `reads or refuses with a place whatever has one byte changed`() throws {
    var random = Seeded(state: 5)
    var parser = JSONParser()
    for _ in 0..<3000 {
      var text = Array(JSONValue.random(depth: 4, using: &random).rewritten(using: &random).utf8)
      let index = Int.random(in: 0..<text.count, using: &random)
      let bytes = Array("{}[]:,\"\\0-.eEtu \n\0".utf8) + [0x1F, 0x80, 0xC3, 0xED, 0xFF]
      text[index] = bytes.randomElement(using: &random) ?? 0
      do throws(JSONError) {
        let document = try parser.parse(text.span)
        let value = JSONValue(document.root)
        #expect(try JSONValue(parsing: value.text) == value)
      } catch {
        #expect(error.offset != nil, "\(error): \(String(decoding: text, as: UTF8.self))")
      }
    }
  }
}

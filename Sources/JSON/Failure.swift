import CSimdJSON

extension JSONError {
  /// The words for a failure of the C side. `text` is what was to be parsed.
  init(_ failure: csj_failure, in text: UnsafeRawBufferPointer, maximumBytes: Int) {
    let offset = failure.offset < 0 ? nil : Int(failure.offset)
    let found = Self.found(at: offset, in: text)
    let (kind, message): (Kind, String) =
      switch failure.code {
      case CSJ_EMPTY: (.empty, "expected a JSON value, found nothing")
      case CSJ_BYTE_ORDER_MARK:
        (.byteOrderMark, "expected JSON without a byte order mark, found EF BB BF; drop these three bytes of a file")
      case CSJ_TOO_LARGE: (.tooLarge, "expected at most \(maximumBytes) bytes of JSON, found \(text.count)")
      case CSJ_OUT_OF_MEMORY: (.outOfMemory, "memory is short for \(text.count) bytes of JSON")
      case CSJ_NOT_UTF8: (.notUTF8, "expected UTF-8, found \(found)")
      case CSJ_CONTROL_CHARACTER:
        (.controlCharacter, "expected control characters of a string to be escaped, found \(found)")
      case CSJ_UNCLOSED_STRING: (.unclosedString, "expected a closing quote for the string that begins")
      case CSJ_ESCAPE:
        (.escape, #"expected an escape (\" \\ \/ \b \f \n \r \t \u and four hexadecimal digits), found another"#)
      case CSJ_LONE_SURROGATE:
        (.loneSurrogate, #"expected a pair of surrogates (\uD800…\uDBFF, then \uDC00…\uDFFF), found one half"#)
      case CSJ_MALFORMED_NUMBER: (.number, "expected a number like -1.5e3, found another form")
      case CSJ_MALFORMED_LITERAL: (.literal, "expected true, false or null, found another word")
      case CSJ_TOO_DEEP:
        (.tooDeep, "expected arrays and objects nested at most \(JSONParser.maximumDepth) levels deep, found one more")
      case CSJ_DUPLICATE_KEY:
        (.duplicateKey, "expected each key once in an object, found \(Self.key(failure)) again")
      case CSJ_EXPECTED_VALUE: (.structure, "expected a value, found \(found)")
      case CSJ_EXPECTED_KEY: (.structure, "expected a key in quotes, found \(found)")
      case CSJ_EXPECTED_COLON: (.structure, "expected a colon after the key, found \(found)")
      case CSJ_EXPECTED_COMMA_IN_OBJECT: (.structure, "expected a comma or } after the member, found \(found)")
      case CSJ_EXPECTED_COMMA_IN_ARRAY: (.structure, "expected a comma or ] after the element, found \(found)")
      case CSJ_EXPECTED_END: (.structure, "expected the end after the value, found \(found)")
      default: (.structure, "expected JSON after RFC 8259, found \(offset == nil ? "something else" : found)")
      }
    self.init(kind, at: offset, message)
  }

  private static func found(at offset: Int?, in text: UnsafeRawBufferPointer) -> String {
    guard let offset, offset < text.count else { return "the end of the text" }
    let byte = text[offset]
    if (0x21...0x7E).contains(byte) { return "'\(Unicode.Scalar(byte))'" }
    let digits = String(byte, radix: 16, uppercase: true)
    return "the byte 0x\(byte < 16 ? "0" : "")\(digits)"
  }

  /// The key that came twice, in quotes, cut where it would fill a screen.
  private static func key(_ failure: csj_failure) -> String {
    let longest = 120
    let bytes = UnsafeBufferPointer(start: failure.key, count: Int(failure.key_length))
    let shown = String(decoding: bytes.prefix(longest), as: UTF8.self)
    return bytes.count > longest ? "\"\(shown)…\"" : "\"\(shown)\""
  }
}

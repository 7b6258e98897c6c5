public import JSON

extension JSONValue {
  /// The same value in other words: members in another order, spaces, `1` as `1.0`, letters as `\u` escapes.
  public func respelled(using random: inout some RandomNumberGenerator) -> String {
    switch self {
    case .null, .bool:
      return text
    case .number(let text):
      guard !text.utf8.contains(where: { $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") }) else { return text }
      let hasPoint = text.utf8.contains(UInt8(ascii: "."))
      return random.pick(hasPoint ? [text + "0", text + "e0"] : [text + ".0", text + ".00", text + "e+0"])
    case .string(let text):
      return JSONValue.respelled(text, using: &random)
    case .array(let elements):
      return "[" + elements.map { " " + $0.respelled(using: &random) }.joined(separator: " ,") + "\n]"
    case .object(let members):
      let texts = members.shuffled(using: &random).map { member in
        "\t" + JSONValue.respelled(member.key, using: &random) + " : " + member.value.respelled(using: &random)
      }
      return "{" + texts.joined(separator: " , ") + " }"
    }
  }

  private static func respelled(_ text: String, using random: inout some RandomNumberGenerator) -> String {
    let quoted = JSONValue.string(text).text
    guard let first = text.unicodeScalars.first, first.isASCII, first.properties.isAlphabetic, random.oneIn(2)
    else { return quoted }
    let digits = String(first.value, radix: 16)
    return "\"\\u" + String(repeating: "0", count: 4 - digits.count) + digits + quoted.dropFirst(2)
  }
}

/// A customer's name in some scheme: `crm:42`, `tel:+46701234567`, `mailto:anna@example.se`.
///
/// Two references are the same when their normal forms are: the scheme in lower case; `tel:` in E.164 without
/// separators; the domain of `mailto:` in lower case. Other schemes' values stay as they came.
///
/// Texts are taken apart by bytes and scalars, never by `Character`: a colon with a combining mark after it is a colon.
public struct Reference: Hashable, Sendable, CustomStringConvertible {
  /// The normal form, `scheme:value`.
  public let text: String

  /// The normal form, see `text`.
  public var description: String { text }

  /// Whether both have the same bytes, as the store compares them: `é` in one scalar is not `é` in two, which are
  /// equal as `String`.
  public static func == (left: Reference, right: Reference) -> Bool { left.text.hasSameBytes(as: right.text) }

  /// By the bytes, see `==`.
  public func hash(into hasher: inout Hasher) { text.hashBytes(into: &hasher) }

  /// The company itself, whom `standard.declared` and `belief.stated` concern.
  public static let company = Reference(normalised: "company:self")

  /// Whoever took part in an interaction, when the event does not say.
  public static func anonymous(interaction: String) -> Reference {
    Reference(normalised: "anon:" + interaction)
  }

  /// Whoever an event concerns that names neither a customer nor an interaction.
  public static func anonymous(source: String, id: String) -> Reference {
    Reference(normalised: "anon:\(source)/id:\(id)")
  }

  /// Takes a text that is in normal form, e.g. one that comes from the log.
  public init(normalised text: String) {
    self.text = text
  }

  /// Reads and normalises a reference.
  ///
  /// - Throws: `EventError` of `field`, when the text is no `scheme:value`, the value is not what the scheme asks for,
  ///   it is longer than `Limits.nameBytes`, or the scheme is `number:`, which is the log's own.
  public init(_ text: String, field: String = "subject") throws(EventError) {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")),
      Reference.isScheme(text[..<colon]), text.utf8.index(after: colon) < text.endIndex
    else {
      throw EventError(field: field, expected: "a reference scheme:value such as crm:42", found: text)
    }
    try Limits.checkName(text, field: field)
    let scheme = Reference.lowercased(text[..<colon])
    let value = text[text.utf8.index(after: colon)...]
    switch scheme {
    case "tel":
      guard let number = Reference.e164(value) else {
        throw EventError(field: field, expected: "a number in E.164 such as tel:+46701234567", found: text)
      }
      self.text = "tel:" + number
    case "mailto":
      guard let address = Reference.mailAddress(value) else {
        throw EventError(field: field, expected: "an address such as mailto:anna@example.se", found: text)
      }
      self.text = "mailto:" + address
      // Beyond ASCII a domain may be longer in lower case.
      try Limits.checkName(self.text, field: field)
    case "number":
      throw EventError(
        field: field, expected: "a reference other than number:, which the log gives itself", found: text)
    case "company" where value != "self":
      throw EventError(field: field, expected: "company:self, the only one of that scheme", found: text)
    default:
      guard let first = value.unicodeScalars.first, !Reference.isWhitespace(first),
        let last = value.unicodeScalars.last, !Reference.isWhitespace(last)
      else {
        throw EventError(field: field, expected: "no white space at either end of the value", found: text)
      }
      self.text = scheme == text[..<colon] ? text : scheme + ":" + value
    }
  }

  /// The scheme: `crm`, `tel` …
  public var scheme: Substring { text[..<(text.utf8.firstIndex(of: UInt8(ascii: ":")) ?? text.endIndex)] }

  /// What follows the scheme.
  public var value: Substring {
    guard let colon = text.utf8.firstIndex(of: UInt8(ascii: ":")) else { return "" }
    return text[text.utf8.index(after: colon)...]
  }

  /// Whether it stands for somebody unknown.
  public var isAnonymous: Bool { text.utf8.starts(with: "anon:".utf8) }

  /// Whether its value tells by itself who is meant, so that it must not stand where text stays readable.
  public var isSensitive: Bool {
    var text = text
    return text.withUTF8 { Reference.isSensitive($0) }
  }

  /// As `isSensitive`, of a reference's text in normal form.
  static func isSensitive(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    switch text.first {
    case UInt8(ascii: "t"): text.starts(with: "tel:".utf8)
    case UInt8(ascii: "m"): text.starts(with: "mailto:".utf8)
    default: false
    }
  }

  /// Whether a text is surely a reference in normal form, by a look at its bytes: what most sources send. Of any other
  /// text the initialiser tells what it is.
  package static func isNormal(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    guard text.count <= Limits.nameBytes, let first = text.first, first &- UInt8(ascii: "a") < 26,
      let colon = text.firstIndex(of: UInt8(ascii: ":")), colon + 1 < text.count
    else { return false }
    for byte in text[..<colon] where byte &- UInt8(ascii: "a") >= 26 && !isDigit(byte) { return false }
    // Neither spaces nor controls, and nothing beyond ASCII.
    for byte in text[(colon + 1)...] where byte &- 0x21 >= 0x5E { return false }
    let value = UnsafeBufferPointer(rebasing: text[(colon + 1)...])
    switch colon {
    case 3 where text.starts(with: "tel".utf8):
      let digits = value.dropFirst()
      return value.first == UInt8(ascii: "+") && (7...15).contains(digits.count)
        && digits.first != UInt8(ascii: "0") && digits.allSatisfy(isDigit)
    case 6 where text.starts(with: "mailto".utf8):
      return isNormalMailAddress(value)
    case 6 where text.starts(with: "number".utf8),
      7 where text.starts(with: "company".utf8):
      return false
    default:
      return true
    }
  }

  /// Whether `mailAddress` surely leaves a text of printable ASCII as it is.
  private static func isNormalMailAddress(_ value: UnsafeBufferPointer<UInt8>) -> Bool {
    guard let at = value.firstIndex(of: UInt8(ascii: "@")), at > 0, at + 1 < value.count else { return false }
    let dot = UInt8(ascii: ".")
    guard value[at + 1] != dot, value[value.count - 1] != dot else { return false }
    for (index, byte) in value.enumerated() {
      switch byte {
      case UInt8(ascii: "?"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: ","): return false
      case UInt8(ascii: "@") where index > at: return false
      case UInt8(ascii: "A")...UInt8(ascii: "Z") where index > at: return false
      default: continue
      }
    }
    return true
  }

  /// RFC 3986: a letter, then letters, digits, `+`, `-`, `.`.
  private static func isScheme(_ text: Substring) -> Bool {
    guard let first = text.utf8.first, isLetter(first) else { return false }
    return text.utf8.allSatisfy { byte in
      isLetter(byte) || isDigit(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
        || byte == UInt8(ascii: ".")
    }
  }

  /// ITU-T E.164: `+` and 7 to 15 digits, the first not 0; RFC 3966's visual separators are dropped.
  private static func e164(_ value: Substring) -> String? {
    // `(0)` is dialled at home only: taken along, it would make another number.
    guard value.utf8.first == UInt8(ascii: "+"), !value.utf8.span.containsFoldingCase("(0)".utf8.span) else {
      return nil
    }
    var digits = "+"
    for byte in value.utf8.dropFirst() {
      switch byte {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.unicodeScalars.append(Unicode.Scalar(byte))
      case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: " "): continue
      default: return nil
      }
    }
    let isPlausible = (8...16).contains(digits.utf8.count) && !digits.hasPrefix("+0")
    return isPlausible ? digits : nil
  }

  /// `local@domain` with the domain in lower case; one address (RFC 6068 has several, with commas between), no header
  /// fields, no white space.
  private static func mailAddress(_ value: Substring) -> String? {
    guard let at = value.utf8.firstIndex(of: UInt8(ascii: "@")) else { return nil }
    let local = value[..<at]
    let domain = value[value.utf8.index(after: at)...]
    let dot = UInt8(ascii: ".")
    guard !local.isEmpty, !domain.isEmpty, domain.utf8.first != dot, domain.utf8.last != dot,
      !domain.utf8.contains(UInt8(ascii: "@")),
      value.unicodeScalars.allSatisfy({ !Reference.isWhitespace($0) && !"?<>,".unicodeScalars.contains($0) })
    else { return nil }
    return "\(local)@\(lowercased(domain))"
  }

  /// Nearly all texts are ASCII in lower case already, over which Unicode's rules take their time.
  private static func lowercased(_ text: Substring) -> String {
    let isLower = text.utf8.allSatisfy { byte in
      byte < 0x80 && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
    return isLower ? String(text) : text.lowercased()
  }

  /// As Unicode has it: of ASCII the space and five controls, which need no look into its tables.
  private static func isWhitespace(_ scalar: Unicode.Scalar) -> Bool {
    scalar.isASCII ? scalar == " " || (0x09...0x0D).contains(scalar.value) : scalar.properties.isWhitespace
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- UInt8(ascii: "a") < 26 }
  private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }
}

extension CustomerNumber {
  /// Reads `number:17`, under which an erased customer is found; nil for any other reference.
  public init?(naming reference: Reference) {
    guard reference.scheme == "number", let value = UInt32(reference.value) else { return nil }
    self.init(value)
  }
}

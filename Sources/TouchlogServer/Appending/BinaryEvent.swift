import HTTPTypes
import JSON
import Touchlog
import TouchlogAdapters

/// An event whose attributes are headers, and whose `data` is the body (CloudEvents 1.0.2, "HTTP Protocol Binding",
/// section 3.1).
enum BinaryEvent {
  private static let prefix = "ce-"

  /// The attribute that a header carries; nil where it carries none.
  static func attribute(of name: HTTPField.Name) -> Substring? {
    let name = name.canonicalName
    return name.hasPrefix(prefix) ? name.dropFirst(prefix.count) : nil
  }

  /// The event as the JSON object that it is in structured mode.
  ///
  /// - Throws: `Problem`; what else is wrong with the attributes is found when the object is read.
  static func structured(_ headers: HTTPFields, body: Span<UInt8>) throws(Problem) -> [UInt8] {
    var attributes: [(name: String, value: String)] = []
    for field in headers {
      guard let name = attribute(of: field.name) else { continue }
      guard !attributes.contains(where: { $0.name == name }) else {
        throw .invalid("ce-\(name)", "expected the header once, found it again")
      }
      guard name != "data", name != "datacontenttype" else {
        throw .invalid("ce-\(name)", "expected the data in the body, and its type in Content-Type")
      }
      attributes.append((String(name), try decode(field.value, of: name)))
    }
    if let type = headers[.contentType], let kept = keptContentType(type) {
      attributes.append(("datacontenttype", kept))
    }
    // A body that is more than one value would bring attributes of its own.
    if !body.isEmpty { try check(body) }
    var writer = JSONWriter()
    writer.object { object in
      for (name, value) in attributes {
        object.key(name)
        object.string(value)
      }
      if !body.isEmpty {
        object.key("data")
        object.raw(body)
      }
    }
    return writer.bytes
  }

  private static func check(_ body: Span<UInt8>) throws(Problem) {
    var parser = JSONParser(maximumBytes: EventForm.eventBytes)
    do throws(JSONError) {
      _ = try parser.parse(body)
    } catch {
      throw .invalid("data", "no JSON: \(error)")
    }
  }

  /// JSON in UTF-8 is what `data` is where nothing is said, so that an event is the same in each mode.
  private static func keptContentType(_ type: String) -> String? {
    let mediaType = MediaTypeText(type)
    return mediaType.name == "application/json" && mediaType.isUTF8 ? nil : type
  }

  /// Section 3.1.3.2: a value in double quotes is taken out of them, then %XX are bytes of UTF-8.
  static func decode(_ value: String, of attribute: some StringProtocol) throws(Problem) -> String {
    let bytes = unquoted(Array(value.utf8))
    var decoded: [UInt8] = []
    decoded.reserveCapacity(bytes.count)
    var index = 0
    while index < bytes.count {
      if bytes[index] == UInt8(ascii: "%"), index + 2 < bytes.count, let high = hexadecimal(bytes[index + 1]),
        let low = hexadecimal(bytes[index + 2])
      {
        decoded.append(high << 4 | low)
        index += 3
      } else {
        decoded.append(bytes[index])
        index += 1
      }
    }
    guard let text = String(validating: decoded, as: UTF8.self) else {
      throw .invalid("ce-\(attribute)", "expected UTF-8, its bytes beyond ASCII written as %XX, found other bytes")
    }
    return text
  }

  private static func unquoted(_ bytes: [UInt8]) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    guard bytes.count >= 2, bytes.first == quote, bytes.last == quote else { return bytes }
    var text: [UInt8] = []
    var isEscaped = false
    for byte in bytes.dropFirst().dropLast() {
      if !isEscaped, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else {
        text.append(byte)
        isEscaped = false
      }
    }
    return text
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt8? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

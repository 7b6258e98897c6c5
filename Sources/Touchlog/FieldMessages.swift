import JSON

extension Field {
  /// What may stand there, for a message.
  var expectation: String {
    switch kind {
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .name, .identifier: "a text of 1 to \(Limits.nameBytes) bytes"
    case .time: "an RFC 3339 time from 1900 on, such as 2025-03-01T09:15:00Z"
    case .integer(let range): "a whole number from \(range.lowerBound) to \(range.upperBound)"
    case .decimal(let range):
      "a number from \(shown(range.lowerBound)) to \(shown(range.upperBound)) with up to 6 decimal places"
    case .currency: "three capital letters of ISO 4217"
    case .reference: "a reference scheme:value such as crm:42"
    case .text: "a text"
    case .json: "a JSON value"
    }
  }

  /// A number of this field as people write it.
  func shown(_ value: Int64) -> String {
    switch kind {
    case .decimal: Field.decimalText(value)
    case .time: Timestamp(microseconds: value).rfc3339
    default: String(value)
    }
  }

  /// Millionths as a decimal number without needless zeros: `4.5`.
  public static func decimalText(_ millionths: Int64) -> String {
    let (whole, fraction) = millionths.magnitude.quotientAndRemainder(dividingBy: UInt64(decimalScale))
    let sign = millionths < 0 ? "-" : ""
    guard fraction != 0 else { return "\(sign)\(whole)" }
    var digits = String(fraction + UInt64(decimalScale)).dropFirst()
    while digits.last == "0" { digits.removeLast() }
    return "\(sign)\(whole).\(digits)"
  }

  func unexpected(_ node: JSONNode) -> EventError {
    EventError(field: "data.\(name)", expected: expectation, problem: node.shown)
  }
}

extension JSONNode {
  /// The value for a message, told by its kind: a text `5` is not the number 5.
  var shown: String {
    let raw = EventError.excerpt(String(decoding: raw.withUnsafeBufferPointer { Array($0) }, as: UTF8.self))
    return switch kind {
    case .null: "null"
    case .false: "false"
    case .true: "true"
    case .number: "the number \(raw)"
    case .string: "the text \(EventError.excerpt(string ?? ""))"
    case .array: "the array \(raw)"
    case .object: "the object \(raw)"
    }
  }

  /// Whether it is the string `text`.
  func isText(_ text: String) -> Bool {
    let bytes = utf8
    let other = text.utf8.span
    guard bytes.count == other.count else { return false }
    for index in 0..<bytes.count where bytes[index] != other[index] { return false }
    return true
  }
}

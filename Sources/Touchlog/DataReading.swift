import JSON

/// Reads the members of an event's `data` into what its header keeps, as the type's declaration tells.
struct DataReading {
  var choices: (UInt8, UInt8) = (0, 0)
  var fields: [FieldValue?]
  /// Where references stand in the text, quotes included.
  private var references: [Range<Int>] = []

  init(slots: Int) {
    fields = Array(repeating: nil, count: slots)
  }

  mutating func read(_ object: JSONNode, of type: EventType) throws(EventError) {
    var slot = 0
    var choice = 0
    for member in type.fields {
      let field = member.field
      let node = object.member(field.name.utf8.span)
      switch field.kind.headerForm {
      case .choice:
        if let node, !node.isNull { try readChoice(node, of: field, into: choice) }
        choice += 1
      case .slot:
        if let node, !node.isNull { fields[slot] = try value(of: node, for: field) }
        slot += 1
      case .none:
        if let node, case .text = field.kind, node.kind != .string, !node.isNull { throw field.unexpected(node) }
      }
      if member.isRequired {
        guard let node else {
          throw EventError(field: "data.\(field.name)", expected: field.expectation, found: nil)
        }
        if node.isNull { throw EventError(field: "data.\(field.name)", expected: field.expectation, problem: "null") }
      }
    }
    if !type.rules.isEmpty { try checkRules(of: type) }
  }

  private mutating func readChoice(_ node: JSONNode, of field: Field, into index: Int) throws(EventError) {
    guard case .choice(let words) = field.kind, node.kind == .string,
      let place = words.firstIndex(where: { node.isText($0) })
    else { throw field.unexpected(node) }
    if index == 0 { choices.0 = UInt8(place + 1) } else { choices.1 = UInt8(place + 1) }
  }

  private mutating func value(of node: JSONNode, for field: Field) throws(EventError) -> FieldValue {
    switch field.kind {
    case .name:
      return .name(try text(of: node, for: field))
    case .identifier:
      return .identifier(try text(of: node, for: field))
    case .reference:
      guard let text = node.string else { throw field.unexpected(node) }
      let reference = try Reference(text, field: "data.\(field.name)")
      references.append(node.offset..<node.offset + node.raw.count)
      return .reference(reference)
    case .time:
      guard let time = node.string.flatMap({ Timestamp(rfc3339: $0) }), time >= .earliest else {
        throw field.unexpected(node)
      }
      return .number(time.microseconds)
    case .integer(let range):
      guard let number = node.int64, range.contains(number) else { throw field.unexpected(node) }
      return .number(number)
    case .decimal(let range):
      guard let number = node.decimal(scale: 6), range.contains(number) else { throw field.unexpected(node) }
      return .number(number)
    case .currency:
      let letters = node.utf8
      guard node.kind == .string, letters.count == 3 else { throw field.unexpected(node) }
      var code: Int64 = 0
      for index in 0..<3 {
        guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letters[index]) else { throw field.unexpected(node) }
        code = code << 8 | Int64(letters[index])
      }
      return .number(code)
    case .choice, .text, .json:
      preconditionFailure("\(field.name) is in no slot")
    }
  }

  private func text(of node: JSONNode, for field: Field) throws(EventError) -> String {
    guard let text = node.string else { throw field.unexpected(node) }
    try Limits.checkName(text, field: "data.\(field.name)")
    return text
  }

  /// Checks what concerns several fields.
  func checkRules(of type: EventType) throws(EventError) {
    for rule in type.rules {
      switch rule {
      case .atLeastOne(let candidates):
        if candidates.contains(where: { isPresent($0, of: type) }) { continue }
        let names = candidates.map(\.name).joined(separator: ", ")
        throw EventError(field: "data", expected: "at least one of \(names)", found: nil)
      case .ascending(let first, let second):
        guard let low = number(first, of: type), let high = number(second, of: type), low > high else { continue }
        throw EventError(
          field: "data.\(second.name)", expected: "no less than \(first.name), which is \(first.shown(low))",
          problem: second.shown(high))
      }
    }
  }

  private func isPresent(_ field: Field, of type: EventType) -> Bool {
    switch type.place(of: field) {
    case .slot(let index): fields[index] != nil
    case .choice(let index): (index == 0 ? choices.0 : choices.1) != 0
    case nil: false
    }
  }

  private func number(_ field: Field, of type: EventType) -> Int64? {
    guard case .slot(let index) = type.place(of: field), case .number(let number)? = fields[index] else { return nil }
    return number
  }

  /// `data` with an empty text for each reference.
  func sealing(_ data: [UInt8]) -> [UInt8] {
    guard !references.isEmpty else { return data }
    var sealed = data
    for range in references.sorted(by: { $0.lowerBound > $1.lowerBound }) {
      sealed.replaceSubrange(range, with: [UInt8(ascii: "\""), UInt8(ascii: "\"")])
    }
    return sealed
  }
}

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

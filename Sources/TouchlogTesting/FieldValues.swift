import JSON
import Touchlog

// Values for the fields of the catalogue, made from its declarations: a new type or field is tested without a line
// written here.

extension Field {
  /// A value that may stand there. Fields of one kind get one value, which keeps every rule about their order.
  var plainValue: JSONValue {
    switch kind {
    case .choice(let words): .string(words[0])
    case .name, .identifier, .text: "plain"
    case .time: .string(Samples.noon.rfc3339)
    case .integer: "1".number
    case .decimal: "1".number
    case .currency: "SEK"
    case .reference: "crm:another"
    case .json: ["plain"]
    }
  }

  /// Values of a kind that may not stand there.
  var wrongKinds: [JSONValue] {
    let structures: [JSONValue] = [[], [:], true]
    return switch kind {
    case .choice: structures + [1, "", "noSuchWord"]
    case .name, .identifier, .text: structures + [1]
    case .time: structures + [1, "", "yesterday", "2025-02-30T12:00:00Z", "2025-03-01", "2025-03-01T12:00:00"]
    case .integer: structures + ["1", 1.5, "1e99".number]
    case .decimal: structures + ["1", "0.0000001".number, "1e99".number]
    case .currency: structures + [1, "", "sek", "SE", "SEKR", "S3K"]
    case .reference: structures + [1, "", "crm:", ":1", "no scheme", "number:1", "tel:112", "mailto:nobody"]
    case .json: []
    }
  }

  /// Values of the right kind, too small or too large.
  var outOfRange: [JSONValue] {
    switch kind {
    case .integer(let range):
      [String(range.lowerBound - 1).number, String(range.upperBound + 1).number]
    case .decimal(let range):
      [Field.decimalText(range.lowerBound - 1).number, Field.decimalText(range.upperBound + 1).number]
    case .name, .identifier:
      ["", .string(String(repeating: "n", count: Limits.nameBytes + 1)), "a\u{7}b"]
    case .reference:
      [.string("crm:" + String(repeating: "9", count: Limits.nameBytes - 3))]
    case .time:
      ["1899-12-31T23:59:59.999999Z"]
    case .choice, .currency, .text, .json:
      []
    }
  }

  /// The smallest and the largest value, where there are such.
  var bounds: [JSONValue] {
    switch kind {
    case .integer(let range): [String(range.lowerBound).number, String(range.upperBound).number]
    case .decimal(let range): [Field.decimalText(range.lowerBound).number, Field.decimalText(range.upperBound).number]
    case .choice(let words): words.map { .string($0) }
    case .name, .identifier: ["n", .string(String(repeating: "n", count: Limits.nameBytes))]
    case .time: ["1900-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"]
    case .currency: ["AAA", "ZZZ"]
    case .reference, .text, .json: []
    }
  }

  /// Two values, the first above the second; both may stand there. Nil for fields without an order.
  var descending: (high: JSONValue, low: JSONValue)? {
    switch kind {
    case .integer, .decimal: ("1".number, "0".number)
    case .time: (.string(Samples.noon.rfc3339), .string(Samples.minute(-1).rfc3339))
    case .choice, .name, .identifier, .currency, .reference, .text, .json: nil
    }
  }
}

extension EventType {
  /// `data` with a plain value for each field.
  var plainData: [(key: String, value: JSONValue)] {
    fields.map { ($0.field.name, $0.field.plainValue) }
  }

  /// An event of this type with everything that it needs.
  func plainEvent(_ id: String, of customer: Reference = Samples.customer(1)) -> Event {
    let isContact = concern == .interaction
    return Samples.event(
      id, name, of: concern == .company ? nil : customer, channel: isContact ? .phone : nil,
      interaction: isContact ? "\(name)-\(id)" : nil, data: fields.isEmpty ? nil : .object(plainData))
  }
}

extension String {
  /// A JSON number of this text.
  var number: JSONValue { .number(self) }
}

extension Event {
  /// The event with a member of its `data` set, or taken out.
  func settingData(_ name: String, to value: JSONValue?, in data: [(key: String, value: JSONValue)]) -> Event {
    var members = data.filter { $0.key != name }
    if let value { members.append((name, value)) }
    return with { $0.data = Array(JSONValue.object(members).text.utf8) }
  }
}

import JSON
import Touchlog

/// Types of the catalogue for a terminal and as JSON, from their declarations. `Catalogue.markdown` is the page.
struct CatalogueText {
  private let types: [EventType]

  init(_ types: [EventType]) {
    self.types = types
  }

  func plain(hasColour: Bool) -> String {
    var text = ""
    for type in types {
      text += Ink.strong.paint(type.name, if: hasColour) + "  " + type.meaning + "\n"
      text += "  " + Ink.faint.paint(type.concern.words, if: hasColour) + "\n"
      let width = type.fields.map(\.field.name.count).max() ?? 0
      for member in type.fields {
        let field = member.field
        let need = member.isRequired ? "required" : "optional"
        text += "  \(field.name.padded(to: width))  \(need)  \(field.kind.words): \(field.meaning)\n"
      }
      for rule in type.rules { text += "  \(rule.words)\n" }
      text += "\n"
    }
    return String(text.dropLast())
  }

  var json: [UInt8] {
    var writer = JSONWriter()
    writer.array { array in
      for type in types {
        array.object { object in
          object.member("type", type.name)
          object.member("code", type.code)
          object.member("meaning", type.meaning)
          object.member("concern", type.concern.name)
          object.key("fields")
          object.array { array in
            for member in type.fields {
              array.object { object in
                object.member("field", member.field.name)
                object.member("isRequired", member.isRequired)
                object.member("holds", member.field.kind.words)
                object.member("meaning", member.field.meaning)
              }
            }
          }
          object.key("rules")
          object.array { for rule in type.rules { $0.string(rule.words) } }
        }
      }
    }
    return writer.bytes
  }
}

extension EventType.Concern {
  fileprivate var name: String {
    switch self {
    case .interaction: "interaction"
    case .customer: "customer"
    case .company: "company"
    case .log: "log"
    }
  }

  fileprivate var words: String {
    switch self {
    case .interaction: "part of an interaction: channel and interaction are required"
    case .customer: "about the customer"
    case .company: "about the company itself: the subject is company:self or absent"
    case .log: "written by the log alone"
    }
  }
}

extension Field.Kind {
  fileprivate var words: String {
    switch self {
    case .choice(let words): "one of \(words.joined(separator: ", "))"
    case .name: "a name"
    case .identifier: "an identifier"
    case .time: "a time (RFC 3339)"
    case .integer(let range): "a whole number\(range.words(scale: 1))"
    case .decimal(let range): "a number\(range.words(scale: Field.decimalScale))"
    case .currency: "three capital letters"
    case .reference: "a reference scheme:value"
    case .text: "a text"
    case .json: "any JSON"
    }
  }
}

extension ClosedRange<Int64> {
  /// ` from 1 to 5`, or nothing where the bounds are only those of the format.
  fileprivate func words(scale: Int64) -> String {
    let widest: Int64 = 1_000_000_000
    if upperBound / scale >= widest, lowerBound / scale <= -widest { return "" }
    if upperBound / scale >= widest { return " from \(lowerBound / scale)" }
    return " from \(lowerBound / scale) to \(upperBound / scale)"
  }
}

extension EventType.Rule {
  fileprivate var words: String {
    switch self {
    case .atLeastOne(let fields): "at least one of \(fields.map(\.name).joined(separator: ", ")) is there"
    case .ascending(let low, let high): "\(low.name) is not above \(high.name)"
    }
  }
}

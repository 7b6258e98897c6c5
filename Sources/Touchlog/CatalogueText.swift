extension Catalogue {
  /// The catalogue as a page of Markdown, one table per group of types, made from the declarations.
  ///
  /// A group is what stands before a type's dot. A type's row says its code on disk and whom it is about; below it
  /// stand its fields in the order of the declaration, and its rules.
  public static var markdown: String {
    var page = """
      # The catalogue

      The types of events that Touchlog understands, with their codes on disk and the fields of their `data`.

      About an interaction: `channel` and `interaction` are required. About the company: its customer is `company:self`,
      so `subject` is that or absent. About the log: it alone writes such events.

      This page is made from the declarations in `Catalogue.swift` and `Field.swift`; a test compares it with them, and
      writes it anew where `TOUCHLOG_WRITE_GOLDEN=1` is set.

      """
    var group: Substring = ""
    for type in all {
      if type.group != group {
        group = type.group
        page += "\n## \(group)\n\n| type | code | about | field | what it holds | required | meaning |\n"
        page += "|---|---|---|---|---|---|---|\n"
      }
      page += "| `\(type.name)` | \(type.code) | \(type.concern.text) | | | | \(type.meaning) |\n"
      for member in type.fields {
        let field = member.field
        let required = member.isRequired ? "yes" : "no"
        page += "| | | | `\(field.name)` | \(field.expectation) | \(required) | \(field.meaning) |\n"
      }
      for rule in type.rules { page += "| | | | | | | \(rule.text) |\n" }
    }
    return page
  }
}

extension EventType {
  /// What stands before the dot of its name.
  fileprivate var group: Substring { name.prefix { $0 != "." } }
}

extension EventType.Concern {
  fileprivate var text: String {
    switch self {
    case .interaction: "an interaction"
    case .customer: "a customer"
    case .company: "the company"
    case .log: "the log"
    }
  }
}

extension EventType.Rule {
  fileprivate var text: String {
    switch self {
    case .atLeastOne(let fields): "at least one of " + fields.map { "`\($0.name)`" }.joined(separator: ", ")
    case .ascending(let low, let high): "`\(high.name)` is no less than `\(low.name)`"
    }
  }
}

/// A type of the catalogue: its name, its code on disk, and the fields of its `data`.
///
/// Validation, the layout of the header's own part, and the documentation all follow from the declaration.
/// A class, so that handing one on costs one reference count and not one for each of its parts.
public final class EventType: Sendable {
  /// The type's name on the wire, e.g. `contact.started`.
  public let name: String
  /// The type's number on disk. It never changes, and is never given to another type.
  public let code: UInt16
  /// One line for the documentation.
  public let meaning: String
  /// Whom or what it is about, which decides the attributes that it needs.
  public let concern: Concern
  /// The fields of `data`, in the order of the header's slots: fields are only ever added at the end.
  public let fields: [Member]
  /// Rules that concern several fields at once.
  public let rules: [Rule]

  /// Whom or what a type is about.
  public enum Concern: Sendable {
    /// Part of an interaction: `channel` and `interaction` are required.
    case interaction
    /// A fact about the customer.
    case customer
    /// The company itself: its customer is `company:self`.
    case company
    /// Written by the log alone.
    case log
  }

  /// A field in its place in a type.
  public struct Member: Sendable {
    /// The field.
    public let field: Field
    /// Whether an event without it is refused.
    public let isRequired: Bool
  }

  /// What several fields must be to each other.
  public enum Rule: Sendable {
    /// At least one of these is there.
    case atLeastOne([Field])
    /// The first is not above the second, where both are there.
    case ascending(Field, Field)
  }

  init(
    _ code: UInt16, _ name: String, _ concern: Concern, _ meaning: String,
    _ members: [Member] = [], rules: [Rule] = [],
  ) {
    self.code = code
    self.name = name
    self.concern = concern
    self.meaning = meaning
    self.fields = members
    self.rules = rules
    let slots = members.count { $0.field.kind.headerForm == .slot }
    let choices = members.count { $0.field.kind.headerForm == .choice }
    precondition(slots <= RecordLayout.maximumSlots, "\(name) has more fields than its header has slots")
    precondition(choices <= RecordLayout.maximumChoices, "\(name) has more choices than its header has bytes")
  }
}

extension Field {
  /// The field must be there.
  var required: EventType.Member { EventType.Member(field: self, isRequired: true) }
  /// The field may be absent.
  var optional: EventType.Member { EventType.Member(field: self, isRequired: false) }
}

extension Field.Kind {
  enum HeaderForm {
    case slot, choice, none
  }

  /// Where a header keeps it, if it does.
  var headerForm: HeaderForm {
    switch self {
    case .choice: .choice
    case .name, .identifier, .time, .integer, .decimal, .currency, .reference: .slot
    case .text, .json: .none
    }
  }
}

extension EventType {
  /// Where the header of this type keeps a field: its choice byte or its slot; nil when it keeps it nowhere.
  public func place(of field: Field) -> RecordLayout.Place? {
    var slot = 0
    var choice = 0
    for member in fields {
      let form = member.field.kind.headerForm
      if member.field == field {
        switch form {
        case .slot: return .slot(slot)
        case .choice: return .choice(choice)
        case .none: return nil
        }
      }
      switch form {
      case .slot: slot += 1
      case .choice: choice += 1
      case .none: break
      }
    }
    return nil
  }
}

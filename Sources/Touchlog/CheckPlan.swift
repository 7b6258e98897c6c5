/// A type's declaration in the form in which events are checked against it: plain memory, so that checking counts no
/// references and copies no texts. There is one for each type of the catalogue, and it lives as long as the process.
struct CheckPlan {
  let code: UInt16
  let concern: EventType.Concern
  let slotCount: Int
  /// In the order of the declaration.
  let fields: UnsafeBufferPointer<FieldPlan>
  let rules: UnsafeBufferPointer<RulePlan>
  let isAnyRequired: Bool

  /// The plan of the type of that name; nil when the catalogue has none.
  static func named(_ name: UnsafeBufferPointer<UInt8>) -> UnsafePointer<CheckPlan>? {
    guard let number = names.find(name) else { return nil }
    return all + Int(number)
  }

  /// The declaration that it was made from, for messages.
  var type: EventType {
    guard let type = Catalogue.type(code: code) else { preconditionFailure("a plan is made from a declared type") }
    return type
  }

  private static let names = {
    var names = TextTable()
    for type in Catalogue.all {
      let number = names.number(of: UnsafeBufferPointer(keeping: type.name.utf8))
      precondition(Int(number) == names.count - 1, "each type has a name of its own")
    }
    return names
  }()

  // Proof: written once, before anybody has it, only read from then on, and never given back.
  nonisolated(unsafe) private static let all = {
    let plans = UnsafeMutablePointer<CheckPlan>.allocate(capacity: Catalogue.all.count)
    for (index, type) in Catalogue.all.enumerated() { (plans + index).initialize(to: CheckPlan(type)) }
    return UnsafePointer(plans)
  }()

  private init(_ type: EventType) {
    code = type.code
    concern = type.concern
    slotCount = type.slotCount
    isAnyRequired = type.fields.contains(where: \.isRequired)
    var fields: [FieldPlan] = []
    for member in type.fields {
      fields.append(FieldPlan(member.field, isRequired: member.isRequired, place: type.place(of: member.field)))
    }
    self.fields = UnsafeBufferPointer(keeping: fields)
    rules = UnsafeBufferPointer(keeping: type.rules.map { RulePlan($0, of: type) })
  }
}

/// A field of a `CheckPlan`.
struct FieldPlan {
  /// What the field may hold; see `Field.Kind`.
  enum Form: UInt8 {
    case choice, name, identifier, time, integer, decimal, currency, reference, text, json
  }

  let name: UnsafeBufferPointer<UInt8>
  let form: Form
  let isRequired: Bool
  /// The slot, or which of the choice bytes; 0 where the header keeps it nowhere.
  let place: Int
  /// The bounds of a number.
  let least: Int64
  let most: Int64
  /// The words of a choice.
  let words: UnsafeBufferPointer<UnsafeBufferPointer<UInt8>>

  init(_ field: Field, isRequired: Bool, place: RecordLayout.Place?) {
    name = UnsafeBufferPointer(keeping: field.name.utf8)
    self.isRequired = isRequired
    self.place =
      switch place {
      case .slot(let index), .choice(let index): index
      case nil: 0
      }
    var bounds = Int64.min...Int64.max
    var words: [String] = []
    switch field.kind {
    case .choice(let choices):
      form = .choice
      words = choices
    case .name: form = .name
    case .identifier: form = .identifier
    case .time: form = .time
    case .integer(let range):
      form = .integer
      bounds = range
    case .decimal(let range):
      form = .decimal
      bounds = range
    case .currency: form = .currency
    case .reference: form = .reference
    case .text: form = .text
    case .json: form = .json
    }
    least = bounds.lowerBound
    most = bounds.upperBound
    self.words = UnsafeBufferPointer(keeping: words.map { UnsafeBufferPointer(keeping: $0.utf8) })
  }
}

/// A rule of a `CheckPlan`; see `EventType.Rule`.
struct RulePlan {
  /// Of which fields at least one must be there, a bit for each by its place in the declaration; 0 for another rule.
  let atLeastOne: UInt16
  /// The slots of which the first must not be above the second.
  let low: Int
  let high: Int

  init(_ rule: EventType.Rule, of type: EventType) {
    switch rule {
    case .atLeastOne(let fields):
      var mask: UInt16 = 0
      for (index, member) in type.fields.enumerated() where fields.contains(member.field) { mask |= 1 << UInt16(index) }
      self.init(atLeastOne: mask, low: 0, high: 0)
    case .ascending(let first, let second):
      guard case .slot(let low)? = type.place(of: first), case .slot(let high)? = type.place(of: second) else {
        preconditionFailure("\(type.name): what ascends lies in slots")
      }
      self.init(atLeastOne: 0, low: low, high: high)
    }
  }

  private init(atLeastOne: UInt16, low: Int, high: Int) {
    self.atLeastOne = atLeastOne
    self.low = low
    self.high = high
  }
}

extension UnsafeBufferPointer {
  /// A copy that is never given back: for what lives as long as the process.
  init(keeping elements: some Collection<Element>) {
    let copy = UnsafeMutableBufferPointer<Element>.allocate(capacity: Swift.max(1, elements.count))
    _ = copy.initialize(from: elements)
    self.init(start: copy.baseAddress, count: elements.count)
  }
}

import JSON

/// What a header keeps of an event's `data`, read as the type's declaration tells. Texts are lent by the document.
struct DataReading {
  private(set) var typeCode = Catalogue.foreignCode
  private(set) var choices: (UInt8, UInt8) = (0, 0)
  /// Numbers are as the header keeps them; for texts there is a 0, to be replaced.
  private(set) var slots = RecordSlots()
  private(set) var nameSlots: UInt16 = 0
  private(set) var identifierSlots: UInt16 = 0
  /// By slot, where it is a name or an identifier.
  private(set) var texts = InlineArray<11, EventParts.Text>(repeating: EventParts.Text(start: nil, count: 0))
  private(set) var references: [ReadReference] = []
  /// `data` as it came; without an address where there is none.
  private(set) var data = EventParts.Text(start: nil, count: 0)
  /// Where `data` begins in the document's text.
  private var dataOffset = 0
  /// Which fields are there, a bit for each by its place in the declaration.
  private var present: UInt16 = 0

  struct ReadReference {
    let slot: Int
    let reference: Reference
    /// Where it stands in `data`, quotes included.
    let range: Range<Int>
  }

  /// The reading of a type outside the catalogue: its name in slot 0, `data` as it came.
  init(foreignType name: EventParts.Text, data: EventData) throws(EventError) {
    setText(name, slot: 0)
    nameSlots = 1
    try takeText(of: data)
  }

  /// The reading of a type of the catalogue.
  ///
  /// - Throws: `EventError`, for the first field in the order of the declaration that is not as declared.
  init(_ plan: UnsafePointer<CheckPlan>, data: EventData) throws(EventError) {
    typeCode = plan.pointee.code
    try takeText(of: data)
    if let node = data.node {
      guard node.kind == .object else {
        throw EventError(field: "data", expected: "a JSON object", problem: node.shown)
      }
      for index in plan.pointee.fields.indices { try read(index, of: plan, in: node) }
    } else if plan.pointee.isAnyRequired, let missing = plan.pointee.type.fields.first(where: \.isRequired) {
      throw EventError(field: "data.\(missing.field.name)", expected: missing.field.expectation, found: nil)
    }
    if !plan.pointee.rules.isEmpty { try checkRules(plan) }
  }

  private mutating func takeText(of data: EventData) throws(EventError) {
    self.data = data.text
    dataOffset = data.offset
    guard data.text.count <= Limits.dataBytes else {
      throw EventError(
        field: "data", expected: "\(Limits.dataBytes) bytes at most", problem: "\(data.text.count) bytes")
    }
  }

  private mutating func read(
    _ index: Int, of plan: UnsafePointer<CheckPlan>, in object: JSONNode,
  ) throws(EventError) {
    let field = plan.pointee.fields[index]
    guard let node = object.member(unsafe: field.name) else {
      guard field.isRequired else { return }
      let declared = plan.pointee.type.fields[index].field
      throw EventError(field: "data.\(declared.name)", expected: declared.expectation, found: nil)
    }
    if node.isNull {
      guard field.isRequired else { return }
      let declared = plan.pointee.type.fields[index].field
      throw EventError(field: "data.\(declared.name)", expected: declared.expectation, problem: "null")
    }
    guard try take(node, for: field) else {
      throw plan.pointee.type.fields[index].field.unexpected(node)
    }
    present |= 1 << UInt16(index)
  }

  /// Takes a value that is there; false when it is not what the field asks for.
  private mutating func take(_ node: JSONNode, for field: FieldPlan) throws(EventError) -> Bool {
    switch field.form {
    case .choice:
      return node.kind == .string && takeChoice(node.unsafeUTF8, of: field)
    case .name, .identifier:
      guard node.kind == .string else { return false }
      let text = node.unsafeUTF8
      try Limits.checkName(text, field: "data.\(field.name.shown)")
      setText(text, slot: field.place)
      if field.form == .name { nameSlots |= 1 << UInt16(field.place) }
      if field.form == .identifier { identifierSlots |= 1 << UInt16(field.place) }
      return true
    case .time:
      guard node.kind == .string, let time = Timestamp(rfc3339: node.utf8.bytes), time >= .earliest else {
        return false
      }
      slots[field.place] = time.microseconds
      return true
    case .integer:
      return takeNumber(node.int64, for: field)
    case .decimal:
      return takeNumber(node.decimal(scale: 6), for: field)
    case .currency:
      return node.kind == .string && takeCurrency(node.unsafeUTF8, slot: field.place)
    case .reference:
      guard let text = node.string else { return false }
      let reference = try Reference(text, field: "data.\(field.name.shown)")
      let start = node.offset - dataOffset
      slots[field.place] = 0
      references.append(
        ReadReference(slot: field.place, reference: reference, range: start..<start + node.unsafeRaw.count))
      return true
    case .text:
      return node.kind == .string
    case .json:
      return true
    }
  }

  private mutating func takeChoice(_ text: EventParts.Text, of field: FieldPlan) -> Bool {
    for index in field.words.indices where field.words[index].hasSameBytes(as: text) {
      if field.place == 0 { choices.0 = UInt8(index + 1) } else { choices.1 = UInt8(index + 1) }
      return true
    }
    return false
  }

  private mutating func takeNumber(_ number: Int64?, for field: FieldPlan) -> Bool {
    guard let number, number >= field.least, number <= field.most else { return false }
    slots[field.place] = number
    return true
  }

  /// Three capital letters.
  private mutating func takeCurrency(_ letters: EventParts.Text, slot: Int) -> Bool {
    guard letters.count == 3 else { return false }
    var code: Int64 = 0
    for letter in letters {
      guard (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(letter) else { return false }
      code = code << 8 | Int64(letter)
    }
    slots[slot] = code
    return true
  }

  private mutating func setText(_ text: EventParts.Text, slot: Int) {
    texts[slot] = text
    slots[slot] = 0
  }

  /// Checks what concerns several fields.
  private func checkRules(_ plan: UnsafePointer<CheckPlan>) throws(EventError) {
    for index in plan.pointee.rules.indices {
      let rule = plan.pointee.rules[index]
      if rule.atLeastOne != 0 {
        if rule.atLeastOne & present == 0 { throw broken(index, of: plan) }
      } else if let low = slots[rule.low], let high = slots[rule.high], low > high {
        throw broken(index, of: plan)
      }
    }
  }

  private func broken(_ index: Int, of plan: UnsafePointer<CheckPlan>) -> EventError {
    switch plan.pointee.type.rules[index] {
    case .atLeastOne(let candidates):
      let names = candidates.map(\.name).joined(separator: ", ")
      return EventError(field: "data", expected: "at least one of \(names)", found: nil)
    case .ascending(let first, let second):
      let rule = plan.pointee.rules[index]
      return EventError(
        field: "data.\(second.name)",
        expected: "no less than \(first.name), which is \(first.shown(slots[rule.low] ?? 0))",
        problem: second.shown(slots[rule.high] ?? 0))
    }
  }
}

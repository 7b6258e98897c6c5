import JSON

/// What a field of an event's `data` holds, in the form that its declaration gives it.
public enum DataValue: Hashable, Sendable {
  /// A choice's word, a name, an identifier, a currency's letters or free text.
  case text(String)
  case time(Timestamp)
  /// A whole number, in the field's own unit.
  case integer(Int64)
  /// A decimal number in millionths, see `Field.decimalScale`.
  case decimal(millionths: Int64)
  case reference(Reference)
  /// Any JSON value, by its text as it came.
  case json(String)
}

/// The catalogue's fields of one event's `data`, for readers of opened events.
///
/// Replay has no use for it: projections fold headers. What is absent, `null`, or not of the form that the
/// declaration asks for has no value: the log has checked what it took, and a newer catalogue's words still read.
/// A type's fields are told apart by name, so `promiseKind` and `moneyKind` ask for the same member.
public struct EventFields: Hashable, Sendable {
  private var values: [Field: DataValue] = [:]

  /// No fields: those of an erased event, of one without `data`, and of types outside the catalogue.
  public init() {}

  /// The field's value; nil where it has none.
  public subscript(field: Field) -> DataValue? { values[field] }

  /// The field's value as text: words, names, texts, references and JSON; nil for times and numbers.
  public func text(_ field: Field) -> String? {
    switch values[field] {
    case .text(let text), .json(let text): text
    case .reference(let reference): reference.text
    case .time, .integer, .decimal, nil: nil
    }
  }

  /// The field's value as a time; nil for other values.
  public func time(_ field: Field) -> Timestamp? {
    if case .time(let time) = values[field] { time } else { nil }
  }

  /// The field's value as a number: a whole number as it is, a decimal one in millionths; nil for other values.
  public func number(_ field: Field) -> Int64? {
    switch values[field] {
    case .integer(let number), .decimal(let number): number
    case .text, .time, .reference, .json, nil: nil
    }
  }

  fileprivate init(_ object: JSONNode, of type: EventType) {
    for member in type.fields {
      guard let node = object.member(member.field.name.utf8.span), !node.isNull else { continue }
      values[member.field] = DataValue(node, kind: member.field.kind)
    }
  }
}

/// Reads the fields of events, one after the other. One thread at a time uses a reader; it keeps its parser's buffers.
///
/// ```swift
/// var reader = FieldReader()
/// let outcome = try reader.fields(of: opened.event).text(.outcome)
/// ```
public struct FieldReader: ~Copyable, Sendable {
  private var parser = JSONParser(maximumBytes: Limits.dataBytes)

  /// A reader with empty buffers.
  public init() {}

  /// The fields that the catalogue gives to the event's type.
  ///
  /// - Throws: `EventError` of `data`, when it is not a JSON object of `Limits.dataBytes` at most. The log takes no
  ///   such event of a type in its catalogue: what it gave out was damaged, or made elsewhere.
  public mutating func fields(of event: Event) throws(EventError) -> EventFields {
    guard let type = Catalogue.type(named: event.type), !type.fields.isEmpty, let data = event.data else {
      return EventFields()
    }
    do {
      let document = try parser.parse(data.span)
      guard document.root.kind == .object else {
        throw EventError(field: "data", expected: "a JSON object", problem: document.root.shown)
      }
      return EventFields(document.root, of: type)
    } catch let error as JSONError {
      throw EventError(field: "data", expected: "JSON", problem: "\(error)")
    } catch let error as EventError {
      throw error
    } catch {
      preconditionFailure("reading data throws nothing else: \(error)")
    }
  }
}

extension DataValue {
  /// Nil where the node is not of that kind.
  fileprivate init?(_ node: JSONNode, kind: Field.Kind) {
    switch kind {
    case .choice, .name, .identifier, .currency, .text:
      guard let text = node.string else { return nil }
      self = .text(text)
    case .reference:
      // As the log put it back, which may be the number of an erased customer: nothing that `Reference` would take in.
      guard let text = node.string, !text.isEmpty else { return nil }
      self = .reference(Reference(normalised: text))
    case .time:
      guard let text = node.string, let time = Timestamp(rfc3339: text) else { return nil }
      self = .time(time)
    case .integer:
      guard let number = node.int64 else { return nil }
      self = .integer(number)
    case .decimal:
      guard let number = node.decimal(scale: 6) else { return nil }
      self = .decimal(millionths: number)
    case .json:
      self = .json(String(decoding: node.raw.withUnsafeBufferPointer { Array($0) }, as: UTF8.self))
    }
  }
}

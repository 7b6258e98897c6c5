/// An event that is what the catalogue asks for, with the values that its header keeps: one of `CheckedEvents` in a form
/// to be looked at. Stores take `CheckedEvents`, which cost less.
public struct CheckedEvent: Sendable {
  /// The event as it came.
  public let event: Event
  /// Whose stream it belongs to: the subject, or who stands in for it.
  public let customer: Reference
  /// The type's declaration; nil for a type outside the catalogue.
  public let type: EventType?
  /// The choice bytes of the header.
  public let choices: (UInt8, UInt8)
  /// The fields that the header keeps, by slot; nil where absent.
  public let fields: [FieldValue?]
  /// `data` as it is sealed: without the references in it, which the header names by number.
  public let sealedData: [UInt8]?

  /// - Precondition: `events` has this event alone.
  init(_ event: Event, as events: CheckedEvents) {
    precondition(events.count == 1, "one event was checked")
    let entry = events.entries[0]
    self.event = event
    customer = Reference(normalised: events.references[entry.header.customer.value])
    type = Catalogue.type(code: entry.header.typeCode)
    choices = entry.header.choices
    sealedData = entry.hasData ? Array(events.bytes[entry.data.range]) : nil
    fields = (0..<(type?.slotCount ?? 1)).map { slot in
      guard let value = entry.header.slots[slot] else { return nil }
      let bit: UInt16 = 1 << UInt16(slot)
      if entry.nameSlots & bit != 0 { return .name(events.names[UInt32(value)]) }
      if entry.referenceSlots & bit != 0 {
        return .reference(Reference(normalised: events.references[UInt32(value)]))
      }
      if entry.identifierSlots & bit != 0 {
        return .identifier(String(decoding: events.bytes[CheckedEvents.identifier(in: value).range], as: UTF8.self))
      }
      return .number(value)
    }
  }
}

/// A field's value on its way into a header.
public enum FieldValue: Hashable, Sendable {
  /// As it is: a time in microseconds, a whole number, millionths, a currency's letters.
  case number(Int64)
  /// To be replaced by the name's number.
  case name(String)
  /// To be replaced by its hash.
  case identifier(String)
  /// To be replaced by the customer's number.
  case reference(Reference)
}

extension EventType {
  /// How many slots its header has at most.
  public var slotCount: Int { fields.count { $0.field.kind.headerForm == .slot } }

  /// The fields that its header keeps in slots, by slot.
  var slotFields: [Field] { fields.map(\.field).filter { $0.kind.headerForm == .slot } }
}

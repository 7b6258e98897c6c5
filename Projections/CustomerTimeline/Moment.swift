import Touchlog

/// An opened event with its fields read, on its way to a line.
struct Moment {
  let opened: OpenedEvent
  let type: EventType?
  let fields: EventFields
  /// Why `data` could not be read, where the log gave out what no checker would have taken.
  let fault: String?
  let isAnonymous: Bool

  init(_ opened: OpenedEvent, isAnonymous: Bool, reader: inout FieldReader) {
    self.opened = opened
    self.isAnonymous = isAnonymous
    type = Catalogue.type(named: opened.event.type)
    do throws(EventError) {
      fields = try reader.fields(of: opened.event)
      fault = nil
    } catch {
      // One damaged event must not hide the others: its line says what is wrong.
      fields = EventFields()
      fault = "\(error)"
    }
  }

  var event: Event { opened.event }
  var occurredAt: Timestamp { opened.event.occurredAt }

  /// The order of everything: when it happened, then when the log took it.
  func isBefore(_ other: Moment) -> Bool {
    (occurredAt, opened.position) < (other.occurredAt, other.opened.position)
  }
}

/// Lets a `switch` over an event's type name the catalogue's entries.
func ~= (pattern: EventType, type: EventType?) -> Bool { pattern === type }

extension Timestamp {
  /// The time from `other` to this instant; negative when `other` is later.
  func duration(since other: Timestamp) -> Duration { .microseconds(microseconds(since: other)) }
}

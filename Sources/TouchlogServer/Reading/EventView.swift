import JSON
import Touchlog
import TouchlogAdapters

/// What of an event a role sees.
enum EventView: Sendable {
  case whole
  /// Without the customer's reference, `data` and the attributes that are sealed with it.
  case withoutReferences

  init(_ role: Role) {
    switch role {
    case .admin, .auditor: self = .whole
    case .analyst, .adapter: self = .withoutReferences
    }
  }

  func of(_ opened: OpenedEvent) -> OpenedEvent {
    switch self {
    case .whole: return opened
    case .withoutReferences:
      var event = opened.event
      (event.subject, event.data, event.extensions) = (nil, nil, [:])
      return OpenedEvent(
        position: opened.position, recordedAt: opened.recordedAt, customerNumber: opened.customerNumber, customer: nil,
        streamVersion: opened.streamVersion, event: event, isErased: opened.isErased)
    }
  }
}

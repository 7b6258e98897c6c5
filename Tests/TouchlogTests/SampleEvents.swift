import JSON
import Touchlog

/// Good events of every type, made from the catalogue's declarations.
enum SampleEvents {
  /// The types that adapters send: all but those that the log writes itself.
  static let types = Catalogue.all.filter { $0.concern != .log }

  /// An event with everything that its type requires, and `data` of these members; without `data` where there are none.
  static func event(of type: EventType, _ members: [String: String]) -> Event {
    event(type.name, members.isEmpty ? nil : json(members), isAboutCompany: type.concern == .company)
  }

  static func event(_ type: String, _ data: String?, isAboutCompany: Bool = false) -> Event {
    Event(
      id: "1", source: "/test", type: type, occurredAt: Timestamp(seconds: 1_740_820_500),
      subject: isAboutCompany ? nil : Reference(normalised: "crm:42"), channel: .phone, interaction: "call-1",
      dataText: data.map { Array($0.utf8) })
  }

  /// The members that a type requires and its rules ask for, each as JSON.
  static func members(of type: EventType) -> [String: String] {
    var members: [String: String] = [:]
    for member in type.fields where member.isRequired {
      members[member.field.name] = FieldSamples(member.field).good[0]
    }
    for rule in type.rules {
      // Ascending fields have one value here: equal is ascending.
      if case .atLeastOne(let fields) = rule { members[fields[0].name] = FieldSamples(fields[0]).good[0] }
    }
    return members
  }

  static func json(_ members: [String: String]) -> String {
    "{" + members.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }.joined(separator: ", ") + "}"
  }

  /// Checks an event with a new checker.
  static func check(_ event: Event) throws(EventError) -> CheckedEvent {
    var checker = EventChecker()
    return try checker.check(event)
  }

  /// Why an event is refused; nil when it is not.
  static func refusal(of event: Event) -> EventError? {
    do throws(EventError) {
      _ = try check(event)
      return nil
    } catch {
      return error
    }
  }
}

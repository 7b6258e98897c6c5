import JSON
import Touchlog

extension RowReading {
  /// The event that a rule, whose condition holds, makes of the row.
  ///
  /// - Parameter occurrences: How often each id came so far.
  mutating func event(
    _ rule: EventRule, occurrences: inout [String: Int]
  ) throws(AdapterError) -> Event {
    guard let time = try instant(rule.time) else {
      throw missing("time", "the instant that the mapping names", of: rule)
    }
    let attributes = rule.attributes
    var event = Event(
      id: try id(rule, &occurrences), source: mapping.source, type: rule.type, occurredAt: time, dataText: nil)
    event.subject = try subject(attributes.subject)
    event.channel = try channel(attributes.channel)
    event.interaction = try attribute(attributes.interaction)
    event.agent = try attribute(attributes.agent)
    event.team = try attribute(attributes.team)
    event.location = try attribute(attributes.location)
    event.topic = try attribute(attributes.topic)
    event.data = try data(rule)
    for (name, value) in rule.extensions {
      if let json = try json(value) { event.extensions[name] = json }
    }
    return event
  }

  private func missing(_ field: String, _ expected: String, of rule: EventRule) -> AdapterError {
    error(.event(EventError(field: "\(field) of \(rule.type)", expected: expected, found: nil)))
  }

  private mutating func id(_ rule: EventRule, _ occurrences: inout [String: Int]) throws(AdapterError) -> String {
    // An event's id has no NUL in it, so the number's place is part of what is counted.
    guard let text = try text(of: rule.id, occurrence: "\0"), !text.isEmpty else {
      throw missing("id", "every column that the id is made of", of: rule)
    }
    guard rule.id.hasOccurrence else { return text }
    occurrences[text, default: 0] += 1
    return try self.text(of: rule.id, occurrence: String(occurrences[text, default: 1])) ?? text
  }

  private mutating func attribute(_ value: MappedValue?) throws(AdapterError) -> String? {
    guard let value, let text = try text(of: value), !text.isEmpty else { return nil }
    return text
  }

  private mutating func subject(_ value: MappedValue?) throws(AdapterError) -> Reference? {
    guard let text = try attribute(value) else { return nil }
    do {
      return try Reference(text)
    } catch let fault {
      throw error(.event(fault))
    }
  }

  private mutating func channel(_ value: MappedValue?) throws(AdapterError) -> Channel? {
    guard let text = try attribute(value) else { return nil }
    if let channel = Channel(name: text) { return channel }
    throw error(
      .event(EventError(field: "channel", expected: "one of \(Channel.names.joined(separator: ", "))", found: text)))
  }

  private mutating func data(_ rule: EventRule) throws(AdapterError) -> [UInt8]? {
    guard let members = rule.data else { return nil }
    var writer = JSONWriter()
    try writer.object { object throws(AdapterError) in
      for (name, value) in members {
        guard let json = try json(value) else { continue }
        object.key(name)
        object.value(json)
      }
    }
    return writer.bytes
  }
}

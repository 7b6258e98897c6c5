import JSON
public import Touchlog

extension CheckedEvent {
  /// The event as every store gives it out: what two events with the same content have in common.
  ///
  /// - References are in normal form, those in `data` too (`other`).
  /// - A subject that only says who would stand in for an absent one (`company:self` where the type concerns the
  ///   company, otherwise `anon:` and the interaction, or the source and id) is absent: the log keeps whose stream it
  ///   is, and cannot tell one from the other.
  /// - The rest is as it came, `data` byte for byte.
  public var normalForm: Event {
    var normal = event
    if let subject = event.subject, subject.bytes == standIn.bytes { normal.subject = nil }
    normal.data = event.data.map { withNormalReferences($0) }
    return normal
  }

  /// The references that stand in `data`, with the names of their fields, in the order of the type's fields.
  var references: [(field: Field, reference: Reference)] {
    (type?.fields ?? []).compactMap { member in
      guard case .slot(let slot)? = type?.place(of: member.field), case .reference(let reference)? = fields[slot]
      else { return nil }
      return (member.field, reference)
    }
  }

  /// Whose stream the event belongs to when it names no subject.
  private var standIn: Reference {
    if type?.concern == .company { return .company }
    return event.interaction.map { .anonymous(interaction: $0) } ?? .anonymous(source: event.source, id: event.id)
  }

  private func withNormalReferences(_ data: [UInt8]) -> [UInt8] {
    references.reduce(data) { data, member in
      guard let range = CheckedEvent.range(of: member.field, in: data) else { return data }
      var writer = JSONWriter()
      writer.string(member.reference.text)
      return data[..<range.lowerBound] + writer.bytes + data[range.upperBound...]
    }
  }

  /// Where a member's value stands in the text of an object.
  private static func range(of field: Field, in data: [UInt8]) -> Range<Int>? {
    var parser = JSONParser()
    do {
      let document = try parser.parse(data.span)
      guard let node = document.root.member(field.name.utf8.span) else { return nil }
      return node.offset..<node.offset + node.raw.count
    } catch {
      preconditionFailure("checked data is JSON: \(error)")
    }
  }
}

extension Event {
  /// The first field in which two events in normal form differ; nil when they have the same content.
  ///
  /// It is the first of `type`, `time`, `subject`, `channel`, `interaction`, `agent`, `team`, `location`, `topic`,
  /// `data`, and then of the extensions' names in the order of their UTF-8 bytes. Texts are compared by their bytes,
  /// without Unicode's equivalences; `data` and extensions as JSON values; absent and `null` are not the same. The
  /// identity is not looked at: only events of one identity are compared.
  public func firstDifference(from other: Event) -> String? {
    if !isSame(type, other.type) { return "type" }
    if occurredAt != other.occurredAt { return "time" }
    if !isSame(subject?.text, other.subject?.text) { return "subject" }
    if channel != other.channel { return "channel" }
    if !isSame(interaction, other.interaction) { return "interaction" }
    if !isSame(agent, other.agent) { return "agent" }
    if !isSame(team, other.team) { return "team" }
    if !isSame(location, other.location) { return "location" }
    if !isSame(topic, other.topic) { return "topic" }
    if !hasSameData(as: other) { return "data" }
    let names = Set(extensions.keys).union(other.extensions.keys)
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
      .first { extensions[$0] != other.extensions[$0] }
  }

  private func hasSameData(as other: Event) -> Bool {
    guard let data, let otherData = other.data else { return data == nil && other.data == nil }
    if data == otherData { return true }
    do {
      return try JSONValue(parsing: String(decoding: data, as: UTF8.self))
        == JSONValue(parsing: String(decoding: otherData, as: UTF8.self))
    } catch {
      preconditionFailure("checked data is JSON: \(error)")
    }
  }

  /// Swift's `==` takes texts for equal that Unicode calls equivalent, and a log must tell them apart.
  private func isSame(_ text: String?, _ other: String?) -> Bool {
    guard let text, let other else { return text == nil && other == nil }
    return text.utf8.elementsEqual(other.utf8)
  }
}

extension Reference {
  /// The normal form in UTF-8, by which references are compared.
  var bytes: [UInt8] { Array(text.utf8) }
}

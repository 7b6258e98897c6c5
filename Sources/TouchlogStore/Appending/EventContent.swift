import JSON
import Touchlog

/// What two events must have in common to be the same event sent twice.
struct EventContent {
  var type: String
  var occurredAt: Timestamp
  var customer: Reference
  var channel: Channel?
  var interaction: String?
  var agent: String?
  var team: String?
  var location: String?
  var topic: String?
  /// The references inside `data`, in the order of the type's fields.
  var references: [Reference]
  /// `data` without its references.
  var data: [UInt8]?
  /// The extensions as a JSON object; empty where there are none.
  var extensions: [UInt8]

  /// The name of the first field that differs from what came before; nil when the content is the same.
  func firstDifference(from other: EventContent) -> String? {
    if !type.hasSameBytes(as: other.type) { return "type" }
    if occurredAt != other.occurredAt { return "time" }
    if customer != other.customer { return "subject" }
    if channel != other.channel { return "channel" }
    if !interaction.hasSameBytes(as: other.interaction) { return "interaction" }
    if !agent.hasSameBytes(as: other.agent) { return "agent" }
    if !team.hasSameBytes(as: other.team) { return "team" }
    if !location.hasSameBytes(as: other.location) { return "location" }
    if !topic.hasSameBytes(as: other.topic) { return "topic" }
    if !EventContent.areSame(references, stored: other.references) || !EventContent.isSameJSON(data, other.data) {
      return "data"
    }
    return differingExtension(from: other)
  }

  /// Whether references are those that are stored. One that was erased is a number now and cannot be compared any more:
  /// it counts as the same, as an erased event does.
  private static func areSame(_ references: [Reference], stored: [Reference]) -> Bool {
    references.count == stored.count
      && zip(references, stored).allSatisfy { $0 == $1 || CustomerNumber(naming: $1) != nil }
  }

  private static func isSameJSON(_ left: [UInt8]?, _ right: [UInt8]?) -> Bool {
    guard let left, let right else { return left == nil && right == nil }
    if left == right { return true }
    do {
      return try JSON.equal(left.span, right.span)
    } catch {
      // Both were parsed when they came in. What does not parse now is damaged, and so not the same.
      return false
    }
  }

  private func differingExtension(from other: EventContent) -> String? {
    if extensions == other.extensions { return nil }
    let left = EventContent.members(of: extensions)
    let right = EventContent.members(of: other.extensions)
    return Set(left.keys).union(right.keys)
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.first { left[$0] != right[$0] }
  }

  /// The members of a JSON object's text; none for no text.
  static func members(of text: [UInt8]) -> [String: JSONValue] {
    guard !text.isEmpty else { return [:] }
    do {
      guard case .object(let members) = try JSONValue(parsing: String(decoding: text, as: UTF8.self)) else {
        return [:]
      }
      return Dictionary(members.map { ($0.key, $0.value) }) { first, _ in first }
    } catch {
      return [:]
    }
  }
}

extension PreparedEvents {
  /// The content of an event that is about to be appended.
  func content(of index: Int) -> EventContent {
    let record = records[index]
    let header = record.header
    let plaintext = plaintext(of: index)
    guard let (data, extensions) = PayloadRecord.split(plaintext) else {
      preconditionFailure("a plaintext that was just sealed is as long as it says")
    }
    let references = (0..<RecordLayout.maximumSlots).compactMap { slot -> Reference? in
      guard record.referenceSlots & 1 << UInt16(slot) != 0, let value = header.slots[slot] else { return nil }
      return customers[Int(value)].reference
    }
    let type = Catalogue.type(code: header.typeCode)?.name ?? names[UInt32(header.slots[0] ?? 0)]
    let interaction = header.interaction.map { _ in
      withExtendedLifetime(self) {
        String(decoding: PayloadRecord.Parts(whole: record.payload).interaction, as: UTF8.self)
      }
    }
    return EventContent(
      type: type, occurredAt: header.occurredAt, customer: customer(of: index).reference, channel: header.channel,
      interaction: interaction, agent: header.agent.map { names[$0.value] }, team: header.team.map { names[$0.value] },
      location: header.location.map { names[$0.value] }, topic: header.topic.map { names[$0.value] },
      references: references, data: data, extensions: extensions)
  }
}

// Exported, because an event's `data` is JSON: whoever writes events writes JSON literals.
@_exported public import JSON

/// One immutable fact: somebody called, was answered, was promised something, left.
///
/// On the wire it is a CloudEvents 1.0 JSON object. An event is checked when it is appended, see `CheckedEvent`.
///
/// ```swift
/// let event = Event(
///   id: "call-17-1", source: "/pbx/stockholm", type: "contact.started", occurredAt: time,
///   subject: try Reference("crm:42"), channel: .phone, interaction: "pbx-17",
///   data: ["direction": "inbound"])
/// ```
public struct Event: Sendable {
  /// With `source` the event's identity, forever.
  public var id: String
  /// Where it comes from: the adapter and its system, e.g. `/pbx/stockholm`.
  public var source: String
  /// A type of the `Catalogue`, or any other.
  public var type: String
  /// When it happened, by the source's clock.
  public var occurredAt: Timestamp
  /// Whom it is about, where it says so.
  public var subject: Reference?
  /// The touch-point; required for parts of an interaction.
  public var channel: Channel?
  /// The contact it is part of; unique in the store.
  public var interaction: String?
  /// Who attends to the customer: a name that means something to the source.
  public var agent: String?
  /// The agent's team, as `agent`.
  public var team: String?
  /// The shop, site or kiosk, as `agent`.
  public var location: String?
  /// What the contact is about, as `agent`.
  public var topic: String?
  /// The type's own fields: the text of a JSON value, kept as it came.
  public var data: [UInt8]?
  /// Attributes that have no place of their own, by name: strings, numbers and booleans.
  public var extensions: [String: JSONValue]

  /// An event whose `data` is JSON text.
  public init(
    id: String, source: String, type: String, occurredAt: Timestamp, subject: Reference? = nil,
    channel: Channel? = nil, interaction: String? = nil, agent: String? = nil, team: String? = nil,
    location: String? = nil, topic: String? = nil, dataText: [UInt8]?, extensions: [String: JSONValue] = [:],
  ) {
    self.id = id
    self.source = source
    self.type = type
    self.occurredAt = occurredAt
    self.subject = subject
    self.channel = channel
    self.interaction = interaction
    self.agent = agent
    self.team = team
    self.location = location
    self.topic = topic
    self.data = dataText
    self.extensions = extensions
  }

  /// An event whose `data` is put together in Swift.
  public init(
    id: String, source: String, type: String, occurredAt: Timestamp, subject: Reference? = nil,
    channel: Channel? = nil, interaction: String? = nil, agent: String? = nil, team: String? = nil,
    location: String? = nil, topic: String? = nil, data: JSONValue? = nil,
    extensions: [String: JSONValue] = [:],
  ) {
    self.init(
      id: id, source: source, type: type, occurredAt: occurredAt, subject: subject, channel: channel,
      interaction: interaction, agent: agent, team: team, location: location, topic: topic,
      dataText: data.map { Array($0.description.utf8) }, extensions: extensions)
  }

  /// The names that CloudEvents and Touchlog give to attributes; all others are extensions.
  public enum Attribute: String, CaseIterable, Sendable {
    case specversion, id, source, type, time, subject, channel, interaction, agent, team, location, topic, data
  }

  /// Attributes that the log adds when it gives an event out, and passes over when it takes one in.
  public static let logAttributes: Set<String> = [
    "position", "recordedat", "customernumber", "streamversion",
  ]
}

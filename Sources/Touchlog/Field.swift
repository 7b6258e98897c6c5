/// A member of an event's `data`: its name on the wire, what it may hold, and what it means.
///
/// A field is declared once, here below, and used by every type that carries it, so that `outcome` or `promise`
/// mean the same wherever they stand.
public struct Field: Hashable, Sendable {
  /// The name in `data`.
  public let name: String
  /// What it may hold.
  public let kind: Kind
  /// One line for the documentation.
  public let meaning: String

  /// What a field may hold, and the form in which a header keeps it.
  public enum Kind: Hashable, Sendable {
    /// One of a few words. A header keeps the word's place in the list plus one, in a byte: words are only ever added.
    case choice([String])
    /// A short text with few distinct values; kept as the number of the name.
    case name
    /// Identifies something within the customer's stream (a promise, an order); kept as a 64-bit keyed hash.
    case identifier
    /// RFC 3339; kept in microseconds.
    case time
    /// A whole number.
    case integer(ClosedRange<Int64>)
    /// A number with up to six decimal places; kept in millionths.
    case decimal(ClosedRange<Int64>)
    /// Three capital letters of ISO 4217; kept as their ASCII codes.
    case currency
    /// A customer's reference; kept as the customer's number, and nowhere in clear.
    case reference
    /// Free text. Sealed, and not in the header.
    case text
    /// Any JSON value. Sealed, and not in the header.
    case json
  }

  init(_ name: String, _ kind: Kind, _ meaning: String) {
    self.name = name
    self.kind = kind
    self.meaning = meaning
  }

  /// By name alone: within one type a field's name is unique, and its kind follows from both.
  public static func == (left: Field, right: Field) -> Bool { left.name == right.name }
  /// By name alone, as `==`.
  public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

// A field's documentation is its `meaning`, which `Catalogue.markdown` prints: a comment would say it twice.
// swift-format-ignore: AllPublicDeclarationsHaveDocumentation
extension Field {
  /// Decimals are kept in millionths.
  public static let decimalScale: Int64 = 1_000_000

  private static let anyDecimal = Kind.decimal(-1_000_000_000 * decimalScale...1_000_000_000 * decimalScale)
  private static let share = Kind.decimal(0...decimalScale)

  public static let direction = Field("direction", .choice(["inbound", "outbound"]), "who began the contact")
  public static let queue = Field("queue", .name, "the queue that the customer waits in")
  public static let messageBy = Field("by", .choice(["customer", "agent", "bot"]), "who wrote it")
  public static let text = Field("text", .text, "the words themselves")
  public static let toTeam = Field("toTeam", .name, "the team that takes over")
  public static let toAgent = Field("toAgent", .name, "the agent who takes over")
  public static let toChannel = Field("toChannel", .choice(Channel.names), "the channel on which it goes on")
  public static let outcome = Field(
    "outcome", .choice(["resolved", "unresolved", "abandoned", "followUp"]), "how it ended")
  public static let windowStart = Field("windowStart", .time, "the earliest arrival that was promised")
  public static let windowEnd = Field("windowEnd", .time, "the latest arrival that was promised")
  public static let reason = Field("reason", .text, "why")
  public static let order = Field("order", .identifier, "the order's number")
  public static let origin = Field(
    "origin", .choice(["experience", "marketing", "wordOfMouth", "industry", "review"]),
    "where the expectation comes from")
  public static let guide = Field("guide", .name, "the decision tree")
  public static let guideVersion = Field("guideVersion", .name, "its version")
  public static let node = Field("node", .name, "the node that was shown")
  public static let answer = Field("answer", .text, "what the customer chose or said")
  public static let exit = Field("exit", .choice(["solved", "handedOver", "abandoned"]), "how the guide was left")
  public static let promise = Field("promise", .identifier, "the promise's number")
  public static let promiseKind = Field(
    "kind", .choice(["callback", "delivery", "repair", "refund", "answer", "other"]), "what was promised")
  public static let dueAt = Field("dueAt", .time, "by when; without it, kept or broken decides")
  public static let promiseBy = Field("by", .choice(["agent", "marketing", "standard"]), "who promised it")
  public static let instrument = Field(
    "instrument", .choice(["csat", "nps", "ces", "servqual"]), "the questionnaire")
  public static let score = Field("score", anyDecimal, "the answer, from `min` to `max`")
  public static let min = Field("min", anyDecimal, "the lowest answer possible")
  public static let max = Field("max", anyDecimal, "the highest answer possible")
  public static let dimension = Field("dimension", .name, "what was asked about, e.g. reliability")
  public static let department = Field("department", .name, "whose belief it is")
  public static let severity = Field("severity", .integer(1...5), "1 (slight) to 5 (grave)")
  public static let standard = Field("standard", .name, "the standard's name")
  public static let metric = Field(
    "metric", .choice(["wait", "firstReply", "handle", "resolution", "visitLateness"]), "the clock it limits")
  public static let standardChannel = Field(
    "channel", .choice(Channel.names), "the channel it holds for; all when absent")
  public static let thresholdSeconds = Field(
    "thresholdSeconds", .decimal(0...1_000_000_000 * decimalScale), "the limit, in seconds")
  public static let targetShare = Field("targetShare", share, "the share that must lie within the limit")
  public static let from = Field("from", .time, "since when it holds; the event's time when absent")
  public static let other = Field("other", .reference, "the reference that names the same person")
  public static let evidence = Field("evidence", .text, "what the link rests on")
  public static let confidence = Field("confidence", share, "0 to 1")
  public static let status = Field("status", .choice(["prospect", "active", "former"]), "the relationship from now on")
  public static let segment = Field("segment", .name, "the segment's name")
  public static let amount = Field(
    "amount", .integer(-1_000_000_000_000_000...1_000_000_000_000_000), "in minor units of the currency")
  public static let currency = Field("currency", .currency, "ISO 4217")
  public static let moneyKind = Field("kind", .name, "what was bought, or what the cost was for")
  public static let request = Field("request", .identifier, "the request's number")
  public static let days = Field("days", .integer(0...36_500), "the payment term")
  public static let decision = Field(
    "decision", .choice(["granted", "partial", "staggered", "denied"]), "what was decided")
  public static let reasons = Field("reasons", .json, "why, as a list")
  public static let reviewer = Field("reviewer", .name, "who decided")
  public static let factors = Field("factors", .json, "what the decision weighed")
  public static let customer = Field("customer", .reference, "in the company's stream: who was erased")
  public static let settled = Field("settled", .choice(["onTime", "late", "defaulted"]), "how it was paid")
}

import HTTPTypes
import Hummingbird
import HummingbirdCore
import Touchlog
import TouchlogAdapters

/// What a request's parameters ask for.
struct EventQuery {
  /// As the store takes it, without a limit.
  var query = Query()
  /// At most so many events, where the request says so.
  var limit: Int?

  /// The parameters that there are.
  private static let reading = [
    "customer", "type", "channel", "interaction", "from", "until", "since", "before", "order", "limit",
  ]
  private static let following = ["customer", "type", "channel", "interaction", "from", "since", "before"]

  /// - Parameters:
  ///   - parameters: the request's, by name; `type`, `channel` and `interaction` may come several times.
  ///   - isFollowing: whether it is for a feed, which goes forward and has no end.
  /// - Throws: `Problem`, which names the parameter.
  init(
    _ parameters: FlatDictionary<Substring, Substring>, of caller: Caller, isFollowing: Bool = false,
  ) throws(Problem) {
    let known = isFollowing ? EventQuery.following : EventQuery.reading
    for (name, value) in parameters {
      let name = String(name)
      // A misspelled condition would let everything pass.
      guard known.contains(name) else {
        throw .invalid(AdapterError.shown(name), "expected one of \(known.joined(separator: ", "))")
      }
      guard !value.isEmpty else { throw .invalid(name, "expected a value, found nothing") }
      try take(name, String(value), caller)
    }
  }

  private mutating func take(_ name: String, _ value: String, _ caller: Caller) throws(Problem) {
    switch name {
    case "customer": query.customer = try EventQuery.customer(value, caller)
    case "type": for type in try EventQuery.list(value, of: name) { query.types.insert(type) }
    case "channel":
      for text in try EventQuery.list(value, of: name) {
        guard let channel = Channel(name: text) else {
          throw .invalid(
            name, "expected one of \(Channel.names.joined(separator: ", ")), found \(AdapterError.shown(text))")
        }
        query.channels.insert(channel)
      }
    case "interaction": query.interactions.insert(value)
    case "from": query.from = try EventQuery.position(value, of: name)
    case "until": query.until = try EventQuery.position(value, of: name)
    case "since": query.occurredFrom = try EventQuery.time(value, of: name)
    case "before": query.occurredUntil = try EventQuery.time(value, of: name)
    case "order":
      switch value {
      case "forward": query.order = .forward
      case "backward": query.order = .backward
      default: throw .invalid(name, "expected forward or backward, found \(AdapterError.shown(value))")
      }
    case "limit":
      guard let limit = Int(value), limit > 0 else {
        throw .invalid(name, "expected 1 or more, found \(AdapterError.shown(value))")
      }
      self.limit = limit
    default: preconditionFailure("\(name) is a known parameter")
    }
  }

  private static func list(_ value: String, of name: String) throws(Problem) -> [String] {
    let parts = value.split(separator: ",").map(String.init)
    guard !parts.isEmpty else { throw .invalid(name, "expected a name, found \(AdapterError.shown(value))") }
    return parts
  }

  private static func position(_ value: String, of name: String) throws(Problem) -> Position {
    guard let position = UInt64(value), position < .max else {
      throw .invalid(name, "expected a position such as 17, found \(AdapterError.shown(value))")
    }
    return Position(position)
  }

  private static func time(_ value: String, of name: String) throws(Problem) -> Timestamp {
    guard let time = Timestamp(rfc3339: value) ?? Timestamp(rfc3339: value + "T00:00:00Z") else {
      throw .invalid(
        name, "expected a time such as 2025-03-01T09:15:00Z or 2025-03-01, found \(AdapterError.shown(value))")
    }
    return time
  }

  /// Whoever sees no references must not find out either which number is whose.
  private static func customer(_ value: String, _ caller: Caller) throws(Problem) -> Reference {
    guard caller.role != .analyst else {
      throw Problem(.forbidden, .forbidden, "customer: asking for a customer by reference is for auditor, admin")
    }
    if value.hasPrefix("number:"), UInt32(value.dropFirst(7)) != nil { return Reference(normalised: value) }
    do throws(EventError) {
      return try Reference(value, field: "customer")
    } catch {
      throw .invalid("customer", "expected \(error.expected)" + (error.found.map { ", found \($0)" } ?? ""))
    }
  }
}

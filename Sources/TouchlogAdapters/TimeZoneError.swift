/// Why a time zone cannot be used.
public struct TimeZoneError: Error, Hashable, Sendable, CustomStringConvertible {
  /// The zone's name.
  public let zone: String
  /// What was expected, what came, and the way out.
  public let problem: String

  public var description: String { "time zone \(zone): \(problem)" }
}

import Touchlog

/// What the hazard model knows of a person at the begin of a month, from events before it.
public enum Feature: Int, Sendable, CaseIterable {
  case recency, activeDays, purchases, tenure, channels
  case unresolved, abandoned, transferred, waits, late, broken, complaints, good
  case goodBefore, poorBefore
  case answered, lastSatisfaction, meanSatisfaction

  /// How many there are.
  static let count = allCases.count

  /// The feature's name in tables.
  public var name: String {
    switch self {
    case .recency: "recency"
    case .activeDays: "active_days"
    case .purchases: "purchases"
    case .tenure: "tenure"
    case .channels: "channels"
    case .unresolved: "unresolved"
    case .abandoned: "abandoned"
    case .transferred: "transferred"
    case .waits: "waits_beyond_standard"
    case .late: "promises_late"
    case .broken: "promises_broken"
    case .complaints: "complaints"
    case .good: "good_contacts"
    case .goodBefore: "good_contacts_before"
    case .poorBefore: "poor_contacts_before"
    case .answered: "feedback_given"
    case .lastSatisfaction: "last_satisfaction"
    case .meanSatisfaction: "mean_satisfaction"
    }
  }

  /// What it is, and its unit.
  public var meaning: String {
    switch self {
    case .recency: "days since the last activity, as their square root"
    case .activeDays: "days with an activity in the last three months"
    case .purchases: "purchases in the last three months"
    case .tenure: "months since the person is active or known, as their square root"
    case .channels: "channels that the person has used"
    case .unresolved: "contacts that ended unresolved in the last month"
    case .abandoned: "contacts given up, and visits missed, in the last month"
    case .transferred: "transfers in the last month"
    case .waits: "waits beyond the standard in the last month"
    case .late: "promises kept late in the last month"
    case .broken: "promises broken in the last month"
    case .complaints: "complaints in the last month"
    case .good: "good contacts in the last month"
    case .goodBefore: "good contacts in the three months before the last"
    case .poorBefore: "poor contacts in the three months before the last"
    case .answered: "1 for who has ever answered a questionnaire"
    case .lastSatisfaction: "the latest answer, −0.5 (worst) to 0.5 (best); 0 without"
    case .meanSatisfaction: "the mean answer, −0.5 to 0.5; 0 without"
    }
  }
}

/// Numbers in words and tables, always written the same.
enum ChurnFigures {
  /// With so many decimals.
  static func decimal(_ value: Double, _ places: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "–" : value > 0 ? "∞" : "−∞" }
    var scale = 1.0
    for _ in 0..<places { scale *= 10 }
    guard abs(value) < 1e15 / scale else { return "\(value)" }
    let scaled = Int64((abs(value) * scale).rounded())
    let whole = scaled / Int64(scale)
    let rest = String(scaled % Int64(scale))
    let sign = value < 0 && scaled > 0 ? "−" : ""
    guard places > 0 else { return sign + grouped(Int(whole)) }
    return sign + String(whole) + "." + String(repeating: "0", count: places - rest.count) + rest
  }

  /// As a percentage.
  static func percent(_ share: Double, _ places: Int = 1) -> String { decimal(share * 100, places) + " %" }

  /// Whole, in groups of three.
  static func grouped(_ number: Int) -> String { ShownText.grouped(number) }

  /// `1 month`, `2 months`.
  static func counted(_ count: Int, _ word: String) -> String { "\(grouped(count)) \(word)\(count == 1 ? "" : "s")" }
}

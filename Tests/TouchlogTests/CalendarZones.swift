import Touchlog

/// Zones for tests of calendars, by rules of their own: no zone files are needed.
enum CalendarZones {
  static func byRule(_ name: String, _ rule: String) -> TimeZoneRules {
    guard let later = POSIXRule(rule) else { preconditionFailure("\(rule) is no rule") }
    return TimeZoneRules(name: name, firstOffset: 0, transitions: [], later: later)
  }

  static let stockholm = byRule("Europe/Stockholm", "CET-1CEST,M3.5.0,M10.5.0/3")
  static let newYork = byRule("America/New_York", "EST5EDT,M3.2.0,M11.1.0")
  /// Clocks are changed by half an hour, and in the south.
  static let lordHowe = byRule("Australia/Lord_Howe", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0")
  /// Clocks are set forward past midnight, and back to before it.
  static let saoPaulo = byRule("America/Sao_Paulo", "<-03>3<-02>,M11.1.0/0,M2.3.0/0")
  /// Clocks are set back when the new day is a minute old.
  static let stJohns = byRule("America/St_Johns", "NST3:30NDT,M4.1.0/0:01,M10.5.0/0:01")
  /// 30 December 2011 was left out.
  static let apia = TimeZoneRules(
    name: "Pacific/Apia", firstOffset: -36_000,
    transitions: [.init(at: 1_325_239_200, offset: 50_400)], later: nil)

  static let all = [TimeZoneRules.utc, stockholm, newYork, lordHowe, saoPaulo, stJohns, apia]
}

/// An instant by its RFC 3339 text.
func instant(_ text: String) -> Timestamp {
  guard let instant = Timestamp(rfc3339: text) else { preconditionFailure("\(text) is no time") }
  return instant
}

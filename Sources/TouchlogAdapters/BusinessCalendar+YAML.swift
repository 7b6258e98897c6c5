public import Touchlog

extension BusinessCalendar {
  /// Reads a calendar, e.g.
  ///
  /// ```yaml
  /// name: support-se
  /// zone: Europe/Stockholm
  /// hours: { mon-fri: "09:00-17:00", sat: ["10:00-14:00"] }
  /// holidays: [2025-12-25, { date: 2025-12-24, hours: "09:00-12:00" }]
  /// ```
  ///
  /// The article *Business calendars* of the module Touchlog tells every key.
  ///
  /// - Parameters:
  ///   - text: The calendar, in YAML 1.1.
  ///   - database: The folder of the compiled time zone database.
  /// - Throws: `MappingError`, which names the place in the YAML.
  public init(
    yaml text: String, timeZoneDatabase database: String = TimeZoneRules.systemDatabase
  ) throws(MappingError) {
    let root = try MappingNode(yaml: text, of: "calendar")
    let keys = try root.members(known: ["name", "zone", "hours", "holidays"])
    let name = try root.required("name", in: keys)
    guard try !name.text().isEmpty else { throw name.error(expected: "a name such as support-se") }
    let zone = try root.required("zone", in: keys).timeZone(database: database)
    let hours = try root.required("hours", in: keys)
    let week = try CalendarReading.week(hours)
    let holidays = try keys["holidays"].map(CalendarReading.holidays) ?? [:]
    guard week.values.contains(where: { $0 != .closed }) || holidays.values.contains(where: { $0 != .closed }) else {
      throw hours.error("is never open, so nothing would ever be due; open a day, e.g. mon-fri: \"09:00-17:00\"")
    }
    self.init(name: try name.text(), zone: zone, week: week, holidays: holidays)
  }
}

/// Reads the parts of a calendar.
private enum CalendarReading {
  private static let days: [(name: String, day: Weekday)] = Weekday.allCases.map { (String("\($0)".prefix(3)), $0) }

  static func week(_ node: MappingNode) throws(MappingError) -> [Weekday: OpeningHours] {
    var week: [Weekday: (hours: OpeningHours, key: String)] = [:]
    for (key, value) in try node.members() {
      guard let days = weekdays(key) else {
        throw value.error(
          "is no day of the week; days are \(days.map(\.name).joined(separator: ", ")), or from one to another: mon-fri"
        )
      }
      let hours = try openingHours(value)
      for day in days {
        if let other = week[day] {
          throw value.error("has hours for \(day), which \(other.key) has, too; name each day once")
        }
        week[day] = (hours, key)
      }
    }
    return week.mapValues(\.hours)
  }

  /// `sat` or `mon-fri`; from a later day to an earlier one it goes over Sunday.
  private static func weekdays(_ key: String) -> [Weekday]? {
    let ends = key.split(separator: "-", omittingEmptySubsequences: false).map { name in
      days.firstIndex { $0.name == name }
    }
    guard ends.count <= 2, let first = ends[0], let last = ends[ends.count - 1] else { return nil }
    return (first...(first <= last ? last : last + 7)).map { days[$0 % 7].day }
  }

  static func holidays(_ node: MappingNode) throws(MappingError) -> [CivilDate: OpeningHours] {
    var holidays: [CivilDate: OpeningHours] = [:]
    for element in try node.list() {
      var (dateNode, hours) = (element, OpeningHours.closed)
      if element.isMapping {
        let keys = try element.members(known: ["date", "hours"])
        dateNode = try element.required("date", in: keys)
        if let node = keys["hours"] { hours = try openingHours(node) }
      }
      let text = try dateNode.text()
      guard let date = DatePattern("yyyy-MM-dd")?.read(text)?.date else {
        throw dateNode.error(expected: "a day that exists, such as 2025-12-25")
      }
      guard holidays.updateValue(hours, forKey: date) == nil else {
        throw dateNode.error("is a second time \(text); give a day once, with all its hours")
      }
    }
    return holidays
  }

  /// `closed`, an interval, or a list of intervals.
  private static func openingHours(_ node: MappingNode) throws(MappingError) -> OpeningHours {
    if try node.texts() == ["closed"] { return .closed }
    var intervals: [Range<Int>] = []
    for (text, place) in try node.textsInPlace() {
      let ends = text.split(separator: "-", omittingEmptySubsequences: false)
      guard ends.count == 2, let start = minute(ends[0]), let end = minute(ends[1]) else {
        throw place.error(expected: "hours such as 09:00-17:00, or closed")
      }
      guard start <= end else {
        throw place.error(
          "\(text) ends before it begins; what goes on past midnight is two: \(ends[0])-24:00, and 00:00-\(ends[1]) on "
            + "the next day")
      }
      intervals.append(start..<end)
    }
    do {
      return try OpeningHours(intervals)
    } catch {
      throw node.error("\(error)")
    }
  }

  /// `9:00`, `09:00` or `24:00`, in minutes.
  private static func minute(_ text: Substring) -> Int? {
    if text == "24:00" { return 1440 }
    guard let time = DatePattern("H:mm")?.read(String(text))?.microsecondOfDay else { return nil }
    return Int(time / 60_000_000)
  }
}

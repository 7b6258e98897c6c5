import Touchlog

/// What a walk over a view's rows needs to know beforehand, the same for all threads.
///
/// A class, so that a walk reads single fields of it, and copies nothing.
final class Plan: Sendable {
  let parameters: ServiceParameters
  let persons: Persons
  let standards: Standards
  let periods: PreparedPeriods?
  let periodCount: Int
  let calendar: PreparedCalendar?
  /// The times between which something happened.
  let range: ClosedRange<Timestamp>
  /// The end of the log, for censoring.
  let end: Timestamp
  /// Interactions that may have rows under several customers.
  let twice: ThingBits
  /// Where figures are explained: which.
  let asked: Asked?
  /// The key of the group whose figure is asked for; nil for all.
  let askedGroup: GroupKey?
  /// Whether each opinion is kept with its person.
  let keepsExperiences: Bool
  private let segments: [CustomerNumber: [(from: Timestamp, name: NameNumber?)]]

  /// A figure whose cases are asked for.
  struct Asked: Sendable {
    let figure: ServiceFigure
    /// All where nil.
    let group: ServiceReport.Group
    /// All where nil.
    let period: Int?
  }

  init(
    _ view: some View, _ parameters: ServiceParameters, asked: Asked? = nil, keepsExperiences: Bool = false,
  ) throws {
    self.parameters = parameters
    self.asked = asked
    askedGroup = try asked.flatMap { $0.group == .all ? nil : try GroupKey($0.group, parameters.by, in: view) }
    self.keepsExperiences = keepsExperiences
    let persons = try Persons(in: view, links: ServiceConsistency.links)
    self.persons = persons
    standards = try Standards(in: view)
    let survey = try Survey.all(of: view)
    twice = survey.twice
    let first = Timestamp(microseconds: min(survey.first, survey.last))
    let last = Timestamp(microseconds: max(survey.last, survey.first))
    range = first...last
    end = view.provenance.end ?? last
    periods = parameters.period?.prepared(in: parameters.zone, from: first, to: last)
    periodCount = periods?.numbers.count ?? 1
    calendar = parameters.calendar?.prepared(from: first, to: last)
    segments =
      parameters.by == .segment || parameters.then == .segment ? try Plan.segments(of: view, persons) : [:]
  }

  /// The place of the period that a time lies in; nil outside what was asked for.
  @inline(__always)
  func period(of time: Timestamp) -> Int? {
    if let from = parameters.from, time < from { return nil }
    if let until = parameters.until, time >= until { return nil }
    guard let periods else { return 0 }
    let place = periods.number(of: time) - periods.numbers.lowerBound
    return place >= 0 && place < periodCount ? place : nil
  }

  /// The segment that a person was in at a time, as a group's key.
  func segment(of customer: CustomerNumber, at time: Timestamp) -> UInt32 {
    let assigned = segments[persons.person(of: customer)]?.last { $0.from <= time }
    return assigned?.name.map { $0.value + 1 } ?? 0
  }

  private static func segments(
    of view: some View, _ persons: Persons,
  ) throws -> [CustomerNumber: [(from: Timestamp, name: NameNumber?)]] {
    var marks: [CustomerNumber: [Mark]] = [:]
    try view.forEachRow(in: ServiceConsistency.segments) { key, values in
      for index in 0..<values.count { marks[persons.person(of: key.customer), default: []].append(values[index]) }
    }
    return marks.mapValues { $0.sorted().map { ($0.occurredAt, Mark.lowerName($0.second)) } }
  }
}

/// A bit for each of many things, by their hash: what is not in it is surely not, what is in it may be.
struct ThingBits: Sendable {
  private var words: ContiguousArray<UInt64>
  private let shift: UInt64

  /// For so many things, of which then one in a hundred is taken for another.
  init(things: Int) {
    let bits = min(max(10, Int.bitWidth - max(things, 1).leadingZeroBitCount + 6), 30)
    shift = UInt64(64 - bits)
    words = ContiguousArray(repeating: 0, count: 1 << (bits - 6))
  }

  @inline(__always)
  func contains(_ thing: UInt64) -> Bool {
    let place = Int(thing >> shift)
    return words[place >> 6] & 1 << UInt64(place & 63) != 0
  }

  /// Answers whether it was there already.
  @inline(__always)
  mutating func insert(_ thing: UInt64) -> Bool {
    let place = Int(thing >> shift)
    let bit = UInt64(1) << UInt64(place & 63)
    let word = words[place >> 6]
    words[place >> 6] = word | bit
    return word & bit != 0
  }
}

/// A first look at all rows: when the first and the last thing happened, and which interactions have several rows.
private struct Survey: Sendable {
  var first = Int64.max
  var last = Int64.min
  var things: ContiguousArray<UInt64> = []

  static func all(of view: some View) throws -> (first: Int64, last: Int64, twice: ThingBits) {
    let surveys = try view.mapCustomers { customers in
      var survey = Survey()
      try view.forEachRow(in: ServiceConsistency.interactions, customers: customers) { key, marks in
        survey.things.append(key.thing)
        survey.note(marks)
      }
      for table in [ServiceConsistency.promises, ServiceConsistency.feedback, ServiceConsistency.company] {
        try view.forEachRow(in: table, customers: customers) { _, marks in survey.note(marks) }
      }
      return survey
    }
    let first = surveys.reduce(Int64.max) { min($0, $1.first) }
    let last = surveys.reduce(Int64.min) { max($0, $1.last) }
    var once = ThingBits(things: surveys.reduce(0) { $0 + $1.things.count })
    var again: ContiguousArray<UInt64> = []
    for survey in surveys {
      for thing in survey.things where once.insert(thing) { again.append(thing) }
    }
    var twice = ThingBits(things: again.count)
    for thing in again { _ = twice.insert(thing) }
    return first > last ? (0, 0, twice) : (first, last, twice)
  }

  @inline(__always)
  mutating func note(_ marks: borrowing Values<Mark>) {
    first = min(first, marks[0].occurredAt.microseconds)
    last = max(last, marks[marks.count - 1].occurredAt.microseconds)
  }
}

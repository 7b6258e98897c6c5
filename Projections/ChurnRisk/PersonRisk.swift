public import Statistics
public import Touchlog

/// One person's risk of leaving, with its reasons.
public struct PersonRisk: Sendable {
  /// The person: the smallest number among their references.
  public let person: CustomerNumber
  /// The reference of that number; nil when erased.
  public let reference: Reference?
  /// The probability of leaving in the time that the definition of gone looks ahead.
  public let risk: Double
  /// What is known of that probability.
  public let interval: ConfidenceInterval
  /// What tells this person's risk from the average customer's, the strongest first.
  public let reasons: [Reason]
  /// Repeat activity; nil for whom there is no history, or no model.
  public let repeats: Activity?

  /// What one feature does to the risk.
  public struct Reason: Sendable {
    /// What it is about.
    public let feature: Feature
    /// The person's, and that of the average customer who can leave, as in `Feature.meaning`.
    public let value: Double
    public let average: Double
    /// What it adds to the log odds of leaving, held against the average customer.
    public let contribution: Double
    /// Its part of all that is added and taken away, between 0 and 1.
    public let share: Double

    /// In words, e.g. `2 promises broken in the last month (average 0.1)`.
    public var words: String { feature.words(value, average: average) }
    /// Whether it makes leaving likelier.
    public var raises: Bool { contribution > 0 }
  }

  /// What the models of repeat activity say.
  public struct Activity: Sendable {
    /// How often the person came back, when last and since when, in days of the history.
    public let repeats: Int
    public let lastDays: Int
    public let ageDays: Int
    /// The probability that the person comes back at all, by MBG/NBD, with its interval; nil where it was refused.
    public let alive: Double?
    public let aliveInterval: ConfidenceInterval?
    /// The same by BG/NBD, in which it is 1 for whoever never came back.
    public let aliveInOriginal: Double?
    /// How many repeats are expected in the horizon, by MBG/NBD, and the standard error.
    public let expected: Double?
    public let expectedError: Double?
  }
}

extension Feature {
  /// A value in words, beside the average customer's.
  func words(_ value: Double, average: Double) -> String {
    func count(_ number: Double) -> String { ChurnFigures.decimal(number, 0) }
    func counted(_ one: String, _ several: String) -> String {
      (value == 1 ? "1 " + one : (value == 0 ? "no" : count(value)) + " " + several)
        + " (average \(ChurnFigures.decimal(average, average < 1 ? 2 : 1)))"
    }
    func satisfaction(_ number: Double) -> String { ChurnFigures.percent(number + 0.5, 0) }
    return switch self {
    case .recency: "last activity \(count(value * value)) days ago (average customer \(count(average * average)))"
    case .activeDays: counted("active day in three months", "active days in three months")
    case .purchases: counted("purchase in three months", "purchases in three months")
    case .tenure:
      "customer for \(ChurnFigures.decimal(value * value, 1)) months (average "
        + "\(ChurnFigures.decimal(average * average, 1)))"
    case .channels: counted("channel used", "channels used")
    case .unresolved: counted("contact ended unresolved last month", "contacts ended unresolved last month")
    case .abandoned: counted("contact given up last month", "contacts given up last month")
    case .transferred: counted("transfer last month", "transfers last month")
    case .waits: counted("wait beyond the standard last month", "waits beyond the standard last month")
    case .late: counted("promise kept late last month", "promises kept late last month")
    case .broken: counted("promise broken last month", "promises broken last month")
    case .complaints: counted("complaint last month", "complaints last month")
    case .good: counted("good contact last month", "good contacts last month")
    case .goodBefore: counted("good contact in the three months before", "good contacts in the three months before")
    case .poorBefore: counted("poor contact in the three months before", "poor contacts in the three months before")
    case .answered: value > 0 ? "has answered a questionnaire" : "has never answered a questionnaire"
    case .lastSatisfaction: "last answer \(satisfaction(value)) of the best (average customer \(satisfaction(average)))"
    case .meanSatisfaction: "mean answer \(satisfaction(value)) of the best (average customer \(satisfaction(average)))"
    }
  }
}

extension ChurnReport {
  /// By what persons are ranked, and why.
  public enum Ranking: String, Sendable {
    case hazard, repeats, none

    /// In words.
    public var words: String {
      switch self {
      case .hazard:
        "by the hazard model, which knows what customers lived through, and was judged on months it did not know"
      case .repeats:
        "by MBG/NBD, as there is no hazard model; not by BG/NBD, in which whoever never came back is alive for certain"
      case .none: "not at all: neither model has figures"
      }
    }
  }

  /// By what persons are ranked.
  public var ranking: Ranking {
    if case .success = hazard { return .hazard }
    if case .success(let findings) = repeats, case .success = findings.modified { return .repeats }
    return .none
  }

  /// The persons with the highest risk by the hazard model, the highest first; of equal ones the smaller number.
  ///
  /// - Parameters:
  ///   - count: how many at most.
  ///   - naming: the view that the report is of.
  /// - Throws: why there is no hazard model, and what the view throws.
  public func top(_ count: Int, naming: some Naming) throws -> [PersonRisk] {
    let model = try hazard.get()
    guard let rows = months?.current else { return [] }
    var highest = HighestRisks(count)
    rows.values.withUnsafeBufferPointer { values in
      for index in 0..<rows.count {
        let start = index * Feature.count
        highest.offer(
          model.logOddsInSample(UnsafeBufferPointer(rebasing: values[start..<start + Feature.count])), index)
      }
    }
    return try highest.places.map { try risk(ofRow: $0, model, naming) }
  }

  /// The persons whom MBG/NBD takes for gone the likeliest, the likeliest first.
  ///
  /// - Throws: why there is no such model, and what the view throws.
  public func topByRepeats(_ count: Int, naming: some Naming) throws -> [RankedActivity] {
    let fit = try repeats.get().modified.get()
    guard let months else { return [] }
    var highest = HighestRisks(count)
    for (index, days) in months.histories.enumerated() {
      highest.offer(1 - fit.model.probabilityAlive(days.history()), index)
    }
    return try highest.places.compactMap { index in
      let person = CustomerNumber(months.historyPersons[index])
      return try activity(of: person).map {
        RankedActivity(person: person, reference: try naming.reference(of: person), activity: $0)
      }
    }
  }

  /// A person with their repeat activity.
  public struct RankedActivity: Sendable {
    /// The smallest number among the person's references.
    public let person: CustomerNumber
    /// The reference of that number; nil when erased.
    public let reference: Reference?
    /// What MBG/NBD says.
    public let activity: PersonRisk.Activity
  }

  /// A person's risk; nil for whom cannot leave at T.
  ///
  /// - Parameter customer: any of their references.
  /// - Throws: why there is no hazard model, and what the view throws.
  public func risk(of customer: CustomerNumber, naming: some Naming) throws -> PersonRisk? {
    let model = try hazard.get()
    guard let months else { return nil }
    let person = months.reading.persons.person(of: customer)
    guard let row = ChurnReport.place(of: person, in: months.current.persons) else { return nil }
    return try risk(ofRow: row, model, naming)
  }

  private func risk(ofRow index: Int, _ model: HazardModel, _ naming: some Naming) throws -> PersonRisk {
    guard let rows = months?.current else { preconditionFailure("a row is of months") }
    let row = rows.row(index)
    let person = CustomerNumber(rows.persons[index])
    return PersonRisk(
      person: person, reference: try naming.reference(of: person),
      risk: row.withUnsafeBufferPointer { model.probability($0) },
      interval: model.interval(row, level: parameters.level), reasons: reasons(row, model),
      repeats: activity(of: person))
  }

  private func reasons(_ row: ArraySlice<Float>, _ model: HazardModel) -> [PersonRisk.Reason] {
    let values = row.map { Double($0) }
    let contributions = Feature.allCases.map { feature in
      model.coefficient(feature).estimate * (values[feature.rawValue] - average[feature.rawValue])
    }
    let all = contributions.reduce(0) { $0 + abs($1) }
    return Feature.allCases.map { feature in
      let contribution = contributions[feature.rawValue]
      return PersonRisk.Reason(
        feature: feature, value: values[feature.rawValue], average: average[feature.rawValue],
        contribution: contribution, share: all > 0 ? abs(contribution) / all : 0)
    }
    .sorted { (abs($1.contribution), $0.feature.rawValue) < (abs($0.contribution), $1.feature.rawValue) }
  }

  /// What the models of repeat activity say of a person; nil where there is no history.
  func activity(of person: CustomerNumber) -> PersonRisk.Activity? {
    guard let months, case .success(let findings) = repeats,
      let place = ChurnReport.place(of: person, in: months.historyPersons)
    else { return nil }
    let days = months.histories[place]
    let history = days.history()
    let horizon = Double(parameters.horizonDays) / RepeatDays.daysPerWeek
    func model(_ fit: Result<BetaGeometricFit, ChurnRefusal>) -> BetaGeometricFit? {
      if case .success(let fit) = fit { fit } else { nil }
    }
    let modified = model(findings.modified)
    return PersonRisk.Activity(
      repeats: Int(days.repeats), lastDays: Int(days.last), ageDays: Int(days.age),
      alive: modified?.model.probabilityAlive(history),
      aliveInterval: modified?.aliveInterval(history, level: parameters.level),
      aliveInOriginal: model(findings.original)?.model.probabilityAlive(history),
      expected: modified?.model.expectedRepeats(within: horizon, after: history),
      expectedError: modified?.standardError { $0.expectedRepeats(within: horizon, after: history) })
  }

  /// Persons are in the order of their numbers.
  private static func place(of person: CustomerNumber, in persons: ContiguousArray<UInt32>) -> Int? {
    var (low, high) = (0, persons.count)
    while low < high {
      let middle = (low + high) / 2
      if persons[middle] < person.value { low = middle + 1 } else { high = middle }
    }
    return low < persons.count && persons[low] == person.value ? low : nil
  }
}

/// The places of the highest of many numbers; of equal ones the first.
private struct HighestRisks {
  private let count: Int
  private var kept: [(value: Double, place: Int)] = []

  init(_ count: Int) { self.count = max(0, count) }

  var places: [Int] { kept.map(\.place) }

  mutating func offer(_ value: Double, _ place: Int) {
    if kept.count == count {
      guard let last = kept.last, value > last.value else { return }
      kept.removeLast()
    }
    var index = kept.count
    while index > 0, kept[index - 1].value < value { index -= 1 }
    kept.insert((value, place), at: index)
  }
}

public import Touchlog

/// One person's page: the risk, what models of repeat activity say, and the events behind each reason.
public struct PersonPage: Sendable {
  /// The person: the smallest number among their references.
  public let person: CustomerNumber
  /// All references that the links in force at T connect; nil where erased.
  public let references: [(number: CustomerNumber, reference: Reference?)]
  /// The risk, or why there is none.
  public let risk: Result<PersonRisk, Absence>
  /// Repeat activity; nil where there is none, or no model.
  public let repeats: PersonRisk.Activity?
  /// The events behind each feature, in order of time; features without events are left out.
  public let evidence: [Feature: [Event]]

  /// An event behind a figure.
  public struct Event: Sendable, Hashable {
    /// Its place in the log.
    public let position: Position
    /// When it happened.
    public let occurredAt: Timestamp
  }

  /// Why somebody has no risk.
  public enum Absence: Error, Sendable, Equatable, CustomStringConvertible {
    /// There is no hazard model.
    case refused(ChurnRefusal)
    /// The person left, on that day or before.
    case gone(since: Timestamp)
    /// The person is no customer, or has not been active.
    case notAtRisk

    public var description: String {
      switch self {
      case .refused(let refusal): refusal.description
      case .gone(let since): "has left already: `relationship.changed` to former at \(since.rfc3339)"
      case .notAtRisk: "cannot leave at T: is no active customer then"
      }
    }
  }
}

extension ChurnReport {
  /// The page of one person; nil for a customer of whom there are no facts.
  ///
  /// Reads the whole view once more, for the events behind the figures.
  ///
  /// - Parameters:
  ///   - customer: any of the person's references.
  ///   - view: the view that the report is of.
  /// - Throws: what the view throws.
  public func page(of customer: CustomerNumber, in view: some View) throws -> PersonPage? {
    guard let months, let snapshots else { return nil }
    var reading = months.reading
    let person = reading.persons.person(of: customer)
    reading.only = person.value
    let chosen = reading
    let lists = try view.mapCustomers { try chosen.facts(in: view, customers: $0) }
    let traced = lists.flatMap { zip($0.facts, $0.positions) }.sorted { ($0.0, $0.1) < ($1.0, $1.1) }
    guard !traced.isEmpty else { return nil }
    var trail = Trail(snapshots, limits: reading.limits)
    for (fact, position) in traced { trail.take(fact, position) }
    return PersonPage(
      person: person,
      references: try reading.persons.members(of: person).map { ($0, try view.reference(of: $0)) },
      risk: try result(of: person, leftAt: trail.leftAt, view), repeats: activity(of: person),
      evidence: trail.evidence)
  }

  private func result(
    of person: CustomerNumber, leftAt: Timestamp?, _ naming: some Naming,
  ) throws -> Result<PersonRisk, PersonPage.Absence> {
    if case .failure(let refusal) = hazard { return .failure(.refused(refusal)) }
    if let risk = try risk(of: person, naming: naming) { return .success(risk) }
    if let leftAt { return .failure(.gone(since: leftAt)) }
    return .failure(.notAtRisk)
  }
}

/// Follows a person's facts, and keeps those that the features at T count.
private struct Trail {
  private let at: Int64
  private let monthBefore: Int64
  private let quarterBefore: Int64
  private let fourMonthsBefore: Int64
  private let limits: WaitLimits
  private var state = PersonState()
  private(set) var evidence: [Feature: [PersonPage.Event]] = [:]
  /// When the person left, if they are gone at the end.
  private(set) var leftAt: Timestamp?

  init(_ snapshots: Snapshots, limits: WaitLimits) {
    func begin(monthsBefore: Int) -> Int64 { snapshots.times[max(0, snapshots.last - monthsBefore)] }
    at = begin(monthsBefore: 0)
    monthBefore = begin(monthsBefore: 1)
    quarterBefore = begin(monthsBefore: 3)
    fourMonthsBefore = begin(monthsBefore: 4)
    self.limits = limits
  }

  mutating func take(_ fact: Fact, _ position: Position) {
    let effect = state.take(fact, limits: limits)
    let event = PersonPage.Event(position: position, occurredAt: Timestamp(microseconds: fact.time))
    if effect.contains(.left) { leftAt = event.occurredAt }
    if fact.kind == .status, fact.value != FactValue.former { leftAt = nil }
    guard fact.time < at else { return }
    if effect.contains(.activity) { evidence[.recency] = [event] }
    if fact.kind == .feedback {
      evidence[.lastSatisfaction] = [event]
      evidence[.meanSatisfaction, default: []].append(event)
      evidence[.answered, default: []].append(event)
    }
    if fact.time >= quarterBefore {
      if effect.contains(.activity) { evidence[.activeDays, default: []].append(event) }
      if fact.kind == .purchase { evidence[.purchases, default: []].append(event) }
    }
    if fact.time >= monthBefore {
      for feature in Trail.features(fact, effect) { evidence[feature, default: []].append(event) }
    } else if fact.time >= fourMonthsBefore {
      if effect.contains(.good) { evidence[.goodBefore, default: []].append(event) }
      if effect.contains(.poor) { evidence[.poorBefore, default: []].append(event) }
    }
  }

  /// What a fact of the last month counts in.
  private static func features(_ fact: Fact, _ effect: PersonState.Effect) -> [Feature] {
    switch fact.kind {
    case .transferred: return [.transferred]
    case .promiseLate: return [.late]
    case .promiseBroken: return [.broken]
    case .complaint: return [.complaints]
    default: break
    }
    let pairs: [(PersonState.Effect, Feature)] = [
      (.unresolved, .unresolved), (.abandoned, .abandoned), (.wait, .waits), (.good, .good),
    ]
    return pairs.filter { effect.contains($0.0) }.map(\.1)
  }
}

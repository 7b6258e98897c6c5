public import Touchlog

/// How the company serves, by channel, team, agent, location, topic or segment, over time.
///
/// ```swift
/// var parameters = ServiceParameters()
/// parameters.by = .team
/// parameters.period = .week
/// let report = try ServiceReport(of: view, parameters)
/// report.rows.first?.clock(.wait)?.elapsed.p90Seconds
/// let behind = try ServiceReport.explain(.abandoned, of: .named("support"), in: view, parameters)
/// ```
///
/// Figures are computed from the view's rows and from nothing else: the same view and parameters give the same figures to
/// the last bit, on however many threads.
public struct ServiceReport: Sendable {
  /// On what the figures rest.
  public let provenance: Provenance
  /// What was asked for, and by which conventions.
  public let parameters: ServiceParameters
  /// By period, and then everything together first, groups by how many interactions they have, and what is not stated last.
  public let rows: [Row]
  /// Interactions in the time asked for.
  public let interactions: Int
  /// Events behind them.
  public let events: Int
  /// Interactions whose person is known.
  public let identified: Int
  /// Interactions that name several persons, who are not linked; they count as the first's.
  public let ofSeveralPersons: Int
  /// Events whose clocks contradict others of their interaction.
  public let contradictions: Int
  /// How many links connect references.
  public let links: Int

  /// Computes the report.
  ///
  /// - Throws: what the view throws.
  public init(of view: some View, _ parameters: ServiceParameters = ServiceParameters()) throws {
    let plan = try Plan(view, parameters)
    let walk = try Walk.all(of: view, plan)
    self.init(try RowMaking(walk, view), view.provenance)
  }

  init(_ making: RowMaking, _ provenance: Provenance) {
    self.provenance = provenance
    parameters = making.walk.plan.parameters
    rows = making.rows
    interactions = making.walk.tally.interactions
    events = making.walk.tally.events
    identified = making.walk.tally.known
    ofSeveralPersons = making.walk.tally.ofSeveral
    contradictions = making.walk.tally.contradictions
    links = making.walk.plan.persons.linkCount
  }

  /// The cases behind a figure, in the order of their positions.
  ///
  /// - Parameters:
  ///   - figure: which.
  ///   - group: of which row; of everything where `.all`.
  ///   - period: the period's number; all where nil.
  /// - Throws: what the view throws.
  public static func explain(
    _ figure: ServiceFigure, of group: Group = .all, period: Int? = nil, in view: some View,
    _ parameters: ServiceParameters = ServiceParameters(),
  ) throws -> [ServiceEvidence] {
    if group != .all, try GroupKey(group, parameters.by, in: view) == nil { return [] }
    let plan = try Plan(view, parameters, asked: Plan.Asked(figure: figure, group: group, period: period))
    return try Walk.all(of: view, plan).evidence.sorted {
      ($0.position, $0.customer) < ($1.position, $1.customer)
    }
  }

  /// The row of a group in a period.
  public func row(_ group: Group = .all, period: Int? = nil) -> Row? {
    rows.first { $0.group == group && $0.period == period }
  }
}

extension Walk {
  /// Walks over a whole view.
  static func all(of view: some View, _ plan: Plan) throws -> Walk {
    let walks = try view.mapCustomers { customers in
      var walk = Walk(plan)
      try view.forEachRow(in: ServiceConsistency.interactions, customers: customers) { key, marks in
        walk.take(key, marks)
      }
      walk.finishCustomer()
      try view.forEachRow(in: ServiceConsistency.promises, customers: customers) { key, marks in
        walk.takePromise(key, marks)
      }
      try view.forEachRow(in: ServiceConsistency.feedback, customers: customers) { key, marks in
        walk.takeFeedback(key, marks)
      }
      try view.forEachRow(in: ServiceConsistency.company, customers: customers) { key, marks in
        walk.takeBeliefs(key, marks)
      }
      return walk
    }
    var all = Walk(plan)
    for walk in walks { all.merge(walk) }
    all.finish()
    return all
  }
}

extension GroupKey {
  /// The key of a group; nil where no event names it.
  init?(_ group: ServiceReport.Group, _ dimension: ServiceParameters.Dimension?, in view: some View) throws {
    switch group {
    case .all, .notStated: self.init(first: 0)
    case .named(let name):
      if dimension == .channel {
        guard let channel = Channel(name: name) else { return nil }
        self.init(first: UInt32(channel.rawValue))
      } else {
        guard let number = try view.number(ofName: name) else { return nil }
        self.init(first: number.value + 1)
      }
    }
  }

  /// The group of a value of a dimension.
  static func group(
    _ value: UInt32, _ dimension: ServiceParameters.Dimension?, in view: some View,
  ) throws -> ServiceReport.Group {
    guard value > 0 else { return .notStated }
    if dimension == .channel { return Channel(rawValue: UInt8(value)).map { .named($0.name) } ?? .notStated }
    return .named(try view.text(of: NameNumber(value - 1)))
  }
}

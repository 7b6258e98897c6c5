public import Statistics
public import Touchlog

/// How evenly channels serve: how much they differ beyond chance and beyond their topics, how alike one customer's
/// experiences are across channels, and which channel has shifted since when.
///
/// ```swift
/// let report = try ConsistencyReport(of: view)
/// print(report.sentence)   // chat deviates: its median wait rose from 41 s to 78 s …
/// ```
public struct ConsistencyReport: Sendable {
  /// On what the figures rest.
  public let provenance: Provenance
  /// What was asked for; always by channel, over weeks unless other periods are asked for.
  public let parameters: ServiceParameters
  /// Which of Nelson's rules were asked.
  public let rules: [NelsonRule]
  /// One for each measure.
  public let comparisons: [Comparison]
  /// One for each channel and figure with enough periods.
  public let charts: [Chart]
  /// How alike the csat answers of one person are across channels, each channel's mean a measurement; nil where it cannot
  /// be said, see `experienceRefusal`. Near 1: customers differ, and channels treat each alike. Near 0: what a customer
  /// lives through depends on the channel and the day.
  public let experience: OneWayIntraclassCorrelation?
  /// Why there is none; empty where there is one.
  public let experienceRefusal: String
  /// Interactions that were compared.
  public let interactions: Int
  /// Whose person is known.
  public let identified: Int

  /// The rules that speak of a shift. Those of trends, alternation and quiet are left to who asks for them: all eight
  /// together would call false at every fiftieth point.
  public static let shiftRules: [NelsonRule] = [.beyondLimits, .oneSide, .twoOfThreeFarOut, .fourOfFiveOut]

  /// Computes the report.
  ///
  /// - Throws: what the view throws.
  public init(
    of view: some View, _ parameters: ServiceParameters = ServiceParameters(), rules: [NelsonRule] = shiftRules,
  ) throws {
    var parameters = parameters
    parameters.by = .channel
    parameters.then = .topic
    parameters.period = parameters.period ?? .week
    let plan = try Plan(view, parameters, keepsExperiences: true)
    let walk = try Walk.all(of: view, plan)
    provenance = view.provenance
    self.parameters = parameters
    self.rules = rules
    interactions = walk.tally.interactions
    identified = walk.tally.known
    let channels = ChannelCells(walk)
    comparisons = Measure.allCases.map { Comparison($0, channels.strata($0), parameters) }
    charts = channels.charts(rules: rules)
    (experience, experienceRefusal) = ConsistencyReport.experience(walk.experiences, level: parameters.level)
  }

  /// A period as ISO 8601 writes it.
  public func label(ofPeriod number: Int) -> String { (parameters.period ?? .week).label(of: number) }

  private static func experience(
    _ experiences: ContiguousArray<Experience>, level: Double,
  ) -> (OneWayIntraclassCorrelation?, String) {
    let answers = experiences.filter { Int($0.instrument) == ServiceFigure.csat.place }.sorted {
      ($0.person, $0.channel, $0.place) < ($1.person, $1.channel, $1.place)
    }
    var persons: [Moments] = []
    var start = 0
    while start < answers.count {
      var person = Moments()
      let who = answers[start].person
      while start < answers.count, answers[start].person == who {
        let channel = answers[start].channel
        var (sum, count) = (0.0, 0.0)
        while start < answers.count, answers[start].person == who, answers[start].channel == channel {
          sum += Double(answers[start].place)
          count += 1
          start += 1
        }
        person.add(sum / count / Double(Field.decimalScale))
      }
      persons.append(person)
    }
    do {
      return (try OneWayIntraclassCorrelation(groups: persons, level: level), "")
    } catch {
      return (nil, "\(error)")
    }
  }
}

/// A walk's cells by channel, put together over periods or over topics.
private struct ChannelCells {
  private let walk: Walk
  /// Standards for waits, first replies and visits: how prompt a channel is.
  private let promptness: Set<Int>
  private let byPeriod: [Channel: [Int: Cell]]

  init(_ walk: Walk) {
    self.walk = walk
    let prompt = [ServiceFigure.wait.place, ServiceFigure.firstReply.place, ServiceFigure.visitLateness.place]
    promptness = Set(
      walk.plan.standards.series.indices.filter { prompt.contains(walk.plan.standards.series[$0].metric) })
    var byPeriod: [Channel: [Int: Cell]] = [:]
    for (key, cell) in zip(walk.table.keys, walk.table.cells) {
      guard let channel = Channel(rawValue: UInt8(truncatingIfNeeded: key.group.first)) else { continue }
      byPeriod[channel, default: [:]][key.period, default: Cell()].merge(cell)
    }
    self.byPeriod = byPeriod
  }

  /// The shares by channel and topic.
  func strata(_ measure: ConsistencyReport.Measure) -> [Channel: [UInt32: Share]] {
    var strata: [Channel: [UInt32: Share]] = [:]
    for (key, cell) in zip(walk.table.keys, walk.table.cells) {
      guard let channel = Channel(rawValue: UInt8(truncatingIfNeeded: key.group.first)) else { continue }
      let share = measure.share(in: cell, promptness: promptness)
      if share.cases > 0 {
        strata[channel, default: [:]][key.group.second, default: Share(0, of: 0)].merge(share)
      }
    }
    return strata
  }

  /// Charts of whole periods only: the first and the last are mostly cut by the log's beginning and end.
  func charts(rules: [NelsonRule]) -> [ConsistencyReport.Chart] {
    guard let prepared = walk.plan.periods else { return [] }
    guard walk.tally.interactions > 0 else { return [] }
    let began = Timestamp(microseconds: walk.tally.first)
    let first = max(began, walk.plan.parameters.from ?? began)
    let last = min(walk.plan.end, walk.plan.parameters.until ?? walk.plan.end)
    guard first <= last else { return [] }
    let periods = (prepared.number(of: first)...prepared.number(of: last)).filter {
      prepared.start(of: $0) >= first && prepared.end(of: $0) <= last
    }
    guard let lowest = periods.first, periods.count >= ConsistencyReport.Chart.pointsMin else { return [] }
    // Half of the time tells what is usual, and is held against the other half.
    let trial = periods.count / 2
    var charts: [ConsistencyReport.Chart] = []
    for channel in byPeriod.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
      let cells = periods.map { byPeriod[channel]?[$0] }
      func add(_ kind: ConsistencyReport.Kind, _ points: [ControlPoint?]) {
        guard points.count(where: { $0 != nil }) >= ConsistencyReport.Chart.pointsMin else { return }
        charts.append(
          ConsistencyReport.Chart(
            channel, kind, periods: Array(lowest..<lowest + points.count), points: points, trial: trial, rules: rules))
      }
      for measure in ConsistencyReport.Measure.allCases {
        let shares = cells.map { $0.map { measure.share(in: $0, promptness: promptness) } ?? Share(0, of: 0) }
        // `try?`: a trial without any cases teaches no limits, and there is no chart.
        guard let chart = try? PChart(trial: shares[..<trial]), ChannelCells.areEnough(shares, centre: chart.centre)
        else { continue }
        add(.share(measure), chart.points(shares))
      }
      let medians = cells.map { cell -> Double? in
        guard let waits = cell?.clocks[ServiceFigure.wait.place].sketch, waits.count >= ChannelCells.waitsMin else {
          return nil
        }
        return waits.percentile(0.5)?.value
      }
      // `try?`: a trial with too few waits teaches no limits either, and there is no chart.
      guard let chart = try? XmRChart(trial: medians[..<trial].compactMap { $0.map { $0 / 1e6 } }) else { continue }
      add(.medianWait, medians.map { $0.map { ControlPoint(value: $0 / 1e6, limits: chart.limits) } })
    }
    return charts
  }

  /// The median of fewer waits says little.
  private static let waitsMin = 5

  /// Whether the limits of a p-chart, which are a normal distribution's, hold: five cases of either kind are expected in
  /// the mean period (Montgomery, Introduction to Statistical Quality Control, section 7.2).
  private static func areEnough(_ shares: [Share], centre: Double) -> Bool {
    let periods = shares.count { $0.cases > 0 }
    let cases = shares.reduce(0) { $0 + $1.cases }
    return periods > 0 && Double(cases) / Double(periods) * min(centre, 1 - centre) >= 5
  }
}

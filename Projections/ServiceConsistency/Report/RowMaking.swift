import Statistics
import Touchlog

/// Makes the report's rows from the cells of a walk.
struct RowMaking {
  let walk: Walk
  private(set) var rows: [ServiceReport.Row] = []
  private let parameters: ServiceParameters
  private var standardNames: [String] = []

  init(_ walk: Walk, _ view: some View) throws {
    self.walk = walk
    parameters = walk.plan.parameters
    for series in walk.plan.standards.series {
      standardNames.append(try series.name.map { try view.text(of: $0) } ?? "")
    }
    var byPeriod: [Int: [(GroupKey, Cell)]] = [:]
    for (key, cell) in zip(walk.table.keys, walk.table.cells) {
      byPeriod[key.period, default: []].append((key.group, cell))
    }
    for period in byPeriod.keys.sorted() {
      let cells = byPeriod[period, default: []].sorted { $0.0 < $1.0 }
      var all = Cell()
      for (_, cell) in cells { all.merge(cell) }
      all.persons = walk.allOfPeriod[period].persons
      all.returning = walk.allOfPeriod[period].returning
      rows.append(row(.all, period, all))
      guard parameters.by != nil else { continue }
      let named = try cells.map { (try GroupKey.group($0.0.first, parameters.by, in: view), $0.1) }
      rows += named.filter { $0.0 != .notStated }
        .sorted { ($1.1.interactions, $0.0.title) < ($0.1.interactions, $1.0.title) }.map { row($0.0, period, $0.1) }
      for (_, cell) in named.filter({ $0.0 == .notStated }) {
        // A belief that names no group is about the company as a whole, and stands in the row of everything.
        var own = cell
        own.beliefs = InlineArray(repeating: OpinionCount())
        if RowMaking.hasCases(own) { rows.append(row(.notStated, period, own)) }
      }
    }
  }

  private static func hasCases(_ cell: Cell) -> Bool {
    if cell.interactions > 0 { return true }
    for index in cell.clocks.indices where cell.clocks[index].sketch.count > 0 { return true }
    for index in cell.shares.indices where cell.shares[index].considered > 0 { return true }
    for index in cell.opinions.indices where cell.opinions[index].answers > 0 { return true }
    return false
  }

  private func row(_ group: ServiceReport.Group, _ period: Int, _ cell: Cell) -> ServiceReport.Row {
    let number = walk.plan.periods.map { $0.numbers.lowerBound + period }
    return ServiceReport.Row(
      group: group, period: number,
      periodLabel: number.flatMap { number in walk.plan.periods.map { $0.label(of: number) } } ?? "",
      interactions: cell.interactions, events: cell.events, persons: cell.persons,
      returning: cell.returning,
      identified: Share(cell.known, of: cell.interactions),
      clocks: ServiceFigure.clocks.map { figure in
        ServiceReport.Clock(
          figure: figure, elapsed: lengths(cell.clocks[figure.place]),
          business: walk.plan.calendar == nil
            ? nil : lengths(cell.business.isEmpty ? ClockCount() : cell.business[figure.place]))
      },
      shares: ServiceFigure.shares.map { figure in
        let count = cell.shares[figure.place]
        return ServiceReport.ShareFigure(
          figure: figure, share: count.share, interval: count.share.wilson(level: parameters.level),
          coverage: figure.needsPerson ? Share(count.cases, of: count.considered) : nil)
      },
      opinions: ServiceFigure.opinions.map { figure in
        ServiceReport.Opinion(
          figure: figure, given: score(figure, cell.opinions[figure.place]),
          believed: score(figure, cell.beliefs[figure.place]))
      },
      attainments: cell.attainments.indices.compactMap { attainment($0, cell.attainments[$0]) })
  }

  private func lengths(_ count: ClockCount) -> ServiceReport.Lengths {
    let percentiles = count.sketch.percentiles([0.5, 0.9, 0.95], type: parameters.percentileType)
    func seconds(_ index: Int) -> Double? { percentiles.isEmpty ? nil : percentiles[index].value / 1e6 }
    let number = count.sketch.count
    return ServiceReport.Lengths(
      count: number, meanSeconds: number == 0 ? nil : Double(count.sum) / Double(number) / 1e6,
      p50Seconds: seconds(0), p90Seconds: seconds(1), p95Seconds: seconds(2), isExact: count.sketch.isExact)
  }

  private func score(_ figure: ServiceFigure, _ count: OpinionCount) -> ServiceReport.Score {
    let level = parameters.level
    guard count.answers > 0 else {
      return ServiceReport.Score(answers: 0, value: nil, interval: nil, mean: nil)
    }
    switch figure {
    case .csat:
      let share = Share(count.top, of: count.answers)
      return ServiceReport.Score(
        answers: count.answers, value: share.value, interval: share.wilson(level: level),
        mean: count.moments(from: 1, to: 5).mean)
    case .nps:
      let (n, up, down) = (Double(count.answers), Double(count.top), Double(count.bottom))
      let value = (up - down) / n
      // The variance of a difference of shares of one sample.
      let error = (((up + down) / n - value * value) / n).squareRoot()
      return ServiceReport.Score(
        answers: count.answers, value: value,
        interval: ConfidenceInterval(estimate: value, standardError: error, level: level),
        mean: count.moments(from: 0, to: 10).mean)
    default:
      let moments = count.moments(from: 1, to: 7)
      return ServiceReport.Score(
        answers: count.answers, value: moments.mean, interval: moments.interval(level: level), mean: moments.mean)
    }
  }

  private func attainment(_ place: Int, _ count: ShareCount) -> ServiceReport.Attainment? {
    guard count.cases > 0 else { return nil }
    let series = walk.plan.standards.series[place]
    return ServiceReport.Attainment(
      standard: standardNames[place], figure: ServiceFigure.clocks[series.metric],
      channel: Channel(rawValue: series.channel), share: count.share,
      interval: count.share.wilson(level: parameters.level),
      thresholdsSeconds: series.versions.map { Double($0.threshold) / 1e6 },
      target: Double(series.versions.last?.targetShare ?? 0) / Double(Field.decimalScale))
  }
}

import Statistics
import Touchlog

extension ServicePage {
  mutating func write(_ row: ServiceReport.Row) {
    let parts = [
      row.periodLabel, ServiceText.inert(row.group.title), ServiceText.counted(row.interactions, "interaction"),
      ServiceText.counted(row.persons, "person"), ServiceText.counted(row.events, "event"),
      row.identified.value.map { "\(ServiceText.percent($0)) identified" } ?? "",
    ]
    heading(parts.filter { !$0.isEmpty }.joined(separator: " · "))
    writeClocks(row)
    for figure in row.shares where figure.share.cases > 0 { write(figure) }
    for figure in row.opinions where figure.given.answers + figure.believed.answers > 0 { write(figure) }
    for attainment in row.attainments { write(attainment) }
  }

  private mutating func writeClocks(_ row: ServiceReport.Row) {
    let clocks = row.clocks.filter { $0.elapsed.count > 0 }
    guard !clocks.isEmpty else { return }
    line("", [("n", 9), ("median", 13), ("p90", 13), ("p95", 13), ("mean", 13)])
    for clock in clocks {
      write(clock.figure.title, clock.elapsed)
      if let business = clock.business { write("  in open time", business) }
    }
  }

  private mutating func write(_ title: String, _ lengths: ServiceReport.Lengths) {
    func cell(_ seconds: Double?, isExact: Bool = true) -> (String, Int) {
      (seconds.map { (isExact ? "" : "≈") + ServiceText.duration($0) } ?? "–", 13)
    }
    line(
      title,
      [
        (ServiceText.grouped(lengths.count), 9), cell(lengths.p50Seconds, isExact: lengths.isExact),
        cell(lengths.p90Seconds, isExact: lengths.isExact), cell(lengths.p95Seconds, isExact: lengths.isExact),
        cell(lengths.meanSeconds),
      ])
  }

  private mutating func write(_ figure: ServiceReport.ShareFigure) {
    var cells = [
      (ServiceText.grouped(figure.share.cases), 9),
      (ServiceText.percent(figure.share.value, figure.interval.map { ($0.lower, $0.upper) }), 26),
    ]
    if let coverage = figure.coverage?.value { cells.append(("\(ServiceText.percent(coverage)) identified", 20)) }
    line(figure.figure.title, cells)
  }

  private mutating func write(_ opinion: ServiceReport.Opinion) {
    var cells = [(ServiceText.grouped(opinion.given.answers), 9), (words(opinion.figure, opinion.given), 26)]
    if opinion.believed.answers > 0 {
      cells.append(("believed \(words(opinion.figure, opinion.believed, isShort: true))", 20))
    }
    line(opinion.figure.title, cells)
  }

  private func words(_ figure: ServiceFigure, _ score: ServiceReport.Score, isShort: Bool = false) -> String {
    guard let value = score.value else { return "–" }
    let interval = isShort ? nil : score.interval.map { ($0.lower, $0.upper) }
    switch figure {
    case .csat: return ServiceText.percent(value, interval)
    case .nps:
      let whole = ServiceText.signed(value * 100)
      return interval.map { "\(whole) (\(ServiceText.signed($0.0 * 100)) to \(ServiceText.signed($0.1 * 100)))" }
        ?? whole
    default:
      let mean = ServiceText.decimal(value, places: 2)
      return interval.map {
        "\(mean) (\(ServiceText.decimal($0.0, places: 2))–\(ServiceText.decimal($0.1, places: 2)))"
      } ?? mean
    }
  }

  private mutating func write(_ attainment: ServiceReport.Attainment) {
    let limits = attainment.thresholdsSeconds.map { ServiceText.duration($0) }.joined(separator: ", then ")
    let channel = attainment.channel.map { "\($0.name) " } ?? ""
    let name = attainment.standard.isEmpty ? "standard" : ServiceText.inert(attainment.standard)
    line(
      name,
      [
        (ServiceText.grouped(attainment.share.cases), 9),
        (ServiceText.percent(attainment.share.value, attainment.interval.map { ($0.lower, $0.upper) }), 26),
        (
          "  \(channel)\(attainment.figure.title) within \(limits), target \(ServiceText.percent(attainment.target))", 0
        ),
      ])
  }
}

// Consistency.
extension ServicePage {
  mutating func write(_ comparisons: [ConsistencyReport.Comparison]) {
    for comparison in comparisons {
      heading("\(comparison.measure.title), channel by channel with the same mix of topics")
      guard let effects = comparison.effects, let pooled = comparison.pooled else {
        paragraph("  no comparison: \(comparison.refusal)")
        continue
      }
      let p = effects.probability < 0.0001 ? "< 0.0001" : ServiceText.decimal(effects.probability, places: 4)
      paragraph(
        "  Q \(ServiceText.decimal(effects.q, places: 1)) on \(effects.degreesOfFreedom) degrees of freedom, p \(p); "
          + "I² \(ServiceText.percent(effects.inconsistency)); "
          + "τ² \(ServiceText.decimal(effects.betweenVariance, places: 4)) on the scale of logits; "
          + "mean \(ServiceText.percent(pooled))")
      line("", [("n", 9), ("counted", 10), ("same topics", 13), ("shrunken", 26)])
      for channel in comparison.channels {
        line(
          channel.channel.name,
          [
            (ServiceText.grouped(channel.raw.cases), 9), (channel.raw.value.map { ServiceText.percent($0) } ?? "–", 10),
            (ServiceText.percent(channel.standardised.value), 13),
            (ServiceText.percent(channel.shrunken, channel.interval.map { ($0.lower, $0.upper) }), 26),
          ])
      }
    }
  }

  mutating func writeExperience(_ report: ConsistencyReport) {
    heading("one customer's experience across channels (csat)")
    guard let icc = report.experience else {
      paragraph("  no figure: \(report.experienceRefusal)")
      return
    }
    paragraph(
      "  intraclass correlation \(ServiceText.decimal(icc.value, places: 3)) "
        + "(\(ServiceText.decimal(icc.interval.lower, places: 3)) to \(ServiceText.decimal(icc.interval.upper, places: 3))), "
        + "\(ServiceText.grouped(icc.groups)) persons, \(ServiceText.grouped(icc.measurements)) persons and channels")
  }

  mutating func writeShifts(_ report: ConsistencyReport) {
    heading("over time: \(ServiceText.counted(report.charts.count, "chart"))")
    let shifted = report.charts.filter { $0.shift != nil }.sorted {
      abs($0.shift?.strength ?? 0) > abs($1.shift?.strength ?? 0)
    }
    if shifted.isEmpty { paragraph("  no lasting shift") }
    for chart in shifted {
      guard let shift = chart.shift else { continue }
      let shown = { (value: Double) in
        chart.kind == .medianWait ? ServiceText.duration(value) : ServiceText.percent(value)
      }
      paragraph(
        "  \(chart.channel.name), \(chart.kind.title): \(shown(shift.before)) to \(shown(shift.after)) from "
          + "\(report.label(ofPeriod: chart.periods[shift.first])) on, \(shift.pointsOnSide) of \(shift.points) points on "
          + "one side, strength \(ServiceText.decimal(shift.strength, places: 1))")
    }
  }
}

import Statistics
import Touchlog

extension ConsistencyReport {
  /// The chart with the strongest shift; nil where no channel has shifted.
  public var strongestShift: Chart? {
    charts.filter { $0.shift != nil }.max { abs($0.shift?.strength ?? 0) < abs($1.shift?.strength ?? 0) }
  }

  /// The comparison whose channels differ most by I², of those where one channel is far from the mean.
  public var strongestDifference: Comparison? {
    comparisons.filter { $0.farthest != nil }
      .max { ($0.effects?.inconsistency ?? 0) < ($1.effects?.inconsistency ?? 0) }
  }

  /// What the report says, in plain words: which channel deviates, by how much, since when, on which evidence.
  public var sentence: String {
    [shiftSentence, differenceSentence].joined(separator: " ")
  }

  private var shiftSentence: String {
    guard let chart = strongestShift, let shift = chart.shift else {
      return charts.isEmpty
        ? "Too few \(periodName)s to say whether a channel has shifted."
        : "No channel has shifted: \(charts.count) charts, none with a lasting signal."
    }
    let direction = shift.after > shift.before ? "rose" : "fell"
    let (before, after, change): (String, String, String)
    switch chart.kind {
    case .medianWait:
      (before, after) = (ServiceText.duration(shift.before), ServiceText.duration(shift.after))
      change = shift.before > 0 ? " (\(ServiceText.signed((shift.after / shift.before - 1) * 100)) %)" : ""
    case .share:
      (before, after) = (ServiceText.percent(shift.before), ServiceText.percent(shift.after))
      change = " (\(ServiceText.signed((shift.after - shift.before) * 100)) points)"
    }
    let what = if case .share(let measure) = chart.kind { "share \(measure.title)" } else { chart.kind.title }
    let side = shift.after > shift.before ? "above" : "below"
    let name = chart.kind == .medianWait ? "XmR chart" : "p-chart"
    var evidence =
      "\(shift.pointsOnSide) of \(shift.points) \(periodName)s lie \(side) the centre of its \(name)"
    let out = chart.signals.first { $0.rule == .beyondLimits && $0.point >= shift.first }
    if let out { evidence += ", the first beyond its limits is \(label(ofPeriod: chart.periods[out.point]))" }
    return "\(chart.channel.name) deviates: its \(what) \(direction) from \(before) to \(after)\(change) "
      + "from \(label(ofPeriod: chart.periods[shift.first])) on; \(evidence)."
  }

  private var differenceSentence: String {
    guard let comparison = strongestDifference, let channel = comparison.farthest, let effects = comparison.effects,
      let pooled = comparison.pooled
    else { return "Channels do not differ beyond chance." }
    let p = effects.probability < 0.0001 ? "p < 0.0001" : "p = \(ServiceText.decimal(effects.probability, places: 4))"
    return "Channels differ most in what is \(comparison.measure.title): \(channel.channel.name) has "
      + "\(ServiceText.percent(channel.shrunken ?? pooled)) against \(ServiceText.percent(pooled)) in the mean of "
      + "\(comparison.channels.count) channels, with the same mix of topics (Q "
      + "\(ServiceText.decimal(effects.q, places: 1)) on \(effects.degreesOfFreedom) degrees of freedom, \(p), I² "
      + "\(ServiceText.percent(effects.inconsistency)))."
  }

  private var periodName: String { parameters.period?.rawValue ?? "period" }
}

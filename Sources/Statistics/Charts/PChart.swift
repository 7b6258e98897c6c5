/// A chart of shares over time, e.g. the abandoned of each week: p̄ ± 3√(p̄(1 − p̄)/n), with each point's own n
/// (Montgomery, Introduction to Statistical Quality Control, chapter 7; Shewhart 1931).
///
/// In two phases: limits are learned from trial weeks, and later weeks are held against them.
///
///     let chart = try PChart(trial: weeks[..<26])
///     let points = chart.points(weeks)
///     NelsonRule.signals(in: points)
public struct PChart: Sendable, Equatable {
  /// p̄, the share of all trial cases together.
  public let centre: Double

  /// - Parameter trial: the samples that limits are learned from. Those without cases tell nothing.
  /// - Throws: `StatisticsRefusal` where the trial has no cases, or fewer than two samples.
  public init(trial: some Sequence<Share>) throws {
    var all = Share(0, of: 0)
    var samples = 0
    for share in trial where share.cases > 0 {
      all.merge(share)
      samples += 1
    }
    guard samples >= 2, let centre = all.value else {
      throw StatisticsRefusal.tooFew(what: "trial samples with cases", found: samples, needed: 2)
    }
    self.centre = centre
  }

  /// With a share that is given and not learned, e.g. a standard.
  public init(centre: Double) {
    precondition(centre >= 0 && centre <= 1, "a share lies between 0 and 1, and \(centre) does not")
    self.centre = centre
  }

  /// - Parameter cases: above 0.
  public func limits(cases: Int) -> ControlLimits {
    precondition(cases > 0, "a sample without cases has no limits")
    return ControlLimits(centre: centre, sigma: (centre * (1 - centre) / Double(cases)).squareRoot(), within: 0...1)
  }

  /// A point per sample, nil for those without cases.
  public func points(_ samples: some Sequence<Share>) -> [ControlPoint?] {
    samples.map { share in
      share.value.map { ControlPoint(value: $0, limits: limits(cases: share.cases)) }
    }
  }
}

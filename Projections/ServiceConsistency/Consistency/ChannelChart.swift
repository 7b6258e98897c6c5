public import Statistics
public import Touchlog

extension ConsistencyReport {
  /// One channel's figure over time, and where it does what chance rarely does.
  public struct Chart: Sendable {
    /// Which channel.
    public let channel: Channel
    /// What is charted.
    public let kind: Kind
    /// The numbers of the periods, one for each point, without gaps.
    public let periods: [Int]
    /// Nil where a period has no cases.
    public let points: [ControlPoint?]
    /// How many of the first periods the limits were learned from.
    public let trial: Int
    /// What Nelson's rules find.
    public let signals: [NelsonRule.Signal]
    /// A lasting shift; nil where there is none.
    public let shift: Shift?
  }

  /// What a chart shows.
  public enum Kind: Hashable, Sendable {
    /// A p-chart of a share.
    case share(Measure)
    /// An XmR chart of each period's median wait, in seconds.
    case medianWait

    /// In words.
    public var title: String {
      switch self {
      case .share(let measure): measure.title
      case .medianWait: "median wait"
      }
    }
  }

  /// A lasting shift of a channel's figure.
  public struct Shift: Sendable, Equatable {
    /// The place of the first point of it: where a shift of independent normal points that lasts to the end begins most
    /// likely (Hinkley 1970, Biometrika 57), among those with the first signal on its side or before.
    public let first: Int
    /// The mean before, over the trial: the chart's centre.
    public let before: Double
    /// The mean of the points from then on.
    public let after: Double
    /// Points from then on, and those of them that lie on the shift's side of the centre.
    public let points: Int
    /// See `points`.
    public let pointsOnSide: Int
    /// Σ distance / √points: a standard normal number where nothing has changed. For comparing charts.
    public let strength: Double
  }
}

extension ConsistencyReport.Chart {
  /// With fewer points with cases nothing is charted.
  static let pointsMin = 12

  /// - Parameter points: one for each period, nil without cases; the limits were learned from the first `trial` of them.
  init(
    _ channel: Channel, _ kind: ConsistencyReport.Kind, periods: [Int], points: [ControlPoint?], trial: Int,
    rules: [NelsonRule],
  ) {
    self.channel = channel
    self.kind = kind
    self.periods = periods
    self.points = points
    self.trial = trial
    signals = NelsonRule.signals(in: points, rules: rules)
    shift = ConsistencyReport.Shift(points, signals: signals, after: trial)
  }
}

extension ConsistencyReport.Shift {
  /// A shift that at least as many standard deviations speak for, summed as in `strength`, is told. Charts are many: five
  /// keeps a false one below one in a million of them.
  static let strengthMin = 5.0

  init?(_ points: [ControlPoint?], signals: [NelsonRule.Signal], after trial: Int) {
    let places = points.indices.filter { points[$0] != nil }
    let distances = points.compactMap { $0?.distance }
    guard let centre = points.compactMap({ $0 }).first?.limits.centre, distances.allSatisfy(\.isFinite) else {
      return nil
    }
    var best: (place: Int, strength: Double)?
    var sum = 0.0
    for index in places.indices.reversed() {
      sum += distances[index]
      // The trial is what the rest is held against: a shift within it would move the centre itself.
      guard places[index] >= trial else { break }
      let strength = sum / Double(places.count - index).squareRoot()
      if abs(strength) > abs(best?.strength ?? 0) { best = (index, strength) }
    }
    guard let best, abs(best.strength) >= Self.strengthMin else { return nil }
    let side = best.strength > 0 ? 1.0 : -1.0
    let isSignalled = signals.contains { signal in
      places[best.place] <= signal.point && (points[signal.point]?.distance ?? 0) * side > 0
    }
    guard isSignalled else { return nil }
    let later = places[best.place...].compactMap { points[$0] }
    first = places[best.place]
    before = centre
    after = later.reduce(0) { $0 + $1.value } / Double(later.count)
    self.points = later.count
    pointsOnSide = later.count { $0.distance * side > 0 }
    strength = best.strength
  }
}

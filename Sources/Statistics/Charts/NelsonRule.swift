/// Patterns that chance rarely makes (Nelson, "The Shewhart control chart: tests for special causes", Journal of Quality
/// Technology 16, 1984), by their numbers.
///
/// Zones are counted in each point's own standard deviation, so they hold on a p-chart whose samples vary in size.
/// Of independent points of a normal distribution each rule alone speaks up, falsely, at fewer than 6 of 1,000, and all
/// eight together at about 1 of 50: a report says which it used.
public enum NelsonRule: Int, Sendable, CaseIterable {
  /// One point more than three standard deviations from the centre.
  case beyondLimits = 1

  /// Nine points in a row on the same side of the centre.
  case oneSide = 2

  /// Six points in a row that all rise, or all fall.
  case trend = 3

  /// Fourteen points in a row that rise and fall in turn.
  case alternating = 4

  /// Two of three points in a row more than two standard deviations from the centre, on the same side.
  case twoOfThreeFarOut = 5

  /// Four of five points in a row more than one standard deviation from the centre, on the same side.
  case fourOfFiveOut = 6

  /// Fifteen points in a row within one standard deviation of the centre, on either side.
  case tooQuiet = 7

  /// Eight points in a row more than one standard deviation from the centre, on either side.
  case avoidsCentre = 8

  /// How many points in a row the rule looks at.
  public var span: Int {
    switch self {
    case .beyondLimits: 1
    case .oneSide: 9
    case .trend: 6
    case .alternating: 14
    case .twoOfThreeFarOut: 3
    case .fourOfFiveOut: 5
    case .tooQuiet: 15
    case .avoidsCentre: 8
    }
  }

  /// The rule in words.
  public var meaning: String {
    switch self {
    case .beyondLimits: "beyond the limits"
    case .oneSide: "nine in a row on one side of the centre"
    case .trend: "six in a row rising or falling"
    case .alternating: "fourteen in a row up and down in turn"
    case .twoOfThreeFarOut: "two of three beyond two standard deviations on one side"
    case .fourOfFiveOut: "four of five beyond one standard deviation on one side"
    case .tooQuiet: "fifteen in a row within one standard deviation"
    case .avoidsCentre: "eight in a row beyond one standard deviation on either side"
    }
  }

  /// A pattern that was found.
  public struct Signal: Sendable, Equatable {
    public let rule: NelsonRule

    /// The point that completes the pattern, from 0.
    public let point: Int

    /// The first point that the rule looked at for it, so e.g. of nine on one side, where the shift begins.
    public let first: Int
  }

  /// Every pattern of these rules, by point and then by rule. A pattern that lasts is found at each further point.
  public static func signals(in points: [ControlPoint], rules: [NelsonRule] = allCases) -> [Signal] {
    let asked = rules.sorted { $0.rawValue < $1.rawValue }
    return points.indices.flatMap { index in
      asked.compactMap { rule in
        let first = index - rule.span + 1
        guard first >= 0, rule.holds(points[first...index]) else { return nil }
        return Signal(rule: rule, point: index, first: first)
      }
    }
  }

  /// The same where some samples have no cases, and so no point: neighbours are the points to either side of a gap.
  public static func signals(in points: [ControlPoint?], rules: [NelsonRule] = allCases) -> [Signal] {
    let places = points.indices.filter { points[$0] != nil }
    return signals(in: points.compactMap(\.self), rules: rules).map { signal in
      Signal(rule: signal.rule, point: places[signal.point], first: places[signal.first])
    }
  }

  private func holds(_ points: ArraySlice<ControlPoint>) -> Bool {
    switch self {
    case .beyondLimits: points.allSatisfy { abs($0.distance) > 3 }
    case .oneSide: Self.atLeast(span, of: points, beyond: 0)
    case .trend: Self.isTrend(points)
    case .alternating: Self.alternates(points)
    case .twoOfThreeFarOut: Self.atLeast(2, of: points, beyond: 2)
    case .fourOfFiveOut: Self.atLeast(4, of: points, beyond: 1)
    case .tooQuiet: points.allSatisfy { abs($0.distance) < 1 }
    case .avoidsCentre: points.allSatisfy { abs($0.distance) > 1 }
    }
  }

  /// The last point is one of them: otherwise a pattern would be found once more after it ended.
  private static func atLeast(_ count: Int, of points: ArraySlice<ControlPoint>, beyond zone: Double) -> Bool {
    guard let last = points.last?.distance else { return false }
    if last > zone { return points.count { $0.distance > zone } >= count }
    if last < -zone { return points.count { $0.distance < -zone } >= count }
    return false
  }

  private static func isTrend(_ points: ArraySlice<ControlPoint>) -> Bool {
    let steps = zip(points, points.dropFirst())
    return steps.allSatisfy { $0.value < $1.value } || steps.allSatisfy { $0.value > $1.value }
  }

  private static func alternates(_ points: ArraySlice<ControlPoint>) -> Bool {
    let steps = zip(points, points.dropFirst()).map { $1.value - $0.value }
    return zip(steps, steps.dropFirst()).allSatisfy { ($0 > 0 && $1 < 0) || ($0 < 0 && $1 > 0) }
  }
}

/// A share of cases, e.g. the abandoned of all calls: how many of how many.
///
///     let abandoned = Share(8, of: 10)
///     abandoned.value            // 0.8
///     abandoned.wilson()         // 0.490–0.943
public struct Share: Sendable, Equatable {
  /// How many cases have what is asked for.
  public private(set) var successes: Int

  /// How many cases there are.
  public private(set) var cases: Int

  /// - Parameters: `successes` from 0 to `cases`.
  public init(_ successes: Int, of cases: Int) {
    precondition(
      successes >= 0 && successes <= cases, "a share is of its own cases: \(successes) of \(cases) is none")
    self.successes = successes
    self.cases = cases
  }

  /// The share, between 0 and 1; nil where there are no cases.
  public var value: Double? { cases == 0 ? nil : Double(successes) / Double(cases) }

  /// The score interval; nil where there are no cases.
  public func wilson(level: Double = 0.95) -> ConfidenceInterval? {
    guard cases > 0 else { return nil }
    return .wilson(successes: Double(successes), cases: Double(cases), level: level)
  }

  /// The cases of both together.
  public mutating func merge(_ other: Share) {
    successes += other.successes
    cases += other.cases
  }
}

extension ConfidenceInterval {
  /// Wilson's score interval for a share (Wilson 1927, Journal of the American Statistical Association 22): the values
  /// of p for which |p̂ − p| ≤ z √(p(1−p)/n). Unlike p̂ ± z·error it never leaves 0…1, and is right near its ends.
  ///
  /// - Parameters:
  ///   - successes: from 0 to `cases`; may be weighted, so not necessarily whole.
  ///   - cases: above 0.
  ///   - level: the confidence, between 0 and 1.
  public static func wilson(successes: Double, cases: Double, level: Double = 0.95) -> ConfidenceInterval {
    precondition(
      cases > 0 && successes >= 0 && successes <= cases, "a share is of its own cases: \(successes) of \(cases) is none"
    )
    let z = NormalDistribution.reach(ofLevel: level)
    let share = successes / cases
    let shrink = 1 / (1 + z * z / cases)
    let centre = (share + z * z / (2 * cases)) * shrink
    let reach = z * (share * (1 - share) / cases + z * z / (4 * cases * cases)).squareRoot() * shrink
    return ConfidenceInterval(
      lower: successes == 0 ? 0 : max(0, centre - reach), upper: successes == cases ? 1 : min(1, centre + reach),
      level: level)
  }
}

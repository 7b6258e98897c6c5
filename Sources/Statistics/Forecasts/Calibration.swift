/// What was forecast beside what came, in groups of about equal size by probability.
public struct Calibration: Sendable, Equatable {
  /// Cases of neighbouring probabilities.
  public struct Group: Sendable, Equatable {
    /// The lowest and the highest probability in it.
    public let probabilities: ClosedRange<Double>

    /// The mean of the probabilities that were forecast.
    public let meanForecast: Double

    /// Of how many the outcome came.
    public let observed: Share

    /// Wilson's interval of the observed share.
    public let interval: ConfidenceInterval

    /// Whether the forecast lies in the interval of what came.
    public var isCalibrated: Bool { interval.contains(meanForecast) }
  }

  /// By ascending probability. There are fewer than asked for where many probabilities are equal: such cases stay
  /// together.
  public let groups: [Group]

  /// The expected calibration error: the mean distance between forecast and observed share over all groups, weighted
  /// by their size (Naeini, Cooper and Hauskrecht 2015, AAAI; with groups of equal size, not equal width). 0 without
  /// cases.
  public var expectedError: Double {
    var count = 0.0
    var sum = 0.0
    for group in groups {
      let cases = Double(group.observed.cases)
      count += cases
      sum += abs(cases * group.meanForecast - Double(group.observed.successes))
    }
    return count > 0 ? sum / count : 0
  }
}

extension Forecast {
  /// The table of what was forecast and what came.
  ///
  /// - Parameters:
  ///   - groups: into how many groups to part the cases, e.g. 10 for tenths.
  ///   - level: the confidence of the groups' intervals.
  public func calibration(groups: Int = 10, level: Double = 0.95) -> Calibration {
    precondition(groups > 0, "cases are parted into one group or more")
    var result: [Calibration.Group] = []
    var group: [Run] = []
    var passed = 0
    for run in runs() {
      group.append(run)
      passed += run.count
      // The group ends at the first place that is at or past its share of the cases.
      guard passed * groups / count > (passed - run.count) * groups / count else { continue }
      result.append(Self.group(of: group, level: level))
      group = []
    }
    return Calibration(groups: result)
  }

  private static func group(of runs: [Run], level: Double) -> Calibration.Group {
    let cases = runs.reduce(0) { $0 + $1.count }
    let happened = runs.reduce(0) { $0 + $1.happened }
    let sum = runs.reduce(0) { $0 + $1.probability * Double($1.count) }
    return Calibration.Group(
      probabilities: runs[0].probability...runs[runs.count - 1].probability, meanForecast: sum / Double(cases),
      observed: Share(happened, of: cases),
      interval: .wilson(successes: Double(happened), cases: Double(cases), level: level))
  }
}

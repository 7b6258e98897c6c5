/// Forecasts held against what happened: probabilities of an outcome, and whether it came.
///
///     let judged = Forecast(probabilities: predicted, outcomes: left)
///     try judged.areaUnderCurve()       // does it rank well?
///     judged.brierScore                 // is it close?
///     judged.calibration()              // does 20 % mean 20 %?
///     judged.lift(top: 0.1)             // how many more leave in its top tenth?
public struct Forecast: Sendable {
  /// In ascending order of probability.
  let cases: [(probability: Double, happened: Bool)]

  /// How many outcomes came.
  public let happened: Int

  public var count: Int { cases.count }

  /// - Parameters:
  ///   - probabilities: between 0 and 1; one per case.
  ///   - outcomes: whether it came.
  public init(probabilities: [Double], outcomes: [Bool]) {
    precondition(probabilities.count == outcomes.count, "each probability has its outcome")
    precondition(probabilities.allSatisfy { $0 >= 0 && $0 <= 1 }, "a probability lies between 0 and 1")
    // Cases of equal probability are told apart by nothing, so no figure depends on the order they came in.
    cases = zip(probabilities, outcomes).map { (probability: $0, happened: $1) }
      .sorted { $0.probability < $1.probability }
    happened = outcomes.count { $0 }
  }

  /// The mean of (p − y)² (Brier 1950, Monthly Weather Review 78): 0 is perfect, 0.25 is always saying one half; nil
  /// without cases.
  public var brierScore: Double? {
    guard !cases.isEmpty else { return nil }
    var sum = 0.0
    for run in runs() {
      let (p, miss) = (run.probability, 1 - run.probability)
      sum += Double(run.happened) * miss * miss + Double(run.count - run.happened) * p * p
    }
    return sum / Double(count)
  }

  /// How often a case whose outcome came has the higher probability than one whose outcome did not, ties counting half:
  /// the area under the ROC curve, by Mann and Whitney's U (Hanley and McNeil 1982, Radiology 143). 0.5 is chance.
  ///
  /// - Throws: `StatisticsRefusal` where all outcomes came, or none.
  public func areaUnderCurve() throws -> Double {
    guard happened > 0 else {
      throw StatisticsRefusal.tooFew(what: "cases whose outcome came", found: 0, needed: 1)
    }
    guard happened < count else {
      throw StatisticsRefusal.tooFew(what: "cases whose outcome did not come", found: 0, needed: 1)
    }
    var belowWithout = 0.0
    var wins = 0.0
    for run in runs() {
      let without = Double(run.count - run.happened)
      wins += Double(run.happened) * (belowWithout + without / 2)
      belowWithout += without
    }
    return wins / (Double(happened) * Double(count - happened))
  }

  /// How many times likelier the outcome is among those with the highest probabilities than among all. Where the cut
  /// falls between cases of equal probability, each counts in part; nil where no outcome came.
  ///
  /// - Parameter share: how many of the cases, above 0 and up to 1.
  public func lift(top share: Double = 0.1) -> Double? {
    precondition(share > 0 && share <= 1, "the top is a share above 0 and up to 1, and \(share) is none")
    guard happened > 0 else { return nil }
    var left = share * Double(count)
    let top = left
    var found = 0.0
    for run in runs().reversed() where left > 0 {
      let part = min(1, left / Double(run.count))
      found += part * Double(run.happened)
      left -= part * Double(run.count)
    }
    return found / top / (Double(happened) / Double(count))
  }

  /// Cases of the same probability.
  struct Run {
    let probability: Double
    var count: Int
    var happened: Int
  }

  /// All cases by ascending probability.
  func runs() -> [Run] {
    var runs: [Run] = []
    for item in cases {
      if let last = runs.last, last.probability == item.probability {
        runs[runs.count - 1].count += 1
      } else {
        runs.append(Run(probability: item.probability, count: 1, happened: 0))
      }
      if item.happened { runs[runs.count - 1].happened += 1 }
    }
    return runs
  }
}

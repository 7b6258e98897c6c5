public import Statistics

/// The hazard of leaving: a logistic regression on person-months, learned from a sample of the months in which nobody
/// left.
///
/// Such a sample leaves the coefficients and their standard errors as they are, and makes the odds of leaving 1/q times
/// as high, where q is the sample's share: probabilities are put right by q (prior correction; King and Zeng, "Logistic
/// regression in rare events data", Political Analysis 9, 2001, section 4.1).
public struct HazardModel: Sendable, Equatable {
  /// The model of the sample.
  public let sample: LogisticModel
  /// q: the share of the months in which nobody left that it was learned from.
  public let stayedShare: Double
  /// Of all features; 0 for those that the model has not.
  private let coefficients: [Double]

  /// Learns from those rows whose months are in a range.
  init(
    _ rows: PersonMonthRows, snapshots: Range<Int>, features: [Feature], _ parameters: ChurnParameters,
    stayedShare: Double, parallel: Parallel?,
  ) throws {
    var learned = LogisticRows(features: features.map(\.name))
    learned.reserveCapacity(rows.count)
    rows.values.withUnsafeBufferPointer { values in
      for index in 0..<rows.count where snapshots.contains(Int(rows.snapshots[index])) {
        let start = index * Feature.count
        let happened = rows.gone[index] ? 1.0 : 0.0
        if features.count == Feature.count {
          learned.append(UnsafeBufferPointer(rebasing: values[start..<start + Feature.count]), happened: happened)
        } else {
          learned.append(features.map { values[start + $0.rawValue] }, happened: happened)
        }
      }
    }
    guard learned.count > 0 else { throw ChurnRefusal.nobodyAtRisk(gone: parameters.gone) }
    let regression = LogisticRegression(
      penalty: parameters.penalty, outcomesPerFeature: parameters.outcomesPerFeature)
    let sample = try regression.fit(learned, parallel: parallel)
    self.sample = sample
    var coefficients = Array(repeating: 0.0, count: Feature.count)
    for (feature, coefficient) in zip(features, sample.coefficients) {
      coefficients[feature.rawValue] = coefficient.estimate
    }
    self.coefficients = coefficients
    self.stayedShare = stayedShare
  }

  /// The log odds of leaving of somebody whose features are all 0.
  public var intercept: Double { sample.intercept + logitOfShare(stayedShare / (1 + stayedShare)) }

  /// The coefficient of a feature, of a model that has all of them.
  public func coefficient(_ feature: Feature) -> LogisticModel.Coefficient { sample.coefficients[feature.rawValue] }

  /// The log odds of leaving in the sample, of a number for each feature.
  func logOddsInSample(_ row: UnsafeBufferPointer<Float>) -> Double {
    var sum = sample.intercept
    for feature in 0..<Feature.count { sum += coefficients[feature] * Double(row[feature]) }
    return sum
  }

  /// The probability of leaving, in the time that the definition of gone looks ahead.
  func probability(_ row: UnsafeBufferPointer<Float>) -> Double { corrected(shareOfLogit(logOddsInSample(row))) }

  /// Its interval. It speaks of the estimate, not of what will happen.
  func interval(_ row: some Collection<Float>, level: Double) -> ConfidenceInterval {
    let interval = sample.interval(row, level: level)
    return ConfidenceInterval(lower: corrected(interval.lower), upper: corrected(interval.upper), level: level)
  }

  private func corrected(_ p: Double) -> Double { stayedShare * p / (stayedShare * p + 1 - p) }

  /// The probabilities of rows at places.
  func probabilities(_ rows: PersonMonthRows, at places: [Int]) -> [Double] {
    rows.values.withUnsafeBufferPointer { values in
      places.map { index in
        let start = index * Feature.count
        return probability(UnsafeBufferPointer(rebasing: values[start..<start + Feature.count]))
      }
    }
  }
}

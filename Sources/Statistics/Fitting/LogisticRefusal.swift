/// Why a logistic regression gives no model.
public enum LogisticRefusal: Error, Sendable, Equatable {
  /// The rarer outcome is too rare for so many features.
  case tooFewOutcomes(happened: Double, notHappened: Double, needed: Double)

  /// A feature is not a finite number in this row.
  case notANumber(feature: String, row: Int)

  /// A feature alone, or (nil) all of them together, tell perfectly whether the outcome comes: the likelihood has no
  /// maximum, and coefficients would only be as large as the search was long.
  case separated(feature: String?)

  /// The other features determine this one.
  case collinear(feature: String)

  /// The data leave this feature's coefficient open.
  case undetermined(feature: String)

  /// The search ended too far from the maximum. `distance` estimates how far the estimates are from it, in standard
  /// errors.
  case notConverged(stop: StopReason, evaluations: Int, distance: Double)
}

extension LogisticRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooFewOutcomes(let happened, let notHappened, let needed):
      "too few outcomes: \(happened) came and \(notHappened) did not, and so many features need \(needed) of each. "
        + "Take a longer time or fewer features"
    case .notANumber(let feature, let row):
      "`\(feature)` is not a finite number in row \(row + 1). Leave the row out, or say what the feature is there"
    case .separated(let feature?):
      "`\(feature)` alone tells perfectly whether the outcome comes. See that it is not known only afterwards; else "
        + "leave it out, or give a penalty above 0"
    case .separated(nil):
      "the features tell perfectly whether the outcome comes. See that none is known only afterwards, or take more data"
    case .collinear(let feature): "`\(feature)` follows from other features. Leave it out, or give a penalty above 0"
    case .undetermined(let feature):
      "the data leave the coefficient of `\(feature)` open. Leave it out, or give a penalty above 0"
    case .notConverged(let stop, let evaluations, let distance):
      "the fit did not converge (\(stop); \(evaluations) evaluations; about \(distance) standard errors away). Give a "
        + "larger penalty, or look for features of extreme values"
    }
  }
}

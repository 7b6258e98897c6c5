import CNLopt

/// Why a search ended with a point.
public enum StopReason: Sendable, Equatable {
  /// The method's own criterion.
  case minimum

  /// The last step changed the value by no more than the tolerance.
  case valueTolerance

  /// The last step changed the point by no more than the tolerance.
  case pointTolerance

  /// Rounding lets it come no closer; the point is as good as numbers of this size can say.
  case rounding

  /// It was allowed no more evaluations: the point need not be near the minimum.
  case evaluations

  /// The method stopped and gives no reason, as its line search does where a step gains nothing: the point may be
  /// the minimum, and whoever asked must look.
  case unexplained

  init?(_ result: nlopt_result) {
    switch result {
    case NLOPT_SUCCESS, NLOPT_STOPVAL_REACHED: self = .minimum
    case NLOPT_FTOL_REACHED: self = .valueTolerance
    case NLOPT_XTOL_REACHED: self = .pointTolerance
    case NLOPT_ROUNDOFF_LIMITED: self = .rounding
    case NLOPT_MAXEVAL_REACHED: self = .evaluations
    case NLOPT_FAILURE: self = .unexplained
    default: return nil
    }
  }
}

extension StopReason: CustomStringConvertible {
  public var description: String {
    switch self {
    case .minimum: "found by the method's own criterion"
    case .valueTolerance: "the value no longer changes"
    case .pointTolerance: "the estimates no longer change"
    case .rounding: "as close as rounding lets it come"
    case .evaluations: "ended by the number of evaluations, before it settled"
    case .unexplained: "ended without a reason"
    }
  }
}

/// Why a search ended without a point.
public enum SearchFailure: Error, Sendable, Equatable {
  /// The function had no value, or no finite gradient, there.
  case notANumber(at: [Double])

  /// The start lies outside the bounds, or a tolerance is no number.
  case invalidArguments

  case outOfMemory

  init(_ result: nlopt_result) {
    self = result == NLOPT_OUT_OF_MEMORY ? .outOfMemory : .invalidArguments
  }
}

extension SearchFailure: CustomStringConvertible {
  public var description: String {
    switch self {
    case .notANumber(let point):
      "the function has no value at \(point). Look for values in the data that are not finite, or keep the search in "
        + "narrower bounds"
    case .invalidArguments: "the search cannot begin: its start lies outside its bounds, or a tolerance is no number"
    case .outOfMemory: "there is not enough memory for the search"
    }
  }
}

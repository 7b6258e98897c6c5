/// Why a model of repeat activity gives no figures.
public enum RepeatRefusal: Error, Sendable, Equatable {
  /// Too few customers, or too few who came back.
  case tooFew(customers: Int, returning: Int, neededCustomers: Int, neededReturning: Int)

  /// The likelihood rises as far as this parameter (`r`, `alpha`, `a`, `b`) may go: the data do not hold it.
  case unbounded(parameter: String, value: Double)

  /// The likelihood is flat in some direction.
  case undetermined

  /// No start led to the maximum; `distance` estimates how far the best is from it, in standard errors.
  case notConverged(stop: StopReason, evaluations: Int, distance: Double)
}

extension RepeatRefusal: CustomStringConvertible {
  public var description: String {
    switch self {
    case .tooFew(let customers, let returning, let neededCustomers, let neededReturning):
      "too little to learn from: \(customers) customers of at least \(neededCustomers), of whom \(returning) of at "
        + "least \(neededReturning) came back. Take a longer time or more customers"
    case .unbounded(let parameter, let value):
      "the data do not hold \(parameter): the likelihood still rises at \(value). Customers may differ too little, or "
        + "nobody, or everybody, may have left. Take a longer time, or the hazard model"
    case .undetermined: "the data leave the parameters open. Take a longer time or more customers"
    case .notConverged(let stop, let evaluations, let distance):
      "the fit did not converge (\(stop); \(evaluations) evaluations; about \(distance) standard errors away). Look for "
        + "histories that are not in the unit of the others"
    }
  }
}

import RealModule

/// A BG/NBD or MBG/NBD model that was learned from customers' histories by maximum likelihood.
///
///     let fit = try BetaGeometricFit(histories, variant: .modified)
///     fit.model.probabilityAlive(history)
///     fit.standardErrors.r
///     fit.aliveInterval(history)
///     fit.standardError { $0.expectedRepeats(within: 39, after: history) }
public struct BetaGeometricFit: Sendable, Equatable {
  public let model: BetaGeometric

  /// Of the parameters, by the delta method from those of their logarithms: value · standard error of the logarithm.
  public let standardErrors: StandardErrors

  public let logLikelihood: Double

  public let customers: Int

  /// How many of them came back at least once.
  public let returning: Int

  /// How the best search ended, and after how many evaluations of all searches.
  public let stop: StopReason
  public let evaluations: Int

  /// How many of the searches, begun far from each other, came to this maximum.
  public let startsInAgreement: Int

  /// Of ln r, ln α, ln a and ln b.
  let covariance: SymmetricMatrix

  public struct StandardErrors: Sendable, Equatable {
    public let r: Double
    public let alpha: Double
    public let a: Double
    public let b: Double
  }

  /// What a fit must have to give figures.
  public struct Requirements: Sendable, Equatable {
    public var customers: Int

    /// How many customers must have come back: four parameters are learned from them.
    public var returning: Int
    public var evaluations: Int

    public init(customers: Int = 50, returning: Int = 20, evaluations: Int = 500) {
      self.customers = customers
      self.returning = returning
      self.evaluations = evaluations
    }
  }

  /// How far the logarithms may go, α's from the logarithm of the mean age: a factor of 160,000 either way.
  private static let bound = 12.0

  /// r, α in mean ages, a and b of the starts: customers much like each other, and customers of whom most never come back
  /// and few often.
  private static let starts: [[Double]] = [[1, 1, 1, 1], [0.25, 0.1, 0.8, 2.5], [3, 0.3, 0.2, 4]]

  /// The end is within this many standard errors of the maximum.
  private static let distanceMax = 0.001

  /// A parameter whose logarithm has a standard error beyond this is open by a factor of 20,000 either way.
  private static let logErrorMax = 5.0

  /// Fits. The search is NLopt's SLSQP with the likelihood's gradient, over the logarithms of the parameters, so that
  /// none can fall below 0.
  ///
  /// - Throws: `RepeatRefusal` where the data carry no model.
  public init(
    _ histories: [RepeatHistory], variant: BetaGeometric.Variant = .original, requiring: Requirements = Requirements()
  ) throws {
    let customers = histories.reduce(0) { $0 + $1.customers }
    let returning = histories.reduce(0) { $0 + ($1.repeats > 0 ? $1.customers : 0) }
    guard customers >= max(1, requiring.customers), returning >= max(1, requiring.returning) else {
      throw RepeatRefusal.tooFew(
        customers: customers, returning: returning, neededCustomers: requiring.customers,
        neededReturning: requiring.returning)
    }
    let likelihood = RepeatLikelihood(histories, variant)
    let scale = Double.log(histories.reduce(0) { $0 + $1.age * Double($1.customers) } / Double(customers))
    // Nobody was watched for any time.
    guard scale.isFinite else { throw RepeatRefusal.undetermined }
    let minima = try Self.search(likelihood, logScale: scale, evaluations: requiring.evaluations)
    guard let best = minima.min(by: { $0.value < $1.value }) else { throw RepeatRefusal.undetermined }

    let evaluations = minima.reduce(0) { $0 + $1.evaluations }
    let covariance = try Self.covariance(likelihood, best, logScale: scale, evaluations: evaluations)
    let values = best.point.map { Double.exp($0) }
    let errors = (0..<4).map { values[$0] * covariance[$0, $0].squareRoot() }
    model = BetaGeometric(r: values[0], alpha: values[1], a: values[2], b: values[3], variant: variant)
    standardErrors = StandardErrors(r: errors[0], alpha: errors[1], a: errors[2], b: errors[3])
    logLikelihood = -best.value * likelihood.customers
    self.customers = customers
    self.returning = returning
    stop = best.stop
    self.evaluations = evaluations
    // A log-likelihood that is lower by 0.001 is no other model.
    startsInAgreement = minima.count { ($0.value - best.value) * likelihood.customers < 1e-3 }
    self.covariance = covariance
  }

  /// The least value of −ln L per customer from each start, at logarithms in the unit of the histories.
  private static func search(
    _ likelihood: RepeatLikelihood, logScale: Double, evaluations: Int
  ) throws -> [LocalSearch.Minimum] {
    let search = LocalSearch(
      method: .sequentialQuadratic, bounds: -bound...bound, valueTolerance: 1e-14, pointTolerance: 1e-8,
      evaluationsMax: evaluations)
    return try starts.map { start in
      let minimum = try search.minimum(from: start.map { Double.log($0) }) { point, gradient in
        let moved = [point[0], point[1] + logScale, point[2], point[3]]
        return likelihood.value(at: moved.span, gradient: &gradient)
      }
      var point = minimum.point
      point[1] += logScale
      return LocalSearch.Minimum(
        point: point, value: minimum.value, evaluations: minimum.evaluations, stop: minimum.stop)
    }
  }

  /// The covariance of the logarithms, once it is sure that the end of the search is a maximum.
  private static func covariance(
    _ likelihood: RepeatLikelihood, _ best: LocalSearch.Minimum, logScale: Double, evaluations: Int
  ) throws -> SymmetricMatrix {
    for (index, name) in ["r", "alpha", "a", "b"].enumerated() {
      let place = best.point[index] - (index == 1 ? logScale : 0)
      if abs(place) > bound - 0.01 {
        throw RepeatRefusal.unbounded(parameter: name, value: Double.exp(best.point[index]))
      }
    }
    let gradient = likelihood.gradient(at: best.point)
    guard case .found(let covariance) = likelihood.information(at: best.point).cholesky() else {
      throw RepeatRefusal.undetermined
    }
    guard (0..<4).allSatisfy({ covariance[$0, $0].squareRoot() <= logErrorMax }) else {
      throw RepeatRefusal.undetermined
    }
    // Newton's decrement, as in `LogisticRegression`.
    let distance = covariance.quadraticForm(gradient).squareRoot()
    guard distance <= distanceMax else {
      throw RepeatRefusal.notConverged(stop: best.stop, evaluations: evaluations, distance: distance)
    }
    return covariance
  }

  /// The standard error of a figure of the model, by the delta method: its slopes at the fit, by central differences.
  public func standardError(of figure: (BetaGeometric) -> Double) -> Double {
    let step = 1e-4
    let logs = [model.r, model.alpha, model.a, model.b].map { Double.log($0) }
    let slopes = (0..<4).map { index in
      let ends = [step, -step].map { change in
        var moved = logs
        moved[index] += change
        let values = moved.map { Double.exp($0) }
        return figure(
          BetaGeometric(r: values[0], alpha: values[1], a: values[2], b: values[3], variant: model.variant))
      }
      return (ends[0] - ends[1]) / (2 * step)
    }
    return max(0, covariance.quadraticForm(slopes)).squareRoot()
  }

  /// The interval of a customer's probability of being alive, by the delta method on its logit; the probability itself
  /// on both sides where it is 1 for certain. It speaks of what is known of the model, not of the customer's luck.
  public func aliveInterval(_ history: RepeatHistory, level: Double = 0.95) -> ConfidenceInterval {
    let alive = model.probabilityAlive(history)
    guard alive > 0, alive < 1 else { return ConfidenceInterval(lower: alive, upper: alive, level: level) }
    let logit = ConfidenceInterval(
      estimate: logitOfShare(alive),
      standardError: standardError { logitOfShare($0.probabilityAlive(history)) }, level: level)
    return ConfidenceInterval(lower: shareOfLogit(logit.lower), upper: shareOfLogit(logit.upper), level: level)
  }
}

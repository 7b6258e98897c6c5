/// Logistic regression by maximum likelihood, with a penalty on large coefficients (ridge; le Cessie and van Houwelingen
/// 1992, Applied Statistics 41): the maximum of ln L − penalty/2 · Σ βⱼ², where βⱼ is the coefficient of a feature that is
/// centred and divided by its standard deviation. The intercept has no penalty.
///
///     let model = try LogisticRegression(penalty: 1).fit(rows)
///     model.coefficients[0].estimate      // per unit of the feature
///     model.probability([30, 2])
///
/// The search is NLopt's L-BFGS; the second derivatives at its end give the standard errors, and prove that the end is
/// the maximum. With a penalty the standard errors are those of the penalised likelihood, a little smaller than without.
public struct LogisticRegression: Sendable, Equatable {
  /// 0 for none. 1 weighs about as much as knowing beforehand that coefficients lie within ±2.
  public var penalty: Double

  /// The rarer outcome must come at least this often for each feature: ten after Peduzzi et al. (Journal of Clinical
  /// Epidemiology 49, 1996), five after Vittinghoff and McCulloch (American Journal of Epidemiology 165, 2007).
  public var outcomesPerFeature: Double

  public var evaluationsMax: Int

  public init(penalty: Double = 1, outcomesPerFeature: Double = 5, evaluationsMax: Int = 500) {
    precondition(penalty >= 0 && penalty.isFinite, "a penalty is finite and not negative")
    self.penalty = penalty
    self.outcomesPerFeature = outcomesPerFeature
    self.evaluationsMax = evaluationsMax
  }

  /// An end is taken for the maximum when it is within this many standard errors of it, in any direction.
  static let distanceMax = 0.001

  /// Without a penalty: a standard error beyond this, in log odds per standard deviation of the feature, says that the
  /// data do not hold the coefficient. One of 50 lets odds differ by a factor of 10^40 either way.
  static let scaledErrorMax = 50.0

  /// - Parameters:
  ///   - rows: what to learn from.
  ///   - parallel: how to use several threads; the model is the same to the last bit without.
  /// - Throws: `LogisticRefusal` where the data carry no model.
  public func fit(_ rows: LogisticRows, parallel: Parallel? = nil) throws -> LogisticModel {
    let summary = try FeatureSummary(rows)
    try checkOutcomes(summary, features: rows.features.count)
    let separating = rows.features.indices.filter { summary.separates[$0] }.map { rows.features[$0] }
    if penalty == 0, let feature = separating.first { throw LogisticRefusal.separated(feature: feature) }

    let likelihood = LogisticLikelihood(
      rows: rows, summary: summary, penalty: penalty, passes: RowPasses(parallel: parallel))
    let search = LocalSearch(
      method: .lowMemoryQuasiNewton, valueTolerance: 1e-15, pointTolerance: 1e-10, evaluationsMax: evaluationsMax)
    var start = Array(repeating: 0.0, count: rows.features.count + 1)
    start[0] = logitOfShare(summary.happened / summary.cases)
    let minimum = try search.minimum(from: start) { likelihood.value(at: $0, gradient: &$1) }

    let covariance = try scaledCovariance(likelihood, at: minimum)
    var penalties = 0.0
    for coefficient in minimum.point.dropFirst() { penalties += penalty / 2 * coefficient * coefficient }
    return Self.model(
      likelihood, minimum, separating, scaled: covariance,
      logLikelihood: penalties - minimum.value * summary.cases)
  }

  private func checkOutcomes(_ summary: FeatureSummary, features: Int) throws {
    let notHappened = summary.cases - summary.happened
    let varying = summary.constant.count { !$0 }
    let needed = max(1, outcomesPerFeature * Double(varying))
    guard min(summary.happened, notHappened) >= needed else {
      throw LogisticRefusal.tooFewOutcomes(happened: summary.happened, notHappened: notHappened, needed: needed)
    }
  }

  /// The inverse of the information at the end of the search, once it is sure that the end is a maximum.
  private func scaledCovariance(
    _ likelihood: LogisticLikelihood, at minimum: LocalSearch.Minimum
  ) throws -> SymmetricMatrix {
    let names = ["the intercept"] + likelihood.rows.features
    if likelihood.isSeparated(at: minimum.point) { throw LogisticRefusal.separated(feature: nil) }
    var information = likelihood.information(at: minimum.point)
    for feature in likelihood.rows.features.indices where likelihood.summary.constant[feature] {
      // Nothing depends on it, so any number keeps the matrix invertible and the others as they are.
      information[feature + 1, feature + 1] = 1
    }
    let covariance: SymmetricMatrix
    switch information.cholesky() {
    case .found(let inverse): covariance = inverse
    case .dependent(let row): throw LogisticRefusal.collinear(feature: names[row])
    }
    // Newton's decrement, gᵀ·H⁻¹·g: the squared length, in standard errors, of the step that Newton's method would
    // still take (Boyd and Vandenberghe, Convex Optimization, section 9.5.1).
    var gradient = Array(repeating: 0.0, count: names.count)
    var slope = gradient.mutableSpan
    _ = likelihood.value(at: minimum.point.span, gradient: &slope)
    let distance = covariance.quadraticForm(gradient).squareRoot() * likelihood.summary.cases
    guard distance <= Self.distanceMax else {
      throw LogisticRefusal.notConverged(stop: minimum.stop, evaluations: minimum.evaluations, distance: distance)
    }
    for index in names.indices where penalty == 0 && covariance[index, index].squareRoot() > Self.scaledErrorMax {
      throw LogisticRefusal.undetermined(feature: names[index])
    }
    return covariance
  }

  /// Everything on the scale of the features as they came: βⱼ/sⱼ, and the intercept less Σ βⱼmⱼ/sⱼ.
  private static func model(
    _ likelihood: LogisticLikelihood, _ minimum: LocalSearch.Minimum, _ separating: [String],
    scaled: SymmetricMatrix, logLikelihood: Double
  ) -> LogisticModel {
    let (rows, summary) = (likelihood.rows, likelihood.summary)
    let own = likelihood.ownScale(minimum.point.span)
    let size = own.count
    var covariance = SymmetricMatrix(size: size)
    for one in 1..<size {
      for other in one..<size where !summary.constant[one - 1] && !summary.constant[other - 1] {
        covariance[one, other] = scaled[one, other] / (summary.spreads[one - 1] * summary.spreads[other - 1])
      }
    }
    var variance = scaled[0, 0]
    for one in 1..<size where !summary.constant[one - 1] {
      var shared = scaled[0, one] / summary.spreads[one - 1]
      for other in 1..<size { shared -= summary.means[other - 1] * covariance[one, other] }
      covariance[0, one] = shared
      variance -= summary.means[one - 1] * (shared + scaled[0, one] / summary.spreads[one - 1])
    }
    covariance[0, 0] = variance
    let coefficients = rows.features.indices.map { feature in
      LogisticModel.Coefficient(
        name: rows.features[feature], estimate: own[feature + 1],
        standardError: max(0, covariance[feature + 1, feature + 1]).squareRoot(), mean: summary.means[feature],
        spread: summary.constant[feature] ? 0 : summary.spreads[feature])
    }
    return LogisticModel(
      intercept: own[0], interceptStandardError: max(0, covariance[0, 0]).squareRoot(), coefficients: coefficients,
      separating: separating, logLikelihood: logLikelihood, cases: summary.cases, happened: summary.happened,
      stop: minimum.stop, evaluations: minimum.evaluations, covariance: covariance)
  }
}

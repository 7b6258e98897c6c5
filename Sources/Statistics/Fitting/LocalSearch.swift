import CNLopt

/// The least value of a smooth function near a start, by NLopt (S. G. Johnson, The NLopt nonlinear-optimization package).
///
///     let search = LocalSearch(method: .lowMemoryQuasiNewton)
///     let least = try search.minimum(from: [0, 0]) { point, gradient in … }
///     least.stop   // .relativeChangeOfPoint
///
/// It gives the same answer in every run: no method here draws random numbers, and none stops by the clock.
public struct LocalSearch: Sendable, Equatable {
  public enum Method: Sendable, Equatable {
    /// L-BFGS (Liu and Nocedal 1989, by Luksan): by gradients, for many unknowns.
    case lowMemoryQuasiNewton

    /// SLSQP (Kraft 1994): by gradients, for few unknowns and bounds.
    case sequentialQuadratic

    /// BOBYQA (Powell 2009): without gradients.
    case quadraticModel

    /// Nelder and Mead (1965): without gradients; slow and robust.
    case simplex
  }

  public var method: Method

  /// How far each unknown may go; nil where it may go anywhere.
  public var bounds: ClosedRange<Double>?

  /// It stops when a step changes the value by less than this share of it.
  public var valueTolerance: Double

  /// It stops when a step changes each unknown by less than this share of it.
  public var pointTolerance: Double

  /// It gives up after this many evaluations.
  public var evaluationsMax: Int

  public init(
    method: Method, bounds: ClosedRange<Double>? = nil, valueTolerance: Double = 1e-13,
    pointTolerance: Double = 1e-9, evaluationsMax: Int = 1_000
  ) {
    precondition(
      evaluationsMax > 0 && evaluationsMax <= Int(Int32.max), "at least one evaluation, and no more than fit")
    self.method = method
    self.bounds = bounds
    self.valueTolerance = valueTolerance
    self.pointTolerance = pointTolerance
    self.evaluationsMax = evaluationsMax
  }

  /// What was found, and why the search ended.
  public struct Minimum: Sendable, Equatable {
    public let point: [Double]
    public let value: Double
    public let evaluations: Int
    public let stop: StopReason
  }

  /// Searches.
  ///
  /// - Parameters:
  ///   - start: a value per unknown, within the bounds.
  ///   - function: the value at a point. Where the gradient has room (as many numbers as there are unknowns) it is
  ///     filled too; methods without gradients give none. A value that is not a number ends the search.
  /// - Throws: `SearchFailure`, or what the function throws.
  public func minimum(
    from start: [Double], of function: (Span<Double>, inout MutableSpan<Double>) throws -> Double
  ) throws -> Minimum {
    precondition(!start.isEmpty, "a search has at least one unknown")
    guard let search = nlopt_create(method.algorithm, UInt32(start.count)) else { throw SearchFailure.outOfMemory }
    defer { nlopt_destroy(search) }
    if let bounds {
      nlopt_set_lower_bounds1(search, bounds.lowerBound)
      nlopt_set_upper_bounds1(search, bounds.upperBound)
    }
    nlopt_set_ftol_rel(search, valueTolerance)
    nlopt_set_xtol_rel(search, pointTolerance)
    nlopt_set_maxeval(search, Int32(evaluationsMax))

    var point = start
    var value = 0.0
    let (result, evaluations, failure) = withoutActuallyEscaping(function) { function in
      var evaluation = Evaluation(search: search, function: function)
      // NLopt calls back only from within `nlopt_optimize`, so the pointer outlives its use.
      let result = withUnsafeMutablePointer(to: &evaluation) { evaluation in
        nlopt_set_min_objective(search, evaluate, evaluation)
        return nlopt_optimize(search, &point, &value)
      }
      return (result, Int(nlopt_get_numevals(search)), evaluation.failure)
    }
    if let failure { throw failure }
    guard let stop = StopReason(result) else { throw SearchFailure(result) }
    return Minimum(point: point, value: value, evaluations: evaluations, stop: stop)
  }
}

extension LocalSearch.Method {
  fileprivate var algorithm: nlopt_algorithm {
    switch self {
    case .lowMemoryQuasiNewton: NLOPT_LD_LBFGS
    case .sequentialQuadratic: NLOPT_LD_SLSQP
    case .quadraticModel: NLOPT_LN_BOBYQA
    case .simplex: NLOPT_LN_NELDERMEAD
    }
  }
}

/// What the callback needs, for the time of one search.
private struct Evaluation {
  let search: nlopt_opt
  let function: (Span<Double>, inout MutableSpan<Double>) throws -> Double

  /// What ended the search from within.
  var failure: (any Error)?
}

/// Called by NLopt for each point.
private func evaluate(
  _ count: UInt32, _ point: UnsafePointer<Double>?, _ gradient: UnsafeMutablePointer<Double>?,
  _ data: UnsafeMutableRawPointer?
) -> Double {
  guard let evaluation = data?.assumingMemoryBound(to: Evaluation.self), evaluation.pointee.failure == nil else {
    return .infinity
  }
  let point = UnsafeBufferPointer(start: point, count: Int(count))
  let room = UnsafeMutableBufferPointer(start: gradient, count: gradient == nil ? 0 : Int(count))
  do {
    var slope = room.mutableSpan
    let value = try evaluation.pointee.function(point.span, &slope)
    guard !value.isNaN, room.allSatisfy(\.isFinite) else { throw SearchFailure.notANumber(at: Array(point)) }
    return value
  } catch {
    evaluation.pointee.failure = error
    nlopt_force_stop(evaluation.pointee.search)
    return .infinity
  }
}
